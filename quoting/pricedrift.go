package quoting

import (
	"fmt"
	"slices"

	"github.com/govalues/decimal"
)

// DriftLimits say from when on prices that have moved since a quote was made matter.
type DriftLimits struct {
	TellPercent   decimal.Decimal `yaml:"tell_percent"`   // of a line's price: from here on the rep is told
	TellTotal     decimal.Decimal `yaml:"tell_total"`     // of the total, in money: likewise
	ReopenPercent decimal.Decimal `yaml:"reopen_percent"` // of a line's price: above, approval opens again
	ReopenTotal   decimal.Decimal `yaml:"reopen_total"`   // of the total, in money: from here on likewise
}

// DriftClass is what has to happen about a quote whose prices have moved.
type DriftClass string

const (
	DriftQuiet  DriftClass = "quiet"  // nothing
	DriftTell   DriftClass = "tell"   // the rep and the manager are told
	DriftReopen DriftClass = "reopen" // and what was asked or approved has to be approved again
)

// PriceDrift is how far a version is from what it would be at today's prices.
type PriceDrift struct {
	Quote   QuoteID
	Version int
	Class   DriftClass
	Before  Money
	Now     Money
	Why     string     // for the person, without a margin
	Lines   []LineDiff // what moved, at what NetSuite asks
}

// Cheaper says whether today's total is the lower one.
func (d PriceDrift) Cheaper() bool { return d.Now.Cmp(d.Before) < 0 }

// DriftSince compares a version with the same request at today's prices. A price under one
// percent and a total under fifty dollars (by the default policy) are quiet; over three
// percent, a thousand dollars, another margin band or another level of approval open the
// approval again. Costs alone leave the customer's price as it is and count by what they do
// to the margin.
func (v Version) DriftSince(p *Policy, today Version) PriceDrift {
	d := PriceDrift{Quote: v.Quote, Version: v.Number, Class: DriftQuiet, Before: v.Priced.Total, Now: today.Priced.Total, Lines: bookDiffs(v, today)}
	moved := func(percent decimal.Decimal, least int) bool {
		return slices.ContainsFunc(d.Lines, func(l LineDiff) bool { return against(l, percent) >= least })
	}
	change := decimal.Zero
	if by, err := today.Priced.Total.Sub(v.Priced.Total); err == nil {
		change = by.Amount.Abs()
	}
	limits := p.Drift
	raise := func(fires bool, class DriftClass, why string) {
		if fires && d.Class != DriftReopen && d.Class != class {
			d.Class, d.Why = class, why
		}
	}
	raise(moved(limits.ReopenPercent, 1), DriftReopen, fmt.Sprintf("a price moved by over %s%%", limits.ReopenPercent))
	raise(change.Cmp(limits.ReopenTotal) >= 0, DriftReopen, "the total moved by "+Money{Amount: limits.ReopenTotal, Currency: d.Now.Currency}.Display()+" or more")
	raise(p.MarginBand(v.Priced.Margin) != p.MarginBand(today.Priced.Margin), DriftReopen, "the margin is another one now")
	raise(highest(today.Approvals) > highest(v.Approvals), DriftReopen, "it needs another approval now")
	raise(moved(limits.TellPercent, 0), DriftTell, fmt.Sprintf("a price moved by %s%% or more", limits.TellPercent))
	raise(change.Cmp(limits.TellTotal) >= 0, DriftTell, "the total moved")
	return d
}

// against is a line's move against a percentage of its old price: 1 beyond it, 0 at it, −1
// within. It is not rounded, and what cannot be worked out, or had no price, is beyond.
func against(d LineDiff, percent decimal.Decimal) int {
	by, err := d.NewUnit.Amount.Sub(d.OldUnit.Amount)
	if err == nil {
		by, err = by.Abs().Mul(decimal.Hundred)
	}
	limit, err2 := d.OldUnit.Amount.Mul(percent)
	if err != nil || err2 != nil || !d.OldUnit.Amount.IsPos() {
		return 1
	}
	return by.Cmp(limit)
}

// Honour are the changes that keep the old prices of a version that has just run out: a
// locked price for each line that is dearer today. What is cheaper is offered at today's
// price, and what is charged at cost is charged at today's. None where a price rose further
// than the policy's days of grace allow, where one SKU has two prices, or where the margin is
// in another band: then today's prices hold.
func (v Version) Honour(p *Policy, today Version) []Change {
	if p.MarginBand(v.Priced.Margin) != p.MarginBand(today.Priced.Margin) {
		return nil
	}
	var changes []Change
	for _, d := range bookDiffs(v, today) {
		var of []Line
		for _, l := range v.Priced.Lines {
			if l.SKU == d.SKU {
				of = append(of, l)
			}
		}
		if d.NewUnit.Cmp(d.OldUnit) < 0 || of[0].Passthrough {
			continue
		}
		if against(d, p.Expiry.GracePercent) > 0 {
			return nil
		}
		keep := Change{Op: "set", Field: "price", SKU: d.SKU, Value: Number{of[0].Unit.Amount}}
		switch {
		case of[0].Locked:
		case slices.ContainsFunc(of, func(l Line) bool { return !l.Unit.Equal(of[0].Unit) }):
			return nil
		case !slices.ContainsFunc(changes, func(c Change) bool { return c.SKU == d.SKU }):
			changes = append(changes, keep)
		}
	}
	return changes
}

// bookDiffs are the lines that NetSuite asks another price for today. Of lines of one SKU, whose
// breaks may differ, each is compared with the one in its place.
func bookDiffs(v, today Version) []LineDiff {
	now := map[string][]Money{}
	for _, l := range today.Priced.Lines {
		now[l.SKU] = append(now[l.SKU], l.Book)
	}
	var diffs []LineDiff
	for _, l := range v.Priced.Lines {
		prices := now[l.SKU]
		if len(prices) == 0 {
			continue
		}
		if now[l.SKU] = prices[1:]; !prices[0].Equal(l.Book) {
			diffs = append(diffs, LineDiff{SKU: l.SKU, OldQty: l.Qty, NewQty: l.Qty, OldUnit: l.Book, NewUnit: prices[0]})
		}
	}
	return diffs
}

// highest is the highest commercial level that fired; 0: none.
func highest(needs []ApprovalNeed) int {
	level := 0
	for _, n := range needs {
		if n.Branch == CommercialBranch {
			level = max(level, n.Level)
		}
	}
	return level
}

// String is the drift as a line of a list: "Q-1001 v2: $4,869.43 → $5,012.00".
func (d PriceDrift) String() string {
	return fmt.Sprintf("%s v%d: %s → %s", d.Quote, d.Version, d.Before.Display(), d.Now.Display())
}
