package netsuite

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"radioquote/quoting"
)

// The methods of this file read one table each, in pages: whole, or, since a time, the rows
// that have changed at or after it. Everything that they yield is void if they end with an
// error, which names the table: a row that is not complete and plausible, rows that do not
// advance, or a number of rows that is not the table's COUNT(*) before and after. The whole
// read is then to be repeated.

// sellable are the item types that can be quoted. An account's items are also discounts,
// subtotals, markups, groups and more, which are no part of a price list; assemblies are
// not quoted either.
var sellable = condition{
	sql:    "itemtype IN (?, ?, ?, ?, ?)",
	params: []string{string(quoting.Inventory), string(quoting.NonInventory), string(quoting.Service), string(quoting.OtherCharge), string(quoting.Kit)},
}

// changedSince is the condition of rows whose column, a time, is at or after one. Times are
// compared as text in UTC: any other form depends on the settings of a user of NetSuite's,
// and loses the time of day. (netsuite.md, 2.8)
func changedSince(column string, since time.Time) []condition {
	if since.IsZero() {
		return nil
	}
	return []condition{{utc(column) + " >= ?", []string{since.UTC().Format("2006-01-02T15:04:05Z")}}}
}

func utc(column string) string {
	return "TO_CHAR(SYS_EXTRACT_UTC(" + column + `),'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
}

// Items reads the items that can be quoted, inactive ones included; what is bought but not
// sold counts as inactive.
func (c *Client) Items(ctx context.Context, since time.Time) iter.Seq2[[]quoting.Item, error] {
	return pages(ctx, c, table[quoting.Item]{
		name:  "item",
		where: append([]condition{sellable}, changedSince("lastmodifieddate", since)...),
		columns: "id, itemid, displayname, itemtype, subtype, isinactive, custitem_rq_category, custitem_rq_break_group, " +
			"custitem_rq_tags, custitem_rq_replaced_by, pricinggroup, averagecost, lastpurchaseprice, cost, leadtime",
		order: []string{"id"},
		read: func(r *columns) (quoting.Item, key) {
			item := quoting.Item{
				ID:           quoting.ItemID(r.id("id")),
				SKU:          r.text("itemid"),
				Name:         r.optional("displayname"),
				Type:         quoting.ItemType(r.text("itemtype")),
				Category:     r.optional("custitem_rq_category"),
				BreakGroup:   r.optional("custitem_rq_break_group"),
				Tags:         tags(r.optional("custitem_rq_tags")),
				PricingGroup: r.optionalID("pricinggroup"),
				Inactive:     r.flag("isinactive", false) || r.optional("subtype") == "Purchase",
				Costs: quoting.Costs{
					Average:      r.optionalAmount("averagecost"),
					LastPurchase: r.optionalAmount("lastpurchaseprice"),
					Standard:     r.optionalAmount("cost"),
				},
				LeadDays:   r.whole("leadtime"),
				ReplacedBy: r.optional("custitem_rq_replaced_by"),
			}
			return item, key{int64(item.ID)}
		},
	})
}

func tags(text string) []string {
	var tags []string
	for tag := range strings.SplitSeq(text, ";") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// Levels reads the price levels. Custom, which is no list of prices, is not one of them.
func (c *Client) Levels(ctx context.Context) iter.Seq2[[]quoting.PriceLevel, error] {
	return pages(ctx, c, table[quoting.PriceLevel]{
		name:    "pricelevel",
		columns: "id, name, isinactive",
		order:   []string{"id"},
		read: func(r *columns) (quoting.PriceLevel, key) {
			level := quoting.PriceLevel{
				ID:       quoting.LevelID(r.id("id")),
				Name:     r.text("name"),
				Inactive: r.flag("isinactive", false),
			}
			return level, key{int64(level.ID)}
		},
	})
}

// Prices reads the price matrix, in all currencies. A price of 0 or less is passed on: it
// is right for an item whose price we compute, and otherwise for the reader to refuse for
// that item alone. A row without a price is no price. Two prices of one item, level,
// currency and quantity are passed on too: to remember all of a long table here would take
// memory without bound, and the reader's key refuses them.
func (c *Client) Prices(ctx context.Context) iter.Seq2[[]quoting.PriceRow, error] {
	return withCurrencies(ctx, c, func(known *currencies) iter.Seq2[[]quoting.PriceRow, error] {
		return pages(ctx, c, table[quoting.PriceRow]{
			name:    "pricing",
			columns: "internalid, item, pricelevel, currency, quantity, unitprice",
			order:   []string{"internalid"},
			read: func(r *columns) (quoting.PriceRow, key) {
				price := priceRow(r, known)
				price.ID = r.id("internalid")
				return price, key{price.ID}
			},
			none: func(r *columns) bool { return r.optional("unitprice") == "" },
			keyOf: func(r *columns) key {
				return key{r.id("internalid")}
			},
		})
	})
}

// priceRow reads a row of pricing but for its id.
func priceRow(r *columns, known *currencies) quoting.PriceRow {
	r.text("quantity") // NULL is no threshold, not 0
	return quoting.PriceRow{
		Item:  quoting.ItemID(r.id("item")),
		Level: quoting.LevelID(r.id("pricelevel")),
		From:  max(1, r.whole("quantity")), // the first break is 0 in some accounts and 1 in others
		Price: quoting.Money{Amount: r.decimal("unitprice"), Currency: r.currency("currency", known)},
	}
}

// Customers reads the customers, inactive ones included.
func (c *Client) Customers(ctx context.Context, since time.Time) iter.Seq2[[]quoting.Customer, error] {
	return withCurrencies(ctx, c, func(known *currencies) iter.Seq2[[]quoting.Customer, error] {
		return pages(ctx, c, table[quoting.Customer]{
			name:    "customer",
			where:   changedSince("lastmodifieddate", since),
			columns: "id, entityid, companyname, pricelevel, currency, terms, isinactive, parent, subsidiary, credithold, email, taxable",
			order:   []string{"id"},
			read: func(r *columns) (quoting.Customer, key) {
				customer := quoting.Customer{
					ID:         quoting.CustomerID(r.id("id")),
					EntityID:   r.text("entityid"),
					Name:       r.optional("companyname"),
					Level:      quoting.LevelID(r.optionalID("pricelevel")),
					Currency:   r.currency("currency", known),
					Terms:      r.optional("terms"),
					Email:      r.optional("email"),
					Parent:     quoting.CustomerID(r.optionalID("parent")),
					Subsidiary: r.optionalID("subsidiary"),
					CreditHold: r.flag("credithold", false),
					Taxable:    r.flag("taxable", true), // a card promises no exemption that nobody stated
					Inactive:   r.flag("isinactive", false),
				}
				if customer.Name == "" { // a person, or a company known by its number
					customer.Name = customer.EntityID
				}
				return customer, key{int64(customer.ID)}
			},
		})
	})
}

// CustomerPrices reads what customers pay for items by an agreement of their own.
func (c *Client) CustomerPrices(ctx context.Context) iter.Seq2[[]quoting.CustomerPrice, error] {
	return withCurrencies(ctx, c, func(known *currencies) iter.Seq2[[]quoting.CustomerPrice, error] {
		return pages(ctx, c, table[quoting.CustomerPrice]{
			name:    "customeritempricing",
			columns: "customer, item, currency, level, price",
			order:   []string{"customer", "item", "currency"},
			read: func(r *columns) (quoting.CustomerPrice, key) {
				price := customerPrice(r, known)
				return price, key{int64(price.Customer), int64(price.Item), known.ids[price.Price.Currency]}
			},
		})
	})
}

// customerPrice reads a row of customeritempricing. A price at a level has a currency and
// no amount.
func customerPrice(r *columns, known *currencies) quoting.CustomerPrice {
	price := quoting.CustomerPrice{
		Customer: quoting.CustomerID(r.id("customer")),
		Item:     quoting.ItemID(r.id("item")),
		Level:    quoting.CustomLevel,
		Price:    quoting.Money{Currency: r.currency("currency", known)},
	}
	if r.optional("level") == idText(int64(quoting.CustomLevel)) {
		price.Price.Amount = r.decimal("price")
	} else {
		price.Level = quoting.LevelID(r.id("level"))
	}
	return price
}

// GroupLevels reads the levels at which customers buy the items of pricing groups.
func (c *Client) GroupLevels(ctx context.Context) iter.Seq2[[]quoting.GroupLevel, error] {
	return pages(ctx, c, table[quoting.GroupLevel]{
		name:    "customergrouppricing",
		columns: "customer, pricinggroup, level",
		order:   []string{"customer", "pricinggroup"},
		read: func(r *columns) (quoting.GroupLevel, key) {
			level := groupLevel(r)
			return level, key{int64(level.Customer), level.Group}
		},
	})
}

// groupLevel reads a row of customergrouppricing.
func groupLevel(r *columns) quoting.GroupLevel {
	return quoting.GroupLevel{
		Customer: quoting.CustomerID(r.id("customer")),
		Group:    r.id("pricinggroup"),
		Level:    quoting.LevelID(r.id("level")),
	}
}

// Stock reads what is available and on order of each item, over all locations; since a time,
// of the items of which the stock of any location has changed. Available is negative where
// more is promised than there is. NetSuite dates no change of what is on order.
func (c *Client) Stock(ctx context.Context, since time.Time) iter.Seq2[[]quoting.Stock, error] {
	if since.IsZero() {
		return pages(ctx, c, stockOf(nil))
	}
	return func(yield func([]quoting.Stock, error) bool) {
		// Sums over the changed locations alone would leave out the others.
		changed := pages(ctx, c, table[string]{
			name:    "aggregateitemlocation",
			columns: "item",
			order:   []string{"item"},
			grouped: true,
			where:   changedSince("lastquantityavailablechange", since),
			read:    func(r *columns) (string, key) { id := r.id("item"); return idText(id), key{id} },
		})
		for items, err := range changed {
			if err != nil {
				yield(nil, err)
				return
			}
			for page, err := range pages(ctx, c, stockOf(items)) {
				if !yield(page, err) || err != nil {
					return
				}
			}
		}
	}
}

// stockOf is the stock of some items, at most a page of them, or of all.
func stockOf(items []string) table[quoting.Stock] {
	t := table[quoting.Stock]{
		name:    "aggregateitemlocation",
		columns: "item, SUM(quantityavailable) AS available, SUM(quantityonorder) AS onorder",
		order:   []string{"item"},
		grouped: true,
		read: func(r *columns) (quoting.Stock, key) {
			stock := quoting.Stock{
				Item:      quoting.ItemID(r.id("item")),
				Available: r.sum("available"),
				OnOrder:   r.sum("onorder"),
			}
			return stock, key{int64(stock.Item)}
		},
	}
	if items != nil {
		t.where = []condition{in("item", items)}
	}
	return t
}

// in is the condition that a column has one of at most 1000 values.
func in(column string, values []string) condition {
	return condition{column + " IN (?" + strings.Repeat(", ?", len(values)-1) + ")", values}
}

// Counts are the numbers of items and customers that would be read whole.
func (c *Client) Counts(ctx context.Context) (quoting.Counts, error) {
	items, err := table[quoting.Item]{name: "item", order: []string{"id"}, where: []condition{sellable}}.count(ctx, c)
	if err != nil {
		return quoting.Counts{}, err
	}
	customers, err := table[quoting.Customer]{name: "customer", order: []string{"id"}}.count(ctx, c)
	return quoting.Counts{Items: items, Customers: customers}, err
}

// Deleted are the items and customers that were deleted at or after a time. More than a
// page of deletions is refused as malformed: whoever asks reads the tables whole then.
func (c *Client) Deleted(ctx context.Context, since time.Time) (quoting.Deletions, error) {
	const name = "deletedrecord"
	var gone quoting.Deletions
	deleted := utc("deleteddate")
	sql := "SELECT recordid, type, " + deleted + " AS deleted FROM " + name + " WHERE " + deleted + " >= ? AND recordid > ? ORDER BY recordid"
	p, err := c.query(ctx, routePage, sql, append(changedSince("deleteddate", since)[0].params, "0"), 0)
	if err != nil {
		return gone, fmt.Errorf("read table %s: %w", name, err)
	}
	if len(p.rows) >= pageSize || p.more {
		return gone, unusable(name, fmt.Errorf("more than %d rows", pageSize-1))
	}
	for _, row := range p.rows {
		r := columns{row: row}
		id, kind := r.id("recordid"), r.text("type")
		if r.err != nil {
			return quoting.Deletions{}, unusable(name, r.err)
		}
		switch {
		case kind == "customer":
			gone.Customers = append(gone.Customers, quoting.CustomerID(id))
		case strings.HasSuffix(kind, "item"):
			gone.Items = append(gone.Items, quoting.ItemID(id))
		}
	}
	return gone, nil
}

// unusable is the error of a table whose content, not whose answer, is wrong.
func unusable(table string, err error) error {
	return &Error{Fault: quoting.Malformed, Call: routePage.name, Err: fmt.Errorf("table %s: %w", table, err)}
}

// key is what the rows of a table are ordered by; where that is one column, the rest is 0.
type key [3]int64

// table is how a table is read: a whole pass over its rows, in pages. Rows with ids of 0
// and below are NetSuite's own, such as subtotal items, and no part of it.
type table[T any] struct {
	name    string
	columns string
	order   []string    // the columns of the rows' key
	grouped bool        // the rows of one key are summed up to one row
	where   []condition // which rows; none: all
	read    func(*columns) (T, key)

	// none says that a row holds nothing to read, and keyOf its key; nil where each holds
	// something.
	none  func(*columns) bool
	keyOf func(*columns) key
}

// condition is a part of a WHERE with its parameters.
type condition struct {
	sql    string
	params []string
}

func pages[T any](ctx context.Context, c *Client, t table[T]) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		if err := t.walk(ctx, c, func(page []T) bool { return yield(page, nil) }); err != nil {
			yield(nil, err)
		}
	}
}

// walk gives the pages of a table to yield until that says no, which is no error.
func (t table[T]) walk(ctx context.Context, c *Client, yield func([]T) bool) error {
	before, err := t.count(ctx, c)
	if err != nil {
		return err
	}
	from, params := t.from()
	sql := "SELECT " + t.columns + from
	if t.grouped {
		sql += " GROUP BY " + t.order[0]
	}
	sql += " ORDER BY " + strings.Join(t.order, ", ")

	// A page starts after the last key. Where one column is not the whole key, it starts
	// with the last value of that column, and what was read before is left out: rows are
	// lost otherwise. A value with more rows than a page is read on by offset.
	var last key
	read, alike := 0, 0 // rows; those with the last value of the first column
	for more := true; more; {
		after := last[0]
		if t.shared() && after > 0 {
			after--
		}
		p, err := c.query(ctx, routePage, sql, append([]string{idText(after)}, params...), alike/pageSize*pageSize)
		if err != nil {
			return fmt.Errorf("read table %s: %w", t.name, err)
		}
		values, rows, same, end, err := t.parse(p.rows, last)
		if err != nil {
			return unusable(t.name, err)
		}
		if rows == 0 && len(p.rows) >= pageSize {
			return unusable(t.name, errors.New("not in order: a page that was read before"))
		}
		if read += rows; read > before {
			return unusable(t.name, fmt.Errorf("more rows than its count, which is %d", before))
		}
		c.metrics.rows.WithLabelValues(t.name).Add(float64(rows))
		if len(values) > 0 && !yield(values) {
			return nil
		}
		if end[0] != last[0] {
			alike = 0
		}
		if t.shared() {
			alike += same
		}
		last, more = end, p.more
	}
	now, err := t.count(ctx, c)
	if err != nil {
		return err
	}
	if now != before || read != before && !t.grouped {
		return unusable(t.name, fmt.Errorf("%d rows read, of %d before and %d after", read, before, now))
	}
	return nil
}

// shared says whether several rows may have one value of the column that pages go by.
func (t table[T]) shared() bool { return len(t.order) > 1 }

// from is what the rows come from. Its first parameter is the key after which they begin.
func (t table[T]) from() (sql string, params []string) {
	sql = " FROM " + t.name + " WHERE " + t.order[0] + " > ?"
	for _, w := range t.where {
		sql += " AND " + w.sql
		params = append(params, w.params...)
	}
	return sql, params
}

// count is the number of rows that NetSuite says the table has.
func (t table[T]) count(ctx context.Context, c *Client) (int, error) {
	from, params := t.from()
	p, err := c.query(ctx, routePage, "SELECT COUNT(*) AS n"+from, append([]string{"0"}, params...), 0)
	if err != nil {
		return 0, fmt.Errorf("count the rows of %s: %w", t.name, err)
	}
	if len(p.rows) != 1 {
		return 0, unusable(t.name, fmt.Errorf("%d rows as its count", len(p.rows)))
	}
	r := columns{row: p.rows[0]}
	r.text("n")
	n := r.whole("n")
	if r.err != nil {
		return 0, unusable(t.name, r.err)
	}
	return n, nil
}

// parse reads rows that come after the last one, and gives their values, how many rows they
// were, how many of them share the first column of the last, and the key of that.
func (t table[T]) parse(page []row, last key) (values []T, rows, same int, end key, err error) {
	values = make([]T, 0, len(page))
	begun := last // of this page: what is not after it was read before
	for _, row := range page {
		r := &columns{row: row}
		var value T
		var k key
		empty := t.none != nil && t.none(r)
		if empty {
			k = t.keyOf(r)
		} else {
			value, k = t.read(r)
		}
		switch {
		case r.err != nil:
		case t.shared() && last == begun && slices.Compare(k[:], begun[:]) <= 0:
			continue
		case slices.Compare(k[:], last[:]) <= 0:
			r.err = errors.New("not in order")
		}
		if r.err != nil {
			return nil, 0, 0, last, fmt.Errorf("row %v, after row %v: %w", k, last, r.err)
		}
		if rows++; !empty {
			values = append(values, value)
		}
		if k[0] != last[0] {
			same = 0
		}
		same++
		last = k
	}
	return values, rows, same, last, nil
}
