package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"
)

const (
	eid1001    = pathEstimate + "/eid:RQ-Q-1001"
	replaceAll = "?replace=item"
	expandAll  = "?expandSubResources=true"
	strictly   = "X-NetSuite-PropertyNameValidation: Error"
	createForm = "Accept: application/vnd.oracle.resource+json; type=create-form"
)

// body is an estimate for Acme Construction with lines, and with more members where given.
func body(lines string, more ...string) string {
	return `{"entity":{"id":"4001"},"entityStatus":{"id":"10"},"expectedCloseDate":"2026-12-25","item":{"items":[` + lines + `]}` + strings.Join(append([]string{""}, more...), ",") + `}`
}

// forty is a line of 40 Summit 20 at a rate of our own.
const forty = `{"item":{"id":"1003"},"quantity":40,"price":{"id":"-1"},"rate":361.90}`

func (a *account) put(t testing.TB, body string) reply {
	t.Helper()
	return a.do(t, "PUT", eid1001+replaceAll, body, strictly)
}

// stored is the estimate RQ-Q-1001.
func (a *account) stored(t testing.TB) Estimate {
	t.Helper()
	e, ok := a.Estimate("RQ-Q-1001")
	if !ok {
		t.Fatal("there is no estimate RQ-Q-1001")
	}
	return e
}

func wantStatus(t testing.TB, got reply, status int) {
	t.Helper()
	if got.status != status {
		t.Fatalf("status %d: %s, want %d", got.status, got, status)
	}
}

func TestUpsertCreatesThenUpdates(t *testing.T) {
	t.Parallel()
	a := start(t)
	for i, quantity := range []int{40, 45} {
		a.clock.advance(time.Minute)
		got := a.put(t, body(fmt.Sprintf(`{"item":{"id":"1003"},"quantity":%d,"price":{"id":"-1"},"rate":361.90}`, quantity), `"memo":"v`+fmt.Sprint(i+1)+`"`))
		if got.status != http.StatusNoContent || len(got.body) != 0 || got.header.Get("Location") != a.URL()+pathEstimate+"/7001" {
			t.Fatalf("got %d at %s: %s", got.status, got.header.Get("Location"), got)
		}
	}
	want := Estimate{
		ID: 7001, ExternalID: "RQ-Q-1001", TranID: "EST7001", Status: "A", Entity: 4001, Currency: 1, EntityStatus: 10, Subsidiary: 1,
		TranDate: "2026-11-25", ExpectedCloseDate: "2026-12-25", Memo: "v2",
		Lines: []Line{{
			Number: 1, Item: 1003, Quantity: decimal.MustParse("45"), Price: -1,
			Rate: decimal.MustParse("361.90"), Amount: decimal.MustParse("16285.50"),
		}},
		Subtotal: decimal.MustParse("16285.50"), Total: decimal.MustParse("16285.50"),
		DiscountTotal: decimal.MustParse("0.00"), TaxTotal: decimal.MustParse("0.00"),
		LastModified: time.Date(2026, 11, 25, 9, 2, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, a.stored(t)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if n := a.EstimateCount(); n != 1 {
		t.Errorf("%d estimates", n)
	}
}

func TestEstimateIsReadBack(t *testing.T) {
	t.Parallel()
	a := start(t)
	wantStatus(t, a.put(t, body(forty, `"externalId":"RQ-Q-1001"`, `"title":"Q-1001 v1"`, `"memo":"m"`, `"tranDate":"2026-11-25"`, `"dueDate":"2026-12-25"`,
		`"currency":{"id":"1","refName":"ignored"}`, `"otherRefNum":"PO-77"`)), 204)
	const want = `{"links":[{"rel":"self","href":"BASE/7001"}],"id":"7001","externalId":"RQ-Q-1001","tranId":"EST7001","status":{"id":"A","refName":"Open"},` +
		`"entity":{"links":[],"id":"4001","refName":"Acme Construction"},"currency":{"links":[],"id":"1","refName":"USD"},` +
		`"entityStatus":{"links":[],"id":"10","refName":"Proposal"},"subsidiary":{"links":[],"id":"1"},` +
		`"tranDate":"2026-11-25","dueDate":"2026-12-25","expectedCloseDate":"2026-12-25","title":"Q-1001 v1","memo":"m","otherRefNum":"PO-77",` +
		`"subtotal":14476,"discountTotal":0,"taxTotal":0,"total":14476,"lastModifiedDate":"2026-11-25T09:00:00Z","item":`
	const lines = `{"links":[],"items":[{"links":[],"line":1,"item":{"links":[],"id":"1003","refName":"SUM-P20U"},` +
		`"description":"Summit 20 DMR portable UHF 4W no-display 64ch (kit)","quantity":40,"price":{"links":[],"id":"-1"},"rate":361.9,"amount":14476,` +
		`"quantityAvailable":152}],"count":1,"hasMore":false,"offset":0,"totalResults":1}}`
	const linked = `{"links":[{"rel":"self","href":"BASE/7001/item"}]}}`
	for path, item := range map[string]string{
		eid1001 + expandAll: lines, pathEstimate + "/7001" + expandAll: lines, eid1001: linked, eid1001 + "?expandSubResources=false": linked,
	} {
		got := a.do(t, "GET", path, "", "Accept: application/vnd.oracle.resource+json; type=singular")
		if got.status != 200 || got.header.Get("Content-Type") != mediaSingular {
			t.Fatalf("%s: %s", path, got)
		}
		if diff := cmp.Diff(strings.ReplaceAll(want+item, "BASE", a.URL()+pathEstimate), string(got.body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestRecordsThatAreNotThere(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, r := range []struct{ method, path, body string }{
		{"GET", eid1001, ""}, {"GET", pathEstimate + "/7001", ""}, {"GET", pathEstimate + "/x", ""},
		{"DELETE", eid1001, ""}, {"PATCH", eid1001, body(forty)}, {"PATCH", pathEstimate + "/7001", body(forty)},
		{"GET", pathCustomer + "/4061", ""}, {"GET", pathCustomer + "/acme", ""},
	} {
		got := a.do(t, r.method, r.path, r.body)
		if code, _ := got.problem(t); got.status != 404 || code != "NONEXISTENT_ID" {
			t.Errorf("%s %s: %s", r.method, r.path, got)
		}
	}
}

func TestLinesAreAddedUnlessTheyReplace(t *testing.T) {
	t.Parallel()
	const (
		three    = `{"item":{"id":"1001"},"quantity":3}`
		fiveOf1  = `{"line":1,"quantity":5}`
		fiveRate = `{"line":1,"quantity":5,"rate":100}`
		batteryX = `{"line":1,"item":{"id":"1050"}}`
	)
	for _, tc := range []struct {
		name, method, parameters, lines, want string
	}{
		{"without replace they are appended", "PUT", "", three, "1: 40 × 1003 at 361.90 (-1) = 14476.00; 2: 3 × 1001 at 229.00 (1) = 687.00"},
		{"the same request twice doubles them", "PUT", "", forty, "1: 40 × 1003 at 361.90 (-1) = 14476.00; 2: 40 × 1003 at 361.90 (-1) = 14476.00"},
		{"with replace they are all there is", "PUT", "?replace=item", three, "1: 3 × 1001 at 229.00 (1) = 687.00"},
		{"a patch replaces as well", "PATCH", "?replace=item", three, "1: 3 × 1001 at 229.00 (1) = 687.00"},
		{"a line with a number is merged, and keeps its custom price", "PATCH", "", fiveOf1, "1: 5 × 1003 at 361.90 (-1) = 1809.50"},
		{"a rate alone is labelled Base Price", "PATCH", "", fiveRate, "1: 5 × 1003 at 100 (1) = 500.00"},
		{"another item is priced anew", "PATCH", "", batteryX, "1: 40 × 1050 at 62.56 (1) = 2502.40"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			wantStatus(t, a.put(t, body(forty)), 204)
			wantStatus(t, a.do(t, tc.method, eid1001+tc.parameters, body(tc.lines)), 204)
			if got := lines(a.stored(t)); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
	t.Run("a patch without lines leaves them", func(t *testing.T) {
		t.Parallel()
		a := start(t)
		wantStatus(t, a.put(t, body(forty, `"memo":"m"`)), 204)
		wantStatus(t, a.do(t, "PATCH", eid1001, `{"title":"new","memo":null}`), 204)
		if e := a.stored(t); e.Title != "new" || e.Memo != "" || len(e.Lines) != 1 {
			t.Errorf("%+v", e)
		}
	})
}

// lines writes an estimate's lines in short.
func lines(e Estimate) string {
	var all []string
	for _, l := range e.Lines {
		all = append(all, fmt.Sprintf("%d: %s × %d at %s (%d) = %s", l.Number, l.Quantity, l.Item, l.Rate, l.Price, l.Amount))
	}
	return strings.Join(all, "; ")
}

func TestWhosePriceWins(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, line, want string }{
		{"NetSuite's, where none is sent", `{"item":{"id":"1003"},"quantity":50}`, "1: 50 × 1003 at 350.35 (1) = 17517.50"},
		{"ours, at the custom level", forty, "1: 40 × 1003 at 361.90 (-1) = 14476.00"},
		{"ours of zero too", `{"item":{"id":"1076"},"quantity":1,"price":{"id":"-1"},"rate":0}`, "1: 1 × 1076 at 0 (-1) = 0.00"},
		{"ours, without a level, labelled Base Price", `{"item":{"id":"1003"},"quantity":2,"rate":1.5}`, "1: 2 × 1003 at 1.5 (1) = 3.00"},
		{"ours, with a level of null, labelled Base Price", `{"item":{"id":"1003"},"quantity":2,"price":null,"rate":1.5}`, "1: 2 × 1003 at 1.5 (1) = 3.00"},
		{"NetSuite's, at any other level", `{"item":{"id":"1003"},"quantity":2,"price":{"id":"2"},"rate":1.5}`, "1: 2 × 1003 at 365.75 (2) = 731.50"},
		{"an amount, whatever the rate says", `{"item":{"id":"1003"},"quantity":2,"price":{"id":"-1"},"rate":1.5,"amount":99.99}`, "1: 2 × 1003 at 1.5 (-1) = 99.99"},
		{"an amount alone gives a rate", `{"item":{"id":"1003"},"quantity":3,"price":{"id":-1},"amount":10}`, "1: 3 × 1003 at 3.33333333 (-1) = 10"},
		{"ours with many decimals", `{"item":{"id":"1003"},"quantity":1000,"price":{"id":"-1"},"rate":1.8705}`, "1: 1000 × 1003 at 1.8705 (-1) = 1870.50"},
		{"halves are rounded up", `{"item":{"id":"1003"},"quantity":3,"price":{"id":"-1"},"rate":0.115}`, "1: 3 × 1003 at 0.115 (-1) = 0.35"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			wantStatus(t, a.put(t, body(tc.line)), 204)
			if got := lines(a.stored(t)); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
	t.Run("halves go to even where that is switched on", func(t *testing.T) {
		t.Parallel()
		a := start(t, func(c *Config) { c.HalfEven = true })
		wantStatus(t, a.put(t, body(`{"item":{"id":"1003"},"quantity":3,"price":{"id":"-1"},"rate":0.115}`)), 204)
		if got := lines(a.stored(t)); got != "1: 3 × 1003 at 0.115 (-1) = 0.34" {
			t.Error(got)
		}
	})
}

func TestTotals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, customer, discount string
		want                     string // subtotal, discount, tax, total
	}{
		{"tax is charged to a taxable customer", "4001", "", "1000.05 0.00 72.50 1072.55"},
		{"and not to an exempt one", "4005", "", "1000.05 0.00 0.00 1000.05"},
		{"after a discount in dollars", "4001", `,"discountItem":{"id":"-6"},"discountRate":-100.05`, "1000.05 -100.05 65.25 965.25"},
		{"after a discount in per cent", "4001", `,"discountItem":{"id":"-6"},"discountRate":"-10%"`, "1000.05 -100.01 65.25 965.29"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := start(t, func(c *Config) { c.TaxPercent = decimal.MustParse("7.25") })
			wantStatus(t, a.put(t, `{"entity":{"id":"`+tc.customer+`"},"entityStatus":{"id":"10"},"expectedCloseDate":"2026-12-25"`+tc.discount+
				`,"item":{"items":[{"item":{"id":"1003"},"quantity":1,"price":{"id":"-1"},"rate":1000.05}]}}`), 204)
			e := a.stored(t)
			if got := fmt.Sprint(e.Subtotal, e.DiscountTotal, e.TaxTotal, e.Total); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			shown := a.do(t, "GET", eid1001, "").json(t)
			if got := shown["total"]; fmt.Sprint(got) != digits(e.Total) {
				t.Errorf("total is shown as %s, want %s", got, e.Total)
			}
		})
	}
}

func TestTotalsAddUp(t *testing.T) {
	t.Parallel()
	s := &Simulator{}
	rapid.Check(t, func(t *rapid.T) {
		var e Estimate
		sum := decimal.Zero
		for range rapid.IntRange(0, 30).Draw(t, "lines") {
			rate := decimal.MustNew(rapid.Int64Range(0, 1e7).Draw(t, "rate"), rapid.IntRange(0, 5).Draw(t, "scale"))
			amount, err := s.extend(rate, units(rapid.Int64Range(1, maxQuantity).Draw(t, "quantity")))
			if err != nil {
				t.Fatal(err)
			}
			e.Lines = append(e.Lines, Line{Amount: amount})
			if sum, err = sum.Add(amount); err != nil {
				t.Fatal(err)
			}
		}
		e.DiscountRate = rapid.SampledFrom([]string{"", "-5", "-12.5%", "-100%"}).Draw(t, "discount")
		if err := e.total(halfUp, decimal.MustParse("8.875")); err != nil {
			t.Fatal(err)
		}
		total, err := decimal.Sum(e.Subtotal, e.DiscountTotal, e.TaxTotal)
		if err != nil || !total.Equal(e.Total) || !e.Subtotal.Equal(sum) || e.Total.Scale() != cents {
			t.Fatalf("%s + %s + %s = %s (%v), lines %s", e.Subtotal, e.DiscountTotal, e.TaxTotal, e.Total, err, sum)
		}
	})
}

func TestEstimatesThatAreRefused(t *testing.T) {
	t.Parallel()
	a := start(t)
	wantStatus(t, a.do(t, "POST", pathEstimate, body(forty, `"externalId":"TAKEN"`)), 204)
	const head = `"entityStatus":{"id":"10"},"expectedCloseDate":"2026-12-25","item":{"items":[` + forty + `]}`
	deep := strings.Repeat("[", 20000) + strings.Repeat("]", 20000)
	for _, tc := range []struct{ name, body, code, path string }{
		{"no JSON", `{"entity":`, "INVALID_REQUEST", ""},
		{"JSON that is too deep", deep, "INVALID_REQUEST", ""},
		{"a list", `[]`, "INVALID_CONTENT", ""},
		{"null", `null`, "INVALID_CONTENT", ""},
		{"no customer", `{` + head + `}`, "USER_ERROR", ""},
		{"an unknown customer", `{"entity":{"id":"9999"},` + head + `}`, "INVALID_CONTENT", "entity"},
		{"an inactive customer", `{"entity":{"id":"4046"},` + head + `}`, "INVALID_CONTENT", "entity"},
		{"a customer that is text", `{"entity":"4001",` + head + `}`, "INVALID_CONTENT", "entity"},
		{"a customer without an id", `{"entity":{"refName":"Acme"},` + head + `}`, "INVALID_CONTENT", "entity"},
		{"a customer with an id that is no number", `{"entity":{"id":"acme"},` + head + `}`, "INVALID_CONTENT", "entity"},
		{"a customer by external id", `{"entity":{"externalId":"x"},` + head + `}`, "INVALID_CONTENT", "entity.externalId"},
		{"another currency than the customer's", body(forty, `"currency":{"id":"2"}`), "INVALID_CONTENT", "currency"},
		{"another subsidiary than the customer's", body(forty, `"subsidiary":{"id":"2"}`), "INVALID_CONTENT", "subsidiary"},
		{"a status that is not in the account", `{"entity":{"id":"4001"},"entityStatus":{"id":"1"},"expectedCloseDate":"2026-12-25","item":{"items":[` + forty + `]}}`, "INVALID_CONTENT", "entityStatus"},
		{"no status and no expected close", `{"entity":{"id":"4001"},"item":{"items":[` + forty + `]}}`, "USER_ERROR", ""},
		{"no lines", body(``), "USER_ERROR", ""},
		{"a date in the user's format", body(forty, `"tranDate":"11/25/2026"`), "INVALID_CONTENT", "tranDate"},
		{"a day that does not exist", body(forty, `"dueDate":"2026-02-30"`), "INVALID_CONTENT", "dueDate"},
		{"a date that is a number", body(forty, `"dueDate":20261225`), "INVALID_CONTENT", "dueDate"},
		{"a memo of 1,000 characters", body(forty, `"memo":"`+strings.Repeat("é", 1000)+`"`), "INVALID_CONTENT", "memo"},
		{"an unknown property", body(forty, `"istaxable":false`), "INVALID_CONTENT", "istaxable"},
		{"an unknown property of the sublist", `{"item":{"lines":[]}}`, "INVALID_CONTENT", "item.lines"},
		{"an unknown property of a line", body(`{"item":{"id":"1003"},"qty":1}`), "INVALID_CONTENT", "item.items[0].qty"},
		{"a property that comes twice", body(forty, `"memo":"a"`, `"memo":"b"`), "INVALID_CONTENT", ""},
		{"an external id that is not the path's", body(forty, `"externalId":"RQ-Q-1002"`), "INVALID_CONTENT", "externalId"},
		{"lines that are no list", `{"item":{"items":{}}}`, "INVALID_CONTENT", "item.items"},
		{"lines that are null", `{"item":{"items":null}}`, "INVALID_CONTENT", "item.items"},
		{"a line that is no object", body(`1`), "INVALID_CONTENT", "item.items[0]"},
		{"a line number of zero", body(`{"line":0}`), "INVALID_CONTENT", "item.items[0].line"},
		{"no item", body(`{"quantity":1}`), "USER_ERROR", "item.items[0]"},
		{"an unknown item", body(forty + `,{"item":{"id":"9999"},"quantity":1}`), "INVALID_CONTENT", "item.items[1].item"},
		{"an inactive item", body(`{"item":{"id":"1080"},"quantity":1}`), "INVALID_CONTENT", "item.items[0].item"},
		{"an item of the other subsidiary", strings.Replace(body(`{"item":{"id":"1079"},"quantity":1}`), "4001", "4028", 1), "INVALID_CONTENT", "item.items[0].item"},
		{"no quantity", body(`{"item":{"id":"1003"}}`), "USER_ERROR", "item.items[0]"},
		{"a quantity of zero", body(`{"item":{"id":"1003"},"quantity":0}`), "USER_ERROR", "item.items[0]"},
		{"a quantity below zero", body(`{"item":{"id":"1003"},"quantity":-1}`), "INVALID_CONTENT", "item.items[0].quantity"},
		{"a quantity over the limit", body(`{"item":{"id":"1003"},"quantity":200001}`), "INVALID_CONTENT", "item.items[0].quantity"},
		{"a quantity as text", body(`{"item":{"id":"1003"},"quantity":"1"}`), "INVALID_CONTENT", "item.items[0].quantity"},
		{"a rate with an exponent", body(`{"item":{"id":"1003"},"quantity":1,"rate":1e3}`), "INVALID_CONTENT", "item.items[0].rate"},
		{"a rate below zero", body(`{"item":{"id":"1003"},"quantity":1,"rate":-1}`), "INVALID_CONTENT", "item.items[0].rate"},
		{"an amount too large to write", body(`{"item":{"id":"1003"},"quantity":200000,"rate":9999999999.99999999}`), "INVALID_CONTENT", "item.items[0].rate"},
		{"a total too large to write", body(`{"item":{"id":"1003"},"quantity":200000,"price":{"id":"-1"},"rate":9999999999.99}`, `"discountItem":{"id":"-6"}`, `"discountRate":"-99.12345678%"`), "INVALID_CONTENT", "item"},
		{"a level that does not exist", body(`{"item":{"id":"1003"},"quantity":1,"price":{"id":"9"}}`), "INVALID_CONTENT", "item.items[0].price"},
		{"the custom level without a rate", body(`{"item":{"id":"1003"},"quantity":1,"price":{"id":"-1"}}`), "USER_ERROR", "item.items[0]"},
		{"an item without a price in the customer's currency", strings.Replace(body(`{"item":{"id":"1003"},"quantity":1}`), "4001", "4060", 1), "USER_ERROR", "item.items[0]"},
		{"a level without a price in that currency", strings.Replace(body(`{"item":{"id":"1003"},"quantity":1,"price":{"id":"2"}}`), "4001", "4060", 1), "USER_ERROR", "item.items[0]"},
		{"a discount without its item", body(forty, `"discountRate":-5`), "USER_ERROR", ""},
		{"a discount item that does not exist", body(forty, `"discountItem":{"id":"1"}`, `"discountRate":-5`), "INVALID_CONTENT", "discountItem"},
		{"a discount above zero", body(forty, `"discountItem":{"id":"-6"}`, `"discountRate":5`), "INVALID_CONTENT", "discountRate"},
		{"a discount as text without %", body(forty, `"discountItem":{"id":"-6"}`, `"discountRate":"-5"`), "INVALID_CONTENT", "discountRate"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := a.put(t, tc.body)
			code, path := got.problem(t)
			if got.status != 400 || code != tc.code || path != tc.path {
				t.Errorf("got %s", got)
			}
			if _, found := a.Estimate("RQ-Q-1001"); found {
				t.Error("it was stored")
			}
		})
	}
}

func TestRefusalsInNetSuitesWords(t *testing.T) {
	t.Parallel()
	a := start(t)
	for body, want := range map[string]string{
		body(`{"item":{"id":"9999"},"quantity":1}`): "Error while accessing resource: You have entered an Invalid Field Value 9999 for the following field: item",
		`{}`: "Error while accessing a resource. Please enter value(s) for: Customer, Status, Expected Close, Items.",
		body(`{"item":{"id":"1003"},"quantity":1,"price":{"id":"-1"}}`): "Please enter a value for Amount.",
	} {
		if got := a.put(t, body); !strings.Contains(string(got.body), want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestUnknownPropertiesAreIgnoredWithAWarningUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	a := start(t)
	misspelt := body(`{"item":{"id":"1003"},"quantity":1,"rat":5}`, `"istaxable":false`)
	for _, tc := range []struct {
		mode     string
		status   int
		warnings int
	}{{"", 204, 2}, {"Warning", 204, 2}, {"Ignore", 204, 2}, {"error", 400, 0}, {"Error", 400, 0}, {"Strict", 400, 0}} {
		got := a.do(t, "PUT", eid1001+replaceAll, misspelt, "X-NetSuite-PropertyNameValidation: "+tc.mode)
		if warnings := got.header.Values("Warning"); got.status != tc.status || len(warnings) != tc.warnings {
			t.Errorf("%q: %d %v", tc.mode, got.status, warnings)
		}
	}
	if got := a.do(t, "PUT", eid1001, body(forty), "X-NetSuite-PropertyValueValidation: Never"); got.status != 400 {
		t.Errorf("got %s", got)
	}
}

func TestWritesGoTheRightWay(t *testing.T) {
	t.Parallel()
	a := start(t)
	wantStatus(t, a.do(t, "POST", pathEstimate, body(forty, `"externalId":"ONE"`)), 204)
	wantStatus(t, a.do(t, "POST", pathEstimate, body(forty, `"externalId":"TWO"`)), 204)
	for _, tc := range []struct {
		name, method, path, body, header string
		status                           int
		code                             string
	}{
		{"a second POST of an external id", "POST", pathEstimate, body(forty, `"externalId":"ONE"`), "", 400, "USER_ERROR"},
		{"a POST with an external id that cannot be", "POST", pathEstimate, body(forty, `"externalId":"a|b"`), "", 400, "INVALID_CONTENT"},
		{"a PATCH to an external id that is taken", "PATCH", pathEstimate + "/eid:ONE", `{"externalId":"TWO"}`, "", 400, "USER_ERROR"},
		{"a PUT by internal id", "PUT", pathEstimate + "/7001", body(forty), "", 400, "INVALID_URL"},
		{"a PUT with an external id that cannot be", "PUT", pathEstimate + "/eid:a%7Cb", body(forty), "", 400, "INVALID_URL"},
		{"a PUT with an empty external id", "PUT", pathEstimate + "/eid:", body(forty), "", 400, "INVALID_URL"},
		{"a PUT that replaces another sublist", "PUT", eid1001 + "?replace=items", body(forty), "", 400, "INVALID_PARAMETER"},
		{"a PUT with an unknown parameter", "PUT", eid1001 + "?expand=item", body(forty), "", 400, "INVALID_PARAMETER"},
		{"a PATCH with an unknown parameter", "PATCH", pathEstimate + "/eid:ONE?expand=item", body(forty), "", 400, "INVALID_PARAMETER"},
		{"a POST with a parameter", "POST", pathEstimate + replaceAll, body(forty), "", 400, "INVALID_PARAMETER"},
		{"a DELETE with a parameter", "DELETE", pathEstimate + "/eid:ONE" + replaceAll, "", "", 400, "INVALID_PARAMETER"},
		{"a body as text", "PUT", eid1001, body(forty), "Content-Type: text/plain", 415, "INVALID_HEADER"},
		{"another form", "POST", pathEstimate, body(forty), "Accept: application/vnd.oracle.resource+json; type=edit-form", 406, "INVALID_HEADER"},
		{"a read as HTML", "GET", pathEstimate + "/eid:ONE", "", "Accept: text/html", 406, "INVALID_HEADER"},
		{"a read with an unknown parameter", "GET", pathEstimate + "/eid:ONE?fields=total", "", "", 400, "INVALID_PARAMETER"},
		{"a read that is expanded halfway", "GET", pathEstimate + "/eid:ONE?expandSubResources=yes", "", "", 400, "INVALID_PARAMETER"},
		{"a customer with an unknown parameter", "GET", pathCustomer + "/4001?fields=email", "", "", 400, "INVALID_PARAMETER"},
		{"a customer as HTML", "GET", pathCustomer + "/4001", "", "Accept: text/html", 406, "INVALID_HEADER"},
		{"a form with an unknown parameter", "POST", pathEstimate + replaceAll, body(forty), createForm, 400, "INVALID_PARAMETER"},
		{"a form as text", "POST", pathEstimate, body(forty), createForm + "\nContent-Type: text/plain", 415, "INVALID_HEADER"},
		{"another method", "DELETE", pathEstimate, "", "", 405, "INVALID_REQUEST"},
		{"another record", "GET", "/services/rest/record/v1/invoice/1", "", "", 404, "INVALID_URL"},
		{"a body of over 4 MB", "PUT", eid1001, `{"memo":"` + strings.Repeat("x", maxBody) + `"}`, "", 413, "INVALID_REQUEST"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := a.do(t, tc.method, tc.path, tc.body, strings.Split(tc.header, "\n")...)
			if code, _ := got.problem(t); got.status != tc.status || code != tc.code {
				t.Errorf("got %d %s", got.status, got)
			}
		})
	}
	if n := a.EstimateCount(); n != 2 {
		t.Errorf("%d estimates, want the first two", n)
	}
}

func TestARefusedWriteChangesNothing(t *testing.T) {
	t.Parallel()
	a := start(t)
	wantStatus(t, a.put(t, body(forty)), 204)
	before := fmt.Sprintf("%+v", a.stored(t))
	wantStatus(t, a.do(t, "PATCH", eid1001, `{"memo":"new","item":{"items":[{"line":1,"quantity":5},{"item":{"id":"9999"},"quantity":1}]}}`), 400)
	if after := fmt.Sprintf("%+v", a.stored(t)); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
}

func TestEstimateIsRenamedAndDeleted(t *testing.T) {
	t.Parallel()
	a := start(t)
	wantStatus(t, a.put(t, body(forty)), 204)
	wantStatus(t, a.do(t, "PATCH", pathEstimate+"/7001", `{"externalId":"NEW"}`), 204)
	if _, found := a.Estimate("RQ-Q-1001"); found {
		t.Error("it still has the old external id")
	}
	wantStatus(t, a.do(t, "GET", pathEstimate+"/eid:NEW", ""), 200)
	wantStatus(t, a.do(t, "DELETE", pathEstimate+"/eid:NEW", ""), 204)
	wantStatus(t, a.do(t, "GET", pathEstimate+"/7001", ""), 404)
	if n := a.EstimateCount(); n != 0 {
		t.Errorf("%d estimates", n)
	}
	wantStatus(t, a.put(t, body(forty)), 204)
	if e := a.stored(t); e.ID != 7002 {
		t.Errorf("id %d was given again", e.ID)
	}
}

func TestCreateFormPricesAndForgets(t *testing.T) {
	t.Parallel()
	a := start(t)
	ask := func(t *testing.T, parameters, body string) reply {
		t.Helper()
		got := a.do(t, "POST", pathEstimate+parameters, body, createForm)
		if got.status != 200 || got.header.Get("Content-Type") != mediaCreateForm {
			t.Fatalf("got %s", got)
		}
		return got
	}
	t.Run("in the order of the request", func(t *testing.T) {
		t.Parallel()
		got := ask(t, expandAll, `{"entity":{"id":"4003"},"currency":{"id":"1"},"tranDate":"2026-11-25","item":{"items":[`+
			`{"item":{"id":"1050"},"quantity":12},{"item":{"id":"1003"},"quantity":40},{"item":{"id":"1076"},"quantity":1}]}}`)
		var form struct {
			ID    string
			Total json.Number
			Item  struct {
				Items []struct {
					Line                                      int
					Item, Price                               struct{ ID string }
					Quantity, Rate, Amount, QuantityAvailable json.Number
				}
			}
		}
		if err := json.Unmarshal(got.body, &form); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, l := range form.Item.Items {
			lines = append(lines, fmt.Sprintf("%d: %s × %s at %s (%s) = %s", l.Line, l.Quantity, l.Item.ID, l.Rate, l.Price.ID, l.Amount))
		}
		want := []string{"1: 12 × 1050 at 61.37 (2) = 736.44", "2: 40 × 1003 at 329 (-1) = 13160", "3: 1 × 1076 at 0 (4) = 0"}
		if diff := cmp.Diff(want, lines); diff != "" || form.ID != "" || form.Total != "13896.44" || form.Item.Items[1].QuantityAvailable != "152" {
			t.Errorf("id %q, total %s (-want +got):\n%s", form.ID, form.Total, diff)
		}
	})
	t.Run("without a rate where there is no price", func(t *testing.T) {
		t.Parallel()
		got := ask(t, expandAll, `{"entity":{"id":"4060"},"item":{"items":[{"item":{"id":"1003"},"quantity":1}]}}`)
		line := got.json(t)["item"].(map[string]any)["items"].([]any)[0].(map[string]any)
		for _, name := range []string{"rate", "amount", "price"} {
			if v, ok := line[name]; ok {
				t.Errorf("%s = %v", name, v)
			}
		}
		if line["quantity"] != json.Number("1") || line["item"].(map[string]any)["id"] != "1003" {
			t.Errorf("line %v", line)
		}
	})
	t.Run("with a link only, where sublists are not expanded", func(t *testing.T) {
		t.Parallel()
		got := ask(t, "", `{"entity":{"id":"4001"},"item":{"items":[{"item":{"id":"1003"},"quantity":1}]}}`)
		if items, ok := got.json(t)["item"].(map[string]any)["items"]; ok {
			t.Errorf("items = %v", items)
		}
	})
	t.Run("without lines, too", func(t *testing.T) {
		t.Parallel()
		if got := ask(t, expandAll, `{"entity":{"id":"4001"}}`); got.json(t)["total"] != json.Number("0") {
			t.Errorf("got %s", got)
		}
	})
	t.Run("not for a customer that is not there", func(t *testing.T) {
		t.Parallel()
		got := a.do(t, "POST", pathEstimate, `{"entity":{"id":"1"}}`, createForm)
		if _, path := got.problem(t); got.status != 400 || path != "entity" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("not for JSON that is none", func(t *testing.T) {
		t.Parallel()
		wantStatus(t, a.do(t, "POST", pathEstimate, `{`, createForm), 400)
	})
	t.Cleanup(func() {
		if n := a.EstimateCount(); n != 0 {
			t.Errorf("%d estimates were stored", n)
		}
	})
}

func TestCustomerShowsItsAgreements(t *testing.T) {
	t.Parallel()
	a := start(t)
	got := a.do(t, "GET", pathCustomer+"/4003"+expandAll, "")
	body := got.json(t)
	if got.status != 200 || body["companyName"] != "ACME Constr. – Toledo" || body["taxable"] != true || body["isInactive"] != false {
		t.Errorf("got %s", got)
	}
	var prices struct {
		ItemPricing struct {
			Items []struct {
				Item, Level struct{ ID string }
				Price       json.Number
			}
		}
		GroupPricing struct{ TotalResults int }
	}
	if err := json.Unmarshal(got.body, &prices); err != nil {
		t.Fatal(err)
	}
	if have := fmt.Sprint(prices); have != "{{[{{1003} {-1} 329} {{1050} {2} }]} {0}}" {
		t.Errorf("got %s", have)
	}
	groups := a.do(t, "GET", pathCustomer+"/4002"+expandAll, "")
	if !strings.Contains(string(groups.body), `"groupPricing":{"links":[],"items":[{"group":{"links":[],"id":"4"},"level":{"links":[],"id":"4"}}]`) {
		t.Errorf("got %s", groups)
	}
	linked := a.do(t, "GET", pathCustomer+"/4003", "")
	if !strings.Contains(string(linked.body), `"itemPricing":{"links":[{"rel":"self","href":"`+a.URL()+pathCustomer+`/4003/itemPricing"}]}`) {
		t.Errorf("got %s", linked)
	}
}

func TestEveryChangeHasALaterDate(t *testing.T) {
	t.Parallel()
	a := start(t)
	last := time.Time{}
	for i := range 3 {
		wantStatus(t, a.put(t, body(forty)), 204)
		if now := a.stored(t).LastModified; now.After(last) {
			last = now
		} else {
			t.Fatalf("write %d: %s is not after %s", i, now, last)
		}
	}
	if err := a.EditEstimate("RQ-Q-1001", func(e *Estimate) {
		e.Lines[0].Rate = decimal.MustParse("300.00")
		e.Status = "B"
	}); err != nil {
		t.Fatal(err)
	}
	e := a.stored(t)
	if !e.LastModified.After(last) || e.Total.String() != "12000.00" {
		t.Errorf("%s, total %s", e.LastModified, e.Total)
	}
	before := lines(e)
	for id, name := range map[string]string{"A": "Open", "B": "Processed", "C": "Closed", "V": "Voided", "X": "Expired", "?": "?"} {
		if err := a.EditEstimate("RQ-Q-1001", func(e *Estimate) { e.Status = id }); err != nil {
			t.Fatal(err)
		}
		if got := a.do(t, "GET", eid1001, "").json(t)["status"].(map[string]any)["refName"]; got != name {
			t.Errorf("status %s is %s, want %s", id, got, name)
		}
	}
	if err := a.EditEstimate("RQ-Q-1002", func(*Estimate) {}); err == nil {
		t.Error("an estimate that is not there was edited")
	}
	if err := a.EditEstimate("RQ-Q-1001", func(e *Estimate) {
		e.Lines[0].Rate, e.Lines[0].Quantity = decimal.MustParse("9999999999"), decimal.MustParse("9999999999")
	}); err == nil {
		t.Error("an amount that cannot be written was edited in")
	}
	if after := lines(a.stored(t)); after != before {
		t.Errorf("a failed edit changed the lines from %s to %s", before, after)
	}
}

func FuzzEstimateBody(f *testing.F) {
	for _, seed := range []string{
		body(forty), body(`{"line":1,"quantity":2.5,"amount":1}`), `{"discountRate":"-12%","discountItem":{"id":-6}}`, `{"entity":null,"item":{"items":[]}}`,
		`{"memo":"\ud800"}`, `{"item":{"items":[{"line":9},{"line":9}]}}`, `{"entity":{"id":"1"},"entity":{"id":"2"}}`, `[]`, `"`, ``,
	} {
		f.Add([]byte(seed), true)
	}
	company := newTestCompany(f)
	f.Fuzz(func(t *testing.T, body []byte, strict bool) {
		s := &Simulator{company: company, now: newClock().Now}
		d := &draft{touched: map[int]*change{}, refuseNames: strict}
		err := d.apply(body)
		if err == nil {
			err = s.settle(d)
		}
		var p *problem
		if err != nil && (!errors.As(err, &p) || p.status != http.StatusBadRequest) {
			t.Fatalf("%s: %v", body, err)
		}
		if err != nil {
			return
		}
		for _, l := range d.Lines {
			if l.Number < 1 || l.Item < 1 || !l.Quantity.IsPos() || l.Price == 0 {
				t.Fatalf("%s was settled as %+v", body, l)
			}
		}
	})
}
