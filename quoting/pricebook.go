package quoting

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// PriceBook is one snapshot of NetSuite's prices, ready to price from without a database.
// It never changes: a newer snapshot is another book, and a quote uses one book from its
// first line to its total.
type PriceBook struct {
	Snapshot  SnapshotID
	TakenAt   time.Time // NetSuite's clock when the sync began
	items     map[string]Item
	levels    map[LevelID]PriceLevel
	rows      []PriceRow           // by item, level, currency and quantity
	prices    map[priceKey]rowSpan // where an item's rows at a level are among them
	customers []Customer           // ascending by ID
	names     customerIndex
	own       map[ownKey]CustomerPrice
	groups    map[groupKey]LevelID
	stock     map[ItemID]Stock
}

type priceKey struct {
	item     ItemID
	level    LevelID
	currency Currency
}

// rowSpan is a part of the rows; int32 holds more of them than memory does.
type rowSpan struct{ first, end int32 }

type ownKey struct {
	customer CustomerID
	item     ItemID
}

type groupKey struct {
	customer CustomerID
	group    int64
}

// NewPriceBook indexes a catalogue, whose prices it sorts and keeps. It refuses a catalogue that it could misread: two
// items of one SKU, two rows of one break, a price that is negative.
func NewPriceBook(id SnapshotID, c Catalogue) (*PriceBook, error) {
	b := &PriceBook{
		Snapshot: id, TakenAt: c.TakenAt,
		items:     make(map[string]Item, len(c.Items)),
		levels:    make(map[LevelID]PriceLevel, len(c.Levels)),
		rows:      c.Prices,
		prices:    make(map[priceKey]rowSpan),
		customers: slices.Clone(c.Customers),
		own:       make(map[ownKey]CustomerPrice, len(c.CustomerPrices)),
		groups:    make(map[groupKey]LevelID, len(c.GroupLevels)),
		stock:     indexStock(c.Stock),
	}
	for _, item := range c.Items {
		if _, twice := b.items[item.SKU]; twice {
			return nil, fmt.Errorf("price book %d: item %s is there twice", id, item.SKU)
		}
		b.items[item.SKU] = item
	}
	for _, level := range c.Levels {
		b.levels[level.ID] = level
	}
	slices.SortFunc(b.rows, func(x, y PriceRow) int {
		return cmp.Or(cmp.Compare(x.Item, y.Item), cmp.Compare(x.Level, y.Level), cmp.Compare(x.Price.Currency, y.Price.Currency), cmp.Compare(x.From, y.From))
	})
	for i, row := range b.rows {
		key := priceKey{row.Item, row.Level, row.Price.Currency}
		span, begun := b.prices[key]
		switch {
		case row.Price.Amount.IsNeg() || row.From < 1:
			return nil, fmt.Errorf("price book %d: price row %d is impossible", id, row.ID)
		case !begun:
			span.first = int32(i)
		case b.rows[i-1].From == row.From:
			return nil, fmt.Errorf("price book %d: item %d has two prices from quantity %d", id, key.item, row.From)
		}
		span.end = int32(i + 1)
		b.prices[key] = span
	}
	slices.SortFunc(b.customers, func(x, y Customer) int { return cmp.Compare(x.ID, y.ID) })
	b.names = indexCustomers(b.customers)
	for _, price := range c.CustomerPrices {
		b.own[ownKey{price.Customer, price.Item}] = price
	}
	for _, level := range c.GroupLevels {
		b.groups[groupKey{level.Customer, level.Group}] = level.Level
	}
	return b, nil
}

// Confirmed is the book after a sync that found the same prices, and this stock.
func (b *PriceBook) Confirmed(at time.Time, stock []Stock) *PriceBook {
	confirmed := *b
	confirmed.TakenAt = at
	confirmed.stock = indexStock(stock)
	return &confirmed
}

func indexStock(stock []Stock) map[ItemID]Stock {
	index := make(map[ItemID]Stock, len(stock))
	for _, s := range stock {
		index[s.Item] = s
	}
	return index
}

// Item is the item of a SKU.
func (b *PriceBook) Item(sku string) (Item, bool) {
	item, ok := b.items[sku]
	return item, ok
}

// Stock is what was available of an item when the snapshot was taken.
func (b *PriceBook) Stock(id ItemID) (Stock, bool) {
	stock, ok := b.stock[id]
	return stock, ok
}

// Customer is the customer of an id.
func (b *PriceBook) Customer(id CustomerID) (Customer, bool) {
	i, ok := slices.BinarySearchFunc(b.customers, id, func(c Customer, id CustomerID) int { return cmp.Compare(c.ID, id) })
	if !ok {
		return Customer{}, false
	}
	return b.customers[i], true
}

// PriceSource says which entry of the precedence decided a unit price.
type PriceSource string

const (
	FromCustomerPrice PriceSource = "customer price" // the customer's own price for the item; takes no break
	FromCustomerLevel PriceSource = "customer level for the item"
	FromGroupLevel    PriceSource = "customer level for the item's pricing group"
	FromLevel         PriceSource = "customer level"
	FromBase          PriceSource = "base price"
	FromFreightRule   PriceSource = "freight rule" // computed, not taken from a row
)

// UnitPrice is a price of one unit and where it comes from.
type UnitPrice struct {
	Price  Money
	Source PriceSource
	Level  LevelID
	Row    int64 // of NetSuite's price matrix; 0 for a customer's own price
	From   int   // the quantity break that applies
}

// UnitPrice is the price of one unit of an item for a customer (the zero Customer: none)
// at a quantity. The first entry that exists for the customer decides: its price for the
// item, its level for the item, its level for the item's pricing group, its level, Base.
// Where that entry has no row the item is not sellable, and the error, of kind Invalid,
// says so: there is no fall-through to Base and no zero.
func (b *PriceBook) UnitPrice(item Item, customer Customer, currency Currency, quantity int) (UnitPrice, error) {
	source, level := FromBase, BaseLevel
	own, hasOwn := b.own[ownKey{customer.ID, item.ID}]
	group, hasGroup := b.groups[groupKey{customer.ID, item.PricingGroup}]
	switch {
	case customer.ID == 0:
	case hasOwn && own.Level == CustomLevel:
		if own.Price.Currency != currency || !own.Price.Amount.IsPos() {
			return UnitPrice{}, notSellable(item, string(FromCustomerPrice), customer)
		}
		return UnitPrice{Price: own.Price, Source: FromCustomerPrice, Level: CustomLevel, From: 1}, nil
	case hasOwn:
		source, level = FromCustomerLevel, own.Level
	case hasGroup && item.PricingGroup != 0:
		source, level = FromGroupLevel, group
	case customer.Level != 0:
		source, level = FromLevel, customer.Level
	}
	rows := b.at(priceKey{item.ID, level, currency})
	i, ok := slices.BinarySearchFunc(rows, quantity, func(row PriceRow, q int) int { return cmp.Compare(row.From, q) })
	if !ok {
		i--
	}
	if i < 0 || !rows[i].Price.Amount.IsPos() {
		return UnitPrice{}, notSellable(item, b.levelName(level), customer)
	}
	return UnitPrice{Price: rows[i].Price, Source: source, Level: level, Row: rows[i].ID, From: rows[i].From}, nil
}

// at is an item's prices at a level, ascending by quantity.
func (b *PriceBook) at(key priceKey) []PriceRow {
	span := b.prices[key]
	return b.rows[span.first:span.end]
}

// nextBreak is the first quantity above this one at which the level's price changes.
func (b *PriceBook) nextBreak(item Item, level LevelID, currency Currency, quantity int) (PriceRow, bool) {
	for _, row := range b.at(priceKey{item.ID, level, currency}) {
		if row.From > quantity {
			return row, true
		}
	}
	return PriceRow{}, false
}

func (b *PriceBook) levelName(id LevelID) string {
	if level, ok := b.levels[id]; ok {
		return level.Name
	}
	return "Base Price"
}

func notSellable(item Item, at string, customer Customer) error {
	if customer.ID == 0 {
		return Errorf(Invalid, "%s has no price in NetSuite, so I cannot quote it. Ask whoever keeps the price list.", item.SKU)
	}
	return Errorf(Invalid, "%s has no price for this customer (%s) in NetSuite, so I cannot quote it. Ask whoever keeps the price list.", item.SKU, at)
}
