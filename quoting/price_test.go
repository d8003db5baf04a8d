package quoting_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// one is a system of a single line.
func one(sku string, qty int) quoting.System {
	return quoting.System{Lines: []quoting.SizedLine{{SKU: sku, Qty: qty, Units: qty}}}
}

func mustPrice(t testing.TB, book *quoting.PriceBook, s quoting.System, c quoting.Customer) quoting.Priced {
	t.Helper()
	p, err := quoting.Price(demoPolicy(t), book, s, c, quoting.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryBreakHoldsFromItsQuantityOn(t *testing.T) {
	t.Parallel()
	c := demoCatalogue(t)
	book := bookOf(t, c)
	for group, steps := range breaks {
		i := slices.IndexFunc(c.Items, func(i quoting.Item) bool { return i.BreakGroup == group && !i.Tagged(quoting.TagComputed) })
		item := c.Items[i]
		for n, step := range steps[1:] {
			for quantity, off := range map[int]int{step[0] - 1: steps[n][1], step[0]: step[1], step[0] + 1: step[1]} {
				t.Run(fmt.Sprintf("%s at %d", item.SKU, quantity), func(t *testing.T) {
					t.Parallel()
					p := mustPrice(t, book, one(item.SKU, quantity), quoting.Customer{})
					if got := p.Lines[0].BreakPct; got != off {
						t.Errorf("%d %% off, want %d", got, off)
					}
				})
			}
		}
	}
}

func TestABreakThatWouldBeCheaperIsSaid(t *testing.T) {
	t.Parallel()
	book := demoBook(t)
	l := mustPrice(t, book, one("SUM-P20U", 49), quoting.Customer{}).Lines[0]
	if l.NextBreak != 50 || l.NextSaving.Text() != "215.60" {
		t.Errorf("49 radios: %d would save %s, want 50 and 215.60", l.NextBreak, l.NextSaving)
	}
	l = mustPrice(t, book, one("SUM-P20U", 40), quoting.Customer{}).Lines[0]
	if l.NextBreak != 0 {
		t.Errorf("40 radios: %d would save %s, and it would not", l.NextBreak, l.NextSaving)
	}
	service := quoting.System{Lines: []quoting.SizedLine{{SKU: "VIS-SUB-M", Qty: 24 * 12, Units: 24, Months: 12}}}
	l = mustPrice(t, book, service, quoting.Customer{}).Lines[0]
	if l.NextBreak != 25 || l.NextSaving.Text() != "81.00" {
		t.Errorf("24 radios' service: %d would save %s, want 25 and 81.00", l.NextBreak, l.NextSaving)
	}
}

func TestTheFirstEntryOfACustomerDecidesThePrice(t *testing.T) {
	t.Parallel()
	c := demoCatalogue(t)
	i := slices.IndexFunc(c.Items, func(i quoting.Item) bool { return i.SKU == "SUM-P20U" })
	c.Items[i].PricingGroup = 7
	item := c.Items[i]
	own := func(customer quoting.CustomerID, level quoting.LevelID, price string) quoting.CustomerPrice {
		p := quoting.CustomerPrice{Customer: customer, Item: item.ID, Level: level, Price: quoting.Money{Currency: quoting.USD}}
		if price != "" {
			p.Price = quoting.MustMoney(price, quoting.USD)
		}
		return p
	}
	c.CustomerPrices = []quoting.CustomerPrice{own(1, quoting.CustomLevel, "300.00"), own(2, 4, ""), own(6, 99, ""), own(7, quoting.CustomLevel, "0")}
	c.GroupLevels = []quoting.GroupLevel{{Customer: 1, Group: 7, Level: 2}, {Customer: 2, Group: 7, Level: 2}, {Customer: 3, Group: 7, Level: 2}}
	book := bookOf(t, c)
	for _, tc := range []struct {
		name     string
		customer quoting.Customer
		price    string // "": not sellable
		source   quoting.PriceSource
	}{
		{"its own price, which takes no break", quoting.Customer{ID: 1, Level: 4}, "300.00", quoting.FromCustomerPrice},
		{"its level for the item, VIP", quoting.Customer{ID: 2, Level: 3}, "322.32", quoting.FromCustomerLevel},
		{"its level for the pricing group, Preferred", quoting.Customer{ID: 3, Level: 4}, "332.83", quoting.FromGroupLevel},
		{"its own level, VIP", quoting.Customer{ID: 4, Level: 4}, "322.32", quoting.FromLevel},
		{"Base without a level", quoting.Customer{ID: 5}, "350.35", quoting.FromBase},
		{"Base without a customer", quoting.Customer{}, "350.35", quoting.FromBase},
		{"a level without a row: not sellable, and no fall-through to Base", quoting.Customer{ID: 6}, "", ""},
		{"an own price of nothing: not sellable", quoting.Customer{ID: 7}, "", ""},
		{"a customer's level that has no rows", quoting.Customer{ID: 8, Level: 99}, "", ""},
		{"a currency without rows", quoting.Customer{ID: 9, Currency: "CAD"}, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, err := quoting.Price(demoPolicy(t), book, one("SUM-P20U", 60), tc.customer, quoting.Terms{})
			if tc.price == "" {
				if sentence, _ := quoting.Sentence(err); !errors.Is(err, quoting.Invalid) || !strings.Contains(sentence, "SUM-P20U") {
					t.Errorf("priced at %v, error %v; want an error of kind Invalid that names the item", p.Lines, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if l := p.Lines[0]; l.Unit.Text() != tc.price || l.Source != tc.source {
				t.Errorf("%s from %s, want %s from %s", l.Unit, l.Source, tc.price, tc.source)
			}
		})
	}
}

func TestAnItemWithoutAPriceIsNotSoldForNothing(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(*quoting.Catalogue, quoting.ItemID){
		"no row": func(c *quoting.Catalogue, id quoting.ItemID) {
			c.Prices = slices.DeleteFunc(c.Prices, func(r quoting.PriceRow) bool { return r.Item == id })
		},
		"a price of 0": func(c *quoting.Catalogue, id quoting.ItemID) {
			for i := range c.Prices {
				if c.Prices[i].Item == id {
					c.Prices[i].Price.Amount = decimal.Zero
				}
			}
		},
		"no row for a single piece": func(c *quoting.Catalogue, id quoting.ItemID) {
			c.Prices = slices.DeleteFunc(c.Prices, func(r quoting.PriceRow) bool { return r.Item == id && r.From == 1 })
		},
		"inactive": func(c *quoting.Catalogue, id quoting.ItemID) {
			for i := range c.Items {
				c.Items[i].Inactive = c.Items[i].Inactive || c.Items[i].ID == id
			}
		},
		"not there": func(c *quoting.Catalogue, id quoting.ItemID) {
			c.Items = slices.DeleteFunc(c.Items, func(i quoting.Item) bool { return i.ID == id })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := demoCatalogue(t)
			item, _ := bookOf(t, c).Item("SUM-P20U")
			damage(&c, item.ID)
			for _, qty := range []int{1, 30} {
				p, err := quoting.Price(demoPolicy(t), bookOf(t, c), one("SUM-P20U", qty), quoting.Customer{}, quoting.Terms{})
				if !errors.Is(err, quoting.Invalid) {
					t.Errorf("%d are priced at %s, %v", qty, p.Total, err)
				}
			}
		})
	}
}

func TestFreightIsAShareOfHardwareAndAtLeastTheMinimum(t *testing.T) {
	t.Parallel()
	book := demoBook(t)
	for _, tc := range []struct {
		name, sku string
		qty       int
		freight   string
	}{
		{"1.25 % of the hardware", "SUM-P20U", 10, "46.68"},
		{"at least 25 dollars", "CLIP-2", 1, "25.00"},
		{"a kit is hardware", "SUM-CS45U", 2, "29.50"},
		{"labour is not shipped", "SVC-PROG", 100, "0.00"},
		{"nor is service", "VIS-SUB-M", 100, "0.00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if p := mustPrice(t, book, one(tc.sku, tc.qty), quoting.Customer{}); p.Freight.Text() != tc.freight {
				t.Errorf("freight on %s is %s, want %s", p.NetTotal, p.Freight, tc.freight)
			}
		})
	}
}

func TestARecurringLineCountsForApprovalWithItsFirstYear(t *testing.T) {
	t.Parallel()
	book := demoBook(t)
	service := quoting.System{Lines: []quoting.SizedLine{{SKU: "VIS-SUB-M", Qty: 30 * 36, Units: 30, Months: 36}}}
	p := mustPrice(t, book, service, quoting.Customer{})
	if p.Total.Text() != "27702.00" || p.Amount.Text() != "9234.00" {
		t.Errorf("three years cost %s and count %s, want 27702.00 and 9234.00", p.Total, p.Amount)
	}
}

func TestTheMarginIsUnknownWithoutACost(t *testing.T) {
	t.Parallel()
	c := demoCatalogue(t)
	for i := range c.Items {
		if c.Items[i].SKU == "SUM-P20U" {
			c.Items[i].Costs = quoting.Costs{}
		}
		if c.Items[i].SKU == "SVC-PROG" {
			c.Items[i].Costs = quoting.Costs{LastPurchase: decimal.NullDecimal{Decimal: decimal.MustParse("10"), Valid: true}, Standard: decimal.NullDecimal{Decimal: decimal.MustParse("1"), Valid: true}}
		}
		if c.Items[i].SKU == "SVC-CPS" {
			c.Items[i].Costs = quoting.Costs{Standard: decimal.NullDecimal{Decimal: decimal.MustParse("450"), Valid: true}}
		}
	}
	book := bookOf(t, c)
	if m := mustPrice(t, book, one("SUM-P20U", 5), quoting.Customer{}).Margin; m.Known || m.String() != "unknown" {
		t.Errorf("the margin of an item without a cost is %s", m)
	}
	if m := mustPrice(t, book, one("SVC-PROG", 5), quoting.Customer{}).Margin; m.String() != "60.00%" {
		t.Errorf("the margin by the last purchase is %s, want 60.00%%", m)
	}
	if m := mustPrice(t, book, one("SVC-CPS", 1), quoting.Customer{}).Margin; m.String() != "0.00%" {
		t.Errorf("the margin at cost is %s, want 0.00%%", m)
	}
	if m := mustPrice(t, book, quoting.System{}, quoting.Customer{}).Margin; m.Known {
		t.Errorf("the margin of nothing is %s", m)
	}
}

func TestTotalsAreSumsOfRoundedLines(t *testing.T) {
	t.Parallel()
	c := demoCatalogue(t)
	policy, book := demoPolicy(t), bookOf(t, c)
	var skus []string
	for _, i := range c.Items {
		if !i.Tagged(quoting.TagComputed) {
			skus = append(skus, i.SKU)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var s quoting.System
		for _, sku := range rapid.SliceOfNDistinct(rapid.SampledFrom(skus), 1, 30, rapid.ID[string]).Draw(t, "items") {
			units := rapid.IntRange(1, 2000).Draw(t, sku)
			s.Lines = append(s.Lines, quoting.SizedLine{SKU: sku, Qty: units, Units: units})
		}
		customer := quoting.Customer{ID: 1, Level: quoting.LevelID(rapid.IntRange(1, 4).Draw(t, "level"))}
		p, err := quoting.Price(policy, book, s, customer, quoting.Terms{})
		if err != nil {
			t.Fatal(err)
		}
		net, list, cost, hardware := new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)
		times := func(d decimal.Decimal, n int) *big.Rat {
			return new(big.Rat).Mul(rat(d), new(big.Rat).SetInt64(int64(n)))
		}
		for _, l := range p.Lines {
			if want := times(l.Unit.Amount, l.Qty); rat(l.Extended.Amount).Cmp(want) != 0 {
				t.Fatalf("%d × %s = %s", l.Qty, l.Unit, l.Extended)
			}
			net.Add(net, rat(l.Extended.Amount))
			list.Add(list, times(l.List.Amount, l.Qty))
			cost.Add(cost, times(l.Cost.Decimal, l.Qty))
			if l.Type.Hardware() {
				hardware.Add(hardware, rat(l.Extended.Amount))
			}
		}
		for name, pair := range map[string][2]*big.Rat{
			"net": {rat(p.NetTotal.Amount), net}, "list": {rat(p.ListTotal.Amount), list}, "cost": {rat(p.CostTotal.Amount), cost},
			"total": {rat(p.Total.Amount), new(big.Rat).Add(net, rat(p.Freight.Amount))}, "amount": {rat(p.Amount.Amount), rat(p.Total.Amount)},
		} {
			if pair[0].Cmp(pair[1]) != 0 {
				t.Fatalf("%s is %s, want %s", name, pair[0].FloatString(4), pair[1].FloatString(4))
			}
		}
		if hardware.Sign() > 0 {
			exact := new(big.Rat).Mul(hardware, big.NewRat(125, 10_000))
			off := new(big.Rat).Sub(rat(p.Freight.Amount), exact)
			if off.Abs(off).Cmp(big.NewRat(1, 200)) > 0 && p.Freight.Text() != "25.00" {
				t.Fatalf("freight on %s is %s", hardware.FloatString(2), p.Freight)
			}
		}
		exact := new(big.Rat).Quo(new(big.Rat).Sub(net, cost), net)
		exact.Mul(exact, big.NewRat(100, 1))
		off := new(big.Rat).Sub(rat(p.Margin.Percent), exact)
		if off.Abs(off).Cmp(big.NewRat(1, 200)) > 0 {
			t.Fatalf("the margin is %s, exactly %s", p.Margin, exact.FloatString(6))
		}
	})
}

func TestTheOrderOfLinesChangesNoTotal(t *testing.T) {
	t.Parallel()
	policy, book := demoPolicy(t), demoBook(t)
	rapid.Check(t, func(t *rapid.T) {
		s, err := quoting.Size(policy, quoting.Request{Users: rapid.IntRange(20, 400).Draw(t, "users"), Sites: 2, Industry: "construction"})
		if err != nil {
			t.Fatal(err)
		}
		a, err := quoting.Price(policy, book, s, quoting.Customer{}, quoting.Terms{})
		if err != nil {
			t.Fatal(err)
		}
		s.Lines = rapid.Permutation(s.Lines).Draw(t, "order")
		b, err := quoting.Price(policy, book, s, quoting.Customer{}, quoting.Terms{})
		if err != nil {
			t.Fatal(err)
		}
		if !a.Total.Equal(b.Total) || !a.CostTotal.Equal(b.CostTotal) || a.Margin != b.Margin {
			t.Fatalf("%s and %s", a.Total, b.Total)
		}
	})
}

func TestAPriceBookRefusesWhatItCouldMisread(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(*quoting.Catalogue){
		"two items of one SKU":       func(c *quoting.Catalogue) { c.Items[1].SKU = c.Items[0].SKU },
		"two prices of one break":    func(c *quoting.Catalogue) { c.Prices = append(c.Prices, c.Prices[0]) },
		"a negative price":           func(c *quoting.Catalogue) { c.Prices[3].Price.Amount = decimal.MustParse("-1") },
		"a break from quantity zero": func(c *quoting.Catalogue) { c.Prices[0].From = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := demoCatalogue(t)
			damage(&c)
			if _, err := quoting.NewPriceBook(1, c); err == nil {
				t.Error("a price book is made of it")
			}
		})
	}
}

func TestCustomersAreFoundAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	c := demoCatalogue(t)
	for i, name := range []string{"Acme Construction", "Acme Construction LLC", "ACME Constr. – Toledo", "Acme Concrete", "Cedar Valley Hospital", "Zenith Inc."} {
		c.Customers = append(c.Customers, quoting.Customer{ID: quoting.CustomerID(100 - i), Name: name, Currency: quoting.USD, Inactive: name == "Zenith Inc."})
	}
	c.Stock = []quoting.Stock{{Item: 1001, Available: decimal.MustParse("12")}}
	book := bookOf(t, c)
	for _, tc := range []struct {
		name, typed string
		want        []string
	}{
		{"the whole name means that one", "acme construction", []string{"Acme Construction"}},
		{"a beginning means all that have it", "acme", []string{"ACME Constr. – Toledo", "Acme Concrete", "Acme Construction", "Acme Construction LLC"}},
		{"words in any order", "hospital cedar", []string{"Cedar Valley Hospital"}},
		{"nobody of that name", "Northwind", nil},
		{"nobody who is inactive", "zenith", nil},
		{"no name", " – ", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range book.FindCustomers(tc.typed, 8) {
				got = append(got, c.Name)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("%q finds %q, want %q", tc.typed, got, tc.want)
			}
		})
	}
	if got := book.FindCustomers("acme", 2); len(got) != 2 {
		t.Errorf("%d customers, want the limit of 2", len(got))
	}
	if got := book.NearCustomers("Acmee Constructors", 8); len(got) != 4 {
		t.Errorf("%d customers are near a misspelt name, want the four of Acme", len(got))
	}
	if customer, ok := book.Customer(97); !ok || customer.Name != "Acme Concrete" {
		t.Errorf("customer 97 is %q", customer.Name)
	}
	if _, ok := book.Customer(1); ok {
		t.Error("there is a customer 1")
	}
	if stock, ok := book.Stock(1001); !ok || stock.Available.String() != "12" {
		t.Errorf("stock of 1001 is %v", stock)
	}
}

// stocked is an item of a small catalogue, at one price and cost.
type stocked struct {
	sku, price, cost string
	kind             quoting.ItemType
}

// smallBook is a price book of these items and further rows of the first one.
func smallBook(t rapid.TB, items []stocked, rows ...quoting.PriceRow) *quoting.PriceBook {
	t.Helper()
	c := quoting.Catalogue{TakenAt: noon}
	for i, s := range items {
		id := quoting.ItemID(1001 + i)
		item := quoting.Item{ID: id, SKU: s.sku, Type: s.kind}
		if s.cost != "" {
			item.Costs.Average = decimal.NullDecimal{Decimal: decimal.MustParse(s.cost), Valid: true}
		}
		c.Items = append(c.Items, item)
		c.Prices = append(c.Prices, quoting.PriceRow{
			ID: int64(id), Item: id, Level: quoting.BaseLevel, From: 1, Price: quoting.Money{Amount: decimal.MustParse(s.price), Currency: quoting.USD},
		})
	}
	c.Prices = append(c.Prices, rows...)
	book, err := quoting.NewPriceBook(1, c)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestWhatIsNotSoldSaysWhatToAskForInstead(t *testing.T) {
	t.Parallel()
	c := demoCatalogue(t)
	for i := range c.Items {
		switch c.Items[i].SKU {
		case "SUM-P20U":
			c.Items[i].Inactive, c.Items[i].ReplacedBy = true, "SUM-P40U"
		case "BAT-B":
			c.Items[i].Inactive = true
		}
	}
	book := bookOf(t, c)
	for sku, want := range map[string]string{
		"SUM-P20U": "SUM-P20U is not sold any more; SUM-P40U has taken its place. Ask for that instead.",
		"BAT-B":    "BAT-B is not sold any more, so I cannot quote it. Ask whoever keeps the price list for its replacement.",
		"FRT-STD":  "FRT-STD is worked out by me; it is on every quote that needs it. Leave it out.",
		"NO-SUCH":  "NO-SUCH is not in NetSuite's price list, so I cannot quote it. Ask whoever keeps the price list.",
	} {
		_, err := quoting.Price(demoPolicy(t), book, one(sku, 1), quoting.Customer{}, quoting.Terms{})
		if sentence, _ := quoting.Sentence(err); quoting.KindOf(err) != quoting.Invalid || sentence != want {
			t.Errorf("%s: %v %q, want %q", sku, quoting.KindOf(err), sentence, want)
		}
	}
}

// An amount is exact or there is none: what does not fit into 19 digits is an error, and
// never a price that is nearly right.
func TestWhatDoesNotFitIsNoPrice(t *testing.T) {
	t.Parallel()
	plain := demoPolicy(t)
	fine := *plain
	fine.Freight.Percent = decimal.MustParse("1.123456789012345678")
	service := func(sku, price, cost string) stocked { return stocked{sku, price, cost, quoting.Service} }
	part := func(sku, price, cost string) stocked { return stocked{sku, price, cost, quoting.Inventory} }
	for _, tc := range []struct {
		name   string
		policy *quoting.Policy
		items  []stocked
		row    *quoting.PriceRow // of the first item
		qty    int
		months int
		terms  quoting.Terms
	}{
		{name: "a line", items: []stocked{service("A", "999999999999.99", "1")}, qty: 999_999_999},
		{name: "two lines that fit one by one", items: []stocked{service("A", "600000000000.00", "1"), service("B", "600000000000.00", "1")}, qty: 100_000},
		{name: "the list price of a line that is locked far below", items: []stocked{service("A", "999999999999999.99", "1")}, qty: 100_000,
			terms: quoting.Terms{Locked: []quoting.LockedPrice{{SKU: "A", Unit: exactly("1.00")}}}},
		{name: "a price less a discount in hundredths", items: []stocked{service("A", "99999999999999999.99", "1")}, qty: 1,
			terms: quoting.Terms{Discounts: []quoting.LineDiscount{{Percent: exactly("12.34")}}}},
		{name: "a total less a discount in hundredths", items: []stocked{service("A", "99999999999999999.99", "1")}, qty: 1, terms: quoting.Terms{Header: percentOff("12.34")}},
		{name: "what lines come to before a discount", items: []stocked{service("A", "600000000000.00", "1"), service("B", "600000000000.00", "1")}, qty: 100_000, terms: quoting.Terms{Header: percentOff("5")}},
		{name: "the cost of a line", items: []stocked{service("A", "1.00", "999999999999999.99")}, qty: 100_000},
		{name: "the costs of two lines", items: []stocked{service("A", "1.00", "600000000000.00"), service("B", "1.00", "600000000000.00")}, qty: 100_000},
		{name: "the freight", items: []stocked{part("A", "99999999999999999.99", "1")}, qty: 1},
		{name: "the total with its freight", items: []stocked{service("A", "99999999999999998.00", "1"), part("B", "1.00", "1")}, qty: 1},
		{name: "a percentage of freight in a billionth of a billionth", policy: &fine, items: []stocked{part("A", "1.00", "1")}, qty: 1},
		{name: "the next quantity break", items: []stocked{service("A", "1.00", "1")}, qty: 1,
			row: &quoting.PriceRow{ID: 1, Item: 1001, Level: quoting.BaseLevel, From: 999_999, Price: dollars("999999999999999.99")}},
		{name: "what a line discount of 18 places leaves", items: []stocked{service("A", "1.00", "1")}, qty: 1, terms: quoting.Terms{Discounts: []quoting.LineDiscount{{Percent: exactly("5.123456789012345678")}}}},
		{name: "a discount of 18 places on the whole", items: []stocked{service("A", "1.00", "1")}, qty: 1, terms: quoting.Terms{Header: percentOff("5.123456789012345678")}},
		{name: "a share of more cents than are counted", items: []stocked{service("A", "95000000000000000.00", "1")}, qty: 1, terms: quoting.Terms{Header: dollarsOff("94000000000000000")}},
		{name: "a first year of more cents than are counted", items: []stocked{service("A", "7692307692307692.30", "1")}, qty: 13, months: 13},
		{name: "the price of the next quantity break less a discount", items: []stocked{service("A", "1.00", "1")}, qty: 1, terms: quoting.Terms{Discounts: []quoting.LineDiscount{{Percent: exactly("12.34")}}},
			row: &quoting.PriceRow{ID: 1, Item: 1001, Level: quoting.BaseLevel, From: 2, Price: dollars("999999999999999.99")}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var rows []quoting.PriceRow
			if tc.row != nil {
				rows = append(rows, *tc.row)
			}
			var s quoting.System
			for _, item := range tc.items {
				s.Lines = append(s.Lines, quoting.SizedLine{SKU: item.sku, Qty: tc.qty, Units: tc.qty, Months: tc.months})
			}
			if tc.policy == nil {
				tc.policy = plain
			}
			p, err := quoting.Price(tc.policy, smallBook(t, tc.items, rows...), s, quoting.Customer{}, tc.terms)
			if err == nil || len(p.Lines) > 0 || !p.Total.IsZero() {
				t.Errorf("it comes to %s with lines %+v, %v", p.Total, p.Lines, err)
			}
			if sentence, told := quoting.Sentence(err); told {
				t.Errorf("somebody is told %q, and can do nothing about it", sentence)
			}
		})
	}
}

func TestAMarginOfAnySizeIsRoundedHalfUpOrUnknown(t *testing.T) {
	t.Parallel()
	for text, margin := range map[[2]string]string{
		{"10000000.00", "6666666.66666667"}: "33.33%", {"200.00", "100.01"}: "50.00%", {"200.00", "99.99"}: "50.01%", {"200.00", "300.01"}: "-50.01%", {"200.00", "299.99"}: "-50.00%",
		{"99999999999999.99", "0.00000001"}: "100.00%", {"0.01", "9000000000000.00"}: "-89999999999999900.00%", {"0.01", "999999999999999999"}: "unknown", {"200.00", "-10.00"}: "105.00%",
	} {
		book := smallBook(t, []stocked{{"A", text[0], text[1], quoting.Service}})
		if p := mustPrice(t, book, one("A", 1), quoting.Customer{}); p.Margin.String() != margin {
			t.Errorf("%s at a cost of %s has a margin of %s, want %s", text[0], text[1], p.Margin, margin)
		}
	}
	dear := quoting.PriceRow{ID: 1, Item: 1001, Level: quoting.BaseLevel, From: 2, Price: dollars("999999999999999.99")}
	if p := mustPrice(t, smallBook(t, []stocked{{"A", "0.00000001", "1", quoting.Service}}, dear), one("A", 2), quoting.Customer{}); p.Lines[0].BreakPct != 0 {
		t.Errorf("a break that is dearer beyond measure is %d%% off", p.Lines[0].BreakPct)
	}
}

// The margin is rounded once, half up and away from zero, from exact values: also where costs
// have as many places as NetSuite gives, and where they are beyond what a machine word holds.
func TestTheMarginIsRoundedOnceFromExactValues(t *testing.T) {
	t.Parallel()
	policy := demoPolicy(t)
	amount := func(t *rapid.T, name string, digits, places int) string {
		whole := rapid.Int64Range(1, int64(math.Pow10(rapid.IntRange(1, digits).Draw(t, name+"'s digits")))).Draw(t, name)
		return decimal.MustNew(whole, rapid.IntRange(0, places).Draw(t, name+"'s places")).String()
	}
	rapid.Check(t, often(func(t *rapid.T) {
		price, cost := amount(t, "price", 15, 2), amount(t, "cost", 17, 8)
		qty := rapid.IntRange(1, 20).Draw(t, "pieces")
		book := smallBook(t, []stocked{{"A", price, cost, quoting.Service}})
		p, err := quoting.Price(policy, book, one("A", qty), quoting.Customer{}, quoting.Terms{})
		if err != nil {
			return // which is TestWhatDoesNotFitIsNoPrice's
		}
		net, paid := rat(decimal.MustParse(price)), rat(decimal.MustParse(cost))
		hundredths := new(big.Rat).Quo(new(big.Rat).Sub(net, paid), net)
		hundredths.Mul(hundredths, big.NewRat(10_000, 1))
		half := big.NewRat(int64(hundredths.Sign()), 2)
		hundredths.Add(hundredths, half)
		want := new(big.Int).Quo(hundredths.Num(), hundredths.Denom())
		if p.Margin.Known != want.IsInt64() {
			t.Fatalf("%s at a cost of %s: %s", price, cost, p.Margin)
		}
		if got := rat(p.Margin.Percent); p.Margin.Known && got.Cmp(new(big.Rat).SetFrac(want, big.NewInt(100))) != 0 {
			t.Fatalf("%s at a cost of %s has a margin of %s, want %s hundredths", price, cost, p.Margin, want)
		}
	}))
}

func BenchmarkPriceTenThousandUsers(b *testing.B) {
	policy, book := demoPolicy(b), demoBook(b)
	for b.Loop() {
		s, err := quoting.Size(policy, quoting.Request{Users: 10_000, Sites: 900, Industry: "transportation"})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := quoting.Price(policy, book, s, quoting.Customer{}, quoting.Terms{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPriceFortyUsers(b *testing.B) {
	policy, book := demoPolicy(b), demoBook(b)
	for b.Loop() {
		s, err := quoting.Size(policy, quoting.Request{Users: 40, Sites: 3, Industry: "construction"})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := quoting.Price(policy, book, s, quoting.Customer{}, quoting.Terms{}); err != nil {
			b.Fatal(err)
		}
	}
}
