package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// maxQuantity is the most that a line may have (Oracle help section_N1069843).
const maxQuantity = 200_000

// settle checks a draft as NetSuite checks a record, fills in what NetSuite fills in, prices the
// lines that the request touched, and adds up. The caller holds the lock.
func (s *Simulator) settle(d *draft) error {
	if d.TranDate == "" {
		d.TranDate = s.now().UTC().Format(time.DateOnly)
	}
	if err := d.complete(s.missingFields(d)); err != nil {
		return err
	}
	customer, err := s.checkHeader(d)
	if err != nil {
		return err
	}
	b := s.basket(d, customer)
	for at := range d.Lines {
		if c := d.touched[at]; c != nil {
			if err := s.settleLine(d, b, at, c); err != nil {
				return err
			}
		}
	}
	if err := d.total(s.rounding, s.taxOf(customer)); err != nil {
		return invalidContent("item", "Error while accessing a resource. %v", err)
	}
	return nil
}

func (s *Simulator) taxOf(customer *Customer) decimal.Decimal {
	if customer.TaxExempt {
		return decimal.Zero
	}
	return s.tax
}

// complete refuses a record without what the account's form requires. A form asks for less.
func (d *draft) complete(missing []string) error {
	if d.Entity == 0 {
		missing = append(missing, "Customer")
	}
	if d.EntityStatus == 0 && !d.form {
		missing = append(missing, "Status")
	}
	if d.ExpectedCloseDate == "" && !d.form {
		missing = append(missing, "Expected Close")
	}
	if len(d.Lines) == 0 && !d.form {
		missing = append(missing, "Items")
	}
	if d.DiscountRate != "" && d.DiscountItem == 0 {
		missing = append(missing, "Discount Item")
	}
	if len(missing) > 0 {
		return userError("", "Please enter value(s) for: %s.", strings.Join(missing, ", "))
	}
	return nil
}

// checkHeader resolves the references of the record's body.
func (s *Simulator) checkHeader(d *draft) (*Customer, error) {
	refused := func(field string, id int64) *problem {
		return invalidField(field, field, strconv.FormatInt(id, 10))
	}
	customer := s.company.customer(d.Entity)
	if customer == nil || customer.Inactive {
		return nil, refused("entity", d.Entity)
	}
	if d.Currency == 0 {
		d.Currency = customer.currency
	}
	if d.Subsidiary == 0 {
		d.Subsidiary = customer.Subsidiary
	}
	if d.Currency != customer.currency {
		return nil, refused("currency", d.Currency)
	}
	if d.Subsidiary != customer.Subsidiary {
		return nil, refused("subsidiary", d.Subsidiary)
	}
	if _, known := nameOf(s.company.statuses, d.EntityStatus); d.EntityStatus != 0 && !known {
		return nil, refused("entityStatus", d.EntityStatus)
	}
	if _, known := nameOf(s.company.discountItems, d.DiscountItem); d.DiscountItem != 0 && !known {
		return nil, refused("discountItem", d.DiscountItem)
	}
	return customer, nil
}

// basket puts the draft's lines together for pricing.
func (s *Simulator) basket(d *draft, customer *Customer) basket {
	b := basket{company: s.company, customer: customer, currency: d.Currency, date: d.TranDate}
	for _, l := range d.Lines {
		b.lines = append(b.lines, basketLine{s.company.item(l.Item), l.Quantity})
	}
	return b
}

// settleLine checks a line and gives it its price and amount.
func (s *Simulator) settleLine(d *draft, b basket, at int, c *change) error {
	l, it := &d.Lines[at], b.lines[at].item
	if l.Item == 0 {
		return userError(c.path, "Please enter value(s) for: Item.")
	}
	if it == nil || !it.sellable() || it.subsidiary != 0 && it.subsidiary != b.customer.Subsidiary {
		return invalidField(c.path+".item", "item", strconv.FormatInt(l.Item, 10))
	}
	most, err := decimal.New(maxQuantity, 0)
	if err != nil {
		return err
	}
	switch {
	case l.Quantity.IsZero():
		return userError(c.path, "Please enter value(s) for: Quantity.")
	case l.Quantity.IsNeg() || l.Quantity.Cmp(most) > 0:
		return invalidField(c.path+".quantity", "quantity", digits(l.Quantity))
	case l.Rate.IsNeg():
		return invalidField(c.path+".rate", "rate", digits(l.Rate))
	case l.Price != 0 && l.Price != customLevel && !s.company.hasLevel(l.Price):
		return invalidField(c.path+".price", "price", strconv.FormatInt(l.Price, 10))
	}
	priced, err := b.priceLine(at, l, c)
	if err != nil {
		return err
	}
	if !priced {
		if !d.form {
			return userError(c.path, "Please enter a value for Amount.")
		}
		c.unpriced = true
		return nil
	}
	if d.form {
		if l.Rate, err = s.lied(l.Rate); err != nil {
			return err
		}
	}
	if c.given["amount"] {
		return nil // taken as it is, whatever rate × quantity would be
	}
	if l.Amount, err = s.extend(l.Rate, l.Quantity); err != nil {
		return invalidContent(c.path+".rate", "Error while accessing a resource. %v", err)
	}
	return nil
}

// priceLine decides the line's rate and price level. A custom price keeps the rate that was sent,
// any other level brings NetSuite's price; a rate alone is kept and labelled Base Price. False:
// there is no price.
func (b basket) priceLine(at int, l *Line, c *change) (bool, error) {
	var priced bool
	switch {
	case c.given["price"] && l.Price == customLevel:
		if !c.given["rate"] && !c.given["amount"] {
			return false, userError(c.path, "Please enter a value for Amount.")
		}
		if !c.given["rate"] {
			return true, l.rateFromAmount()
		}
		return true, nil
	case c.given["price"]:
		l.Rate, priced = b.levelPrice(at, l.Price)
		return priced, nil
	case c.given["rate"]:
		l.Price = baseLevel
		return true, nil
	case l.Price == customLevel && !c.given["item"]:
		return true, nil
	}
	l.Price, l.Rate, priced = b.price(at)
	return priced, nil
}

// rateFromAmount derives a custom price from the amount that was sent.
func (l *Line) rateFromAmount() error {
	rate, err := l.Amount.Quo(l.Quantity)
	if err != nil {
		return fmt.Errorf("rate from amount: %w", err)
	}
	l.Rate, err = halfUp.round(rate, 8)
	return err
}

// extend is a line's amount in the currency's precision.
func (s *Simulator) extend(rate, quantity decimal.Decimal) (decimal.Decimal, error) {
	exact, err := product(rate, quantity)
	if err != nil {
		return decimal.Decimal{}, err
	}
	return s.rounding.round(exact, cents)
}

func (c *company) hasLevel(id int64) bool {
	_, ok := search(c.levels, id, func(l priceLevel) int64 { return l.ID })
	return ok
}
