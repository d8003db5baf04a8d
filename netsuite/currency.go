package netsuite

import (
	"context"
	"fmt"
	"iter"

	"golang.org/x/text/currency"

	"radioquote/quoting"
)

// currencies are the currencies of the account that have an ISO code. NetSuite's symbol
// of a currency is that code, unless somebody changed it; such a currency is not known
// here, and what is priced in it is refused.
type currencies struct {
	codes map[int64]quoting.Currency
	ids   map[quoting.Currency]int64
}

// readCurrencies asks NetSuite, and keeps the answer for checks and Estimates.
func (c *Client) readCurrencies(ctx context.Context, r route) (*currencies, error) {
	p, err := c.query(ctx, r, "SELECT id, symbol FROM currency WHERE id > ? ORDER BY id", []string{"0"}, 0)
	if err != nil {
		return nil, fmt.Errorf("read the currencies: %w", err)
	}
	known := &currencies{codes: map[int64]quoting.Currency{}, ids: map[quoting.Currency]int64{}}
	for _, row := range p.rows {
		col := columns{row: row}
		id, symbol := col.id("id"), col.text("symbol")
		if col.err != nil {
			return nil, unusable("currency", col.err)
		}
		unit, err := currency.ParseISO(symbol)
		if err != nil || unit.String() != symbol {
			continue
		}
		code := quoting.Currency(symbol)
		if twin, twice := known.ids[code]; twice {
			return nil, unusable("currency", fmt.Errorf("%d and %d are both %s", twin, id, code))
		}
		known.codes[id], known.ids[code] = code, id
	}
	c.currencies.Store(known)
	return known, nil
}

// knownCurrencies are the currencies by the last list that was read.
func (c *Client) knownCurrencies(ctx context.Context, r route) (*currencies, error) {
	if known := c.currencies.Load(); known != nil {
		return known, nil
	}
	return c.readCurrencies(ctx, r)
}

// currencyID is the id of a currency, by the last list of them that was read.
func (c *Client) currencyID(ctx context.Context, r route, code quoting.Currency) (int64, error) {
	known, err := c.knownCurrencies(ctx, r)
	if err != nil {
		return 0, err
	}
	id, ok := known.ids[code]
	if !ok {
		return 0, refuse(r, "NetSuite has no currency %q", code)
	}
	return id, nil
}

// withCurrencies reads the currencies before what refers to them.
func withCurrencies[T any](ctx context.Context, c *Client, then func(*currencies) iter.Seq2[[]T, error]) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		known, err := c.readCurrencies(ctx, routePage)
		if err != nil {
			yield(nil, err)
			return
		}
		then(known)(yield)
	}
}

// refuse is the error of a call that is not made because it can only be wrong.
func refuse(r route, format string, args ...any) error {
	return &Error{Fault: quoting.Refused, Call: r.name, Err: fmt.Errorf(format, args...)}
}
