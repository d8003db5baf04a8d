package netsuite

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"radioquote/quoting"
)

// Check asks NetSuite what the basket costs at this moment, as a whole: for a customer
// NetSuite's own pricing engine, by the form of an Estimate that is not stored; without a
// customer, for which there is no such form, its Base price rows.
func (c *Client) Check(ctx context.Context, b quoting.Basket) (quoting.LivePrices, error) {
	if err := askable(b); err != nil {
		return quoting.LivePrices{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, routeCheck.deadline, errTooSlow)
	defer cancel()
	began := time.Now()
	live := quoting.LivePrices{Method: quoting.ByCreateForm}
	currency, err := c.currencyID(ctx, routeCheck, b.Currency)
	if err != nil {
		return quoting.LivePrices{}, err
	}
	if b.Customer != 0 {
		live.Lines, err = c.checkByForm(ctx, b, currency)
	} else {
		live.Method = quoting.ByPriceRows
		live.Lines, err = c.checkByRows(ctx, b, currency)
	}
	if err != nil {
		return quoting.LivePrices{}, fmt.Errorf("check %d lines by %s: %w", len(b.Lines), live.Method, err)
	}
	live.At = time.Now().UTC()
	live.Took = live.At.Sub(began)
	return live, nil
}

// maxLines is how many values SuiteQL takes in one IN.
const maxLines = 1000

func askable(b quoting.Basket) error {
	switch {
	case len(b.Lines) == 0 || len(b.Lines) > maxLines:
		return refuse(routeCheck, "a basket of %d lines", len(b.Lines))
	case b.Date.IsZero():
		return refuse(routeCheck, "a basket without a date")
	case b.Customer < 0:
		return refuse(routeCheck, "customer %d", b.Customer)
	}
	for i, line := range b.Lines {
		if line.Item < 1 || line.Quantity < 1 {
			return refuse(routeCheck, "line %d of the basket: %d of item %d", i+1, line.Quantity, line.Item)
		}
	}
	return nil
}

// checkByForm asks for the form of an Estimate. "create-form" answers with what NetSuite
// would store, prices included, and stores nothing.
func (c *Client) checkByForm(ctx context.Context, b quoting.Basket, currency int64) ([]quoting.LivePrice, error) {
	form := estimateBody{
		Entity:   refTo(b.Customer),
		Currency: refTo(currency),
		TranDate: b.Date.Format(time.DateOnly),
	}
	for _, line := range b.Lines {
		form.Item.Items = append(form.Item.Items, bodyLine{Item: refTo(line.Item), Quantity: line.Quantity})
	}
	body, err := json.Marshal(form)
	if err != nil {
		return nil, fmt.Errorf("write the form: %w", err)
	}
	var prices []quoting.LivePrice
	err = c.call(ctx, request{
		route:  routeCheck,
		method: http.MethodPost,
		path:   estimatePath + "?expandSubResources=true",
		header: http.Header{
			"Accept":       {"application/vnd.oracle.resource+json; type=create-form"},
			"Content-Type": {"application/json"},
		},
		body: body,
	}, func(body []byte) error {
		prices, err = parseForm(body, b, currency)
		return err
	})
	return prices, err
}

// parseForm takes the prices from a form, after it has made sure that the form answers
// the basket and nothing else.
func parseForm(body []byte, b quoting.Basket, currency int64) ([]quoting.LivePrice, error) {
	form, err := parseRecord(body)
	if err != nil {
		return nil, err
	}
	if want := idText(int64(b.Customer)); string(form.Entity.ID) != want {
		return nil, fmt.Errorf("a form for customer %q, not %s", form.Entity.ID, want)
	}
	if want := idText(currency); string(form.Currency.ID) != want {
		return nil, fmt.Errorf("a form in currency %q, not %s", form.Currency.ID, want)
	}
	if len(form.Item.Items) != len(b.Lines) {
		return nil, fmt.Errorf("a form of %d lines, not %d", len(form.Item.Items), len(b.Lines))
	}
	prices := make([]quoting.LivePrice, len(b.Lines))
	for i, line := range form.Item.Items {
		want := b.Lines[i]
		quantity, err := line.Quantity.whole()
		if err != nil || quantity != want.Quantity || string(line.Item.ID) != idText(int64(want.Item)) {
			return nil, fmt.Errorf("line %d: %s of item %q, not %d of %d", i+1, line.Quantity, line.Item.ID, want.Quantity, want.Item)
		}
		if !line.Rate.Valid {
			continue // no price at the customer's level
		}
		if !line.Rate.Decimal.IsPos() {
			return nil, fmt.Errorf("line %d: a price of %s", i+1, line.Rate)
		}
		prices[i] = quoting.LivePrice{
			Price:    quoting.Money{Amount: line.Rate.Decimal, Currency: b.Currency},
			Sellable: true,
		}
	}
	return prices, nil
}

// checkByRows reads the Base price rows of the basket's items, and which of the items are
// still sold: a price row outlives its item.
func (c *Client) checkByRows(ctx context.Context, b quoting.Basket, currency int64) ([]quoting.LivePrice, error) {
	var items []string
	for _, line := range b.Lines {
		items = append(items, idText(int64(line.Item)))
	}
	in := "(?" + strings.Repeat(", ?", len(items)-1) + ")"

	sold := map[quoting.ItemID]bool{}
	err := c.eachRow(ctx, "SELECT id, isinactive FROM item WHERE id IN "+in+" ORDER BY id", items, func(r *columns) {
		sold[quoting.ItemID(r.id("id"))] = !r.flag("isinactive", false)
	})
	if err != nil {
		return nil, err
	}

	known := &currencies{codes: map[int64]quoting.Currency{currency: b.Currency}}
	best := map[quoting.BasketLine]quoting.PriceRow{}
	err = c.eachRow(ctx, "SELECT item, pricelevel, currency, quantity, unitprice FROM pricing WHERE item IN "+in+
		" AND pricelevel = ? AND currency = ? ORDER BY item, pricelevel, currency, quantity",
		append(items, idText(int64(quoting.BaseLevel)), idText(currency)),
		func(r *columns) {
			row := priceRow(r, known)
			for _, line := range b.Lines {
				if line.Item != row.Item || line.Quantity < row.From || best[line].From > row.From {
					continue
				}
				if best[line].From == row.From {
					r.fail("quantity", fmt.Errorf("a second price of item %d from %d", row.Item, row.From))
				}
				best[line] = row
			}
			if row.Level != quoting.BaseLevel {
				r.fail("pricelevel", fmt.Errorf("%d was not asked for", row.Level))
			}
			if !row.Price.Amount.IsPos() {
				r.fail("unitprice", fmt.Errorf("a price of %s", row.Price))
			}
		})
	if err != nil {
		return nil, err
	}

	prices := make([]quoting.LivePrice, len(b.Lines))
	for i, line := range b.Lines {
		if row, ok := best[line]; ok && sold[line.Item] {
			prices[i] = quoting.LivePrice{Price: row.Price, Sellable: true}
		}
	}
	return prices, nil
}

// eachRow reads all rows of a query that fits a few pages.
func (c *Client) eachRow(ctx context.Context, sql string, params []string, read func(*columns)) error {
	for offset, more := 0, true; more; offset += pageSize {
		p, err := c.query(ctx, routeCheck, sql, params, offset)
		if err != nil {
			return err
		}
		more = p.more
		for _, row := range p.rows {
			r := &columns{row: row}
			if read(r); r.err != nil {
				return &Error{Fault: quoting.Malformed, Call: routeCheck.name, Err: r.err}
			}
		}
	}
	return nil
}
