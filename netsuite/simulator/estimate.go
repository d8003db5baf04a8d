package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

// Estimate is an estimate record. References are internal ids, 0 where there is none.
type Estimate struct {
	ID                int64
	ExternalID        string
	TranID            string // the number that people see
	Status            string // A open, B processed, C closed, V voided, X expired
	Entity            int64
	Currency          int64
	EntityStatus      int64
	Subsidiary        int64
	TranDate          string // YYYY-MM-DD, as all dates
	DueDate           string // when the quote expires
	ExpectedCloseDate string
	Title             string
	Memo              string
	OtherRefNum       string
	DiscountItem      int64
	DiscountRate      string // "-5" is an amount, "-12%" a share, empty none
	Lines             []Line
	Subtotal          decimal.Decimal
	DiscountTotal     decimal.Decimal // negative
	TaxTotal          decimal.Decimal
	Total             decimal.Decimal
	LastModified      time.Time
}

// Line is a line of the item sublist.
type Line struct {
	Number      int64
	Item        int64
	Description string
	Quantity    decimal.Decimal
	Price       int64 // price level, -1: custom
	Rate        decimal.Decimal
	Amount      decimal.Decimal
}

// clone shares nothing with e.
func (e *Estimate) clone() Estimate {
	c := *e
	c.Lines = slices.Clone(e.Lines)
	return c
}

// total computes subtotal, discount, tax and total from the lines' amounts. Tax is charged on what
// is left after the discount.
func (e *Estimate) total(r rounding, taxPercent decimal.Decimal) error {
	subtotal := decimal.Zero.Pad(cents)
	var err error
	for _, l := range e.Lines {
		if subtotal, err = subtotal.AddExact(l.Amount, cents); err != nil {
			return fmt.Errorf("subtotal: %w", err)
		}
	}
	discount, err := discountOn(subtotal, e.DiscountRate, r)
	if err != nil {
		return fmt.Errorf("discount: %w", err)
	}
	net, err := subtotal.AddExact(discount, cents)
	if err != nil {
		return fmt.Errorf("total: %w", err)
	}
	tax, err := share(net, taxPercent)
	if err != nil {
		return fmt.Errorf("tax: %w", err)
	}
	if tax, err = r.round(tax, cents); err != nil {
		return fmt.Errorf("tax: %w", err)
	}
	e.Subtotal, e.DiscountTotal, e.TaxTotal = subtotal, discount, tax
	if e.Total, err = net.AddExact(tax, cents); err != nil {
		return fmt.Errorf("total: %w", err)
	}
	return nil
}

// discountOn is the header discount, a negative amount.
func discountOn(subtotal decimal.Decimal, rate string, r rounding) (decimal.Decimal, error) {
	if rate == "" {
		return decimal.Zero.Pad(cents), nil
	}
	number, isShare := strings.CutSuffix(rate, "%")
	off, err := decimal.Parse(number)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("rate %q: %w", rate, err)
	}
	if isShare {
		if off, err = share(subtotal, off); err != nil {
			return decimal.Decimal{}, err
		}
	}
	return r.round(off, cents)
}

// ledger holds the estimates.
type ledger struct {
	byID       map[int64]*Estimate
	byExternal map[string]*Estimate
	lastID     int64
}

func newLedger() ledger {
	return ledger{byID: make(map[int64]*Estimate), byExternal: make(map[string]*Estimate), lastID: 7000}
}

// find reads an id as it stands in a path: an internal id, or "eid:" and an external one.
func (l *ledger) find(id string) *Estimate {
	if external, ok := strings.CutPrefix(id, "eid:"); ok {
		return l.byExternal[external]
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil
	}
	return l.byID[n]
}

// put stores an estimate, as new where it has no id.
func (l *ledger) put(e Estimate) *Estimate {
	if e.ID == 0 {
		l.lastID++
		e.ID, e.TranID, e.Status = l.lastID, fmt.Sprintf("EST%d", l.lastID), "A"
	}
	if before := l.byID[e.ID]; before != nil {
		delete(l.byExternal, before.ExternalID)
	}
	l.byID[e.ID] = &e
	if e.ExternalID != "" {
		l.byExternal[e.ExternalID] = &e
	}
	return &e
}

func (l *ledger) remove(e *Estimate) {
	delete(l.byID, e.ID)
	delete(l.byExternal, e.ExternalID)
}
