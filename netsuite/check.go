package netsuite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"radioquote/quoting"
)

// Check asks NetSuite what the basket costs at this moment, as a whole. By create-form it
// is NetSuite's own pricing engine that answers, with the form of an Estimate that is not
// stored; by rows it is our reading of the price rows that NetSuite has at this moment,
// which is the only way without a customer: there is no form for nobody.
func (c *Client) Check(ctx context.Context, b quoting.Basket, by quoting.CheckMethod) (quoting.LivePrices, error) {
	if err := askable(b); err != nil {
		return quoting.LivePrices{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, routeCheck.deadline, errTooSlow)
	defer cancel()
	began := time.Now()
	if b.Customer == 0 {
		by = quoting.ByPriceRows
	}
	currency, err := c.currencyID(ctx, routeCheck, b.Currency)
	if err != nil {
		return quoting.LivePrices{}, err
	}
	check := c.checkByRows
	if by == quoting.ByCreateForm {
		check = c.checkByForm
	}
	live, err := check(ctx, b, currency)
	if err != nil {
		return quoting.LivePrices{}, fmt.Errorf("check %d lines by %s: %w", len(b.Lines), by, err)
	}
	live.Method = by
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

// refusedLines is how many lines of a basket NetSuite may refuse, one at a time, before the
// rest is unknown: each costs a call.
const refusedLines = 3

// checkByForm asks for the form of an Estimate. "create-form" answers with what NetSuite
// would store, prices included, and stores nothing. A line that it refuses, such as one of
// an inactive item, is not sellable, and the others are asked for without it.
func (c *Client) checkByForm(ctx context.Context, b quoting.Basket, currency int64) (quoting.LivePrices, error) {
	lines := make([]quoting.LivePrice, len(b.Lines))
	asked := make([]int, len(b.Lines)) // which line of the basket each line of the form is
	for i := range asked {
		asked[i] = i
	}
	for refused := 0; len(asked) > 0; refused++ {
		if refused > refusedLines {
			for _, i := range asked {
				lines[i] = quoting.LivePrice{Unknown: true}
			}
			break
		}
		part := b
		part.Lines = make([]quoting.BasketLine, len(asked))
		for n, i := range asked {
			part.Lines[n] = b.Lines[i]
		}
		prices, err := c.form(ctx, part, currency)
		if err == nil {
			for n, i := range asked {
				lines[i] = prices[n]
			}
			break
		}
		line, customer := blamed(err)
		switch {
		case customer:
			return quoting.LivePrices{CustomerRefused: true}, nil
		case line >= 0 && line < len(asked):
			asked = slices.Delete(asked, line, line+1)
		default:
			return quoting.LivePrices{}, err
		}
	}
	return quoting.LivePrices{Lines: lines}, nil
}

var errorLine = regexp.MustCompile(`^item\.items\[(\d{1,4})\]`)

// blamed says what a refused form is refused for: a line, counted from 0, or the customer.
// The line is -1 where it is neither.
func blamed(err error) (line int, customer bool) {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Fault != quoting.Refused || e.Status != http.StatusBadRequest {
		return -1, false
	}
	if m := errorLine.FindStringSubmatch(e.Path); m != nil {
		n, err := strconv.Atoi(m[1])
		return n, err != nil
	}
	return -1, e.Path == "entity"
}

// form asks for the form of a basket.
func (c *Client) form(ctx context.Context, b quoting.Basket, currency int64) ([]quoting.LivePrice, error) {
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

// checkByRows prices the basket from the rows that NetSuite has at this moment: of its
// items, of their prices, and of what the customer has agreed on. They make a price book
// of their own, which prices as the snapshot's does.
func (c *Client) checkByRows(ctx context.Context, b quoting.Basket, currency int64) (quoting.LivePrices, error) {
	ids := make([]string, 0, len(b.Lines))
	for _, line := range b.Lines {
		if id := idText(int64(line.Item)); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	of := in("item", ids)
	known := c.currencies.Load() // by currencyID, which found the basket's among them
	var rows quoting.Catalogue
	items := map[quoting.ItemID]quoting.Item{}
	customer, err := c.liveCustomer(ctx, b.Customer)
	if err != nil || customer.ID != b.Customer || customer.Inactive {
		return quoting.LivePrices{CustomerRefused: err == nil}, err
	}
	err = c.eachRow(ctx, "SELECT id, itemid, isinactive, pricinggroup FROM item WHERE "+in("id", ids).sql+" ORDER BY id", ids, func(r *columns) {
		item := quoting.Item{ID: quoting.ItemID(r.id("id")), SKU: r.text("itemid"), PricingGroup: r.optionalID("pricinggroup"), Inactive: r.flag("isinactive", false)}
		if !slices.Contains(ids, idText(int64(item.ID))) {
			r.fail("id", fmt.Errorf("%d was not asked for", item.ID))
		}
		items[item.ID] = item
		rows.Items = append(rows.Items, item)
	})
	if err != nil {
		return quoting.LivePrices{}, err
	}
	err = c.eachRow(ctx, "SELECT internalid, item, pricelevel, currency, quantity, unitprice FROM pricing WHERE "+of.sql+" AND currency = ? ORDER BY internalid",
		append(slices.Clone(ids), idText(currency)), func(r *columns) {
			if r.optional("unitprice") == "" {
				return
			}
			row := priceRow(r, known)
			row.ID = r.id("internalid")
			switch {
			case !slices.Contains(ids, idText(int64(row.Item))):
				r.fail("item", fmt.Errorf("%d was not asked for", row.Item))
			case row.Price.Currency != b.Currency:
				r.fail("currency", fmt.Errorf("%s was not asked for", row.Price.Currency))
			case !row.Price.Amount.IsPos():
				r.fail("unitprice", fmt.Errorf("a price of %s", row.Price))
			}
			rows.Prices = append(rows.Prices, row)
		})
	if err == nil && b.Customer != 0 {
		err = c.agreements(ctx, b.Customer, of, known, &rows)
	}
	if err != nil {
		return quoting.LivePrices{}, err
	}
	book, err := quoting.NewPriceBook(0, rows)
	if err != nil {
		return quoting.LivePrices{}, &Error{Fault: quoting.Malformed, Call: routeCheck.name, Err: err}
	}
	live := quoting.LivePrices{Lines: make([]quoting.LivePrice, len(b.Lines))}
	for i, line := range b.Lines {
		item, there := items[line.Item]
		if !there || item.Inactive {
			continue
		}
		price, err := book.UnitPrice(item, customer, b.Currency, line.Quantity)
		if errors.Is(err, quoting.Invalid) {
			continue // no price for this customer
		} else if err != nil {
			return quoting.LivePrices{}, err
		}
		live.Lines[i] = quoting.LivePrice{Price: price.Price, Sellable: true}
	}
	return live, nil
}

// liveCustomer is a customer as far as it decides prices; the zero Customer where there is
// none.
func (c *Client) liveCustomer(ctx context.Context, id quoting.CustomerID) (quoting.Customer, error) {
	var customer quoting.Customer
	if id == 0 {
		return customer, nil
	}
	err := c.eachRow(ctx, "SELECT id, pricelevel, isinactive FROM customer WHERE id = ? ORDER BY id", []string{idText(int64(id))}, func(r *columns) {
		customer = quoting.Customer{ID: quoting.CustomerID(r.id("id")), Level: quoting.LevelID(r.optionalID("pricelevel")), Inactive: r.flag("isinactive", false)}
	})
	return customer, err
}

// agreements reads a customer's own prices and levels for some items.
func (c *Client) agreements(ctx context.Context, id quoting.CustomerID, of condition, known *currencies, rows *quoting.Catalogue) error {
	who := idText(int64(id))
	err := c.eachRow(ctx, "SELECT customer, item, currency, level, price FROM customeritempricing WHERE customer = ? AND "+of.sql+" ORDER BY customer, item, currency",
		append([]string{who}, of.params...), func(r *columns) {
			rows.CustomerPrices = append(rows.CustomerPrices, customerPrice(r, known))
		})
	if err != nil {
		return err
	}
	return c.eachRow(ctx, "SELECT customer, pricinggroup, level FROM customergrouppricing WHERE customer = ? ORDER BY customer, pricinggroup", []string{who}, func(r *columns) {
		rows.GroupLevels = append(rows.GroupLevels, groupLevel(r))
	})
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
