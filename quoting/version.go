package quoting

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Work sizes, prices and judges the version's request from one price book, and says who
// must approve it: everything that is computed of a version is computed here. The customer
// is as the book has it. The errors are those of Size and Price, and of kind Invalid for a
// customer that is not in the book any more.
func (v *Version) Work(p *Policy, book *PriceBook) error {
	var err error
	if v.Customer.ID != 0 {
		customer, ok := book.Customer(v.Customer.ID)
		if !ok || customer.Inactive {
			return Errorf(Invalid, "NetSuite does not have that customer any more. Choose another one.")
		}
		v.Customer = customer
	}
	if v.System, err = Size(p, v.Request); err != nil {
		return err
	}
	if v.Priced, err = Price(p, book, v.System, v.Customer, v.Request.Terms); err != nil {
		return err
	}
	v.Policy, v.Snapshot, v.PricesAt = p.Version, book.Snapshot, book.TakenAt
	v.System.Findings = Judge(p, book, v.Request, v.System, v.Priced)
	v.Approvals = nil
	if v.System.Review == "" {
		v.Approvals = Approvals(p, *v)
	}
	return nil
}

// Valid is until when a version made at that time is valid: as many days as its terms say,
// or the policy's.
func (v Version) Valid(p *Policy, at time.Time) time.Time {
	days := p.ValidDays
	if v.Request.Terms.ValidDays > 0 {
		days = v.Request.Terms.ValidDays
	}
	return at.AddDate(0, 0, days)
}

// ChangesSince are the differences to the version before, a sentence each: what was asked,
// what was agreed, the total, then line by line. None means that nothing material changed.
func (v Version) ChangesSince(old Version) []string {
	var changes []string
	add := func(differs bool, format string, args ...any) {
		if differs {
			changes = append(changes, fmt.Sprintf(format, args...))
		}
	}
	a, b := old.Request, v.Request
	add(a.Users != b.Users, "Users: %s → %s", Thousands(a.Users), Thousands(b.Users))
	add(a.sites() != b.sites(), "Sites: %s → %s", Thousands(a.sites()), Thousands(b.sites()))
	add(a.Industry != b.Industry, "Industry: %s → %s", cmp.Or(string(a.Industry), "assumed"), b.Industry)
	add(old.System.Technology != v.System.Technology, "System: %s → %s", old.System.Technology, v.System.Technology)
	add(old.Customer.ID != v.Customer.ID || v.Customer.New() && old.Customer.Name != v.Customer.Name, "Customer: %s → %s", cmp.Or(old.Customer.Name, "none"), cmp.Or(v.Customer.Name, "none"))
	add(!old.Priced.Discount.Equal(v.Priced.Discount), "Discount: %s → %s", old.Priced.Discount.Display(), v.Priced.Discount.Display())
	add(a.Terms.Payment != b.Terms.Payment, "Payment: %s → %s", cmp.Or(string(a.Terms.Payment), "as usual"), cmp.Or(string(b.Terms.Payment), "as usual"))
	add(a.Terms.ValidDays != b.Terms.ValidDays, "Valid until: %s → %s", old.ValidUntil.Format("2 January"), v.ValidUntil.Format("2 January"))
	add(deposit(a) != deposit(b), "Deposit: %s → %s", deposit(a), deposit(b))
	add(!old.Priced.Total.Equal(v.Priced.Total), "Total: %s → %s", old.Priced.Total.Display(), v.Priced.Total.Display())
	for _, d := range DiffLines(old.Priced.Lines, v.Priced.Lines) {
		add(true, "%s", d)
	}
	for _, o := range b.Overrides {
		add(!slices.Contains(a.Overrides, o), "%s passed over: %s", o.Rule, o.Reason)
	}
	return changes
}

func deposit(r Request) string {
	if r.Terms.Deposit == nil {
		return "none said"
	}
	return r.Terms.Deposit.Trim(0).String() + "%"
}

// LineDiff is how one line differs between two versions; a zero quantity is no line.
type LineDiff struct {
	SKU              string
	OldQty, NewQty   int
	OldUnit, NewUnit Money
}

// DiffLines lists the lines that differ in quantity or unit price, in the new order, those
// that went last.
func DiffLines(before, now []Line) []LineDiff {
	type sums struct {
		qty  int
		unit Money
	}
	was := map[string]sums{}
	for _, l := range before {
		was[l.SKU] = sums{was[l.SKU].qty + l.Qty, l.Unit}
	}
	var diffs []LineDiff
	there := map[string]sums{}
	for _, l := range now {
		there[l.SKU] = sums{there[l.SKU].qty + l.Qty, l.Unit}
	}
	seen := map[string]bool{}
	for _, l := range now {
		old, new := was[l.SKU], there[l.SKU]
		if !seen[l.SKU] && (old.qty != new.qty || !old.unit.Equal(new.unit)) {
			diffs = append(diffs, LineDiff{l.SKU, old.qty, new.qty, old.unit, new.unit})
		}
		seen[l.SKU] = true
	}
	for _, l := range before {
		if _, stays := there[l.SKU]; !stays && !seen[l.SKU] {
			diffs = append(diffs, LineDiff{SKU: l.SKU, OldQty: was[l.SKU].qty, OldUnit: l.Unit})
			seen[l.SKU] = true
		}
	}
	return diffs
}

// String is the difference as a sentence: "BAT-B: 4 → 5", "SUM-P20U: $361.90 → $350.00".
func (d LineDiff) String() string {
	quantity := fmt.Sprintf("%s → %s", Thousands(d.OldQty), Thousands(d.NewQty))
	switch {
	case d.OldQty == 0:
		return fmt.Sprintf("%s: %s added at %s", d.SKU, Thousands(d.NewQty), d.NewUnit.Display())
	case d.NewQty == 0:
		return fmt.Sprintf("%s: %s taken out", d.SKU, Thousands(d.OldQty))
	case d.OldUnit.Equal(d.NewUnit):
		return d.SKU + ": " + quantity
	case d.OldQty == d.NewQty:
		return fmt.Sprintf("%s: %s → %s", d.SKU, d.OldUnit.Display(), d.NewUnit.Display())
	default:
		return fmt.Sprintf("%s: %s, %s → %s", d.SKU, quantity, d.OldUnit.Display(), d.NewUnit.Display())
	}
}

// After is the version as the next one of a quote, made by somebody, without what a submission
// and decisions have left on the one before: who set its prices is noted, and the approvals
// that still hold are carried over.
func (v Version) After(p *Policy, q Quote, old Version, by PersonID) Version {
	v.Nonce, v.Decision, v.SubmittedAt = "", nil, time.Time{}
	v.SetBy(append(slices.Clone(v.Setters), old.Setters...), by)
	v.Steps = v.Carried(p, q, old)
	return v
}

// TotalSince says in a sentence what a version comes to beside an earlier one.
func TotalSince(old, v Version) string {
	change, err := v.Priced.Total.Sub(old.Priced.Total)
	switch {
	case err != nil:
		return fmt.Sprintf("It was %s and is %s.", old.Priced.Total.Display(), v.Priced.Total.Display())
	case change.IsZero():
		return fmt.Sprintf("Both come to %s.", v.Priced.Total.Display())
	}
	text := fmt.Sprintf("%s → %s: %s", old.Priced.Total.Display(), v.Priced.Total.Display(), change.signed())
	if off, ok := percentOf(change.Amount.Abs(), old.Priced.Total.Amount); ok {
		text += " (" + off + ")"
	}
	return text + "."
}
