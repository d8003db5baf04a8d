package simulator

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"
)

// filledIn asks for a form with lines "quantity SKU", and gives their rates and amounts.
func (a *account) filledIn(t testing.TB, customer int64, date string, basket ...string) []string {
	t.Helper()
	var asked []string
	for _, l := range basket {
		quantity, sku, _ := strings.Cut(l, " ")
		id, known := a.ItemID(sku)
		if !known {
			t.Fatalf("no item %s", sku)
		}
		asked = append(asked, fmt.Sprintf(`{"item":{"id":"%d"},"quantity":%s}`, id, quantity))
	}
	got := a.do(t, "POST", pathEstimate+expandAll, fmt.Sprintf(`{"entity":{"id":"%d"},"tranDate":%q,"item":{"items":[%s]}}`, customer, date, strings.Join(asked, ",")), createForm)
	wantStatus(t, got, 200)
	var rates []string
	for _, l := range got.json(t)["item"].(map[string]any)["items"].([]any) {
		l := l.(map[string]any)
		rates = append(rates, fmt.Sprint(l["rate"], " ", l["amount"]))
	}
	return rates
}

func TestAnItemsModeSaysWhichQuantityCounts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		setUp  func(*account) []error
		basket []string
		want   []string
	}{
		{"by line, each line reaches its own break", nil, []string{"6 BAT-A", "12 BAT-A"}, []string{"46 276", "43.7 524.4"}},
		{
			"by item, lines of the item count together",
			func(a *account) []error { return []error{a.SetQuantityMode("BAT-A", ByOverallItemQuantity)} },
			[]string{"6 BAT-A", "6 BAT-B", "5 BAT-A", "1 BAT-A"},
			[]string{"43.7 262.2", "68 408", "43.7 218.5", "43.7 43.7"},
		},
		{
			"by parent, lines of its sub-items count together, each at its own price",
			func(a *account) []error {
				return []error{
					a.SetParent("BAT-A", "BAT-D"), a.SetParent("BAT-B", "BAT-D"), a.SetParent("BAT-V", "BAT-CX"),
					a.SetQuantityMode("BAT-A", ByOverallParentQuantity), a.SetQuantityMode("BAT-B", ByOverallParentQuantity), a.SetQuantityMode("BAT-V", ByOverallParentQuantity),
				}
			},
			[]string{"10 BAT-A", "26 BAT-B", "6 BAT-V"},
			[]string{"42.32 423.2", "62.56 1626.56", "64 384"},
		},
		{
			"by parent, an item without one counts alone",
			func(a *account) []error { return []error{a.SetQuantityMode("BAT-A", ByOverallParentQuantity)} },
			[]string{"6 BAT-A", "6 BAT-B", "6 BAT-A"},
			[]string{"43.7 262.2", "68 408", "43.7 262.2"},
		},
		{
			"by schedule, lines of all its items count for the one in that mode",
			func(a *account) []error { return []error{a.SetQuantityMode("BAT-A", ByOverallScheduleQuantity)} },
			[]string{"6 BAT-A", "6 BAT-B", "100 CHG-1B"},
			[]string{"43.7 262.2", "68 408", "57.04 5704"},
		},
		{
			"by schedule, an item with one price has none",
			func(a *account) []error { return []error{a.SetQuantityMode("SVC-LAB", ByOverallScheduleQuantity)} },
			[]string{"6 SVC-LAB", "600 SVC-PROG"},
			[]string{"145 870", "25 15000"},
		},
		{
			"a marginal rate is an average with many decimals",
			func(a *account) []error { return []error{a.SetMarginalRates("BAT-A", true)} },
			[]string{"41 BAT-A", "12 BAT-A", "13 BAT-A", "0.5 BAT-A", "300 BAT-A"},
			[]string{"44.20487805 1812.4", "46 552", "45.82307692 595.7", "46 23", "41.12093333 12336.28"},
		},
		{
			"a marginal rate of an overall quantity is the same for all its lines",
			func(a *account) []error {
				return []error{a.SetMarginalRates("BAT-A", true), a.SetQuantityMode("BAT-A", ByOverallItemQuantity)}
			},
			[]string{"40 BAT-A", "1 BAT-A"},
			[]string{"44.20487805 1768.2", "44.20487805 44.2"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			if tc.setUp != nil {
				must(t, tc.setUp(a)...)
			}
			if diff := cmp.Diff(tc.want, a.filledIn(t, 4001, "2026-11-25", tc.basket...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestAWrittenEstimateIsPricedAsABasketToo(t *testing.T) {
	t.Parallel()
	a := start(t)
	must(t, a.SetQuantityMode("BAT-A", ByOverallItemQuantity))
	wantStatus(t, a.put(t, body(`{"item":{"id":"1049"},"quantity":6},{"item":{"id":"1049"},"quantity":6,"price":{"id":"2"}},{"item":{"id":"1049"},"quantity":1,"price":{"id":"-1"},"rate":40}`)), 204)
	if got := lines(a.stored(t)); got != "1: 6 × 1049 at 43.70 (1) = 262.20; 2: 6 × 1049 at 41.52 (2) = 249.12; 3: 1 × 1049 at 40 (-1) = 40.00" {
		t.Errorf("got %s", got)
	}
	got := a.do(t, "POST", pathEstimate+expandAll, `{"entity":{"id":"4001"},"item":{"items":[{"item":{"id":"9"},"quantity":1},{"item":{"id":"1049"},"quantity":1}]}}`, createForm)
	wantStatus(t, got, 400) // an item that is not there counts for nothing, and is refused
}

func TestMarginalRatesNeedAPriceFromTheFirstUnitOn(t *testing.T) {
	t.Parallel()
	a := start(t)
	must(t, a.SetMarginalRates("BAT-A", true), a.RemovePrice("BAT-A", "Base", 1))
	if got := a.filledIn(t, 4001, "2026-11-25", "41 BAT-A"); got[0] != "<nil> <nil>" {
		t.Errorf("got %s", got)
	}
}

// The blended price again, by counting units.
func TestMarginalRatesAreTheAverageOfEachUnitsPrice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := int64(0)
		var ladder []*priceRow
		for range rapid.IntRange(1, 5).Draw(t, "breaks") {
			ladder = append(ladder, &priceRow{quantity: from, unit: decimal.MustNew(rapid.Int64Range(1, 500_000).Draw(t, "price"), 2)})
			from += rapid.Int64Range(1, 40).Draw(t, "bracket")
		}
		quantity := rapid.Int64Range(1, 250).Draw(t, "quantity")
		sum := new(big.Rat)
		for unit := int64(1); unit <= quantity; unit++ {
			price := ladder[0].unit
			for _, p := range ladder {
				if unit > p.quantity {
					price = p.unit
				}
			}
			sum.Add(sum, rat(price))
		}
		want := sum.Quo(sum, big.NewRat(quantity, 1)).FloatString(rateDecimals)
		if got, ok := blended(ladder, units(quantity)); !ok || got.Pad(rateDecimals).String() != want {
			t.Errorf("%d units: %s (%t), want %s", quantity, got, ok, want)
		}
	})
}

func TestASalesPriceRuleChangesThePrice(t *testing.T) {
	t.Parallel()
	on := func(rules ...SalesPriceRule) []SalesPriceRule { return rules }
	for _, tc := range []struct {
		name     string
		rules    []SalesPriceRule
		customer int64
		want     string // the rate of ten SUM-P20U on 25 November: 373.45 without a rule
	}{
		{"for everybody and everything", on(SalesPriceRule{Percent: "7.5"}), 4001, "345.44125"},
		{"for one item", on(SalesPriceRule{SKU: "SUM-P20U", Price: "300"}), 4001, "300"},
		{"for another item", on(SalesPriceRule{SKU: "BAT-A", Price: "300"}), 4001, "373.45"},
		{"for one customer", on(SalesPriceRule{Customer: 4001, Price: "300"}), 4001, "300"},
		{"for another customer", on(SalesPriceRule{Customer: 4002, Price: "300"}), 4001, "373.45"},
		{"from that day on", on(SalesPriceRule{From: "2026-11-25", Price: "300"}), 4001, "300"},
		{"from the next day on", on(SalesPriceRule{From: "2026-11-26", Price: "300"}), 4001, "373.45"},
		{"until that day", on(SalesPriceRule{To: "2026-11-25", Price: "300"}), 4001, "300"},
		{"until the day before", on(SalesPriceRule{To: "2026-11-24", Price: "300"}), 4001, "373.45"},
		{"the lowest priority number decides", on(SalesPriceRule{Priority: 2, Price: "200"}, SalesPriceRule{Priority: 1, Price: "300"}), 4001, "300"},
		{"of equal ones the first decides", on(SalesPriceRule{Price: "300"}, SalesPriceRule{Price: "200"}), 4001, "300"},
		{"one that does not fit lets the next decide", on(SalesPriceRule{Priority: 1, Customer: 4002, Price: "200"}, SalesPriceRule{Priority: 2, Price: "300"}), 4001, "300"},
		{"a percentage comes off the customer's own level", on(SalesPriceRule{Percent: "10"}), 4002, "319.302"},
		{"a price of the customer's own is not touched", on(SalesPriceRule{Price: "300"}), 4003, "329"},
		{"a price is in the account's own currency", on(SalesPriceRule{Price: "300"}), 4060, "<nil>"},
		{"a percentage of no price is none", on(SalesPriceRule{Percent: "10"}), 4060, "<nil>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			for _, r := range tc.rules {
				must(t, a.AddSalesPriceRule(r))
			}
			got, _, _ := strings.Cut(a.filledIn(t, tc.customer, "2026-11-25", "10 SUM-P20U")[0], " ")
			if got != tc.want {
				t.Errorf("rate %s, want %s", got, tc.want)
			}
		})
	}
}

func TestASalesPriceRuleSaysOneThing(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, r := range []SalesPriceRule{
		{}, {Percent: "5", Price: "5"}, {Percent: "five"}, {Price: "$5"}, {Price: "5", From: "11/25/2026"}, {Price: "5", To: "soon"}, {Price: "5", SKU: "NONE"},
	} {
		if err := a.AddSalesPriceRule(r); err == nil {
			t.Errorf("%+v was added", r)
		}
	}
}
