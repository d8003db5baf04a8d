package netsuite

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

// someEstimate is an Estimate of two lines for a customer of the demo company.
func someEstimate() quoting.Estimate {
	usd := func(text string) quoting.Money { return quoting.MustMoney(text, quoting.USD) }
	return quoting.Estimate{
		ExternalID: "RQ-Q-1001",
		Customer:   4001,
		Currency:   quoting.USD,
		Date:       time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC),
		Expires:    time.Date(2026, 12, 25, 0, 0, 0, 0, time.UTC),
		Title:      quoting.EstimateTitle(1001, 2),
		Memo:       quoting.EstimateMemo(1001, 2, "c0ffee"),
		Lines: []quoting.EstimateLine{
			{Item: 1003, Quantity: 38, Rate: usd("361.90"), Amount: usd("13752.20")},
			{Item: 1010, Quantity: 2, Rate: usd("795"), Amount: usd("1590")},
		},
		Total: usd("15342.20"),
	}
}

func TestTheBytesOfAnEstimate(t *testing.T) {
	t.Parallel()
	var got any
	c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
		if want := "PUT /services/rest/record/v1/estimate/eid:RQ-Q-1001?replace=item"; r.Method+" "+r.URL.RequestURI() != want {
			t.Errorf("request = %s %s, want %s", r.Method, r.URL.RequestURI(), want)
		}
		for _, name := range []string{"X-NetSuite-PropertyNameValidation", "X-NetSuite-PropertyValueValidation"} {
			if r.Header.Get(name) != "Error" {
				t.Errorf("%s = %q, want Error", name, r.Header.Get(name))
			}
		}
		body, _ := io.ReadAll(r.Body)
		if !strings.Contains(string(body), `"quantity":38,"price":{"id":"-1"},"rate":361.90}`) {
			t.Errorf("body = %s, want the rate as an exact number", body)
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	knowCurrencies(c)
	if err := c.WriteEstimate(t.Context(), someEstimate()); err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal([]byte(`{
		"externalId": "RQ-Q-1001", "entity": {"id": "4001"}, "currency": {"id": "1"},
		"tranDate": "2026-11-25", "dueDate": "2026-12-25", "expectedCloseDate": "2026-12-25", "entityStatus": {"id": "10"},
		"title": "Q-1001 v2", "memo": "Radio Quote Q-1001 v2 c=c0ffee",
		"item": {"items": [
			{"item": {"id": "1003"}, "quantity": 38, "price": {"id": "-1"}, "rate": 361.90},
			{"item": {"id": "1010"}, "quantity": 2, "price": {"id": "-1"}, "rate": 795.00}]}}`), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestAnEstimateIsWrittenAndReadBack(t *testing.T) {
	t.Parallel()
	sim, c := account(t, func(s *simulator.Config) { s.TaxPercent = decimal.MustParse("7.25") })
	if id := c.ExternalID(1001); id != "RQ-Q-1001" {
		t.Fatalf("external id = %s", id)
	}
	if _, found, err := c.ReadEstimate(t.Context(), "RQ-Q-1001"); err != nil || found {
		t.Fatalf("before it is written: found %t, error %v", found, err)
	}
	want := someEstimate()
	for range 2 { // the second time must not add lines
		if err := c.WriteEstimate(t.Context(), want); err != nil {
			t.Fatal(err)
		}
	}
	got, found, err := c.ReadEstimate(t.Context(), "RQ-Q-1001")
	if err != nil || !found {
		t.Fatalf("found %t, error %v", found, err)
	}
	if diff := quoting.CompareEstimates(want, got); len(diff) > 0 {
		t.Errorf("differences: %v", diff)
	}
	if got.Title != want.Title || got.Memo != want.Memo || !got.Date.Equal(want.Date) || !got.Expires.Equal(want.Expires) {
		t.Errorf("read %+v", got)
	}
	if tax := quoting.MustMoney("1112.31", quoting.USD); !got.Tax.Equal(tax) || got.Status != "A" || got.Number == "" || got.Modified.IsZero() {
		t.Errorf("tax %s, status %q, number %q, modified %s; want NetSuite's own", got.Tax, got.Status, got.Number, got.Modified)
	}

	want.Lines = want.Lines[:1]
	want.Total = want.Lines[0].Amount
	if err := c.WriteEstimate(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if got, _, err = c.ReadEstimate(t.Context(), "RQ-Q-1001"); err != nil {
		t.Fatal(err)
	}
	if diff := quoting.CompareEstimates(want, got); len(diff) > 0 || sim.EstimateCount() != 1 {
		t.Errorf("rewritten: %d Estimates, differences %v", sim.EstimateCount(), diff)
	}
}

// TestAWriteThatWentWrong states for each fault what the writer is told, and that a read
// tells the truth.
func TestAWriteThatWentWrong(t *testing.T) {
	t.Parallel()
	write := func(times int, effect simulator.Effect) simulator.Fault {
		return simulator.Fault{Route: simulator.RouteEstimateWrite, Times: times, Effect: effect}
	}
	changed := func(change func(*simulator.Estimate)) simulator.Fault {
		return write(1, simulator.StoreChanged(change))
	}
	const none quoting.Fault = 0
	for _, tc := range []struct {
		name   string
		fault  simulator.Fault
		want   quoting.Fault
		stored bool
		differ string // what the comparison of the read-back names; empty: nothing
	}{
		{"stored, and the connection breaks", write(1, simulator.CommitThen(simulator.Reset())), quoting.OutcomeUnknown, true, ""},
		{"stored, and NetSuite reports an error", write(1, simulator.CommitThen(simulator.Refuse(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: abc123"))), quoting.OutcomeUnknown, true, ""},
		{"stored, and a gateway answers with a page", write(1, simulator.CommitThen(simulator.Maintenance())), quoting.OutcomeUnknown, true, ""},
		{"not stored, and the connection breaks", write(1, simulator.Reset()), quoting.OutcomeUnknown, false, ""},
		{"answered as stored, and not stored", write(1, simulator.PretendStored()), none, false, ""},
		{"refused", write(1, simulator.Refuse(400, "USER_ERROR", "This record has been locked by a user defined workflow.")), quoting.Refused, false, ""},
		{"blocked at first", write(1, simulator.TooManyRequests("0")), none, true, ""},
		{"a refused login at first", write(1, simulator.Unauthorized()), none, true, ""},
		{"a refused login for good", write(0, simulator.Unauthorized()), quoting.Unavailable, false, ""},
		{"another rate", changed(func(e *simulator.Estimate) { e.Lines[0].Rate = decimal.MustParse("361.91") }), none, true, "rate"},
		{"another quantity", changed(func(e *simulator.Estimate) { e.Lines[0].Quantity = decimal.MustParse("39") }), none, true, "quantity"},
		{"another item", changed(func(e *simulator.Estimate) { e.Lines[0].Item = 1004 }), none, true, "item"},
		{"a line less", changed(func(e *simulator.Estimate) { e.Lines = e.Lines[:1] }), none, true, "lines"},
		{"a surcharge line", changed(func(e *simulator.Estimate) { e.Lines = append(e.Lines, e.Lines[0]) }), none, true, "lines"},
		{"another customer", changed(func(e *simulator.Estimate) { e.Entity = 4004 }), none, true, "customer"},
		{"another currency", changed(func(e *simulator.Estimate) { e.Currency = 2 }), none, true, "currency"},
		{"a discount", changed(func(e *simulator.Estimate) { e.DiscountItem, e.DiscountRate = -6, "-5" }), none, true, "total"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sim, c := account(t)
			sim.Inject(tc.fault)
			want := someEstimate()
			err := c.WriteEstimate(t.Context(), want)
			if tc.want == none && err != nil {
				t.Fatal(err)
			} else if tc.want != none {
				wantFault(t, err, tc.want)
			}
			if tc.want != quoting.Unavailable && sim.Requests()[simulator.RouteEstimateWrite] > 2 {
				t.Errorf("%d writes", sim.Requests()[simulator.RouteEstimateWrite])
			}
			sim.ClearFaults()
			if tc.want == quoting.Unavailable { // the sign-in rests
				_, stored := sim.Estimate(want.ExternalID)
				if stored != tc.stored {
					t.Errorf("stored = %t, want %t", stored, tc.stored)
				}
				return
			}
			got, found, err := c.ReadEstimate(t.Context(), want.ExternalID)
			if err != nil || found != tc.stored {
				t.Fatalf("found %t, error %v; want %t", found, err, tc.stored)
			}
			if !found {
				return
			}
			var fields []string
			for _, d := range quoting.CompareEstimates(want, got) {
				fields = append(fields, d.Field)
			}
			if tc.differ == "" && len(fields) > 0 || tc.differ != "" && !strings.Contains(strings.Join(fields, " "), tc.differ) {
				t.Errorf("differences in %v, want %q", fields, tc.differ)
			}
		})
	}
}

func TestAnInternalErrorKeepsTheIDThatSupportAsksFor(t *testing.T) {
	t.Parallel()
	c := bubble(t, problem(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: jrgbpyylphhishmmlxyt"))
	knowCurrencies(c)
	e := wantFault(t, c.WriteEstimate(t.Context(), someEstimate()), quoting.OutcomeUnknown)
	if e.ErrorID != "jrgbpyylphhishmmlxyt" || e.Status != 500 {
		t.Errorf("error = %#v", e)
	}
	want := "netsuite write-estimate: outcome unknown: status 500 UNEXPECTED_ERROR at item.items[0].item: " +
		"An unexpected error occurred. Error ID: jrgbpyylphhishmmlxyt, error id jrgbpyylphhishmmlxyt"
	if e.Error() != want {
		t.Errorf("error = %q, want %q", e.Error(), want)
	}
}

func TestAnEstimateThatMakesNoSenseIsNotWritten(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*quoting.Estimate)
	}{
		{"no external id", func(e *quoting.Estimate) { e.ExternalID = "" }},
		{"an external id that breaks the path", func(e *quoting.Estimate) { e.ExternalID = "RQ-Q-1001/../1" }},
		{"an external id that is too long", func(e *quoting.Estimate) { e.ExternalID = strings.Repeat("x", 36) }},
		{"no customer", func(e *quoting.Estimate) { e.Customer = 0 }},
		{"no date", func(e *quoting.Estimate) { e.Expires = time.Time{} }},
		{"no lines", func(e *quoting.Estimate) { e.Lines = nil }},
		{"a line of no item", func(e *quoting.Estimate) { e.Lines[1].Item = 0 }},
		{"a line of no quantity", func(e *quoting.Estimate) { e.Lines[1].Quantity = 0 }},
		{"a rate in another currency", func(e *quoting.Estimate) { e.Lines[1].Rate.Currency = "CAD" }},
		{"a negative rate", func(e *quoting.Estimate) { e.Lines[1].Rate = quoting.MustMoney("-1", quoting.USD) }},
		{"a currency that NetSuite does not have", func(e *quoting.Estimate) {
			e.Currency = "EUR"
			for i := range e.Lines {
				e.Lines[i].Rate.Currency = "EUR"
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := bubble(t, func(http.ResponseWriter, *http.Request) { t.Error("NetSuite was asked") })
			knowCurrencies(c)
			e := someEstimate()
			tc.change(&e)
			wantFault(t, c.WriteEstimate(t.Context(), e), quoting.Refused)
		})
	}
}

const stored = `{"id":"7001","externalId":"RQ-Q-1001","tranId":"EST7001","entity":{"id":"4001"},"currency":{"id":"1"},"status":{"id":"A","refName":"Open"},
 "tranDate":"2026-11-25","total":"16454.51","taxTotal":1112.31,"lastModifiedDate":"2026-11-25T09:12:00Z",
 "item":{"items":[{"line":1,"item":{"id":"1003"},"quantity":38,"rate":361.90,"amount":13752.20,"price":{"id":"-1"}},
  {"line":2,"item":{"id":"1010"},"quantity":2,"rate":795,"amount":1590}],"totalResults":2}}`

func TestAReadBackIsReadStrictly(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, old, new, want string }{
		{"the right one", "", "", ""},
		{"without an external id", `"externalId":"RQ-Q-1001",`, ``, ""},
		{"another Estimate", `RQ-Q-1001`, `RQ-Q-1002`, `"RQ-Q-1002", not the one asked for`},
		{"no customer", `"entity"`, `"entity2"`, "entity"},
		{"no currency", `"currency"`, `"currency2"`, "currency"},
		{"a currency without an ISO code", `"currency":{"id":"1"}`, `"currency":{"id":"7"}`, "currency 7"},
		{"no total", `"total"`, `"total2"`, "no total"},
		{"a total in words", `"16454.51"`, `"16,454.51"`, "not a number"},
		{"a line without an item", `"item":{"id":"1003"}`, `"item":{}`, "line 1: item"},
		{"a line of half an item", `"quantity":38`, `"quantity":0.5`, "line 1: quantity"},
		{"a line without a quantity", `"quantity":38,`, ``, "line 1: quantity"},
		{"a total beyond all numbers", `"16454.51","taxTotal":1112.31`, `999999999999999.99,"taxTotal":0.00000001`, "total without tax"},
		{"no lines", `"items"`, `"links"`, "no lines"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(stored, tc.old) {
				t.Fatalf("the record has no %s", tc.old)
			}
			c := bubble(t, func(w http.ResponseWriter, _ *http.Request) {
				answerJSON(w, 200, strings.Replace(stored, tc.old, tc.new, 1))
			})
			knowCurrencies(c)
			got, found, err := c.ReadEstimate(t.Context(), "RQ-Q-1001")
			if tc.want == "" {
				if diff := quoting.CompareEstimates(someEstimate(), got); err != nil || !found || len(diff) > 0 {
					t.Errorf("found %t, error %v, differences %v", found, err, diff)
				}
				return
			}
			wantFault(t, err, quoting.Malformed)
			if found || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("found %t, error = %v, want it to say %q", found, err, tc.want)
			}
		})
	}
}

func TestOnlyAMissingRecordIsNoEstimate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		want   quoting.Fault // 0: none, and not found
	}{
		{"NONEXISTENT_ID", problem(404, "NONEXISTENT_ID", "Record does not exist."), 0},
		{"another 404", problem(404, "INVALID_URL", "There is no such resource."), quoting.Refused},
		{"a 404 page", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusNotFound)
		}, quoting.Unavailable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := bubble(t, tc.answer)
				knowCurrencies(c)
				_, found, err := c.ReadEstimate(t.Context(), "RQ-Q-1001")
				if found {
					t.Error("found")
				}
				if tc.want != 0 {
					wantFault(t, err, tc.want)
				} else if err != nil {
					t.Error(err)
				}
			})
		})
	}
	t.Run("an id that is none", func(t *testing.T) {
		t.Parallel()
		c := bubble(t, func(http.ResponseWriter, *http.Request) { t.Error("NetSuite was asked") })
		_, _, err := c.ReadEstimate(t.Context(), "RQ Q")
		wantFault(t, err, quoting.Refused)
	})
	t.Run("a currency list that is refused", func(t *testing.T) {
		t.Parallel()
		c := bubble(t, problem(400, "INVALID_PARAMETER", "Record 'currency' was not found."))
		_, _, err := c.ReadEstimate(t.Context(), "RQ-Q-1001")
		wantFault(t, err, quoting.Refused)
		wantFault(t, c.WriteEstimate(t.Context(), someEstimate()), quoting.Refused)
	})
}

// What the Location of a write says does not matter: the Estimate is read by our own id. A
// bomb, a drip and a job are answers like others.
func TestStrangeAnswersToAWriteAreReadBack(t *testing.T) {
	t.Parallel()
	for name, effect := range map[string]simulator.Effect{
		"no Location": simulator.Located(""), "a relative one": simulator.Located("/x/1"), "another host's": simulator.Located("https://elsewhere.example/x/1"),
		"drop by drop": simulator.Drip(4, 5*time.Millisecond), "a bomb of gzip": simulator.CommitThen(simulator.GzipBomb(100)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, c := account(t)
			sim.Inject(simulator.Fault{Route: simulator.RouteEstimateWrite, Times: 1, Effect: effect})
			if err := c.WriteEstimate(t.Context(), someEstimate()); err != nil {
				wantFault(t, err, quoting.OutcomeUnknown)
			}
			got, found, err := c.ReadEstimate(t.Context(), "RQ-Q-1001")
			if differences := quoting.CompareEstimates(someEstimate(), got); err != nil || !found || len(differences) > 0 || sim.EstimateCount() != 1 {
				t.Errorf("%t, %v, %v", found, err, differences)
			}
		})
	}
}
