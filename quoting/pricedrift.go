package quoting

import (
	"fmt"

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
	worst := decimal.Zero
	for _, l := range d.Lines {
		if moved := margin(l.OldUnit.Amount, l.NewUnit.Amount); moved.Known && moved.Percent.Abs().Cmp(worst) > 0 {
			worst = moved.Percent.Abs()
		}
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
	raise(worst.Cmp(limits.ReopenPercent) > 0, DriftReopen, fmt.Sprintf("a price moved by over %s%%", limits.ReopenPercent))
	raise(change.Cmp(limits.ReopenTotal) >= 0, DriftReopen, "the total moved by "+Money{Amount: limits.ReopenTotal, Currency: d.Now.Currency}.Display()+" or more")
	raise(p.MarginBand(v.Priced.Margin) != p.MarginBand(today.Priced.Margin), DriftReopen, "the margin is another one now")
	raise(highest(today.Approvals) > highest(v.Approvals), DriftReopen, "it needs another approval now")
	raise(worst.Cmp(limits.TellPercent) >= 0, DriftTell, fmt.Sprintf("a price moved by %s%% or more", limits.TellPercent))
	raise(change.Cmp(limits.TellTotal) >= 0, DriftTell, "the total moved")
	return d
}

// Honour are the changes that keep the old prices of a version that has just run out: a
// locked price for each line that moved. None where a price moved further than the policy's
// days of grace allow, or the margin is in another band: then today's prices hold.
func (v Version) Honour(p *Policy, today Version) []Change {
	if p.MarginBand(v.Priced.Margin) != p.MarginBand(today.Priced.Margin) {
		return nil
	}
	var changes []Change
	for _, d := range bookDiffs(v, today) {
		moved := margin(d.OldUnit.Amount, d.NewUnit.Amount)
		if !moved.Known || moved.Percent.Abs().Cmp(p.Expiry.GracePercent) > 0 {
			return nil
		}
		for _, l := range v.Priced.Lines {
			if l.SKU == d.SKU && !l.Locked {
				changes = append(changes, Change{Op: "set", Field: "price", SKU: l.SKU, Value: Number{l.Unit.Amount}})
			}
		}
	}
	return changes
}

// bookDiffs are the lines that NetSuite asks another price for today.
func bookDiffs(v, today Version) []LineDiff {
	now := map[string]Money{}
	for _, l := range today.Priced.Lines {
		now[l.SKU] = l.Book
	}
	var diffs []LineDiff
	for _, l := range v.Priced.Lines {
		if price, there := now[l.SKU]; there && !price.Equal(l.Book) {
			diffs = append(diffs, LineDiff{SKU: l.SKU, OldQty: l.Qty, NewQty: l.Qty, OldUnit: l.Book, NewUnit: price})
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
