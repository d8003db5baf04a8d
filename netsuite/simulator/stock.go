package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// SetStock changes what a location (1: the main one) has of an item and what is on order for it.
// Only a change of what is available moves the row's lastquantityavailablechange, as its name says.
func (s *Simulator) SetStock(sku string, location, available, onOrder int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.company
	it := c.itemBySKU(sku)
	if it == nil {
		return fmt.Errorf("set stock: no item %q", sku)
	}
	row := stockRow{it.id, location, available, onOrder, s.now().UTC().Truncate(time.Second)}
	at, found := slices.BinarySearchFunc(c.stock, row, func(a, b stockRow) int {
		return cmp.Or(cmp.Compare(a.item, b.item), cmp.Compare(a.location, b.location))
	})
	if !found {
		c.stock = slices.Insert(c.stock, at, row)
		return nil
	}
	if before := c.stock[at]; before.available == available {
		row.changed = before.changed
	}
	c.stock[at] = row
	return nil
}
