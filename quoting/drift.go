package quoting

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/govalues/decimal"
)

// Drifts lists how an item in NetSuite is not the item that quotes are made from.
func (c ItemChange) Drifts(p *Policy) []Drift {
	text := func(d decimal.NullDecimal) string {
		if !d.Valid {
			return "none"
		}
		return d.Decimal.String()
	}
	var drifts []Drift
	add := func(kind DriftKind, subject, ours, theirs string) {
		drifts = append(drifts, Drift{kind, subject, ours, theirs})
	}
	switch {
	case c.Gone:
		add(DriftItem, c.Item.SKU, "there", "gone")
		return drifts
	case !c.Known:
		add(DriftItem, c.Item.SKU, "not there", "new")
	}
	if before, now := p.cost(c.Was), p.cost(c.Item.Costs); c.Known && !sameAmount(before, now) {
		add(DriftCost, c.Item.SKU, text(before), text(now))
	}
	for _, price := range c.Prices {
		add(DriftPrice, fmt.Sprintf("%s (%s)", c.Item.SKU, price.where()), text(price.Old), text(price.New))
	}
	return drifts
}

// String is the price, or what there is instead.
func (l LivePrice) String() string {
	switch {
	case l.Unknown:
		return "unknown"
	case !l.Sellable:
		return "not sellable"
	default:
		return l.Price.String()
	}
}

// Sold are the items that have a price of their own and are sold, by SKU.
func (b *PriceBook) Sold() []Item {
	var sold []Item
	for _, item := range b.items {
		if !item.Inactive && !item.Tagged(TagComputed) {
			sold = append(sold, item)
		}
	}
	slices.SortFunc(sold, func(x, y Item) int { return cmp.Compare(x.SKU, y.SKU) })
	return sold
}

// Buyers are the active customers that buy in a currency, by id.
func (b *PriceBook) Buyers(currency Currency) []Customer {
	var buyers []Customer
	for _, c := range b.customers {
		if !c.Inactive && c.Currency == currency {
			buyers = append(buyers, c)
		}
	}
	return buyers
}
