package simulator

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/govalues/decimal"
)

// kind is a column's type, as far as SuiteQL shows it.
type kind int

const (
	integerKind kind = iota // ids, quantities
	textKind
	amountKind
	momentKind
)

// value is one cell. Every cell is sent as text; number carries integers and times for comparing.
// A time has no text: that depends on how it is asked for.
type value struct {
	null   bool
	text   string
	number int64
}

// column is a function of the row at a position.
type column struct {
	kind kind
	at   func(row int) value
}

// table is what SuiteQL sees of some records. The rows lie in the order of key, a set of columns
// that is unique.
type table struct {
	columns map[string]column
	rows    int
	key     []string
	// index gives, for the column that it is named after, the positions of the rows with a value,
	// ascending.
	indexed string
	index   func(int64) []int
}

// field is a column of records of type R.
type field[R any] struct {
	name string
	kind kind
	of   func(R) value
}

// view makes a table of records. The first columns, as many as key says, are its key.
func view[R any](records []R, key int, fields []field[R]) table {
	t := table{columns: make(map[string]column, len(fields)), rows: len(records)}
	for i, f := range fields {
		t.columns[f.name] = column{f.kind, func(row int) value { return f.of(records[row]) }}
		if i < key {
			t.key = append(t.key, f.name)
		}
	}
	return t
}

func whole(n int64) value { return value{text: strconv.FormatInt(n, 10), number: n} }

func words(s string) value { return value{text: s, null: s == ""} }

func truth(b bool) value {
	if b {
		return words("T")
	}
	return words("F")
}

func money(d *decimal.Decimal) value {
	if d == nil {
		return value{null: true}
	}
	return value{text: digits(*d)}
}

// instant is a time, to the second.
func instant(t time.Time) value { return value{number: t.Unix(), null: t.IsZero()} }

// idOrNull is the id of another record; 0 is none.
func idOrNull(n int64) value {
	v := whole(n)
	v.null = n == 0
	return v
}

// table finds a table by name, or refuses in NetSuite's words, which are the same for a table that
// the role may not see. The map of columns is the caller's.
func (c *company) table(name string) (table, error) {
	switch name {
	case "item":
		return view(c.items, 1, itemFields()), nil
	case "pricelevel":
		return view(c.levels, 1, levelFields()), nil
	case "pricing":
		t := view(c.prices, 1, priceFields())
		t.indexed, t.index = "item", c.positionsOf
		return t, nil
	case "currency":
		return view(c.currencies, 1, currencyFields()), nil
	case "customer":
		return view(c.customers, 1, customerFields()), nil
	case "customeritempricing":
		return view(c.itemPrices, 3, itemPriceFields()), nil
	case "customergrouppricing":
		return view(c.groupPrices, 2, groupPriceFields()), nil
	case "aggregateitemlocation":
		return view(c.stock, 2, stockFields()), nil
	case "deletedrecord":
		return view(c.deleted, 2, deletedFields()), nil
	}
	return table{}, tableMissing(name)
}

func tableMissing(name string) *problem {
	return invalidParameter("q", "Record '%s' was not found.", name)
}

// positionsOf finds an item's rows in the price matrix.
func (c *company) positionsOf(item int64) []int {
	var positions []int
	for _, p := range c.pricesOf[item] {
		at, _ := slices.BinarySearchFunc(c.prices, p.id, func(p *priceRow, id int64) int { return cmp.Compare(p.id, id) })
		positions = append(positions, at)
	}
	return positions
}

func itemFields() []field[*item] {
	return []field[*item]{
		{"id", integerKind, func(i *item) value { return whole(i.id) }},
		{"itemid", textKind, func(i *item) value { return words(i.sku) }},
		{"displayname", textKind, func(i *item) value { return words(i.description) }},
		{"itemtype", textKind, func(i *item) value { return words(i.kind) }},
		{"isinactive", textKind, func(i *item) value { return truth(i.inactive) }},
		{"custitem_rq_category", textKind, func(i *item) value { return words(i.category) }},
		{"custitem_rq_break_group", textKind, func(i *item) value { return words(i.group.Code) }},
		{"custitem_rq_tags", textKind, func(i *item) value { return words(i.tags) }},
		{"custitem_rq_replaced_by", textKind, func(i *item) value { return words(i.replacedBy) }},
		{"pricinggroup", integerKind, func(i *item) value { return idOrNull(i.group.ID) }},
		{"subtype", textKind, func(i *item) value { return words(i.subtype) }},
		{"parent", integerKind, func(i *item) value { return idOrNull(i.parent) }},
		{"usemarginalrates", textKind, func(i *item) value { return truth(i.marginal) }},
		{"overallquantitypricingtype", textKind, func(i *item) value { return words(string(i.mode)) }},
		{"quantitypricingschedule", integerKind, func(i *item) value { return idOrNull(i.schedule()) }},
		{"averagecost", amountKind, func(i *item) value { return money(i.averageCost) }},
		{"lastpurchaseprice", amountKind, func(i *item) value { return money(i.lastPurchase) }},
		{"cost", amountKind, func(i *item) value { return money(i.cost) }},
		{"leadtime", textKind, func(i *item) value { return words(i.leadDays) }},
		{"lastmodifieddate", momentKind, func(i *item) value { return instant(i.modified) }},
	}
}

func levelFields() []field[priceLevel] {
	return []field[priceLevel]{
		{"id", integerKind, func(l priceLevel) value { return whole(l.ID) }},
		{"name", textKind, func(l priceLevel) value { return words(l.Name) }},
		{"discountpct", integerKind, func(l priceLevel) value { return idOrNull(-l.PercentOff) }},
		{"isinactive", textKind, func(priceLevel) value { return truth(false) }},
	}
}

func priceFields() []field[*priceRow] {
	return []field[*priceRow]{
		{"internalid", integerKind, func(p *priceRow) value { return whole(p.id) }},
		{"item", integerKind, func(p *priceRow) value { return whole(p.item) }},
		{"pricelevel", integerKind, func(p *priceRow) value { return whole(p.level) }},
		{"currency", integerKind, func(p *priceRow) value { return whole(p.currency) }},
		{"quantity", integerKind, func(p *priceRow) value { return whole(p.quantity) }},
		{"unitprice", amountKind, func(p *priceRow) value { return money(&p.unit) }},
	}
}

func currencyFields() []field[named] {
	return []field[named]{
		{"id", integerKind, func(n named) value { return whole(n.ID) }},
		{"symbol", textKind, func(n named) value { return words(n.Symbol) }},
	}
}

func customerFields() []field[*Customer] {
	return []field[*Customer]{
		{"id", integerKind, func(c *Customer) value { return whole(c.ID) }},
		{"entityid", textKind, func(c *Customer) value { return words(c.entityID()) }},
		{"companyname", textKind, func(c *Customer) value { return words(c.Name) }},
		{"pricelevel", integerKind, func(c *Customer) value { return idOrNull(c.level) }},
		{"currency", integerKind, func(c *Customer) value { return whole(c.currency) }},
		{"terms", textKind, func(c *Customer) value { return words(c.Terms) }},
		{"isinactive", textKind, func(c *Customer) value { return truth(c.Inactive) }},
		{"parent", integerKind, func(c *Customer) value { return idOrNull(c.Parent) }},
		{"subsidiary", integerKind, func(c *Customer) value { return whole(c.Subsidiary) }},
		{"credithold", textKind, func(c *Customer) value { return truth(c.CreditHold) }},
		{"email", textKind, func(c *Customer) value { return words(c.Email) }},
		{"taxable", textKind, func(c *Customer) value { return truth(!c.TaxExempt) }},
		{"lastmodifieddate", momentKind, func(c *Customer) value { return instant(c.modified) }},
	}
}

func itemPriceFields() []field[itemPrice] {
	return []field[itemPrice]{
		{"customer", integerKind, func(p itemPrice) value { return whole(p.customer) }},
		{"item", integerKind, func(p itemPrice) value { return whole(p.item) }},
		{"currency", integerKind, func(p itemPrice) value { return whole(p.currency) }},
		{"level", integerKind, func(p itemPrice) value { return whole(p.level) }},
		{"price", amountKind, func(p itemPrice) value {
			if p.level != customLevel {
				return money(nil)
			}
			return money(&p.price)
		}},
	}
}

func groupPriceFields() []field[groupPrice] {
	return []field[groupPrice]{
		{"customer", integerKind, func(p groupPrice) value { return whole(p.customer) }},
		{"pricinggroup", integerKind, func(p groupPrice) value { return whole(p.group) }},
		{"level", integerKind, func(p groupPrice) value { return whole(p.level) }},
	}
}

func stockFields() []field[stockRow] {
	return []field[stockRow]{
		{"item", integerKind, func(s stockRow) value { return whole(s.item) }},
		{"location", integerKind, func(s stockRow) value { return whole(s.location) }},
		{"quantityavailable", integerKind, func(s stockRow) value { return whole(s.available) }},
		{"quantityonorder", integerKind, func(s stockRow) value { return whole(s.onOrder) }},
		{"lastquantityavailablechange", momentKind, func(s stockRow) value { return instant(s.changed) }},
	}
}

// bind reads a condition's parameter as a value of its column. A time is compared as text in UTC
// only: what a raw date is compared with depends on the user's preferences.
func (c column) bind(w condition, param string) (value, error) {
	if w.function == utcText {
		at, err := time.Parse("2006-01-02T15:04:05Z", param)
		if err != nil || c.kind != momentKind {
			return value{}, invalidQuery("Search error occurred: the time of '%s' is compared with %q.", w.column, param)
		}
		return instant(at), nil
	}
	switch c.kind {
	case integerKind:
		n, err := strconv.ParseInt(param, 10, 64)
		if err != nil {
			return value{}, invalidQuery("Search error occurred: '%s' is compared with %q, which is no number.", w.column, param)
		}
		return whole(n), nil
	case textKind:
		return words(param), nil
	case amountKind, momentKind:
	}
	return value{}, invalidQuery("Search error occurred: comparing '%s' is not simulated.", w.column)
}

// compare orders two values of the column; NULL comes last, as in Oracle.
func (c column) compare(a, b value) int {
	switch {
	case a.null && b.null:
		return 0
	case a.null:
		return 1
	case b.null:
		return -1
	case c.kind == textKind:
		return cmp.Compare(a.text, b.text)
	}
	return cmp.Compare(a.number, b.number)
}
