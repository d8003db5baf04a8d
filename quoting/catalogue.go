package quoting

import (
	"slices"
	"time"

	"github.com/govalues/decimal"
)

// Identifiers of NetSuite records, which NetSuite writes as decimal text.
type (
	ItemID     int64
	LevelID    int64
	CustomerID int64
	SnapshotID int64
)

// BaseLevel is the price level that a customer without a level buys at; NetSuite gives
// the base price the internal id 1. CustomLevel marks a line, or a customer's price for
// an item, whose price is stated instead of taken from a level.
const (
	BaseLevel   LevelID = 1
	CustomLevel LevelID = -1
)

// ItemType is NetSuite's kind of item.
type ItemType string

const (
	Inventory    ItemType = "InvtPart"
	NonInventory ItemType = "NonInvtPart"
	Service      ItemType = "Service"
	OtherCharge  ItemType = "OthCharge"
	Kit          ItemType = "Kit"
)

// Hardware says whether the type is something that is shipped: freight is charged on it.
func (t ItemType) Hardware() bool { return t == Inventory || t == Kit }

// Tags of the catalogue that change how an item is priced.
const (
	TagPassthrough = "passthrough" // charged at cost: no level, no break, no discount
	TagComputed    = "computed"    // its price is worked out by us; its price row is not used
)

// Item is something the dealer sells.
type Item struct {
	ID           ItemID
	SKU          string
	Name         string
	Type         ItemType
	Category     string // portable, repeater, battery, …
	BreakGroup   string // R, A, C, I, S, L
	Tags         []string
	PricingGroup int64 // NetSuite pricing group; 0: none
	Inactive     bool
	Costs        Costs
	LeadDays     int    // 0: not said
	ReplacedBy   string // SKU that has taken its place; empty: none
}

// Tagged says whether the item carries the tag.
func (i Item) Tagged(tag string) bool { return slices.Contains(i.Tags, tag) }

// Costs are the costs that NetSuite knows of one unit; which one counts is policy.
type Costs struct {
	Average      decimal.NullDecimal
	LastPurchase decimal.NullDecimal
	Standard     decimal.NullDecimal
}

// PriceLevel is a named list of prices.
type PriceLevel struct {
	ID       LevelID
	Name     string
	Inactive bool
}

// PriceRow is one cell of NetSuite's price matrix: the price of one unit at a level, in a
// currency, from a quantity on.
type PriceRow struct {
	ID    int64 // NetSuite's internal id of the row, kept on the quote line as evidence
	Item  ItemID
	Level LevelID
	From  int // quantity break: the whole quantity is at this price from here on; at least 1
	Price Money
}

// Customer is a company that NetSuite knows, or a new one: see New. The zero Customer is
// none at all.
type Customer struct {
	ID         CustomerID // 0: NetSuite does not know it
	EntityID   string     // NetSuite's customer number
	Name       string
	Level      LevelID // 0: none, which means Base
	Currency   Currency
	Terms      string
	Email      string
	Parent     CustomerID // 0: none
	Subsidiary int64
	CreditHold bool
	Taxable    bool
	Inactive   bool
}

// New says whether this is a company that NetSuite does not know yet. It is quoted at Base
// prices, and NetSuite is told of it before its Estimate is written.
func (c Customer) New() bool { return c.ID == 0 && c.Name != "" }

// CustomerPrice is what one customer pays for one item: a price of its own (Level is
// CustomLevel) or the item's price at a level.
type CustomerPrice struct {
	Customer CustomerID
	Item     ItemID
	Level    LevelID
	Price    Money // of CustomLevel only; takes no quantity break
}

// GroupLevel is the level at which a customer buys the items of a pricing group.
type GroupLevel struct {
	Customer CustomerID
	Group    int64
	Level    LevelID
}

// Stock is what NetSuite had of an item when the snapshot was taken.
type Stock struct {
	Item      ItemID
	Available decimal.Decimal
	OnOrder   decimal.Decimal
}

// Catalogue is everything that one sync read from NetSuite. It is whole or it is not
// used: a snapshot is published with all of it or not at all.
type Catalogue struct {
	TakenAt        time.Time // NetSuite's clock when the sync began
	Items          []Item
	Levels         []PriceLevel
	Prices         []PriceRow
	Customers      []Customer
	CustomerPrices []CustomerPrice
	GroupLevels    []GroupLevel
	Stock          []Stock
}
