package simulator

import (
	"cmp"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/govalues/decimal"
)

//go:embed catalogue.csv
var catalogueCSV string

//go:embed customers.csv
var customersCSV string

//go:embed stock.csv
var stockCSV string

//go:embed company.json
var companyJSON []byte

const (
	firstItem       = 1001  // internal id of the catalogue's first line
	firstNotForSale = 2001  // internal id of the first item that no line can sell
	firstGenerated  = 10001 // internal id of the first item made for load runs

	baseLevel   = 1  // price level of customers that have none
	customLevel = -1 // NetSuite's name for a price that somebody typed
)

// item is an item record. Costs are kept where NetSuite keeps them for its kind: goods on stock
// have an average, what is only resold a last purchase price, services a cost.
type item struct {
	id           int64
	sku          string
	kind         string // SuiteQL's itemtype: InvtPart, NonInvtPart, Service, OthCharge, Kit, and what is not for sale
	subtype      string // Sale, Resale or Purchase; empty for kinds that have none
	description  string
	category     string
	tags         string
	group        *pricingGroup // an empty one for what is not for sale
	marginal     bool          // Use Marginal Rates
	mode         QuantityMode
	averageCost  *decimal.Decimal
	lastPurchase *decimal.Decimal
	cost         *decimal.Decimal
	leadDays     string // empty: not known
	replacedBy   string
	parent       int64 // of a sub-item, 0: none
	subsidiary   int64 // the only one that sells it, 0: all do
	inactive     bool
	modified     time.Time
}

// priceRow is a cell of the price matrix: the unit price from a quantity on. The first break's
// quantity is 0, as in accounts whose quantity pricing starts there.
type priceRow struct {
	id, item, level, currency, quantity int64
	unit                                decimal.Decimal
}

type pricingGroup struct {
	ID     int64  `json:"id"`
	Code   string `json:"code"`
	Breaks []struct {
		From       int64 `json:"from"`
		PercentOff int64 `json:"percent_off"`
	} `json:"breaks"`
}

type priceLevel struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	PercentOff int64  `json:"percent_off"`
	OnlyGroup  string `json:"only_group"`
}

// named is a record of which only the id and a name matter: a currency, a status, a discount item.
type named struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Symbol string `json:"symbol"`

	Inactive bool `json:"inactive"`
}

// itemPrice is a line of a customer's item pricing sublist: a price of its own (level -1) or a
// level for one item.
type itemPrice struct {
	customer, item, currency, level int64
	price                           decimal.Decimal
}

// groupPrice is a line of a customer's group pricing sublist: a level for a pricing group.
type groupPrice struct{ customer, group, level int64 }

// stockRow is what a location has of an item. Changed is when available last changed.
type stockRow struct {
	item, location, available, onOrder int64
	changed                            time.Time
}

// company is the account's data, apart from estimates. Every slice is kept in the order of its
// unique key, so that a page of SuiteQL is found by binary search.
type company struct {
	items         []*item
	levels        []priceLevel
	groups        []pricingGroup
	currencies    []named
	statuses      []named
	discountItems []named
	prices        []*priceRow
	pricesOf      map[int64][]*priceRow // by item
	customers     []*Customer
	itemPrices    []itemPrice
	groupPrices   []groupPrice
	stock         []stockRow
	deleted       []deletion
	rules         []SalesPriceRule // by priority
}

// newCompany builds the demo company with extra more items, every one with 4 levels of 5 breaks.
func newCompany(extra int) (*company, error) {
	var file struct {
		Currencies    []named        `json:"currencies"`
		Levels        []priceLevel   `json:"levels"`
		Groups        []pricingGroup `json:"groups"`
		Statuses      []named        `json:"statuses"`
		DiscountItems []named        `json:"discount_items"`
		ExtraItems    []listing      `json:"extra_items"`
		NotForSale    []listing      `json:"not_for_sale"`
		ItemPrices    []specialPrice `json:"item_prices"`
		GroupPrices   []specialPrice `json:"group_prices"`
	}
	if err := json.Unmarshal(companyJSON, &file); err != nil {
		return nil, fmt.Errorf("company.json: %w", err)
	}
	c := &company{
		levels: file.Levels, groups: file.Groups, currencies: file.Currencies,
		statuses: file.Statuses, discountItems: file.DiscountItems,
		pricesOf: make(map[int64][]*priceRow),
	}
	catalogue, err := readCatalogue()
	if err != nil {
		return nil, err
	}
	for i, l := range append(catalogue, file.ExtraItems...) {
		if err := c.list(firstItem+int64(i), l); err != nil {
			return nil, fmt.Errorf("item %s: %w", l.SKU, err)
		}
	}
	for i, l := range file.NotForSale {
		it := &item{id: firstNotForSale + int64(i), sku: l.SKU, kind: l.Type, description: l.Description, group: &pricingGroup{}, modified: opening}
		c.items = append(c.items, it)
		if it.kind == "Discount" {
			c.discountItems = append(c.discountItems, named{ID: it.id, Name: it.sku})
		}
	}
	if err := c.readStock(); err != nil {
		return nil, err
	}
	if err := c.readCustomers(); err != nil {
		return nil, err
	}
	for _, p := range append(file.ItemPrices, file.GroupPrices...) {
		if err := c.grant(p); err != nil {
			return nil, fmt.Errorf("special price of customer %d: %w", p.Customer, err)
		}
	}
	for i := range extra {
		if err := c.list(firstGenerated+int64(i), generated(i)); err != nil {
			return nil, fmt.Errorf("generated item %d: %w", i, err)
		}
	}
	c.sort()
	return c, nil
}

func (c *company) sort() {
	slices.SortFunc(c.items, func(a, b *item) int { return cmp.Compare(a.id, b.id) })
	slices.SortFunc(c.itemPrices, func(a, b itemPrice) int {
		return cmp.Or(cmp.Compare(a.customer, b.customer), cmp.Compare(a.item, b.item), cmp.Compare(a.currency, b.currency))
	})
	slices.SortFunc(c.groupPrices, func(a, b groupPrice) int {
		return cmp.Or(cmp.Compare(a.customer, b.customer), cmp.Compare(a.group, b.group))
	})
}

// readCustomers reads customers.csv.
func (c *company) readCustomers() error {
	rows, err := readCSV("customers.csv", customersCSV)
	if err != nil {
		return err
	}
	for _, r := range rows {
		customer := Customer{
			Name: r["name"], Terms: r["terms"], Email: r["email"], Level: r["level"], Currency: r["currency"],
			CreditHold: r["credit_hold"] == "T", TaxExempt: r["tax_exempt"] == "T", Inactive: r["inactive"] == "T",
		}
		for column, to := range map[string]*int64{"id": &customer.ID, "subsidiary": &customer.Subsidiary, "parent": &customer.Parent} {
			if r[column] == "" {
				continue
			}
			if *to, err = strconv.ParseInt(r[column], 10, 64); err != nil {
				return fmt.Errorf("customers.csv, %s: %w", r["name"], err)
			}
		}
		if err := c.addCustomer(&customer); err != nil {
			return fmt.Errorf("customers.csv: %w", err)
		}
	}
	return nil
}

// readStock reads stock.csv: what is free at the two locations, what is on order for the first,
// and the days that a new order takes.
func (c *company) readStock() error {
	rows, err := readCSV("stock.csv", stockCSV)
	if err != nil {
		return err
	}
	for _, r := range rows {
		it := c.itemBySKU(r["sku"])
		if it == nil {
			return fmt.Errorf("stock.csv: no item %q", r["sku"])
		}
		var main, branch, onOrder int64
		for column, to := range map[string]*int64{"main": &main, "branch": &branch, "on_order": &onOrder} {
			if *to, err = strconv.ParseInt(r[column], 10, 64); err != nil {
				return fmt.Errorf("stock.csv, %s: %w", it.sku, err)
			}
		}
		it.leadDays = r["lead_days"]
		c.stock = append(c.stock, stockRow{it.id, 1, main, onOrder, opening}, stockRow{it.id, 2, branch, 0, opening})
	}
	slices.SortFunc(c.stock, func(a, b stockRow) int {
		return cmp.Or(cmp.Compare(a.item, b.item), cmp.Compare(a.location, b.location))
	})
	return nil
}

// readCSV gives each line as a map by column name.
func readCSV(name, text string) ([]map[string]string, error) {
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := make(map[string]string, len(line))
		for i, column := range lines[0] {
			row[column] = line[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// search finds a record by internal id in a slice kept in that order.
func search[R any](records []R, id int64, idOf func(R) int64) (R, bool) {
	i, found := slices.BinarySearchFunc(records, id, func(r R, id int64) int { return cmp.Compare(idOf(r), id) })
	if !found {
		var none R
		return none, false
	}
	return records[i], true
}

func (c *company) item(id int64) *item {
	it, _ := search(c.items, id, func(i *item) int64 { return i.id })
	return it
}

func (c *company) itemBySKU(sku string) *item {
	for _, it := range c.items {
		if it.sku == sku {
			return it
		}
	}
	return nil
}

func (c *company) customer(id int64) *Customer {
	found, _ := search(c.customers, id, func(c *Customer) int64 { return c.ID })
	return found
}

// level finds a price level by name; "Base" is "Base Price".
func (c *company) level(name string) (priceLevel, error) {
	short := func(name string) string { return strings.TrimSuffix(strings.ToLower(name), " price") }
	for _, l := range c.levels {
		if short(l.Name) == short(name) {
			return l, nil
		}
	}
	return priceLevel{}, fmt.Errorf("no price level %q", name)
}

func (c *company) currency(symbol string) (int64, error) {
	for _, n := range c.currencies {
		if n.Symbol == symbol {
			return n.ID, nil
		}
	}
	return 0, fmt.Errorf("no currency %q", symbol)
}

// nameOf gives the name of a listed record, or false where the id is not listed.
func nameOf(list []named, id int64) (string, bool) {
	for _, n := range list {
		if n.ID == id {
			return cmp.Or(n.Name, n.Symbol), true
		}
	}
	return "", false
}
