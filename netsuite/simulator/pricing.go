package simulator

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/govalues/decimal"
)

// specialPrice is what one customer pays for an item or a pricing group.
type specialPrice struct {
	Customer int64  `json:"customer"`
	SKU      string `json:"sku"`
	Group    string `json:"group"`
	Level    string `json:"level"`
	Price    string `json:"price"`
}

// grant adds a special price to the customer's pricing sublists.
func (c *company) grant(p specialPrice) error {
	customer := c.customer(p.Customer)
	if customer == nil {
		return fmt.Errorf("no such customer")
	}
	level, price := int64(customLevel), decimal.Zero
	var err error
	if p.Price == "" {
		var found priceLevel
		found, err = c.level(p.Level)
		level = found.ID
	} else {
		price, err = parseNumber(p.Price)
	}
	if err != nil {
		return err
	}
	if it := c.itemBySKU(p.SKU); it != nil {
		c.itemPrices = append(c.itemPrices, itemPrice{customer.ID, it.id, customer.currency, level, price})
		return nil
	}
	for _, g := range c.groups {
		if g.Code == p.Group {
			c.groupPrices = append(c.groupPrices, groupPrice{customer.ID, g.ID, level})
			return nil
		}
	}
	return fmt.Errorf("no item %q and no pricing group %q", p.SKU, p.Group)
}

// basket prices the lines of one transaction together, because a line's price may depend on the
// other lines.
type basket struct {
	company  *company
	customer *Customer
	currency int64
	date     string // YYYY-MM-DD, that price rules are looked up for
	lines    []basketLine
}

type basketLine struct {
	item     *item // nil: not known, counts for no other line
	quantity decimal.Decimal
}

// price is the level that decides for a line and NetSuite's own unit price at it. The first of
// these that exists for the customer decides, and there is no way on to the next: a price of its
// own for the item, a level for the item, a level for the item's pricing group, its level, Base
// Price for a customer without one. A sales price rule changes what a level gives, never a price
// of the customer's own. False: the item has no price there and cannot be sold.
func (b basket) price(at int) (int64, decimal.Decimal, bool) {
	it := b.lines[at].item
	level := int64(baseLevel)
	if b.customer.level != 0 {
		level = b.customer.level
	}
	for _, g := range b.company.groupPrices {
		if g.customer == b.customer.ID && g.group == it.group.ID {
			level = g.level
		}
	}
	for _, p := range b.company.itemPrices {
		if p.customer == b.customer.ID && p.item == it.id && p.currency == b.currency {
			if p.level == customLevel {
				return customLevel, p.price, true
			}
			level = p.level
		}
	}
	unit, ok := b.levelPrice(at, level)
	if rule := b.rule(it); rule != nil {
		unit, ok = rule.apply(unit, ok)
	}
	return level, unit, ok
}

// levelPrice is a line's unit price at a level: that of the highest break that the quantity
// reaches, or, with marginal rates, the average over the brackets that it fills.
func (b basket) levelPrice(at int, level int64) (decimal.Decimal, bool) {
	it := b.lines[at].item
	quantity, err := b.quantity(at)
	if err != nil {
		return decimal.Decimal{}, false
	}
	var ladder []*priceRow
	for _, p := range b.company.pricesOf[it.id] {
		if p.level == level && p.currency == b.currency {
			ladder = append(ladder, p)
		}
	}
	slices.SortFunc(ladder, func(a, b *priceRow) int { return cmp.Compare(a.quantity, b.quantity) })
	if it.marginal {
		return blended(ladder, quantity)
	}
	whole, _, ok := quantity.Trunc(0).Int64(0)
	if !ok {
		return decimal.Decimal{}, false
	}
	for _, p := range slices.Backward(ladder) {
		if p.quantity <= whole {
			return p.unit, true
		}
	}
	return decimal.Decimal{}, false
}

// threshold is a break's quantity as the matrix holds it: the first one starts at 0.
func threshold(from int64) int64 {
	if from == 1 {
		return 0
	}
	return from
}

// addPrice appends a row to the matrix, in the account's own currency.
func (c *company) addPrice(item, level, from int64, unit decimal.Decimal) {
	id := int64(1)
	if n := len(c.prices); n > 0 {
		id = c.prices[n-1].id + 1
	}
	p := &priceRow{id, item, level, c.currencies[0].ID, threshold(from), unit}
	c.prices = append(c.prices, p)
	c.pricesOf[item] = append(c.pricesOf[item], p)
}

// findPrice finds the row for a SKU, a level by name, and a break.
func (c *company) findPrice(sku, level string, from int64) (*item, priceLevel, *priceRow, error) {
	it := c.itemBySKU(sku)
	if it == nil {
		return nil, priceLevel{}, nil, fmt.Errorf("no item %q", sku)
	}
	l, err := c.level(level)
	if err != nil {
		return nil, priceLevel{}, nil, err
	}
	for _, p := range c.pricesOf[it.id] {
		if p.level == l.ID && p.currency == c.currencies[0].ID && p.quantity == threshold(from) {
			return it, l, p, nil
		}
	}
	return it, l, nil, nil
}

func (c *company) removePrice(row *priceRow) {
	same := func(p *priceRow) bool { return p == row }
	c.prices = slices.DeleteFunc(c.prices, same)
	c.pricesOf[row.item] = slices.DeleteFunc(c.pricesOf[row.item], same)
}
