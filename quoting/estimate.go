package quoting

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Estimate is NetSuite's record of a quote. What we send and what we read back have the
// same type, so that they can be compared. Dates are days: their time of day is not
// used.
type Estimate struct {
	ExternalID string // RQ-Q-1001: one Estimate for one quote, whatever its version
	Customer   CustomerID
	Currency   Currency
	Date       time.Time
	Expires    time.Time
	Title      string // see EstimateTitle
	Memo       string // see EstimateMemo
	Lines      []EstimateLine
	Discount   Money // header discount, an amount taken off the lines' sum; zero: none
	Total      Money // after the discount, without tax, which is NetSuite's own figure

	// What NetSuite adds; ignored when it is written.
	ID       int64  // NetSuite's internal id
	Number   string // NetSuite's document number
	Lost     bool   // its entity status is the account's lost status
	Status   string // A open, B processed, C closed, V voided, X expired
	Tax      Money
	Modified time.Time
}

// EstimateLine is one line of an Estimate. Its rate is stated by us; NetSuite's own price
// levels do not touch it.
type EstimateLine struct {
	Item     ItemID
	Quantity int
	Rate     Money // of one unit
	Amount   Money // never sent: NetSuite computes it, and the comparison sees whether as we do
}

// Prospect is a customer that NetSuite does not know yet. It is written by external id, so
// that repeating the write makes no second one.
type Prospect struct {
	ExternalID string // RQ-C-17
	Name       string
	Currency   Currency
}

// EstimateTitle is the title of the Estimate of a version of a quote: "Q-1001 v2".
func EstimateTitle(quote QuoteID, version int) string {
	return fmt.Sprintf("%s v%d", quote, version)
}

// EstimateMemo is the memo of an Estimate. It carries the correlation id, by which a
// person who reads the Estimate finds the request that made it in our logs.
func EstimateMemo(quote QuoteID, version int, correlation string) string {
	return fmt.Sprintf("Radio Quote %s c=%s", EstimateTitle(quote, version), correlation)
}

// LeftAlone says whether NetSuite's copy is as this Estimate made it, in content and in what
// people read of it. The memo's correlation id is that of whichever request wrote it.
func (e Estimate) LeftAlone(there Estimate) bool {
	memo, _, _ := strings.Cut(e.Memo, " c=")
	theirs, _, _ := strings.Cut(there.Memo, " c=")
	return len(CompareEstimates(e, there)) == 0 && e.Title == there.Title && memo == theirs
}

// Difference is one way in which an Estimate is not what it should be.
type Difference struct {
	Line  int    // counted from 1; 0: of the whole Estimate
	Field string // customer, currency, lines, item, quantity, rate, amount, discount, total
	Want  string
	Got   string
}

func (d Difference) String() string {
	where := d.Field
	if d.Line > 0 {
		where = fmt.Sprintf("line %d %s", d.Line, d.Field)
	}
	return fmt.Sprintf("%s is %s, should be %s", where, d.Got, d.Want)
}

// CompareEstimates lists how the Estimate that NetSuite has differs from the one that it
// should have: in customer, currency, any line, the discount, or the total without tax. An empty list
// is the proof that a write did what it said; amounts that differ in trailing zeros only
// are equal.
func CompareEstimates(want, got Estimate) []Difference {
	var found []Difference
	differ := func(line int, field string, same bool, want, got string) {
		if !same {
			found = append(found, Difference{Line: line, Field: field, Want: want, Got: got})
		}
	}
	number := func(n int) string { return strconv.Itoa(n) }
	id := func(n int64) string { return strconv.FormatInt(n, 10) }

	differ(0, "customer", want.Customer == got.Customer, id(int64(want.Customer)), id(int64(got.Customer)))
	differ(0, "currency", want.Currency == got.Currency, string(want.Currency), string(got.Currency))
	differ(0, "lines", len(want.Lines) == len(got.Lines), number(len(want.Lines)), number(len(got.Lines)))
	for i := range min(len(want.Lines), len(got.Lines)) {
		w, g := want.Lines[i], got.Lines[i]
		differ(i+1, "item", w.Item == g.Item, id(int64(w.Item)), id(int64(g.Item)))
		differ(i+1, "quantity", w.Quantity == g.Quantity, number(w.Quantity), number(g.Quantity))
		differ(i+1, "rate", w.Rate.Equal(g.Rate), w.Rate.String(), g.Rate.String())
		differ(i+1, "amount", w.Amount.Equal(g.Amount), w.Amount.String(), g.Amount.String())
	}
	differ(0, "discount", want.Discount.Amount.Cmp(got.Discount.Amount) == 0, want.Discount.String(), got.Discount.String())
	differ(0, "total", want.Total.Equal(got.Total), want.Total.String(), got.Total.String())
	return found
}
