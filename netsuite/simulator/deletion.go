package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// deletion is what NetSuite keeps of a record that somebody deleted. Ids are unique among the
// records of one type only.
type deletion struct {
	id         int64
	recordType string
	at         time.Time
}

func deletedFields() []field[deletion] {
	return []field[deletion]{
		{"recordid", integerKind, func(d deletion) value { return whole(d.id) }},
		{"type", textKind, func(d deletion) value { return words(d.recordType) }},
		{"deleteddate", momentKind, func(d deletion) value { return instant(d.at) }},
	}
}

// bury notes that a record is gone.
func (c *company) bury(d deletion) {
	at, _ := slices.BinarySearchFunc(c.deleted, d, func(a, b deletion) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.recordType, b.recordType))
	})
	c.deleted = slices.Insert(c.deleted, at, d)
}

// recordType is what deletedrecord calls an item that is for sale. It is empty for any other item.
func (it *item) recordType() string {
	return map[string]string{
		"InvtPart":    "inventoryitem",
		"NonInvtPart": "noninventoryitem",
		"Service":     "serviceitem",
		"OthCharge":   "otherchargeitem",
		"Kit":         "kititem",
	}[it.kind]
}

// sellable reports that a line may sell the item.
func (it *item) sellable() bool {
	return it.recordType() != "" && it.subtype != "Purchase" && !it.inactive
}

// DeleteItem deletes an item with its prices and its stock. Customers' prices for it go too.
func (s *Simulator) DeleteItem(sku string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.company
	it := c.itemBySKU(sku)
	if it == nil || it.recordType() == "" {
		return fmt.Errorf("delete item: no item for sale %q", sku)
	}
	c.items = slices.DeleteFunc(c.items, func(other *item) bool { return other == it })
	c.prices = slices.DeleteFunc(c.prices, func(p *priceRow) bool { return p.item == it.id })
	delete(c.pricesOf, it.id)
	c.itemPrices = slices.DeleteFunc(c.itemPrices, func(p itemPrice) bool { return p.item == it.id })
	c.stock = slices.DeleteFunc(c.stock, func(r stockRow) bool { return r.item == it.id })
	c.bury(deletion{it.id, it.recordType(), s.stamp(it.modified)})
	return nil
}

// DeleteCustomer deletes a customer with its agreements. NetSuite refuses that where there are
// transactions; the simulator does not, so that a test can have a customer vanish.
func (s *Simulator) DeleteCustomer(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.company
	customer := c.customer(id)
	if customer == nil {
		return fmt.Errorf("delete customer: none with id %d", id)
	}
	c.customers = slices.DeleteFunc(c.customers, func(other *Customer) bool { return other == customer })
	c.itemPrices = slices.DeleteFunc(c.itemPrices, func(p itemPrice) bool { return p.customer == id })
	c.groupPrices = slices.DeleteFunc(c.groupPrices, func(p groupPrice) bool { return p.customer == id })
	c.bury(deletion{id, "customer", s.stamp(customer.modified)})
	return nil
}
