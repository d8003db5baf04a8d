package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/govalues/decimal"
)

// SalesPriceRule changes what customers pay for a while (Advanced Pricing, Oracle help
// section_164442225943). Of the rules that fit a line the one with the lowest priority number
// decides, alone.
type SalesPriceRule struct {
	Priority int
	From, To string // days YYYY-MM-DD, the last one included; empty: no limit
	Customer int64  // 0: all
	SKU      string // empty: all
	Percent  string // off the price of the customer's level; empty: Price counts
	Price    string // instead of it, in the account's own currency

	number decimal.Decimal // of the two
}

// AddSalesPriceRule adds a rule. Of two with the same priority the earlier one decides.
func (s *Simulator) AddSalesPriceRule(rule SalesPriceRule) error {
	if (rule.Percent == "") == (rule.Price == "") {
		return fmt.Errorf("add sales price rule: either a percentage or a price is needed")
	}
	var err error
	if rule.number, err = parseNumber(rule.Percent + rule.Price); err != nil {
		return fmt.Errorf("add sales price rule: %w", err)
	}
	for _, day := range []string{rule.From, rule.To} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return fmt.Errorf("add sales price rule: %w", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if rule.SKU != "" && s.company.itemBySKU(rule.SKU) == nil {
		return fmt.Errorf("add sales price rule: no item %q", rule.SKU)
	}
	s.company.rules = append(s.company.rules, rule)
	slices.SortStableFunc(s.company.rules, func(a, b SalesPriceRule) int { return cmp.Compare(a.Priority, b.Priority) })
	return nil
}

// rule finds the rule that decides the price of an item for the basket's customer and day, or nil.
func (b basket) rule(it *item) *SalesPriceRule {
	for i, r := range b.company.rules {
		switch {
		case r.Customer != 0 && r.Customer != b.customer.ID:
		case r.SKU != "" && r.SKU != it.sku:
		case r.From != "" && b.date < r.From || r.To != "" && b.date > r.To:
		case r.Price != "" && b.currency != b.company.currencies[0].ID:
		default:
			return &b.company.rules[i]
		}
	}
	return nil
}

// apply gives the rule's price for a line whose level gives unit, if it does.
func (r *SalesPriceRule) apply(unit decimal.Decimal, priced bool) (decimal.Decimal, bool) {
	if r.Percent == "" {
		return r.number, true
	}
	off, err := share(unit, r.number)
	if err != nil {
		return decimal.Decimal{}, false
	}
	if unit, err = unit.Sub(off); err != nil {
		return decimal.Decimal{}, false
	}
	unit, err = halfUp.round(unit, rateDecimals)
	return unit, err == nil && priced
}
