package simulator

import (
	"fmt"
	"slices"
	"time"
)

// Customer is a customer record. Names, levels and terms of the demo company are in customers.csv.
type Customer struct {
	ID         int64  // internal id; 0 takes the next one
	Name       string // companyname
	Level      string // price level's name, empty: none
	Currency   string // symbol; empty: USD
	Terms      string // such as NET30
	Email      string
	Parent     int64 // internal id, 0: none
	Subsidiary int64 // 0: the first
	CreditHold bool
	TaxExempt  bool
	Inactive   bool
	ExternalID string // empty: none

	level, currency int64
	status          int64 // entity status, 0: not said
	modified        time.Time
}

// addCustomer checks c, completes it, and adds it after the others.
func (c *company) addCustomer(customer *Customer) error {
	last := int64(4000)
	if n := len(c.customers); n > 0 {
		last = c.customers[n-1].ID
	}
	if customer.ID == 0 {
		customer.ID = last + 1
	}
	if customer.ID <= last {
		return fmt.Errorf("customer id %d is not above %d", customer.ID, last)
	}
	if customer.modified.IsZero() {
		customer.modified = opening
	}
	if err := c.complete(customer); err != nil {
		return err
	}
	c.customers = append(c.customers, customer)
	return nil
}

// complete finds the records that a customer names, and fills in what every customer has.
func (c *company) complete(customer *Customer) error {
	if customer.Name == "" {
		return fmt.Errorf("customer %d has no name", customer.ID)
	}
	customer.level = 0
	if customer.Level != "" {
		level, err := c.level(customer.Level)
		if err != nil {
			return fmt.Errorf("customer %s: %w", customer.Name, err)
		}
		customer.level = level.ID
	}
	if customer.Currency == "" {
		customer.Currency = "USD"
	}
	var err error
	if customer.currency, err = c.currency(customer.Currency); err != nil {
		return fmt.Errorf("customer %s: %w", customer.Name, err)
	}
	if customer.Subsidiary == 0 {
		customer.Subsidiary = 1
	}
	return nil
}

// EditCustomer changes a customer as a person does in NetSuite's own pages, and with it its
// modification date. The id stays.
func (s *Simulator) EditCustomer(id int64, edit func(*Customer)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.company.customers, func(c *Customer) bool { return c.ID == id })
	if at < 0 {
		return fmt.Errorf("edit customer: none with id %d", id)
	}
	changed := *s.company.customers[at]
	edit(&changed)
	changed.ID = id
	if err := s.company.complete(&changed); err != nil {
		return fmt.Errorf("edit customer: %w", err)
	}
	changed.modified = s.stamp(changed.modified)
	s.company.customers[at] = &changed
	return nil
}

// RenameCustomer changes a customer's name.
func (s *Simulator) RenameCustomer(id int64, name string) error {
	return s.EditCustomer(id, func(c *Customer) { c.Name = name })
}

// DeactivateCustomer makes a customer inactive.
func (s *Simulator) DeactivateCustomer(id int64) error {
	return s.EditCustomer(id, func(c *Customer) { c.Inactive = true })
}

// CreditHold puts a customer on credit hold, or takes it off.
func (s *Simulator) CreditHold(id int64, hold bool) error {
	return s.EditCustomer(id, func(c *Customer) { c.CreditHold = hold })
}

// entityID is the customer's number as people see it.
func (c *Customer) entityID() string { return fmt.Sprintf("CUS%d", c.ID) }
