package quoting

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/govalues/decimal"
)

// Terms are what is agreed beside the system itself. Each is an adjustment of its own that
// a re-price keeps: a price list that moves never touches a discount or a locked price.
// The zero value takes the customer's prices and terms as they are.
type Terms struct {
	Header    *HeaderDiscount `json:"header,omitempty"`
	Discounts []LineDiscount  `json:"discounts,omitempty"` // the last one that holds a line counts for it
	Locked    []LockedPrice   `json:"locked,omitempty"`
	Payment   PaymentTerms    `json:"payment,omitempty"`    // "": the customer's own, or NET30
	Deposit   *Number         `json:"deposit,omitempty"`    // percent of the total; 0: waived
	ValidDays int             `json:"valid_days,omitempty"` // 0: the policy's
	Budget    *Number         `json:"budget,omitempty"`     // that the total is measured against
}

// HeaderDiscount is taken off the sum of all discountable lines: a percentage, or an
// amount, of which one is given.
type HeaderDiscount struct {
	Percent *Number `json:"percent,omitempty"` // 0 to 100
	Amount  *Number `json:"amount,omitempty"`  // at least 0, in the quote's currency
}

// LineDiscount changes the unit price of every line in its scope, visibly.
type LineDiscount struct {
	Scope   Scope  `json:"scope"`
	Percent Number `json:"percent"` // 0 to 100
}

// LockedPrice is a unit price that a person has set. It stands in the place of the price
// list, quantity breaks and line discounts included, until it is released; a header
// discount comes off it like off any other.
type LockedPrice struct {
	SKU  string `json:"sku"`
	Unit Number `json:"unit"`
}

// PaymentTerms are a number of days: NET30.
type PaymentTerms string

var netDays = regexp.MustCompile(`^(?i:net)\s?(\d{1,3})$`)

// Days is the number of days; false where the terms are not of that kind.
func (t PaymentTerms) Days() (int, bool) {
	match := netDays.FindStringSubmatch(string(t))
	if match == nil {
		return 0, false
	}
	days, err := strconv.Atoi(match[1])
	return days, err == nil
}

// with is the terms after what a message says. A discount on the whole quote takes the
// place of the one before.
func (t Terms) with(s Slots) Terms {
	switch {
	case s.DiscountPct != nil:
		t.Header = &HeaderDiscount{Percent: s.DiscountPct}
	case s.DiscountAmount != nil:
		t.Header = &HeaderDiscount{Amount: s.DiscountAmount}
	}
	if s.PaymentTerms != "" {
		t.Payment = PaymentTerms(s.PaymentTerms)
	}
	if s.DepositPct != nil {
		t.Deposit = s.DepositPct
	}
	if s.ValidDays != nil {
		t.ValidDays = *s.ValidDays
	}
	if s.BudgetMax != nil {
		t.Budget = s.BudgetMax
	}
	return t
}

// set gives one of the terms a value; a discount may be raised or lowered. A price has the
// SKU that it is for, and none is its release. The error is of kind Invalid.
func (t Terms) set(c Change) (Terms, error) {
	value, isNumber := c.Value.(Number)
	if n, ok := c.Value.(int); ok {
		value, isNumber = Number{decimal.MustNew(int64(n), 0)}, true
	}
	switch {
	case c.Field == "payment_terms":
		text, _ := c.Value.(string)
		if text == "" {
			return t, cannotChange(c)
		}
		return t.with(Slots{PaymentTerms: text}), nil
	case c.Field == "price" && c.SKU != "" && (isNumber || c.Value == nil):
		t.Locked = slices.DeleteFunc(slices.Clone(t.Locked), func(l LockedPrice) bool { return l.SKU == c.SKU })
		if isNumber {
			t.Locked = append(t.Locked, LockedPrice{SKU: c.SKU, Unit: value})
		}
		return t, nil
	case !isNumber:
		return t, cannotChange(c)
	case c.Field == "discount_pct":
		return t.discount(c, value)
	case c.Field == "discount_amount" && c.Op == "set" && c.Scope == "":
		return t.with(Slots{DiscountAmount: &value}), nil
	case c.Field == "deposit_pct" && c.Op == "set":
		return t.with(Slots{DepositPct: &value}), nil
	}
	return t, cannotChange(c)
}

// discount sets, raises or lowers a percentage. Nothing is no discount.
func (t Terms) discount(c Change, value Number) (Terms, error) {
	scope := Scope(c.Scope)
	now := decimal.Zero
	if scope == "" && t.Header != nil && t.Header.Percent != nil {
		now = t.Header.Percent.Decimal
	}
	for _, d := range t.Discounts {
		if scope != "" && d.Scope == scope {
			now = d.Percent.Decimal
		}
	}
	var err error
	switch c.Op {
	case "inc":
		value.Decimal, err = now.Add(value.Decimal)
	case "dec":
		value.Decimal, err = now.Sub(value.Decimal)
	}
	switch {
	case err != nil:
		return t, err
	case scope == "" && value.IsZero():
		t.Header = nil
		return t, nil
	case scope == "":
		return t.with(Slots{DiscountPct: &value}), nil
	}
	t.Discounts = slices.DeleteFunc(slices.Clone(t.Discounts), func(d LineDiscount) bool { return d.Scope == scope })
	if !value.IsZero() {
		t.Discounts = append(t.Discounts, LineDiscount{Scope: scope, Percent: value})
	}
	return t, nil
}

// check says what of the terms is out of range, as an error of kind Invalid.
func (t Terms) check() error {
	percents := []LineDiscount{}
	percents = append(percents, t.Discounts...)
	if h := t.Header; h != nil && h.Percent != nil {
		percents = append(percents, LineDiscount{Percent: *h.Percent})
	}
	for _, d := range percents {
		if d.Percent.IsNeg() || d.Percent.Cmp(decimal.Hundred) > 0 {
			return Errorf(Invalid, "A discount of %s%%: it is between 0 and 100 percent.", d.Percent.Trim(0))
		}
	}
	if h := t.Header; h != nil && h.Amount != nil && (h.Amount.IsNeg() || h.Amount.Trim(0).Scale() > cents) {
		return Errorf(Invalid, "A discount of $%s: an amount is at least 0 and has no fractions of a cent.", h.Amount.Trim(0))
	}
	for _, l := range t.Locked {
		if l.Unit.Cmp(maxPrice) > 0 {
			return Errorf(Invalid, "A price of $%s for %s: I can quote up to $%s each.", l.Unit.Trim(0), l.SKU, maxPrice)
		}
		if !l.Unit.IsPos() || l.Unit.Trim(0).Scale() > cents {
			return Errorf(Invalid, "A price of $%s for %s: a price is above 0 and has no fractions of a cent.", l.Unit.Trim(0), l.SKU)
		}
	}
	if _, ok := t.Payment.Days(); t.Payment != "" && !ok {
		return Errorf(Invalid, "%q are no payment terms that I know. Say them as NET30.", string(t.Payment))
	}
	if t.Deposit != nil && (t.Deposit.IsNeg() || t.Deposit.Cmp(decimal.Hundred) > 0) {
		return Errorf(Invalid, "A deposit of %s%%: it is between 0 and 100 percent.", t.Deposit.Trim(0))
	}
	if t.ValidDays < 0 || t.ValidDays > maxValidDays {
		return Errorf(Invalid, "%d days of validity: I can quote 1 to %d.", t.ValidDays, maxValidDays)
	}
	return nil
}

// maxPrice bounds a price that a person sets: a slipped key is no price.
var maxPrice = decimal.MustNew(1_000_000, 0)

// maxValidDays bounds how long a price may be promised: a year.
const maxValidDays = 365

// lineDiscount is the percentage off a line; the last discount that holds it counts.
func (t Terms) lineDiscount(l Line, item string) decimal.Decimal {
	for _, d := range slices.Backward(t.Discounts) {
		if d.Scope.holds(l, item) {
			return d.Percent.Decimal
		}
	}
	return decimal.Zero
}

// locked is the price that a person has set for a SKU; false where none is.
func (t Terms) locked(sku string, currency Currency) (Money, bool) {
	for _, l := range t.Locked {
		if l.SKU == sku {
			return Money{Amount: l.Unit.Decimal, Currency: currency}, true
		}
	}
	return Money{}, false
}

// String is the discount as people say it.
func (h HeaderDiscount) String() string {
	if h.Percent != nil {
		return h.Percent.Trim(0).String() + "% off"
	}
	return fmt.Sprintf("$%s off", h.Amount.Trim(0).Pad(cents))
}

// CheaperThan says whether the terms give something that those of before did not: a larger
// discount on the whole or on a scope, or a price that was not locked or was higher.
func (t Terms) CheaperThan(before Terms) bool {
	if t.Header.largerThan(before.Header) {
		return true
	}
	for _, d := range t.Discounts {
		was := decimal.Zero
		for _, b := range before.Discounts {
			if b.Scope == d.Scope {
				was = b.Percent.Decimal
			}
		}
		if d.Percent.Cmp(was) > 0 {
			return true
		}
	}
	return slices.ContainsFunc(t.Locked, func(l LockedPrice) bool {
		return !slices.ContainsFunc(before.Locked, func(b LockedPrice) bool { return b.SKU == l.SKU && b.Unit.Cmp(l.Unit.Decimal) <= 0 })
	})
}

// largerThan compares two discounts on the whole. Of different kinds the later one counts as
// larger: what it comes to hangs on the lines.
func (h *HeaderDiscount) largerThan(before *HeaderDiscount) bool {
	switch {
	case h == nil:
		return false
	case before == nil || (h.Percent == nil) != (before.Percent == nil):
		return h.Percent != nil && !h.Percent.IsZero() || h.Amount != nil && !h.Amount.IsZero()
	case h.Percent != nil:
		return h.Percent.Cmp(before.Percent.Decimal) > 0
	default:
		return h.Amount.Cmp(before.Amount.Decimal) > 0
	}
}

// paidAs says whether both ask for payment alike, and are valid as long.
func (t Terms) paidAs(other Terms) bool {
	deposit := t.Deposit == nil && other.Deposit == nil || t.Deposit != nil && other.Deposit != nil && t.Deposit.Equal(other.Deposit.Decimal)
	return deposit && t.Payment == other.Payment && t.ValidDays == other.ValidDays
}
