package simulator

import (
	"fmt"
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

	level, currency int64
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
	if customer.Name == "" {
		return fmt.Errorf("customer %d has no name", customer.ID)
	}
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
	if customer.modified.IsZero() {
		customer.modified = opening
	}
	c.customers = append(c.customers, customer)
	return nil
}

// entityID is the customer's number as people see it.
func (c *Customer) entityID() string { return fmt.Sprintf("CUS%d", c.ID) }
