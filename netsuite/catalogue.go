package netsuite

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"radioquote/quoting"
)

// The methods of this file read one table each, whole, in pages. Everything that they
// yield is void if they end with an error, which names the table: a row that is not
// complete and plausible, rows that do not advance, or a number of rows that is not the
// table's COUNT(*) before and after. The whole read is then to be repeated.

// Items reads the items, inactive ones included.
func (c *Client) Items(ctx context.Context) iter.Seq2[[]quoting.Item, error] {
	return pages(ctx, c, table[quoting.Item]{
		name: "item",
		columns: "id, itemid, displayname, itemtype, isinactive, custitem_rq_category, custitem_rq_break_group, " +
			"custitem_rq_tags, pricinggroup, averagecost, lastpurchaseprice, cost, leadtime",
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
				Inactive:     r.flag("isinactive", false),
				Costs: quoting.Costs{
					Average:      r.optionalAmount("averagecost"),
					LastPurchase: r.optionalAmount("lastpurchaseprice"),
					Standard:     r.optionalAmount("cost"),
				},
				LeadDays: r.whole("leadtime"),
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

// Prices reads the price matrix, in all currencies. A price of 0 is passed on, because it
// is right for an item whose price we compute; two prices for one item, level, currency
// and quantity are refused.
func (c *Client) Prices(ctx context.Context) iter.Seq2[[]quoting.PriceRow, error] {
	type cell struct {
		item     quoting.ItemID
		level    quoting.LevelID
		currency quoting.Currency
		from     int
	}
	return withCurrencies(ctx, c, func(known *currencies) iter.Seq2[[]quoting.PriceRow, error] {
		seen := map[cell]struct{}{}
		return pages(ctx, c, table[quoting.PriceRow]{
			name:    "pricing",
			columns: "internalid, item, pricelevel, currency, quantity, unitprice",
			order:   []string{"internalid"},
			read: func(r *columns) (quoting.PriceRow, key) {
				price := priceRow(r, known)
				price.ID = r.id("internalid")
				at := cell{price.Item, price.Level, price.Price.Currency, price.From}
				if _, twice := seen[at]; twice && r.err == nil {
					r.err = fmt.Errorf("a second price of item %d at level %d, %s from %d", at.item, at.level, at.currency, at.from)
				}
				seen[at] = struct{}{}
				return price, key{price.ID}
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
		Price: quoting.Money{Amount: r.amount("unitprice"), Currency: r.currency("currency", known)},
	}
}

// Customers reads the customers, inactive ones included.
func (c *Client) Customers(ctx context.Context) iter.Seq2[[]quoting.Customer, error] {
	return withCurrencies(ctx, c, func(known *currencies) iter.Seq2[[]quoting.Customer, error] {
		return pages(ctx, c, table[quoting.Customer]{
			name:    "customer",
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
				price := quoting.CustomerPrice{
					Customer: quoting.CustomerID(r.id("customer")),
					Item:     quoting.ItemID(r.id("item")),
					Level:    quoting.CustomLevel,
				}
				code := r.currency("currency", known)
				if r.optional("level") == idText(int64(quoting.CustomLevel)) {
					price.Price = quoting.Money{Amount: r.amount("price"), Currency: code}
				} else {
					price.Level = quoting.LevelID(r.id("level"))
				}
				return price, key{int64(price.Customer), int64(price.Item), known.ids[code]}
			},
		})
	})
}

// GroupLevels reads the levels at which customers buy the items of pricing groups.
func (c *Client) GroupLevels(ctx context.Context) iter.Seq2[[]quoting.GroupLevel, error] {
	return pages(ctx, c, table[quoting.GroupLevel]{
		name:    "customergrouppricing",
		columns: "customer, pricinggroup, level",
		order:   []string{"customer", "pricinggroup"},
		read: func(r *columns) (quoting.GroupLevel, key) {
			level := quoting.GroupLevel{
				Customer: quoting.CustomerID(r.id("customer")),
				Group:    r.id("pricinggroup"),
				Level:    quoting.LevelID(r.id("level")),
			}
			return level, key{int64(level.Customer), level.Group}
		},
	})
}

// Stock reads what is available and on order of each item, over all locations. Available
// is negative where more is promised than there is.
func (c *Client) Stock(ctx context.Context) iter.Seq2[[]quoting.Stock, error] {
	return pages(ctx, c, table[quoting.Stock]{
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
	})
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
	order   []string // the columns of the rows' key
	grouped bool     // the rows of one key are summed up to one row
	read    func(*columns) (T, key)
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
	sql := "SELECT " + t.columns + t.from()
	if t.grouped {
		sql += " GROUP BY " + t.order[0]
	}
	sql += " ORDER BY " + strings.Join(t.order, ", ")

	// A page starts after the last key. Where one column is not the whole key, that
	// would lose rows, and pages go by offset.
	var last key
	after, offset := int64(0), 0
	read := 0
	for more := true; more; {
		p, err := c.query(ctx, routePage, sql, []string{idText(after)}, offset)
		if err != nil {
			return fmt.Errorf("read table %s: %w", t.name, err)
		}
		values, end, err := t.parse(p.rows, last)
		if err != nil {
			return unusable(t.name, err)
		}
		if read += len(p.rows); read > before {
			return unusable(t.name, fmt.Errorf("more rows than its count, which is %d", before))
		}
		c.metrics.rows.WithLabelValues(t.name).Add(float64(len(p.rows)))
		if len(values) > 0 && !yield(values) {
			return nil
		}
		last, more = end, p.more
		if len(t.order) == 1 {
			after = last[0]
		} else {
			offset += pageSize
		}
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

func (t table[T]) from() string { return " FROM " + t.name + " WHERE " + t.order[0] + " > ?" }

// count is the number of rows that NetSuite says the table has.
func (t table[T]) count(ctx context.Context, c *Client) (int, error) {
	p, err := c.query(ctx, routePage, "SELECT COUNT(*) AS n"+t.from(), []string{"0"}, 0)
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

// parse reads rows that come after the last one, and gives their values and the key of
// the last of them.
func (t table[T]) parse(rows []row, last key) ([]T, key, error) {
	values := make([]T, 0, len(rows))
	for _, row := range rows {
		r := &columns{row: row}
		value, k := t.read(r)
		if r.err == nil && slices.Compare(k[:], last[:]) <= 0 {
			r.err = errors.New("not in order")
		}
		if r.err != nil {
			return nil, last, fmt.Errorf("row %v, after row %v: %w", k, last, r.err)
		}
		values, last = append(values, value), k
	}
	return values, last, nil
}
