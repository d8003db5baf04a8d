package quoting

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/govalues/decimal"
)

// ItemChange is how an item in NetSuite differs from the item that quotes are made from:
// what a sync has to judge before it publishes it. (spec: controls, section 7)
type ItemChange struct {
	Item   Item // as NetSuite has it now
	Known  bool // quotes were made from it before; else it is new, and nothing has moved
	Gone   bool // NetSuite does not have it any more
	Was    Costs
	List   decimal.NullDecimal // its Base price from quantity 1 in the dealer's currency, now
	Prices []PriceChange
}

// PriceChange is one price that is another one than before. Old or New is not valid where
// there was, or is, no price: that is no price, never a price of 0.
type PriceChange struct {
	Customer CustomerID          `json:"customer,omitzero"` // whose own price it is; 0: a row of the price matrix
	Level    LevelID             `json:"level"`
	Currency Currency            `json:"currency"`
	From     int                 `json:"from"`
	Old      decimal.NullDecimal `json:"old"`
	New      decimal.NullDecimal `json:"new"`
}

// HoldRule is a reason for which the new prices of an item are held.
type HoldRule string

const (
	HoldPriceMoved HoldRule = "price_moved"     // by more than the limit in one sync
	HoldCostMoved  HoldRule = "cost_moved"      // likewise
	HoldSlipped    HoldRule = "decimal_slipped" // ten times, or a tenth
	HoldUnderCost  HoldRule = "under_cost"      // the list price is under the cost
	HoldNoPrice    HoldRule = "not_positive"    // a price of 0 or less
	HoldInexact    HoldRule = "too_exact"       // a price with more decimals than we keep
	HoldMany       HoldRule = "many_items"      // too many items moved at once
)

// HoldReason is a rule that fired, with the sentence that explains it to an admin.
type HoldReason struct {
	Rule     HoldRule `json:"rule"`
	Sentence string   `json:"sentence"`
}

// priceDecimals is how exact a price is kept, in decimal places.
const priceDecimals = 4

// Moves says whether a price or a cost that was there before is another one now, or none
// any more: what counts towards too many items at once.
func (c ItemChange) Moves(p *Policy) bool {
	if !c.Known {
		return false
	}
	before, now := p.cost(c.Was), p.cost(c.Item.Costs)
	return c.Gone || before.Valid && !sameAmount(before, now) || slices.ContainsFunc(c.Prices, func(price PriceChange) bool { return price.Old.Valid })
}

// Judge lists why the item's new prices may not be quoted from before somebody has looked
// at them; none where they may. Rules about how far something moved need a before; the
// others hold for new items too.
func (p *Policy) Judge(c ItemChange) ([]HoldReason, error) {
	if c.Gone {
		return nil, nil // not sold any more: nothing is quoted from it
	}
	var j judgement
	before, now := p.cost(c.Was), p.cost(c.Item.Costs)
	if c.Known {
		j.cost(p.Quarantine, before, now)
	}
	computed := c.Item.Tagged(TagComputed)
	for _, price := range c.Prices {
		if computed || !price.New.Valid {
			continue
		}
		j.price(p.Quarantine, price)
	}
	if !computed && c.List.Valid && now.Valid && !c.Item.Inactive && now.Decimal.Cmp(c.List.Decimal) > 0 {
		j.add(HoldUnderCost, "The cost of %s is over the list price of %s.", shown(now.Decimal), shown(c.List.Decimal))
	}
	return j.reasons, j.err
}

// judgement collects reasons, the first of each rule.
type judgement struct {
	reasons []HoldReason
	err     error
}

func (j *judgement) add(rule HoldRule, format string, args ...any) {
	if !slices.ContainsFunc(j.reasons, func(r HoldReason) bool { return r.Rule == rule }) {
		j.reasons = append(j.reasons, HoldReason{rule, fmt.Sprintf(format, args...)})
	}
}

func (j *judgement) cost(limits QuarantineLimits, before, now decimal.NullDecimal) {
	if !before.Valid || !now.Valid {
		return
	}
	if j.beyond(before.Decimal, now.Decimal, limits.Cost) {
		j.add(HoldCostMoved, "The cost moved from %s to %s, more than %s%%.", shown(before.Decimal), shown(now.Decimal), limits.Cost)
	}
}

func (j *judgement) price(limits QuarantineLimits, c PriceChange) {
	now := c.New.Decimal
	switch {
	case !now.IsPos():
		j.add(HoldNoPrice, "A price is %s (%s).", now, c.where())
		return
	case now.Trim(0).Scale() > priceDecimals:
		j.add(HoldInexact, "The price of %s has more than %d decimals (%s).", now, priceDecimals, c.where())
		return
	case !c.Old.Valid || !c.Old.Decimal.IsPos():
		return
	}
	before := c.Old.Decimal
	if j.near(before, now, 10, limits.Slip) || j.near(now, before, 10, limits.Slip) {
		j.add(HoldSlipped, "A price moved from %s to %s, a factor of ten: a slipped decimal? (%s)", shown(before), shown(now), c.where())
	}
	if j.beyond(before, now, limits.Price) {
		j.add(HoldPriceMoved, "A price moved from %s to %s, more than %s%% (%s).", shown(before), shown(now), limits.Price, c.where())
	}
}

// shown is an amount with at least its cents, and no zeros behind them.
func shown(d decimal.Decimal) decimal.Decimal { return d.Trim(2).Pad(2) }

func (c PriceChange) where() string {
	if c.Customer != 0 {
		return fmt.Sprintf("customer %d", c.Customer)
	}
	level := fmt.Sprintf("level %d", c.Level)
	if c.Level == BaseLevel {
		level = "Base"
	}
	return fmt.Sprintf("%s from %d, %s", level, c.From, c.Currency)
}

// beyond says whether b is more than that many percent away from a.
func (j *judgement) beyond(a, b, percent decimal.Decimal) bool {
	// |b − a| × 100 > a × percent
	moved := j.times(j.minus(b, a).Abs(), hundred)
	return j.err == nil && moved.Cmp(j.times(a.Abs(), percent)) > 0
}

// near says whether b is factor times a, within that many percent.
func (j *judgement) near(a, b decimal.Decimal, factor int64, percent decimal.Decimal) bool {
	times, err := decimal.New(factor, 0)
	j.keep(err)
	target := j.times(a, times)
	off := j.times(j.minus(b, target).Abs(), hundred)
	return j.err == nil && off.Cmp(j.times(target.Abs(), percent)) <= 0
}

var hundred = decimal.MustNew(100, 0)

func (j *judgement) keep(err error) {
	if j.err == nil {
		j.err = err
	}
}

func (j *judgement) times(a, b decimal.Decimal) decimal.Decimal {
	product, err := a.MulExact(b, a.Scale()+b.Scale())
	j.keep(err)
	return product
}

func (j *judgement) minus(a, b decimal.Decimal) decimal.Decimal {
	difference, err := a.SubExact(b, max(a.Scale(), b.Scale()))
	j.keep(err)
	return difference
}

func sameAmount(a, b decimal.NullDecimal) bool {
	return a.Valid == b.Valid && (!a.Valid || a.Decimal.Cmp(b.Decimal) == 0)
}

// TooMany says whether so many moved items of all are more than may move at once, with the
// sentence for each of them.
func (p *Policy) TooMany(moved, items int) (HoldReason, bool) {
	share := decimal.MustNew(int64(moved)*100, 0)
	var j judgement
	if share.Cmp(j.times(p.Quarantine.Items, decimal.MustNew(int64(items), 0))) <= 0 {
		return HoldReason{}, false
	}
	return HoldReason{HoldMany, fmt.Sprintf("%s of %s moved at once, more than %s%%.", Count(moved, "item"), Thousands(items), p.Quarantine.Items)}, true
}

// Content identifies what NetSuite has now, as far as it is another than before: a decision
// to release it holds for exactly this.
func (c ItemChange) Content() string {
	var b strings.Builder
	amount := func(d decimal.NullDecimal) string {
		if !d.Valid {
			return "-"
		}
		return d.Decimal.Trim(0).String()
	}
	costs := c.Item.Costs
	fmt.Fprintln(&b, c.Item.ID, c.Item.SKU, c.Gone, amount(costs.Average), amount(costs.LastPurchase), amount(costs.Standard))
	for _, p := range c.Prices {
		fmt.Fprintln(&b, p.Customer, p.Level, p.Currency, p.From, amount(p.New))
	}
	digest := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(digest[:])
}

// Hold is an item whose new prices wait for an admin. Meanwhile the last good ones stay;
// a new item without any is not sellable.
type Hold struct {
	ID      int64
	Item    ItemID
	SKU     string
	Content string
	State   HoldState
	Reasons []HoldReason
	Prices  []PriceChange // the first few
}

// HoldState is where a hold stands.
type HoldState string

const (
	HoldOpen      HoldState = "held"      // an admin has to look
	HoldReleased  HoldState = "released"  // by an admin; the next sync publishes it
	HoldRefused   HoldState = "refused"   // by an admin; stays as it is until NetSuite changes
	HoldPublished HoldState = "published" // after it was released
	HoldOver      HoldState = "over"      // NetSuite says something else now
)
