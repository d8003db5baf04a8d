package simulator

import (
	"fmt"

	"github.com/govalues/decimal"
)

// What people do in the account, for tests and the demo.

// SetPrice changes a price, or adds a break. Level is the price level's name, quantity where the
// break starts (1: the first). The item's own modification date does not move, as in NetSuite.
func (s *Simulator) SetPrice(sku, level string, quantity int64, price string) error {
	unit, err := parseNumber(price)
	if err != nil {
		return fmt.Errorf("set price of %s: %w", sku, err)
	}
	if quantity < 1 {
		return fmt.Errorf("set price of %s: break at %d is under 1", sku, quantity)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	it, l, row, err := s.company.findPrice(sku, level, quantity)
	switch {
	case err != nil:
		return fmt.Errorf("set price of %s: %w", sku, err)
	case row == nil:
		s.company.addPrice(it.id, l.ID, quantity, unit)
	default:
		row.unit = unit
	}
	return nil
}

// Price is the price of a break, which must be one of the matrix; false where there is none.
func (s *Simulator) Price(sku, level string, quantity int64) (string, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, _, row, err := s.company.findPrice(sku, level, quantity)
	if err != nil || row == nil {
		return "", false
	}
	return row.unit.String(), true
}

// RemovePrice takes a break's price away.
func (s *Simulator) RemovePrice(sku, level string, quantity int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _, row, err := s.company.findPrice(sku, level, quantity)
	if err != nil {
		return fmt.Errorf("remove price of %s: %w", sku, err)
	}
	if row == nil {
		return fmt.Errorf("remove price of %s: no price at %s from %d", sku, level, quantity)
	}
	s.company.removePrice(row)
	return nil
}

// SetCost changes an item's average cost. An empty cost leaves the item without any.
func (s *Simulator) SetCost(sku, cost string) error {
	var average *decimal.Decimal
	if cost != "" {
		d, err := parseNumber(cost)
		if err != nil {
			return fmt.Errorf("set cost of %s: %w", sku, err)
		}
		average = &d
	}
	return s.editItem(sku, func(it *item) {
		it.averageCost = average
		if average == nil {
			it.lastPurchase, it.cost = nil, nil
		}
	})
}

// DeactivateItem makes an item inactive. Its prices stay in the matrix, as in NetSuite.
func (s *Simulator) DeactivateItem(sku string) error {
	return s.editItem(sku, func(it *item) { it.inactive = true })
}

func (s *Simulator) editItem(sku string, edit func(*item)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.company.itemBySKU(sku)
	if it == nil {
		return fmt.Errorf("edit item: no item %q", sku)
	}
	edit(it)
	it.modified = s.stamp(it.modified)
	return nil
}

// AddCustomer adds a customer and gives its internal id.
func (s *Simulator) AddCustomer(c Customer) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.modified = s.stamp(opening)
	if err := s.company.addCustomer(&c); err != nil {
		return 0, fmt.Errorf("add customer: %w", err)
	}
	return c.ID, nil
}

// Estimate gives a copy of the estimate with an external id.
func (s *Simulator) Estimate(externalID string) (Estimate, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e := s.estimates.byExternal[externalID]
	if e == nil {
		return Estimate{}, false
	}
	return e.clone(), true
}

// EstimateCount is the number of estimates stored.
func (s *Simulator) EstimateCount() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.estimates.byID)
}

// EditEstimate changes an estimate as a person does in NetSuite's own pages: amounts and totals
// follow, and so does the modification date.
func (s *Simulator) EditEstimate(externalID string, edit func(*Estimate)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.estimates.byExternal[externalID]
	if e == nil {
		return fmt.Errorf("edit estimate: none with external id %q", externalID)
	}
	changed, err := s.changed(e, edit)
	if err != nil {
		return fmt.Errorf("edit estimate %s: %w", externalID, err)
	}
	changed.LastModified = s.stamp(e.LastModified)
	s.estimates.put(changed)
	return nil
}

// changeStored changes an estimate without leaving a later date.
func (s *Simulator) changeStored(id string, change func(*Estimate)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.estimates.find(id)
	if e == nil {
		return fmt.Errorf("change estimate: none with id %q", id)
	}
	changed, err := s.changed(e, change)
	if err != nil {
		return fmt.Errorf("change estimate %s: %w", id, err)
	}
	s.estimates.put(changed)
	return nil
}

// changed is a changed copy of an estimate, added up anew.
func (s *Simulator) changed(e *Estimate, change func(*Estimate)) (Estimate, error) {
	c := e.clone()
	change(&c)
	c.ID = e.ID
	for i, l := range c.Lines {
		var err error
		if c.Lines[i].Amount, err = s.extend(l.Rate, l.Quantity); err != nil {
			return Estimate{}, fmt.Errorf("line %d: %w", l.Number, err)
		}
	}
	tax := decimal.Zero
	if customer := s.company.customer(c.Entity); customer != nil {
		tax = s.taxOf(customer)
	}
	return c, c.total(s.rounding, tax)
}

// ItemID gives an item's internal id.
func (s *Simulator) ItemID(sku string) (int64, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	it := s.company.itemBySKU(sku)
	if it == nil {
		return 0, false
	}
	return it.id, true
}
