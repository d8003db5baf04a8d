package quoting

import (
	"fmt"
	"slices"

	"github.com/govalues/decimal"
)

// Variant is a quote as it would be with other terms, priced and judged and stored nowhere.
type Variant struct {
	Title   string // "5% off", "$8,312.40 off (14.3%)"
	Changes []Change
	Version Version
}

// Level is the highest level of the commercial branch that has to approve it; 0: none.
func (v Variant) Level() int {
	level := 0
	for _, n := range v.Version.Approvals {
		if n.Branch == CommercialBranch {
			level = max(level, n.Level)
		}
	}
	return level
}

// Simulate prices variants of a version from a book: the one that a message names by its
// changes, a discount or a target; else the discounts and totals at which the approval
// matrix has its limits. The first of what is returned is the version as it is, of today.
// The errors are those of a revision, of kind Invalid.
func Simulate(p *Policy, book *PriceBook, v Version, s Slots) ([]Variant, error) {
	now := v
	if err := now.Work(p, book); err != nil {
		return nil, err
	}
	all := []Variant{{Title: "As it is", Version: now}}
	if target, ok := s.Target(); ok {
		terms, err := target.Terms(now)
		if err != nil {
			return nil, err
		}
		there := now
		there.Request.Terms = terms
		if err := there.Work(p, book); err != nil {
			return nil, err
		}
		return append(all, Variant{Title: there.discountWords(), Changes: s.Changes, Version: there}), nil
	}
	if named := s.named(); len(named) > 0 {
		there, err := now.with(p, book, named)
		return append(all, Variant{Title: there.discountWords(), Changes: named, Version: there}), err
	}
	for _, percent := range p.Approval.Discount {
		changes := []Change{{Op: "set", Field: "discount_pct", Value: Number{percent}}}
		if there, err := now.with(p, book, changes); err == nil {
			all = append(all, Variant{Title: there.discountWords(), Changes: changes, Version: there})
		}
	}
	for _, limit := range p.Approval.Amount {
		over, err := now.Priced.Amount.Sub(Money{Amount: limit, Currency: now.Priced.Currency})
		if err != nil || !over.Amount.IsPos() {
			continue
		}
		off, err := over.Add(now.Priced.Discount)
		if err != nil {
			continue
		}
		changes := []Change{{Op: "set", Field: "discount_amount", Value: Number{off.Amount.Trim(cents)}}}
		if there, err := now.with(p, book, changes); err == nil {
			all = append(all, Variant{Title: there.discountWords(), Changes: changes, Version: there})
		}
	}
	return all, nil
}

// named are the changes that a what-if question states.
func (s Slots) named() []Change {
	changes := slices.Clone(s.Changes)
	if s.DiscountPct != nil {
		changes = append(changes, Change{Op: "set", Field: "discount_pct", Value: *s.DiscountPct})
	}
	if s.DiscountAmount != nil {
		changes = append(changes, Change{Op: "set", Field: "discount_amount", Value: *s.DiscountAmount})
	}
	if s.PaymentTerms != "" {
		changes = append(changes, Change{Op: "set", Field: "payment_terms", Value: s.PaymentTerms})
	}
	if s.Users != nil {
		changes = append(changes, Change{Op: "set", Field: "users", Value: *s.Users})
	}
	return changes
}

// with is the version after changes, worked out.
func (v Version) with(p *Policy, book *PriceBook, changes []Change) (Version, error) {
	r, err := v.Request.Apply(changes, v.System)
	if err != nil {
		return v, err
	}
	v.Request = r
	return v, v.Work(p, book)
}

// discountWords is the version's discount on the whole as people say it.
func (v Version) discountWords() string {
	h := v.Request.Terms.Header
	if h == nil || v.Priced.Discount.IsZero() {
		return "No discount on the whole"
	}
	if h.Percent != nil {
		return h.String()
	}
	text := v.Priced.Discount.Display() + " off"
	if share, ok := percentOf(v.Priced.Discount.Amount, v.Priced.NetTotal.Amount); ok {
		text += " (" + share + ")"
	}
	return text
}

// Why is why this variant has to be approved, the highest level first, as this person may
// read it.
func (v Variant) Why(reader Person) string {
	why, level := "", 0
	for _, n := range v.Version.Approvals {
		if n.Branch == CommercialBranch && n.Level > level {
			why, level = n.For(reader), n.Level
		}
	}
	return why
}

// Verdict says what the variants come to: the way that needs fewer people, where there is
// one.
func Verdict(all []Variant) string {
	now := all[0]
	text := fmt.Sprintf("As it is, at %s, %s.", now.Version.Priced.Total.Display(), WhoApproves(now.Version.Approvals))
	best := 0
	for i, v := range all[1:] {
		less := v.Level() < all[best].Level()
		same := v.Level() == all[best].Level() && best > 0 && v.Version.Priced.Total.Cmp(all[best].Version.Priced.Total) > 0
		if less || same {
			best = i + 1
		}
	}
	switch {
	case len(all) == 2:
		there := all[1]
		return fmt.Sprintf("With %s it comes to %s, and %s. %s", lowerFirst(there.Title), there.Version.Priced.Total.Display(), WhoApproves(there.Version.Approvals), text)
	case best > 0:
		return fmt.Sprintf("%s With %s, %s.", text, lowerFirst(all[best].Title), WhoApproves(all[best].Version.Approvals))
	case now.Level() == 0:
		free := decimal.Zero
		for _, v := range all[1:] {
			if h := v.Version.Request.Terms.Header; v.Level() == 0 && h != nil && h.Percent != nil && h.Percent.Cmp(free) > 0 {
				free = h.Percent.Decimal
			}
		}
		if free.IsPos() {
			return fmt.Sprintf("%s That stays so at %s%% off.", text, free.Trim(0))
		}
		return text + " A discount at the first limit changes that."
	default:
		return text + " No discount alone gets it past fewer people."
	}
}
