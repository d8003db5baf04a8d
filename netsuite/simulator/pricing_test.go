package simulator

import (
	"encoding/csv"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"
)

// The policy again, by other means than the package's: fractions, and a table typed from the
// published one.
var (
	breakTable = map[string]map[int64]int64{
		"R": {1: 0, 10: 3, 25: 6, 50: 9, 100: 12, 250: 15},
		"A": {1: 0, 12: 5, 36: 8, 100: 12, 250: 15},
		"C": {1: 0, 6: 3, 12: 5, 24: 8},
		"I": {1: 0, 2: 2, 4: 4, 8: 6},
		"S": {1: 0, 25: 5, 100: 10, 250: 15, 1000: 20},
		"L": {1: 0},
	}
	levelTable = map[int64]int64{1: 0, 2: 5, 3: 12, 4: 8}
)

// expected is the price of a catalogue line at a level and a quantity, rounded half up to the cent.
func expected(line map[string]string, level, quantity int64) string {
	off := levelTable[level]
	if line["tags"] == "passthrough" || line["tags"] == "computed" || level == 3 && line["break_group"] != "R" {
		off = 0
	}
	var best, breakOff int64
	for from, percent := range breakTable[line["break_group"]] {
		if from <= quantity && from > best {
			best, breakOff = from, percent
		}
	}
	price, _ := new(big.Rat).SetString(line["list_usd"])
	price.Mul(price, big.NewRat(100-off, 100))
	price.Mul(price, big.NewRat(100-breakOff, 100))
	price.Add(price.Mul(price, big.NewRat(100, 1)), big.NewRat(1, 2)) // cents, and a half
	whole := new(big.Int).Quo(price.Num(), price.Denom())
	return new(big.Rat).SetFrac(whole, big.NewInt(100)).FloatString(2)
}

func catalogueLines(t testing.TB) []map[string]string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(catalogueCSV)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lines []map[string]string
	for _, r := range records[1:] {
		line := map[string]string{}
		for i, name := range records[0] {
			line[name] = r[i]
		}
		lines = append(lines, line)
	}
	return lines
}

func newTestCompany(t testing.TB) *company {
	t.Helper()
	c, err := newCompany(0)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPricesAreListTimesLevelTimesBreak(t *testing.T) {
	t.Parallel()
	c := newTestCompany(t)
	lines := catalogueLines(t)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		level := rapid.Int64Range(1, 4).Draw(t, "level")
		quantity := rapid.OneOf(rapid.Int64Range(1, 300), rapid.Int64Range(1, maxQuantity)).Draw(t, "quantity")
		it := c.itemBySKU(lines[at]["sku"])
		gotLevel, got, ok := priceOf(c, &Customer{ID: 1, level: level, currency: 1}, it, units(quantity))
		if want := expected(lines[at], level, quantity); !ok || gotLevel != level || got.String() != want {
			t.Errorf("%d × %s at level %d: %s (%t), want %s", quantity, it.sku, level, got, ok, want)
		}
	})
}

// priceOf prices an item alone on a quote.
func priceOf(c *company, customer *Customer, it *item, quantity decimal.Decimal) (int64, decimal.Decimal, bool) {
	return basket{company: c, customer: customer, currency: customer.currency, lines: []basketLine{{it, quantity}}}.price(0)
}

func units(n int64) decimal.Decimal { return decimal.MustNew(n, 0) }

func TestEveryCellOfTheMatrix(t *testing.T) {
	t.Parallel()
	c := newTestCompany(t)
	for _, line := range catalogueLines(t) {
		it := c.itemBySKU(line["sku"])
		if got, want := len(c.pricesOf[it.id]), 4*len(breakTable[line["break_group"]]); got != want {
			t.Errorf("%s has %d rows, want %d", it.sku, got, want)
		}
		for _, p := range c.pricesOf[it.id] {
			if want := expected(line, p.level, max(1, p.quantity)); p.unit.Pad(2).String() != want {
				t.Errorf("%s at level %d from %d: %s, want %s", it.sku, p.level, p.quantity, p.unit, want)
			}
		}
	}
}

func TestTheFirstAgreementThatExistsDecides(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		customer int64
		sku      string
		quantity int64
		level    int64
		unit     string // empty: not sellable
	}{
		{"no level is Base", 4001, "SUM-P20U", 1, 1, "385.00"},
		{"a level", 4002, "SUM-P20U", 1, 2, "365.75"},
		{"a level with a break", 4002, "SUM-P20U", 50, 2, "332.83"},
		{"just under the break", 4002, "SUM-P20U", 49, 2, "343.81"},
		{"GovEdu on radios", 4005, "SUM-P20U", 1, 3, "338.80"},
		{"GovEdu on anything else", 4005, "BAT-B", 1, 3, "68.00"},
		{"a price of its own takes no break and beats every level", 4003, "SUM-P20U", 500, -1, "329.00"},
		{"a level for the item beats the customer's", 4003, "BAT-B", 1, 2, "64.60"},
		{"a level for the group beats the customer's", 4002, "APX-R50U", 1, 4, "2566.80"},
		{"a level for the group leaves other groups alone", 4002, "BAT-B", 1, 2, "64.60"},
		{"Base Price for a group is an agreement too", 4033, "SVC-LAB", 1, 1, "145.00"},
		{"a fee passed through has no discount", 4003, "FCC-APP", 100, 4, "105.00"},
		{"freight costs nothing here", 4003, "FRT-STD", 1, 4, "0.00"},
		{"a currency without prices is not converted", 4060, "SUM-P20U", 1, 1, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newTestCompany(t)
			level, unit, ok := priceOf(c, c.customer(tc.customer), c.itemBySKU(tc.sku), units(tc.quantity))
			if level != tc.level || ok != (tc.unit != "") || ok && unit.Pad(2).String() != tc.unit {
				t.Errorf("level %d, %s (%t), want %d, %q", level, unit, ok, tc.level, tc.unit)
			}
		})
	}
}

func TestNoAgreementFallsThroughToTheNext(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, sku := range []string{"BAT-B", "APX-R50U", "SUM-P15U"} {
		for _, from := range []int64{1, 2, 4, 8, 10, 12, 25, 36, 50, 100, 250} {
			for _, level := range []string{"Preferred", "VIP"} {
				if err := a.RemovePrice(sku, level, from); err != nil && from == 1 {
					t.Fatal(err)
				}
			}
		}
	}
	for customer, sku := range map[int64]string{4003: "BAT-B", 4002: "APX-R50U", 4016: "SUM-P15U"} {
		if _, unit, ok := priceOf(a.company, a.company.customer(customer), a.company.itemBySKU(sku), units(1)); ok {
			t.Errorf("customer %d still pays %s for %s", customer, unit, sku)
		}
	}
	if _, _, ok := priceOf(a.company, a.company.customer(4001), a.company.itemBySKU("BAT-B"), units(1)); !ok {
		t.Error("Base has lost its price too")
	}
}

func TestPartOfAUnitReachesNoBreak(t *testing.T) {
	t.Parallel()
	c := newTestCompany(t)
	_, unit, _ := priceOf(c, c.customer(4001), c.itemBySKU("SUM-P20U"), decimal.MustParse("9.99999"))
	if unit.String() != "385.00" {
		t.Errorf("9.99999 cost %s each", unit)
	}
}

func TestRoundingOfHalves(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		number       string
		up, halfEven string
	}{
		{"0.345", "0.35", "0.34"}, {"0.355", "0.36", "0.36"}, {"1.005", "1.01", "1.00"}, {"-0.345", "-0.35", "-0.34"},
		{"0.3449999", "0.34", "0.34"}, {"0.3450001", "0.35", "0.35"}, {"7", "7.00", "7.00"}, {"99.995", "100.00", "100.00"}, {"-0.001", "0.00", "0.00"},
	} {
		d := decimal.MustParse(tc.number)
		up, err := halfUp.round(d, 2)
		if err != nil {
			t.Fatal(err)
		}
		even, err := halfEven.round(d, 2)
		if err != nil {
			t.Fatal(err)
		}
		if up.String() != tc.up || even.String() != tc.halfEven {
			t.Errorf("%s: half up %s, half even %s, want %s and %s", tc.number, up, even, tc.up, tc.halfEven)
		}
	}
}

func TestRoundingAgreesWithFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		coefficient := rapid.Int64Range(-1e15, 1e15).Draw(t, "coefficient")
		d := decimal.MustNew(coefficient, rapid.IntRange(0, 8).Draw(t, "scale"))
		got, err := halfUp.round(d, 2)
		if err != nil {
			t.Fatal(err)
		}
		exact, _ := new(big.Rat).SetString(d.String())
		if want, _ := new(big.Rat).SetString(exact.FloatString(2)); want.Cmp(rat(got)) != 0 { // FloatString rounds half away from zero
			t.Errorf("%s is rounded to %s, want %s", d, got, want.FloatString(2))
		}
	})
}

func rat(d decimal.Decimal) *big.Rat {
	r, _ := new(big.Rat).SetString(d.String())
	return r
}

func TestNumbersArePlain(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{
		"0": true, "1250": true, "-1.5": true, "9999999999.99999999": true,
		"": false, "-": false, ".5": false, "5.": false, "1e3": false, "1,250.00": false, "+1": false, "0x10": false, " 1": false,
		"12345678901": false, "1.123456789": false, "1.2.3": false, "--1": false, "NaN": false,
	} {
		if d, err := parseNumber(text); (err == nil) != good {
			t.Errorf("%q: %s, %v", text, d, err)
		}
	}
}

func TestTheDemoCompanyIsWhatTheDemoNeeds(t *testing.T) {
	t.Parallel()
	c := newTestCompany(t)
	if n := len(c.customers); n != 60 {
		t.Errorf("%d customers", n)
	}
	names := map[string]bool{}
	var onHold, exempt, inactive, second, priced int
	for _, customer := range c.customers {
		names[customer.Name] = true
		onHold += one(customer.CreditHold)
		exempt += one(customer.TaxExempt)
		inactive += one(customer.Inactive)
		second += one(customer.Subsidiary == 2)
		priced += one(customer.level != 0)
	}
	for _, name := range []string{"Acme Construction", "Acme Construction LLC", "ACME Constr. – Toledo", "Acme Concrete"} {
		if !names[name] {
			t.Errorf("there is no %s", name)
		}
	}
	if onHold == 0 || exempt == 0 || inactive == 0 || second == 0 || priced == 0 || len(names) != 60 {
		t.Error(onHold, exempt, inactive, second, priced, len(names))
	}
	legacy := c.itemBySKU("LEG-CHG1")
	if _, list, _ := priceOf(c, c.customer(4001), legacy, units(1)); legacy.inactive || legacy.averageCost.Cmp(list) <= 0 {
		t.Errorf("LEG-CHG1 costs %s and sells for %s", legacy.averageCost, list)
	}
	if old := c.itemBySKU("SUM-P10U"); !old.inactive || c.itemBySKU(old.replacedBy) == nil {
		t.Error("SUM-P10U is not discontinued in favour of an item")
	}
	for i, line := range catalogueLines(t) {
		if it := c.itemBySKU(line["sku"]); it.id != int64(1001+i) {
			t.Errorf("%s has id %d, want %d", it.sku, it.id, 1001+i)
		}
	}
	for _, it := range c.items {
		if _, stocked := c.available(it.id); stocked != (it.kind == "InvtPart") {
			t.Errorf("%s: stocked %t", it.sku, stocked)
		}
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestGeneratedItemsHaveTwentyRowsEach(t *testing.T) {
	t.Parallel()
	c, err := newCompany(500)
	if err != nil {
		t.Fatal(err)
	}
	last := c.items[len(c.items)-1]
	if last.id != 10500 || last.sku != "GEN-00500" || len(c.pricesOf[last.id]) != 20 {
		t.Errorf("%d, %s, %d rows", last.id, last.sku, len(c.pricesOf[last.id]))
	}
	for i, p := range c.prices {
		if p.id != int64(i+1) {
			t.Fatalf("row %d has id %d", i, p.id)
		}
	}
	line := map[string]string{"list_usd": "509.99", "break_group": "A", "tags": "any"}
	if _, unit, _ := priceOf(c, c.customer(4002), last, units(12)); fmt.Sprint(unit) != expected(line, 2, 12) {
		t.Errorf("12 cost %s each, want %s", unit, expected(line, 2, 12))
	}
}
