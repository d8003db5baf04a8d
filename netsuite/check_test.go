package netsuite

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/govalues/decimal"

	"pgregory.net/rapid"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

func sells(text string) quoting.LivePrice {
	return quoting.LivePrice{Price: quoting.MustMoney(text, quoting.USD), Sellable: true}
}

// someBasket is a basket of two lines.
func someBasket(customer quoting.CustomerID) quoting.Basket {
	return quoting.Basket{
		Customer: customer,
		Currency: quoting.USD,
		Date:     time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC),
		Lines:    []quoting.BasketLine{{Item: 1003, Quantity: 38}, {Item: 1010, Quantity: 2}},
	}
}

func TestALiveCheckGivesNetSuitesPrices(t *testing.T) {
	t.Parallel()
	lines := func(lines ...quoting.BasketLine) []quoting.BasketLine { return lines }
	for _, tc := range []struct {
		name     string
		customer quoting.CustomerID
		lines    []quoting.BasketLine
		change   func(*simulator.Simulator) error
		want     []quoting.LivePrice
	}{
		{"a customer without a level buys at Base", 4001,
			lines(quoting.BasketLine{Item: 1003, Quantity: 38}, quoting.BasketLine{Item: 1003, Quantity: 9}), nil,
			[]quoting.LivePrice{sells("361.90"), sells("385.00")}},
		{"a customer's level counts", 4002,
			lines(quoting.BasketLine{Item: 1003, Quantity: 38}), nil,
			[]quoting.LivePrice{sells("343.81")}}, // 385 × 0.95 × 0.94
		{"a customer's own price counts most", 4003,
			lines(quoting.BasketLine{Item: 1003, Quantity: 38}), nil,
			[]quoting.LivePrice{sells("329.00")}},
		{"an item without a price at the level is not sold", 4001,
			lines(quoting.BasketLine{Item: 1010, Quantity: 2}, quoting.BasketLine{Item: 1003, Quantity: 1}),
			func(s *simulator.Simulator) error { return s.RemovePrice("VIS-P60", "Base Price", 1) },
			[]quoting.LivePrice{{}, sells("385.00")}},
		{"nobody's prices are Base", 0,
			lines(quoting.BasketLine{Item: 1003, Quantity: 38}, quoting.BasketLine{Item: 1003, Quantity: 9}, quoting.BasketLine{Item: 1003, Quantity: 10000}), nil,
			[]quoting.LivePrice{sells("361.90"), sells("385.00"), sells("327.25")}},
		{"an item without a Base price is sold to nobody", 0,
			lines(quoting.BasketLine{Item: 1003, Quantity: 5}, quoting.BasketLine{Item: 1003, Quantity: 10}),
			func(s *simulator.Simulator) error { return s.RemovePrice("SUM-P20U", "Base Price", 1) },
			[]quoting.LivePrice{{}, sells("373.45")}},
		{"an inactive item has prices and is not sold", 0,
			lines(quoting.BasketLine{Item: 1003, Quantity: 5}),
			func(s *simulator.Simulator) error { return s.DeactivateItem("SUM-P20U") },
			[]quoting.LivePrice{{}}},
		{"an item that NetSuite does not know is not sold", 0,
			lines(quoting.BasketLine{Item: 999999, Quantity: 5}), nil,
			[]quoting.LivePrice{{}}},
		{"a price that moved is seen", 4001,
			lines(quoting.BasketLine{Item: 1003, Quantity: 38}),
			func(s *simulator.Simulator) error { return s.SetPrice("SUM-P20U", "Base Price", 25, "371.15") },
			[]quoting.LivePrice{sells("371.15")}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sim, c := account(t)
			if tc.change != nil {
				if err := tc.change(sim); err != nil {
					t.Fatal(err)
				}
			}
			b := someBasket(tc.customer)
			b.Lines = tc.lines
			before := time.Now()
			got, err := c.Check(t.Context(), b, quoting.ByCreateForm)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got.Lines, cmp.Comparer(decimal.Decimal.Equal)); diff != "" {
				t.Errorf("prices (-want +got):\n%s", diff)
			}
			method := quoting.ByCreateForm
			if tc.customer == 0 {
				method = quoting.ByPriceRows
			}
			if got.Method != method {
				t.Errorf("method = %s, want %s", got.Method, method)
			}
			if got.At.Before(before) || got.Took <= 0 || got.Took > time.Minute {
				t.Errorf("checked at %s in %s", got.At, got.Took)
			}
			if sim.EstimateCount() != 0 {
				t.Error("a check stored an Estimate")
			}
		})
	}
}

func TestALargeBasketIsCheckedInPages(t *testing.T) {
	t.Parallel()
	_, c := account(t, func(s *simulator.Config) { s.ExtraItems = 200 })
	b := someBasket(0)
	b.Lines = nil
	var want []quoting.LivePrice
	for price, err := range c.Items(t.Context(), time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range price {
			if !item.Inactive && item.BreakGroup == "R" {
				b.Lines = append(b.Lines, quoting.BasketLine{Item: item.ID, Quantity: 1})
			}
		}
	}
	prices := mustCollect(t, c.Prices(t.Context()))
	for _, line := range b.Lines {
		row := find(t, prices, func(p quoting.PriceRow) bool {
			return p.Item == line.Item && p.Level == quoting.BaseLevel && p.From == 1 && p.Price.Currency == quoting.USD
		})
		want = append(want, quoting.LivePrice{Price: row.Price, Sellable: true})
	}
	got, err := c.Check(t.Context(), b, quoting.ByCreateForm)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Lines, cmp.Comparer(decimal.Decimal.Equal)); diff != "" {
		t.Errorf("prices of %d lines (-want +got):\n%s", len(b.Lines), diff)
	}
}

func TestABasketThatMakesNoSenseIsNotAsked(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*quoting.Basket)
	}{
		{"an empty basket", func(b *quoting.Basket) { b.Lines = nil }},
		{"too many lines", func(b *quoting.Basket) { b.Lines = make([]quoting.BasketLine, 1001) }},
		{"no date", func(b *quoting.Basket) { b.Date = time.Time{} }},
		{"a negative customer", func(b *quoting.Basket) { b.Customer = -4 }},
		{"a line of no item", func(b *quoting.Basket) { b.Lines[0].Item = 0 }},
		{"a line of no quantity", func(b *quoting.Basket) { b.Lines[0].Quantity = 0 }},
		{"a currency that NetSuite does not have", func(b *quoting.Basket) { b.Currency = "EUR" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := bubble(t, func(http.ResponseWriter, *http.Request) { t.Error("NetSuite was asked") })
			knowCurrencies(c)
			b := someBasket(4001)
			tc.change(&b)
			_, err := c.Check(t.Context(), b, quoting.ByCreateForm)
			wantFault(t, err, quoting.Refused)
		})
	}
}

// form is a right answer to someBasket for customer 4001.
const form = `{"links":[],"entity":{"links":[],"id":"4001","refName":"Acme"},"currency":{"id":"1"},"tranDate":"2026-11-25",
 "item":{"links":[],"items":[
  {"line":1,"item":{"id":"1003"},"quantity":38,"rate":361.90,"price":{"id":"1"},"amount":13752.20},
  {"line":2,"item":{"id":"1010"},"quantity":2.0,"rate":"795","price":{"id":"1"},"amount":1590,"quantityAvailable":"40"}],
  "count":2,"hasMore":false,"offset":0,"totalResults":2},"total":15342.20}`

func TestAFormThatAnswersAnotherQuestionIsNotUsed(t *testing.T) {
	t.Parallel()
	const right = "right"
	for _, tc := range []struct{ name, old, new, want string }{
		{"the right form", "", "", right},
		{"lines in another order are put in order by their numbers", `{"line":1,"item":{"id":"1003"},"quantity":38,"rate":361.90,"price":{"id":"1"},"amount":13752.20},
  {"line":2,"item":{"id":"1010"},"quantity":2.0,"rate":"795"`, `{"line":2,"item":{"id":"1010"},"quantity":2.0,"rate":"795"},{"line":1,"item":{"id":"1003"},"quantity":38,"rate":361.90`, right},
		{"ids as numbers", `{"id":"1003"}`, `{"id":1003}`, right},
		{"another customer", `"id":"4001"`, `"id":"4002"`, `customer "4002"`},
		{"no customer", `"entity"`, `"entity2"`, `customer ""`},
		{"another currency", `"currency":{"id":"1"}`, `"currency":{"id":"2"}`, `currency "2"`},
		{"another item", `"id":"1010"`, `"id":"1011"`, "line 2"},
		{"another quantity", `"quantity":38`, `"quantity":39`, "line 1"},
		{"half an item", `"quantity":38`, `"quantity":38.5`, "line 1"},
		{"no quantity", `"quantity":38,`, ``, "line 1"},
		{"a price of nothing", `"rate":361.90`, `"rate":0`, "a price of 0"},
		{"a negative price", `"rate":361.90`, `"rate":-361.90`, "a price of -361.90"},
		{"a price in words", `"rate":361.90`, `"rate":"$361.90"`, "not a number"},
		{"a price that is a list", `"rate":361.90`, `"rate":[361.90]`, "neither text nor a number"},
		{"two prices of a line", `"rate":361.90`, `"rate":361.90,"Rate":1`, `the field "rate" twice`},
		{"an item that is a list", `{"id":"1003"}`, `{"id":[1003]}`, "neither text nor a number"},
		{"a surcharge line", `"amount":1590,`, `"amount":1590},{"line":3,"item":{"id":"9"},"quantity":1,`, "3 lines, and a total of 2"},
		{"a line less", `"totalResults":2`, `"totalResults":3`, "2 lines, and a total of 3"},
		{"lines that were cut off", `"hasMore":false`, `"hasMore":true`, "only some of the lines"},
		{"lines as a link", `"items":[`, `"things":[`, "no lines"},
		{"a date of another format", `"2026-11-25"`, `"25/11/2026"`, "parsing time"},
		{"a date that is an object", `"2026-11-25"`, `{}`, "neither text nor a number"},
		{"null", form, `null`, "no lines"},
		{"a list", form, `[]`, "not the expected JSON"},
		{"half of it", `"count"`, `"cou`, "not the expected JSON"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(form, tc.old) {
				t.Fatalf("the form has no %s", tc.old)
			}
			c := bubble(t, func(w http.ResponseWriter, _ *http.Request) {
				answerJSON(w, 200, strings.Replace(form, tc.old, tc.new, 1))
			})
			knowCurrencies(c)
			got, err := c.Check(t.Context(), someBasket(4001), quoting.ByCreateForm)
			if tc.want == right {
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]quoting.LivePrice{sells("361.90"), sells("795.00")}, got.Lines, cmp.Comparer(decimal.Decimal.Equal)); diff != "" {
					t.Errorf("prices (-want +got):\n%s", diff)
				}
				return
			}
			wantFault(t, err, quoting.Malformed)
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error = %v, want it to say %q", err, tc.want)
			}
		})
	}
}

func TestAFormOfTheWrongNumberOfLinesIsNotUsed(t *testing.T) {
	t.Parallel()
	b := someBasket(4001)
	b.Lines = b.Lines[:1]
	if _, err := parseForm([]byte(form), b, 1); err == nil || !strings.Contains(err.Error(), "2 lines, not 1") {
		t.Errorf("error = %v", err)
	}
}

func TestPriceRowsThatAnswerAnotherQuestionAreNotUsed(t *testing.T) {
	t.Parallel()
	priceRow := func(item, level, currency int, quantity, price string) string {
		return fmt.Sprintf(`{"links":[],"internalid":"%s1","item":"%d","pricelevel":"%d","currency":"%d","quantity":"%s","unitprice":"%s"}`, quantity, item, level, currency, quantity, price)
	}
	for _, tc := range []struct {
		name  string
		items []string
		rows  []string
		want  string
	}{
		{"another item", nil, []string{priceRow(1999, 1, 1, "1", "1")}, "item: 1999 was not asked for"},
		{"an item that was not asked for", []string{`{"id":"1999","itemid":"X","isinactive":"F"}`}, nil, "id: 1999 was not asked for"},
		{"another currency", nil, []string{priceRow(1003, 1, 2, "0", "1")}, "2 is not a currency"},
		{"a price of nothing", nil, []string{priceRow(1003, 1, 1, "1", "0")}, "a price of 0.00 USD"},
		{"a negative price", nil, []string{priceRow(1003, 1, 1, "1", "-1")}, "a price of -1.00 USD"},
		{"two prices for one break", nil, []string{priceRow(1003, 1, 1, "0", "385"), priceRow(1003, 1, 1, "1", "386")}, "two prices from quantity 1"},
		{"an item without an id", []string{`{"isinactive":"F"}`}, nil, "id: missing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answers := [][]string{tc.items, tc.rows}
				c := bubble(t, func(w http.ResponseWriter, _ *http.Request) {
					answerRows(w, answers[0]...)
					answers = answers[1:]
				})
				knowCurrencies(c)
				_, err := c.Check(t.Context(), someBasket(0), quoting.ByPriceRows)
				wantFault(t, err, quoting.Malformed)
				if !strings.Contains(err.Error(), tc.want) {
					t.Errorf("error = %v, want it to say %q", err, tc.want)
				}
			})
		})
	}
}

func TestAFailedCheckSaysWhetherToAskAgain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		customer quoting.CustomerID
		fault    simulator.Fault
		want     quoting.Fault
	}{
		{"the currency list is hidden", 4001, simulator.Fault{Table: "currency", Effect: simulator.Refuse(400, "INVALID_PARAMETER", "Record 'currency' was not found.")}, quoting.Refused},
		{"the form is refused", 4001, simulator.Fault{Route: simulator.RouteCreateForm, Effect: simulator.Refuse(400, "USER_ERROR", "Your current role does not have permission to perform this action.")}, quoting.Refused},
		{"the items are refused", 0, simulator.Fault{Table: "item", Effect: simulator.Refuse(400, "INVALID_PARAMETER", "Record 'item' was not found.")}, quoting.Refused},
		{"the prices are refused", 0, simulator.Fault{Table: "pricing", Effect: simulator.Refuse(400, "INVALID_PARAMETER", "Record 'pricing' was not found.")}, quoting.Refused},
		{"the form is cut off", 4001, simulator.Fault{Route: simulator.RouteCreateForm, Effect: simulator.Truncate()}, quoting.Malformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sim, c := account(t)
			sim.Inject(tc.fault)
			_, err := c.Check(t.Context(), someBasket(tc.customer), quoting.ByCreateForm)
			wantFault(t, err, tc.want)
		})
	}
}

// Whichever way a basket is checked, what is not sold is a line without a price, and the
// others have theirs.
func TestWhatIsNotSoldHasNoPriceAndTheRestHas(t *testing.T) {
	t.Parallel()
	for _, by := range []quoting.CheckMethod{quoting.ByCreateForm, quoting.ByPriceRows} {
		for _, tc := range []struct {
			name     string
			change   func(*simulator.Simulator) error
			customer quoting.CustomerID
			sold     []bool
			refused  bool
		}{
			{"all is sold", nil, 4001, []bool{true, true}, false},
			{"an inactive item", func(s *simulator.Simulator) error { return s.DeactivateItem("SUM-P20U") }, 4001, []bool{false, true}, false},
			{"a deleted item", func(s *simulator.Simulator) error { return s.DeleteItem("SUM-P20U") }, 4001, []bool{false, true}, false},
			{"two inactive items", func(s *simulator.Simulator) error {
				return errors.Join(s.DeactivateItem("SUM-P20U"), s.DeactivateItem("APX-R50U"))
			}, 4001, []bool{false, false}, false},
			{"an inactive customer", func(s *simulator.Simulator) error { return s.DeactivateCustomer(4001) }, 4001, nil, true},
			{"a customer that is not there", nil, 4999, nil, true},
		} {
			t.Run(string(by)+": "+tc.name, func(t *testing.T) {
				t.Parallel()
				sim, c := account(t)
				if tc.change != nil {
					if err := tc.change(sim); err != nil {
						t.Fatal(err)
					}
				}
				b := someBasket(tc.customer)
				second, _ := sim.ItemID("APX-R50U")
				b.Lines = []quoting.BasketLine{{Item: 1003, Quantity: 38}, {Item: quoting.ItemID(second), Quantity: 2}}
				got, err := c.Check(t.Context(), b, by)
				if err != nil {
					t.Fatal(err)
				}
				if got.CustomerRefused != tc.refused || got.Method != by {
					t.Errorf("refused %t by %s", got.CustomerRefused, got.Method)
				}
				if tc.refused {
					return
				}
				for i, want := range tc.sold {
					if line := got.Lines[i]; line.Sellable != want || line.Unknown || want != line.Price.Amount.IsPos() {
						t.Errorf("line %d: %+v, want sold: %t", i+1, line, want)
					}
				}
			})
		}
	}
}

// The two ways agree for every customer of the demo company, whatever its agreements.
func TestBothWaysOfCheckingAgree(t *testing.T) {
	t.Parallel()
	_, c := account(t)
	cat, err := readAll(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		customer := rapid.SampledFrom(cat.Customers).Draw(r, "customer")
		b := quoting.Basket{Customer: customer.ID, Currency: customer.Currency, Date: someBasket(0).Date}
		for range rapid.IntRange(1, 6).Draw(r, "lines") {
			item := rapid.SampledFrom(cat.Items).Draw(r, "item")
			elsewhere := item.SKU == "LEG-CHG1" && customer.Subsidiary != 1 // one subsidiary sells it, which price rows do not say
			if !item.Inactive && !item.Tagged(quoting.TagComputed) && !elsewhere {
				b.Lines = append(b.Lines, quoting.BasketLine{Item: item.ID, Quantity: rapid.SampledFrom([]int{1, 9, 10, 24, 25, 60, 300}).Draw(r, "quantity")})
			}
		}
		if len(b.Lines) == 0 {
			return
		}
		form, err := c.Check(t.Context(), b, quoting.ByCreateForm)
		if err != nil {
			r.Fatal(err)
		}
		rows, err := c.Check(t.Context(), b, quoting.ByPriceRows)
		if err != nil {
			r.Fatal(err)
		}
		same := cmp.Options{cmp.Comparer(decimal.Decimal.Equal), cmpopts.IgnoreFields(quoting.LivePrices{}, "At", "Took", "Method")}
		if diff := cmp.Diff(form, rows, same); diff != "" {
			r.Errorf("customer %d (-form +rows):\n%s", customer.ID, diff)
		}
	})
}

// A form of many lines that NetSuite refuses is not asked for again and again: what is left
// is unknown, which is neither sold nor not.
func TestABasketOfRefusedLinesEndsUnknown(t *testing.T) {
	t.Parallel()
	sim, c := account(t)
	b := someBasket(4001)
	b.Lines = nil
	for _, sku := range []string{"SUM-P20U", "SUM-P20V", "SUM-P40U", "SUM-P40V", "RDG-P10U", "RDG-P10V"} {
		id, ok := sim.ItemID(sku)
		if !ok {
			t.Fatalf("no %s", sku)
		}
		b.Lines = append(b.Lines, quoting.BasketLine{Item: quoting.ItemID(id), Quantity: 1})
		if err := sim.DeactivateItem(sku); err != nil {
			t.Fatal(err)
		}
	}
	got, err := c.Check(t.Context(), b, quoting.ByCreateForm)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range got.Lines {
		if line.Sellable || line.Unknown != (i > refusedLines) {
			t.Errorf("line %d: %+v", i+1, line)
		}
	}
	if asked := sim.Requests()[simulator.RouteCreateForm]; asked != refusedLines+1 {
		t.Errorf("%d forms were asked for", asked)
	}
}

func TestTheBreakDoesNotDependOnTheOrderOfTheRows(t *testing.T) {
	t.Parallel()
	answers := [][]string{
		{`{"id":"1003","itemid":"SUM-P20U","isinactive":"F"}`},
		{
			`{"internalid":"1","item":"1003","pricelevel":"1","currency":"1","quantity":"25","unitprice":"361.90"}`,
			`{"internalid":"2","item":"1003","pricelevel":"1","currency":"1","quantity":"50","unitprice":"350.35"}`,
			`{"internalid":"3","item":"1003","pricelevel":"1","currency":"1","quantity":"0","unitprice":"385"}`,
		},
	}
	c := bubble(t, func(w http.ResponseWriter, _ *http.Request) {
		answerRows(w, answers[0]...)
		answers = answers[1:]
	})
	knowCurrencies(c)
	got, err := c.Check(t.Context(), someBasket(0), quoting.ByPriceRows)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]quoting.LivePrice{sells("361.90"), {}}, got.Lines, cmp.Comparer(decimal.Decimal.Equal)); diff != "" {
		t.Errorf("prices (-want +got):\n%s", diff)
	}
}
