package netsuite

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

// record is an Estimate as NetSuite answers it: the stored one, or the form of one that
// is not stored. Fields that are empty are left out.
type record struct {
	ID           recordID  `json:"id"`
	ExternalID   string    `json:"externalId"`
	TranID       string    `json:"tranId"`
	Entity       ref       `json:"entity"`
	Currency     ref       `json:"currency"`
	Status       ref       `json:"status"`
	TranDate     day       `json:"tranDate"`
	DueDate      day       `json:"dueDate"`
	Title        string    `json:"title"`
	Memo         string    `json:"memo"`
	Total        number    `json:"total"`
	TaxTotal     number    `json:"taxTotal"`
	Discount     number    `json:"discountTotal"` // negative
	EntityStatus ref       `json:"entityStatus"`
	LastModified time.Time `json:"lastModifiedDate"`
	Item         struct {
		Items   []recordLine `json:"items"`
		HasMore bool         `json:"hasMore"`
		Total   number       `json:"totalResults"`
	} `json:"item"`
}

type recordLine struct {
	Line     number `json:"line"`
	Item     ref    `json:"item"`
	Quantity number `json:"quantity"`
	Rate     number `json:"rate"`
	Amount   number `json:"amount"`
}

// parseRecord reads an Estimate whose lines are all there, and puts them in order.
func parseRecord(body []byte) (*record, error) {
	var r *record
	if err := decode(body, &r); err != nil {
		return nil, err
	}
	switch {
	case r == nil || r.Item.Items == nil:
		return nil, errors.New("no lines")
	case r.Item.HasMore:
		return nil, errors.New("only some of the lines")
	}
	if n, err := r.Item.Total.whole(); r.Item.Total.Valid && (err != nil || n != len(r.Item.Items)) {
		return nil, fmt.Errorf("%d lines, and a total of %s", len(r.Item.Items), r.Item.Total)
	}
	slices.SortStableFunc(r.Item.Items, func(a, b recordLine) int { return a.Line.Decimal.Cmp(b.Line.Decimal) })
	return r, nil
}

// day is a date without a time: 2026-03-02. Its zero value is no date.
type day struct{ time.Time }

func (d *day) UnmarshalJSON(b []byte) error {
	text, _, err := scalar(b)
	if err != nil || text == "" {
		return err
	}
	d.Time, err = time.Parse(time.DateOnly, text)
	return err
}

// estimate is the record in the domain's terms. Its currency must be one that is known.
func (r *record) estimate(known *currencies) (quoting.Estimate, error) {
	customer, err := r.Entity.ID.int64()
	if err != nil {
		return quoting.Estimate{}, fmt.Errorf("entity: %w", err)
	}
	currencyID, err := r.Currency.ID.int64()
	if err != nil {
		return quoting.Estimate{}, fmt.Errorf("currency: %w", err)
	}
	code, ok := known.codes[currencyID]
	if !ok {
		return quoting.Estimate{}, fmt.Errorf("currency %d is not one with an ISO code", currencyID)
	}
	if !r.Total.Valid {
		return quoting.Estimate{}, errors.New("no total")
	}
	money := func(n number) quoting.Money { return quoting.Money{Amount: n.Decimal, Currency: code} }
	withoutTax, err := money(r.Total).Sub(money(r.TaxTotal))
	if err != nil {
		return quoting.Estimate{}, fmt.Errorf("total without tax: %w", err)
	}
	if r.Discount.Decimal.IsPos() {
		return quoting.Estimate{}, fmt.Errorf("a discount of %s, which is a markup", r.Discount)
	}
	id, err := r.ID.int64()
	if err != nil {
		return quoting.Estimate{}, fmt.Errorf("id: %w", err)
	}
	e := quoting.Estimate{
		ID:         id,
		ExternalID: r.ExternalID,
		Customer:   quoting.CustomerID(customer),
		Currency:   code,
		Date:       r.TranDate.Time,
		Expires:    r.DueDate.Time,
		Title:      r.Title,
		Memo:       r.Memo,
		Total:      withoutTax,
		Discount:   money(number{decimal.NullDecimal{Decimal: r.Discount.Decimal.Neg(), Valid: true}}),
		Number:     r.TranID,
		Status:     string(r.Status.ID),
		Tax:        money(r.TaxTotal),
		Modified:   r.LastModified,
	}
	for i, line := range r.Item.Items {
		item, err := line.Item.ID.int64()
		if err != nil {
			return quoting.Estimate{}, fmt.Errorf("line %d: item: %w", i+1, err)
		}
		quantity, err := line.Quantity.whole()
		if err != nil {
			return quoting.Estimate{}, fmt.Errorf("line %d: quantity: %w", i+1, err)
		}
		e.Lines = append(e.Lines, quoting.EstimateLine{
			Item:     quoting.ItemID(item),
			Quantity: quantity,
			Rate:     money(line.Rate),
			Amount:   money(line.Amount),
		})
	}
	return e, nil
}
