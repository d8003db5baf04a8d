package quoting

import "time"

// Basket is what a live check asks the prices of. It is asked as a whole, because with
// some quantity schedules the price of a line depends on the other lines.
type Basket struct {
	Customer CustomerID // 0: none, which means Base prices
	Currency Currency
	Date     time.Time // the day of the prices; only its date counts
	Lines    []BasketLine
}

// BasketLine is a quantity of an item, in the unit that NetSuite's quantity breaks count:
// for service by the month that is units, not units × months. Lines whose price is
// computed by us, such as freight, do not belong in a basket.
type BasketLine struct {
	Item     ItemID
	Quantity int // at least 1
}

// CheckMethod is the way in which a live check was made. Each is a passed check; cards
// and events say which it was. An account on which rows do not decide a price (see
// Capabilities) passes by create-form only.
type CheckMethod string

const (
	ByCreateForm CheckMethod = "create-form" // NetSuite's own pricing engine, for the customer
	ByPriceRows  CheckMethod = "suiteql"     // NetSuite's price rows at this moment, our reading of them
)

// LivePrices are NetSuite's prices of a basket, line by line in the basket's order.
// Comparing them with a quote is the caller's.
type LivePrices struct {
	At     time.Time // when NetSuite answered
	Took   time.Duration
	Method CheckMethod
	Lines  []LivePrice

	// CustomerRefused says that NetSuite takes no Estimate for this customer: it is
	// inactive, gone, or in a subsidiary that this role does not see. There are no lines.
	CustomerRefused bool
}

// LivePrice is NetSuite's price of one line. The zero value is a line that NetSuite does
// not sell to this customer: it has no price, which is never a price of 0.
type LivePrice struct {
	Price    Money // of one unit
	Sellable bool
	Unknown  bool // NetSuite did not say; the line is neither confirmed nor moved
}
