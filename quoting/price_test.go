package quoting_test

import (
	"errors"
	"fmt"
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
