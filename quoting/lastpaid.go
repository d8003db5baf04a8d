package quoting

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// LastPaid is what a customer last paid for one unit of an item after every discount, or was
// last quoted with an Estimate in NetSuite.
type LastPaid struct {
	Price Money
	At    time.Time // when that version of the quote was made
	Quote QuoteID
	Won   bool // false: quoted, and not ended
}

// shownPrices is how many lines a sentence names, the ones that are furthest off first.
const shownPrices = 3

// OffLastPaid is the need of a decision where unit prices, after every discount, are further off what the customer
// last paid for the items than the policy lets pass, up or down; none where they are not.
// The last prices are those of the policy's months: see HistoryLimits.Since. One in another
// currency is not compared. The sentence for the rep names no price: it may be one of a
// quote that the rep may not see.
func OffLastPaid(p *Policy, customer Customer, lines []Line, last map[ItemID]LastPaid) []ApprovalNeed {
	type jump struct {
		sku     string
		last    LastPaid
		now     Money
		percent *big.Rat
	}
	var jumps []jump
	for _, l := range lines {
		was, known := last[l.Item]
		if !known || was.Price.Currency != l.Unit.Currency || !was.Price.Amount.IsPos() {
			continue
		}
		net, err := l.netUnit()
		before, now := fraction(was.Price.Amount), fraction(net.Amount)
		if err == nil && beyondPercent(before, now, p.History.LastPaid) {
			percent := now.Quo(now.Sub(now, before), before)
			jumps = append(jumps, jump{l.SKU, was, net, percent.Mul(percent, whole(100))})
		}
	}
	if len(jumps) == 0 {
		return nil
	}
	slices.SortStableFunc(jumps, func(a, b jump) int {
		return cmp.Or(new(big.Rat).Abs(b.percent).Cmp(new(big.Rat).Abs(a.percent)), cmp.Compare(a.sku, b.sku))
	})
	var sentences, forRep []string
	for _, j := range jumps[:min(shownPrices, len(jumps))] {
		sold, day, sign, side := "quoted", j.last.At.UTC().Format("2 January 2006"), "", "below"
		if j.last.Won {
			sold = "sold"
		}
		if j.percent.Sign() > 0 {
			sign, side = "+", "above"
		}
		sentences = append(sentences, fmt.Sprintf("%s: last %s to %s at %s on %s; now %s (%s%s%%).",
			j.sku, sold, customer.Name, j.last.Price.Display(), day, j.now.Display(), sign, j.percent.FloatString(1)))
		forRep = append(forRep, fmt.Sprintf("%s is more than %s%% %s what it was last %s to %s at, on %s.",
			j.sku, p.History.LastPaid, side, sold, customer.Name, day))
	}
	if more := len(jumps) - shownPrices; more > 0 {
		rest := fmt.Sprintf("So are %s more.", Count(more, "line"))
		if more == 1 {
			rest = "So is 1 line more."
		}
		sentences, forRep = append(sentences, rest), append(forRep, rest)
	}
	found := matrix{policy: p}
	found.need("last price paid", 1, jumps[0].percent.FloatString(1), strings.Join(sentences, " "), strings.Join(forRep, " "))
	return found.needs
}

// netUnit is what is charged for one unit after the line's share of the header discount,
// rounded half up to the cent where there is one.
func (l Line) netUnit() (Money, error) {
	net, err := l.Net()
	if err != nil || l.Share.IsZero() {
		return l.Unit, err
	}
	each, err := hundredths(new(big.Rat).Quo(fraction(net.Amount), whole(l.Qty)))
	return Money{Amount: each, Currency: net.Currency}, err
}
