package quoting

import (
	"fmt"
	"math/big"

	"github.com/govalues/decimal"
)

// Target is a figure that a rep wants to reach by the price alone: never by the cost.
type Target struct {
	Field string // target_total, target_total_max, target_unit_price or target_margin_pct
	Value Number
}

// NeedsMargin says whether reaching the target would tell the margin: only who sees margins
// may ask for it.
func (t Target) NeedsMargin() bool { return t.Field == "target_margin_pct" }

// Target is the target that a message names; false where it names none.
func (s Slots) Target() (Target, bool) {
	for _, t := range []struct {
		field string
		value *Number
	}{
		{"target_total", s.TargetTotal}, {"target_total_max", s.TargetTotalMax}, {"target_unit_price", s.TargetUnitPrice}, {"target_margin_pct", s.TargetMarginPct},
	} {
		if t.value != nil {
			return Target{t.field, *t.value}, true
		}
	}
	for _, c := range s.Changes {
		t := Target{Field: c.Field}
		switch value := c.Value.(type) {
		case Number:
			t.Value = value
		case int:
			t.Value = Number{decimal.MustNew(int64(value), 0)}
		default:
			continue
		}
		switch c.Field {
		case "target_total", "target_total_max", "target_unit_price", "target_margin_pct":
			return t, true
		}
	}
	return Target{}, false
}

// Terms are the version's terms after they were changed to reach the target: a header
// discount to the cent, or a locked price of the radios. The version must be priced. The
// error is of kind Invalid where the target is above what the quote comes to, or below
// what a discount can reach.
func (t Target) Terms(v Version) (Terms, error) {
	terms := v.Request.Terms
	if t.Field == "target_unit_price" {
		for _, l := range v.System.Lines {
			if l.Item == "portable" || l.Item == "mobile" {
				return terms.set(Change{Op: "set", Field: "price", SKU: l.SKU, Value: t.Value})
			}
		}
		return terms, Errorf(Invalid, "There are no radios on %s to give that price to.", v.Quote)
	}
	net := v.Priced.NetTotal
	var off Money
	var err error
	switch wanted := (Money{Amount: t.Value.Decimal, Currency: net.Currency}); t.Field {
	case "target_total_max":
		if v.Priced.Total.Cmp(wanted) <= 0 {
			return terms, nil
		}
		fallthrough
	case "target_total":
		gross, err := net.Add(v.Priced.Freight)
		if err != nil {
			return terms, err
		}
		if off, err = gross.Sub(wanted); err != nil {
			return terms, err
		}
		if off.Amount.IsNeg() {
			return terms, Errorf(Invalid, "It comes to %s, which is below %s already.", gross.Display(), wanted.Display())
		}
	case "target_margin_pct":
		if off, err = t.offForMargin(v.Priced); err != nil {
			return terms, err
		}
	}
	if off.IsZero() {
		terms.Header = nil
		return terms, nil
	}
	return terms.with(Slots{DiscountAmount: &Number{off.Amount.Trim(cents)}}), nil
}

// offForMargin is the largest discount that leaves at least the margin.
func (t Target) offForMargin(priced Priced) (Money, error) {
	left, err := decimal.Hundred.Sub(t.Value.Decimal)
	switch {
	case err != nil:
		return Money{}, err
	case !priced.Margin.Known:
		return Money{}, Errorf(Invalid, "The margin is unknown: an item has no cost in NetSuite.")
	case t.Value.IsNeg() || !left.IsPos():
		return Money{}, Errorf(Invalid, "A margin of %s%%: it is at least 0 and below 100.", t.Value.Trim(0))
	}
	// The net that leaves the margin is cost × 100 / (100 − margin), rounded up to the cent.
	scale := left.Scale()
	cost := units(priced.CostTotal.Amount, max(cents, priced.CostTotal.Amount.Scale()))
	cost.Mul(cost, units(decimal.Hundred, scale))
	divisor := units(left, scale)
	for range max(cents, priced.CostTotal.Amount.Scale()) - cents {
		divisor.Mul(divisor, big.NewInt(10))
	}
	net, rest := new(big.Int).QuoRem(cost, divisor, new(big.Int))
	if rest.Sign() > 0 {
		net.Add(net, big.NewInt(1))
	}
	wanted, err := centsOf(net, priced.Currency)
	if err != nil {
		return Money{}, fmt.Errorf("a margin of %s%%: %w", t.Value, err)
	}
	off, err := priced.NetTotal.Sub(wanted)
	if err == nil && off.Amount.IsNeg() {
		return Money{}, Errorf(Invalid, "Without a discount on the whole the margin is below %s%% already. Take out discounts of lines, or raise prices.", t.Value.Trim(0))
	}
	return off, err
}
