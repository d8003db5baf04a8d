package netsuite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

// collect reads a table, and gives the error that ends it.
func collect[T any](pages iter.Seq2[[]T, error]) ([]T, error) {
	var all []T
	for page, err := range pages {
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
	}
	return all, nil
}

func mustCollect[T any](t *testing.T, pages iter.Seq2[[]T, error]) []T {
	t.Helper()
	all, err := collect(pages)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func readAll(ctx context.Context, c *Client) (quoting.Catalogue, error) {
	var cat quoting.Catalogue
	var errs [7]error
	cat.Items, errs[0] = collect(c.Items(ctx, time.Time{}))
	cat.Levels, errs[1] = collect(c.Levels(ctx))
	cat.Prices, errs[2] = collect(c.Prices(ctx))
	cat.Customers, errs[3] = collect(c.Customers(ctx, time.Time{}))
	cat.CustomerPrices, errs[4] = collect(c.CustomerPrices(ctx))
	cat.GroupLevels, errs[5] = collect(c.GroupLevels(ctx))
	cat.Stock, errs[6] = collect(c.Stock(ctx, time.Time{}))
	return cat, errors.Join(errs[:]...)
}

// readTable reads what a fault in the table spoils.
func readTable(ctx context.Context, c *Client, table string) (any, error) {
	switch table {
	case "item":
		return collect(c.Items(ctx, time.Time{}))
	case "pricelevel":
		return collect(c.Levels(ctx))
	case "pricing":
		return collect(c.Prices(ctx))
	case "customer":
		return collect(c.Customers(ctx, time.Time{}))
	case "currency", "customeritempricing":
		return collect(c.CustomerPrices(ctx))
	case "customergrouppricing":
		return collect(c.GroupLevels(ctx))
	case "aggregateitemlocation":
		return collect(c.Stock(ctx, time.Time{}))
	default:
		return readAll(ctx, c)
	}
}

func find[T any](t *testing.T, all []T, is func(T) bool) T {
	t.Helper()
	i := slices.IndexFunc(all, is)
	if i < 0 {
		t.Fatal("not found")
	}
	return all[i]
}

func cost(text string) decimal.NullDecimal {
	return decimal.NullDecimal{Decimal: decimal.MustParse(text), Valid: true}
}

func TestTheCatalogueIsReadWhole(t *testing.T) {
	t.Parallel()
	sim, c := account(t)
	if err := sim.SetCost("CHG-6B", ""); err != nil {
		t.Fatal(err)
	}
	cat, err := readAll(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}

	item := func(sku string) quoting.Item {
		return find(t, cat.Items, func(i quoting.Item) bool { return i.SKU == sku })
	}
	want := quoting.Item{
		ID: 1001, SKU: "RDG-P10U", Name: "Ridge 10 analog portable UHF 4W 16ch (ant, batt, single chgr incl.)",
		Type: quoting.Inventory, Category: "portable", BreakGroup: "R",
		Tags: []string{"analog", "uhf", "batt=A", "aud=2PIN"}, PricingGroup: 1, LeadDays: 21,
		Costs: quoting.Costs{Average: cost("149"), LastPurchase: cost("150"), Standard: cost("150")},
	}
	if diff := cmp.Diff(want, item("RDG-P10U"), cmp.Comparer(decimal.Decimal.Equal)); diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
	if got := item("CHG-6B").Costs; got.Average.Valid || got.LastPurchase.Valid || got.Standard.Valid {
		t.Errorf("costs that NetSuite does not know are %v, want none", got)
	}
	if !item("SUM-P10U").Inactive {
		t.Error("an inactive item is read as active")
	}
	kinds := map[quoting.ItemType]int{}
	for _, i := range cat.Items {
		kinds[i.Type]++
	}
	for _, kind := range []quoting.ItemType{quoting.Inventory, quoting.NonInventory, quoting.Service, quoting.OtherCharge, quoting.Kit} {
		if kinds[kind] == 0 {
			t.Errorf("no item of type %s", kind)
		}
	}

	wantLevels := []quoting.PriceLevel{{ID: 1, Name: "Base Price"}, {ID: 2, Name: "Preferred"}, {ID: 3, Name: "GovEdu"}, {ID: 4, Name: "VIP"}}
	if diff := cmp.Diff(wantLevels, cat.Levels); diff != "" {
		t.Errorf("levels (-want +got):\n%s", diff)
	}

	var ladder []string
	for _, p := range cat.Prices {
		if p.Item == 1003 && p.Level == quoting.BaseLevel && p.Price.Currency == quoting.USD {
			ladder = append(ladder, fmt.Sprintf("%d: %s", p.From, p.Price))
		}
	}
	wantLadder := []string{"1: 385.00 USD", "10: 373.45 USD", "25: 361.90 USD", "50: 350.35 USD", "100: 338.80 USD", "250: 327.25 USD"}
	if diff := cmp.Diff(wantLadder, ladder); diff != "" {
		t.Errorf("prices of SUM-P20U at Base (-want +got):\n%s", diff)
	}

	customer := find(t, cat.Customers, func(c quoting.Customer) bool { return c.ID == 4003 })
	wantCustomer := quoting.Customer{
		ID: 4003, EntityID: "CUS4003", Name: "ACME Constr. – Toledo", Level: 4, Currency: quoting.USD, Terms: "NET45",
		Email: "buying@acme-constr-toledo.example", Parent: 4002, Subsidiary: 1, Taxable: true,
	}
	if diff := cmp.Diff(wantCustomer, customer); diff != "" {
		t.Errorf("customer (-want +got):\n%s", diff)
	}
	if c := find(t, cat.Customers, func(c quoting.Customer) bool { return c.ID == 4004 }); !c.CreditHold || c.Level != 0 {
		t.Errorf("customer 4004 = %+v, want on credit hold and without a level", c)
	}
	if c := find(t, cat.Customers, func(c quoting.Customer) bool { return c.ID == 4005 }); c.Taxable {
		t.Error("a tax-exempt customer is read as taxable")
	}

	wantCustom := []quoting.CustomerPrice{
		{Customer: 4003, Item: 1003, Level: quoting.CustomLevel, Price: quoting.MustMoney("329", quoting.USD)},
		{Customer: 4003, Item: 1050, Level: 2, Price: quoting.Money{Currency: quoting.USD}},
	}
	if diff := cmp.Diff(wantCustom, cat.CustomerPrices[:2], cmp.Comparer(decimal.Decimal.Equal)); diff != "" {
		t.Errorf("customer prices (-want +got):\n%s", diff)
	}
	if want := (quoting.GroupLevel{Customer: 4002, Group: 4, Level: 4}); cat.GroupLevels[0] != want {
		t.Errorf("group level = %+v, want %+v", cat.GroupLevels[0], want)
	}
	if got := find(t, cat.Stock, func(s quoting.Stock) bool { return s.Item == 1001 }); got.Available.String() != "91" || got.OnOrder.String() != "160" {
		t.Errorf("stock = %+v, want 91 available and 160 on order", got)
	}
	if got := testutil.ToFloat64(c.metrics.rows.WithLabelValues("pricing")); got != float64(len(cat.Prices)) {
		t.Errorf("rows metric of pricing = %v, want %d", got, len(cat.Prices))
	}
}

func TestALongTableIsReadPageByPage(t *testing.T) {
	t.Parallel()
	_, c := account(t, func(s *simulator.Config) { s.ExtraItems = 100 })
	pages, rows := 0, 0
	seen := map[int64]bool{}
	for page, err := range c.Prices(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, p := range page {
			if seen[p.ID] {
				t.Fatalf("row %d twice", p.ID)
			}
			seen[p.ID] = true
			rows++
		}
	}
	if rows < 3000 || pages != (rows+pageSize-1)/pageSize {
		t.Errorf("%d rows in %d pages", rows, pages)
	}
}

// edit changes the first row of a page.
func edit(change func(row map[string]string)) simulator.Effect {
	return simulator.EditPage(func(p *simulator.Page) { change(p.Rows[0]) })
}

func set(column, value string) simulator.Effect {
	return edit(func(row map[string]string) { row[column] = value })
}

func TestATableThatIsNotRightIsRefusedByName(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		table  string
		after  int // queries of the table that go well: its count comes first
		effect simulator.Effect
		want   string // what the error says beside the table
	}{
		{"a thousands separator", "pricing", 1, set("unitprice", "1,250.00"), `"1,250.00" is not a number`},
		{"a thousands separator in a cost", "item", 1, simulator.EditPage(func(p *simulator.Page) { p.Rows[0]["averagecost"] = "1,149.00" }), "averagecost"},
		{"a currency symbol", "pricing", 1, set("unitprice", "$385"), "is not a number"},
		{"a price that is not a number", "pricing", 1, set("unitprice", "NaN"), "is not a number"},
		{"a price of twelve decimal places", "pricing", 1, set("unitprice", "1.123456789012"), "is not a number"},
		{"a price beyond all numbers", "pricing", 1, set("unitprice", "1E99"), "is not a number"},
		{"no currency", "pricing", 1, edit(func(r map[string]string) { delete(r, "currency") }), "currency: missing"},
		{"a currency that is not there", "pricing", 1, set("currency", "99"), "99 is not a currency"},
		{"no quantity", "pricing", 1, edit(func(r map[string]string) { delete(r, "quantity") }), "quantity: missing"},
		{"half a quantity", "pricing", 1, set("quantity", "2.5"), "not a whole number"},
		{"a negative quantity", "pricing", 1, set("quantity", "-1"), "not a whole number"},
		{"an endless quantity", "pricing", 1, set("quantity", "99999999999"), "not a whole number"},
		{"an id that is no number", "item", 1, set("id", "A1"), "not a record's id"},
		{"an item without a SKU", "item", 1, edit(func(r map[string]string) { delete(r, "itemid") }), "itemid: missing"},
		{"a flag of another language", "item", 1, set("isinactive", "Ja"), "neither T nor F"},
		{"a level that is no number", "customer", 1, set("pricelevel", "VIP"), "not a record's id"},
		{"a customer price at no level", "customeritempricing", 1, set("level", ""), "level: missing"},
		{"a row twice", "item", 1, simulator.DuplicateRow(), "not in order"},
		{"a row that was skipped", "pricing", 1, simulator.MissingRow(), "rows read, of 1332 before"},
		{"fewer rows than the page counts", "customer", 1, simulator.ShortPage(3), "3 rows, and a count of"},
		{"hasMore is false on a page that is not the last", "customeritempricing", 1, simulator.EditPage(func(p *simulator.Page) {
			p.Rows, p.Count, p.HasMore = p.Rows[:3], 3, false
		}), "3 rows read, of 6 before"},
		{"half an answer", "pricelevel", 1, simulator.Truncate(), "not the expected JSON"},
		{"the data changes during the read", "pricing", 3, set("n", "1333"), "1332 rows read, of 1332 before and 1333 after"},
		{"more rows than were counted", "customergrouppricing", 0, set("n", "1"), "more rows than its count, which is 1"},
		{"a count that is missing", "aggregateitemlocation", 0, edit(func(r map[string]string) { delete(r, "n") }), "n: missing"},
		{"two counts", "aggregateitemlocation", 0, simulator.DuplicateRow(), "2 rows as its count"},
		{"stock that changes during the read", "aggregateitemlocation", 2, set("n", "7"), "before and 7 after"},
		{"two currencies of one name", "currency", 0, simulator.EditPage(func(p *simulator.Page) { p.Rows[1]["symbol"] = "USD" }), "both USD"},
		{"a currency without an id", "currency", 0, set("id", ""), "id: missing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sim, c := account(t)
			sim.Inject(simulator.Fault{Table: tc.table, After: tc.after, Times: 1, Effect: tc.effect})
			_, err := readTable(t.Context(), c, tc.table)
			wantFault(t, err, quoting.Malformed)
			for _, want := range []string{tc.table, tc.want} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error = %v, want it to say %q", err, want)
				}
			}
			if _, err := readTable(t.Context(), c, tc.table); err != nil {
				t.Errorf("read again: %v", err)
			}
		})
	}
}

func TestASyncSurvivesWhatPasses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fault simulator.Fault
	}{
		{"a refused login in the middle", simulator.Fault{Table: "pricing", After: 1, Times: 1, Effect: simulator.Unauthorized()}},
		{"a maintenance page", simulator.Fault{Table: "pricing", After: 1, Times: 1, Effect: simulator.Maintenance()}},
		{"429 without valid JSON", simulator.Fault{Table: "item", Times: 1, Effect: simulator.TooManyRequestsInvalid()}},
		{"a broken connection", simulator.Fault{Table: "customer", Times: 1, Effect: simulator.Reset()}},
		{"hasMore on the last page", simulator.Fault{Table: "pricing", After: 2, Times: 1, Effect: simulator.HasMore(true)}},
		{"hasMore on an empty page", simulator.Fault{Table: "pricing", Effect: simulator.EditPage(func(p *simulator.Page) { p.HasMore = true })}},
		{"a total that changes", simulator.Fault{Table: "pricing", Effect: simulator.EditPage(func(p *simulator.Page) { p.TotalResults += 7 })}},
		{"columns in capitals", simulator.Fault{Effect: simulator.EditPage(func(p *simulator.Page) {
			for i, row := range p.Rows {
				p.Rows[i] = map[string]string{}
				for name, value := range row {
					p.Rows[i][strings.ToUpper(name)] = value
				}
			}
		})}},
		{"a first break of 1 instead of 0", simulator.Fault{Table: "pricing", Effect: simulator.EditPage(func(p *simulator.Page) {
			for _, row := range p.Rows {
				if row["quantity"] == "0" {
					row["quantity"] = "1"
				}
			}
		})}},
		{"a column that a new release brings", simulator.Fault{Table: "item", Effect: set("newcolumn", "x")}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sim, c := account(t)
			want, err := readTable(t.Context(), c, tc.fault.Table)
			if err != nil {
				t.Fatal(err)
			}
			sim.Inject(tc.fault)
			got, err := readTable(t.Context(), c, tc.fault.Table)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(decimal.Decimal.Equal)); diff != "" {
				t.Errorf("another catalogue (-want +got):\n%s", diff)
			}
		})
	}
}

func TestASyncSaysWhatTheAccountHides(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, table, detail string }{
		{"a table that the role may not see", "pricelevel", "Record 'pricelevel' was not found."},
		{"a currency list that the role may not see", "currency", "Record 'currency' was not found."},
		{"a column that is gone", "customer", "Unknown identifier 'credithold'."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sim, c := account(t)
			sim.Inject(simulator.Fault{Table: tc.table, Effect: simulator.Refuse(400, "INVALID_PARAMETER", tc.detail)})
			_, err := readTable(t.Context(), c, tc.table)
			e := wantFault(t, err, quoting.Refused)
			if e.Code != "INVALID_PARAMETER" || e.Detail != tc.detail {
				t.Errorf("error = %v, want NetSuite's words", e)
			}
		})
	}
	t.Run("a table that fails after its first page", func(t *testing.T) {
		t.Parallel()
		sim, c := account(t)
		sim.Inject(simulator.Fault{Table: "pricing", After: 2, Effect: simulator.Refuse(400, "USER_ERROR", "no")})
		_, err := collect(c.Prices(t.Context()))
		wantFault(t, err, quoting.Refused)
	})
	t.Run("a table that cannot be counted again", func(t *testing.T) {
		t.Parallel()
		sim, c := account(t)
		sim.Inject(simulator.Fault{Table: "item", After: 2, Effect: simulator.Refuse(400, "USER_ERROR", "no")})
		_, err := collect(c.Items(t.Context(), time.Time{}))
		wantFault(t, err, quoting.Refused)
	})
}

func TestWhoStopsReadingATableGetsNoError(t *testing.T) {
	t.Parallel()
	sim, c := account(t)
	pages := 0
	for _, err := range c.Prices(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		pages++
		break
	}
	if asked := sim.Requests()[simulator.RouteSuiteQL]; pages != 1 || asked != 3 { // currencies, count, page
		t.Errorf("%d pages and %d queries, want 1 and 3", pages, asked)
	}
}

// agreement is a customer's price for an item, both numbered from 0.
type agreement struct{ customer, item int }

// agreements is a NetSuite that has customer prices, and whose pages are spoilt.
func agreements(all []agreement, spoil func(call int, page []agreement) []agreement) http.HandlerFunc {
	call := 0
	return func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Q      string
			Params []string
		}
		body, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(body, &q); err != nil {
			panic(err)
		}
		switch {
		case strings.Contains(q.Q, "currency WHERE"):
			answerRows(w, `{"id":"1","symbol":"USD"}`, `{"id":"3","symbol":"Pts"}`)
		case strings.Contains(q.Q, "COUNT"):
			answerRows(w, fmt.Sprintf(`{"n":"%d"}`, len(all)))
		default:
			after, _ := strconv.Atoi(q.Params[0])
			offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
			page := slices.DeleteFunc(slices.Clone(all), func(a agreement) bool { return 4000+a.customer <= after })
			page = page[min(offset, len(page)):]
			page = spoil(call, page[:min(pageSize, len(page))])
			call++
			var rows []string
			for _, a := range page {
				rows = append(rows, fmt.Sprintf(`{"links":[],"customer":"%d","item":"%d","currency":1,"level":"-1","price":%d.50}`, 4000+a.customer, 1000+a.item, a.item))
			}
			answerJSON(w, 200, fmt.Sprintf(`{"count":%d,"hasMore":false,"items":[%s]}`, len(rows), strings.Join(rows, ",")))
		}
	}
}

// A table whose rows have a key of two columns is read by the first, however many rows one
// value of it has, and wherever a page ends.
func TestPagesByCustomer(t *testing.T) {
	t.Parallel()
	asIs := func(_ int, page []agreement) []agreement { return page }
	var first []agreement // the first page, for the one that comes again
	for _, tc := range []struct {
		name  string
		each  []int // rows of each customer
		spoil func(call int, page []agreement) []agreement
		want  string // of the error; empty: none
	}{
		{"some pages", []int{600, 600, 600, 700}, asIs, ""},
		{"pages that end with a customer", []int{1000, 1000}, asIs, ""},
		{"one customer of many pages", []int{10, 3500, 10}, asIs, ""},
		{"one customer alone", []int{2000}, asIs, ""},
		{"a page that does not advance", []int{600, 600, 600, 700}, func(call int, page []agreement) []agreement {
			if call == 0 {
				first = page
			}
			return first
		}, "not in order"},
		{"a row twice", []int{600, 600}, func(_ int, page []agreement) []agreement { return append(page[:20:20], page[19:]...) }, "not in order"},
		{"a row lost across pages", []int{600, 600, 600}, func(call int, page []agreement) []agreement { return page[:len(page)-call%2] }, "rows read, of 1800"},
		{"rows without end", []int{5}, func(_ int, page []agreement) []agreement {
			return append(page, agreement{9, len(page)}, agreement{9, 100})
		}, "more rows than its count"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var all []agreement
				for customer, n := range tc.each {
					for item := range n {
						all = append(all, agreement{customer, item})
					}
				}
				got, err := collect(bubble(t, agreements(all, tc.spoil)).CustomerPrices(t.Context()))
				if tc.want != "" {
					wantFault(t, err, quoting.Malformed)
					if !strings.Contains(err.Error(), tc.want) {
						t.Errorf("error = %v, want it to say %q", err, tc.want)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if len(got) != len(all) {
					t.Fatalf("%d rows, want %d", len(got), len(all))
				}
				for i, a := range all {
					if got[i].Customer != quoting.CustomerID(4000+a.customer) || got[i].Item != quoting.ItemID(1000+a.item) {
						t.Fatalf("row %d is %+v, want %v", i, got[i], a)
					}
				}
			})
		})
	}
}

func TestWhatACustomerLeavesOut(t *testing.T) {
	t.Parallel()
	c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case strings.Contains(string(body), "COUNT"):
			answerRows(w, `{"n":"1"}`)
		case strings.Contains(string(body), "FROM currency"):
			answerRows(w, `{"id":"1","symbol":"USD"}`)
		default:
			answerRows(w, `{"id":"7","entityid":"CUS7","currency":"1"}`)
		}
	})
	got := mustCollect(t, c.Customers(t.Context(), time.Time{}))
	// Its number is its name, and nobody stated an exemption from tax.
	want := []quoting.Customer{{ID: 7, EntityID: "CUS7", Name: "CUS7", Currency: quoting.USD, Taxable: true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("customers (-want +got):\n%s", diff)
	}
}
