package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The queries of a sync.
const (
	itemsQuery     = "SELECT id, itemid, displayname, itemtype, isinactive, custitem_rq_category, custitem_rq_break_group, custitem_rq_tags, pricinggroup, averagecost, lastpurchaseprice, cost, leadtime FROM item WHERE id > ? ORDER BY id"
	pricesQuery    = "SELECT internalid, item, pricelevel, currency, quantity, unitprice FROM pricing WHERE internalid > ? ORDER BY internalid"
	customersQuery = `SELECT id, entityid, companyname, pricelevel, currency, terms, isinactive, parent, subsidiary, credithold, email, taxable, TO_CHAR(SYS_EXTRACT_UTC(lastmodifieddate),'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS modified FROM customer WHERE id > ? ORDER BY id`
	stockQuery     = "SELECT item, SUM(quantityavailable) AS available, SUM(quantityonorder) AS onorder FROM aggregateitemlocation WHERE item > ? GROUP BY item ORDER BY item"
)

func TestRowsAreTextWithoutNulls(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, tc := range []struct {
		name, query string
		params      []string
		want        map[string]string // the first row
	}{
		{"an item on stock has an average cost", itemsQuery, []string{"1000"}, map[string]string{
			"id": "1001", "itemid": "RDG-P10U", "displayname": "Ridge 10 analog portable UHF 4W 16ch (ant, batt, single chgr incl.)",
			"itemtype": "InvtPart", "isinactive": "F", "custitem_rq_category": "portable", "custitem_rq_break_group": "R",
			"custitem_rq_tags": "analog;uhf;batt=A;aud=2PIN", "pricinggroup": "1",
			"averagecost": "149", "lastpurchaseprice": "150", "cost": "150", "leadtime": "21",
		}},
		{"a service has a cost only, and no lead time", itemsQuery, []string{"1062"}, map[string]string{
			"id": "1063", "itemid": "SVC-PROG", "displayname": "Radio programming, per radio (incl. ID/alias)", "itemtype": "Service",
			"isinactive": "F", "custitem_rq_category": "programming", "custitem_rq_break_group": "L", "custitem_rq_tags": "per radio",
			"pricinggroup": "6", "cost": "9",
		}},
		{"a resold item has a last purchase price", "SELECT averagecost, lastpurchaseprice, cost, itemtype FROM item WHERE itemid = ?", []string{"VIS-SUB-M"}, map[string]string{
			"lastpurchaseprice": "15.5", "cost": "16.5", "itemtype": "NonInvtPart",
		}},
		{"the discontinued item is inactive and names its replacement", "SELECT isinactive, custitem_rq_replaced_by, lastmodifieddate FROM item WHERE itemid = ?", []string{"SUM-P10U"}, map[string]string{
			"isinactive": "T", "custitem_rq_replaced_by": "SUM-P15U", "lastmodifieddate": "10/1/2026",
		}},
		{"the first break starts at 0, and prices lose trailing zeros", pricesQuery, []string{"100"}, map[string]string{
			"internalid": "101", "item": "1005", "pricelevel": "1", "currency": "1", "quantity": "100", "unitprice": "602.8",
		}},
		{"a customer without a level", customersQuery, []string{"4000"}, map[string]string{
			"id": "4001", "entityid": "CUS4001", "companyname": "Acme Construction", "currency": "1", "terms": "NET30", "isinactive": "F",
			"subsidiary": "1", "credithold": "F", "email": "buying@acme-construction.example", "taxable": "T", "modified": "2026-10-01T08:00:00Z",
		}},
		{"a customer with a parent", customersQuery, []string{"4002"}, map[string]string{
			"id": "4003", "entityid": "CUS4003", "companyname": "ACME Constr. – Toledo", "pricelevel": "4", "currency": "1", "terms": "NET45",
			"isinactive": "F", "parent": "4002", "subsidiary": "1", "credithold": "F", "email": "buying@acme-constr-toledo.example", "taxable": "T",
			"modified": "2026-10-01T08:00:00Z",
		}},
		{"the base level has no discount", "SELECT id, name, discountpct, isinactive FROM pricelevel WHERE id > ? ORDER BY id", []string{"0"}, map[string]string{
			"id": "1", "name": "Base Price", "isinactive": "F",
		}},
		{"another level has one", "SELECT id, name, discountpct, isinactive FROM pricelevel WHERE id > ? ORDER BY id", []string{"1"}, map[string]string{
			"id": "2", "name": "Preferred", "discountpct": "-5", "isinactive": "F",
		}},
		{"currencies", "SELECT id, symbol FROM currency WHERE id > ? ORDER BY id", []string{"1"}, map[string]string{"id": "2", "symbol": "CAD"}},
		{"a customer's own price", "SELECT customer, item, currency, level, price FROM customeritempricing WHERE customer > ? ORDER BY customer, item, currency", []string{"0"}, map[string]string{
			"customer": "4003", "item": "1003", "currency": "1", "level": "-1", "price": "329",
		}},
		{"a customer's level for an item has no price", "SELECT customer, item, level, price FROM customeritempricing WHERE item = ?", []string{"1050"}, map[string]string{
			"customer": "4003", "item": "1050", "level": "2",
		}},
		{"a customer's level for a group", "SELECT customer, pricinggroup, level FROM customergrouppricing WHERE customer > ? ORDER BY customer, pricinggroup", []string{"0"}, map[string]string{
			"customer": "4002", "pricinggroup": "4", "level": "4",
		}},
		{"stock is added up over locations", stockQuery, []string{"1000"}, map[string]string{"item": "1001", "available": "91", "onorder": "160"}},
		{"a count", "SELECT COUNT(*) AS n FROM customer", nil, map[string]string{"n": "60"}},
		{"a count above a key", "SELECT COUNT(*) AS n FROM customer WHERE id > ?", []string{"4058"}, map[string]string{"n": "2"}},
		{"a count above a key and under a condition", "SELECT COUNT(*) AS n FROM customer WHERE id > ? AND terms = ?", []string{"4050", "NET45"}, map[string]string{"n": "1"}},
		{"a count under conditions", "SELECT COUNT(*) AS n FROM customer WHERE isinactive = ? AND taxable = ?", []string{"T", "T"}, map[string]string{"n": "1"}},
		{"keywords and names in any case, with aliases", "select ID as Key from ITEM where Id in (?, ?) order by iD", []string{"1003", "1002"}, map[string]string{"key": "1002"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			rows := a.query(t, tc.query, tc.params...)
			if len(rows) == 0 {
				t.Fatal("no rows")
			}
			if diff := cmp.Diff(tc.want, rows[0]); diff != "" {
				t.Errorf("first row (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAPageHasItsNumbers(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, tc := range []struct {
		name, parameters    string
		count, offset       int
		hasMore             bool
		first, last, linked string
	}{
		{"the first page", "?limit=25&offset=0", 25, 0, true, "4001", "4025", "?limit=25&offset=25"},
		{"a page in the middle", "?limit=25&offset=25", 25, 25, true, "4026", "4050", "?limit=25&offset=50"},
		{"the last page", "?limit=25&offset=50", 10, 50, false, "4051", "4060", ""},
		{"a page that ends with the table", "?limit=30&offset=30", 30, 30, false, "4031", "4060", ""},
		{"a page after the end", "?limit=25&offset=75", 0, 75, false, "", "", ""},
		{"a thousand is what is not asked for", "", 60, 0, false, "4001", "4060", ""},
	} {
		for _, query := range []string{"SELECT id FROM customer WHERE id > ? ORDER BY id", "SELECT id FROM customer WHERE id > ? AND id > ? ORDER BY id"} {
			t.Run(tc.name+" of "+query, func(t *testing.T) {
				t.Parallel()
				params := slices.Repeat([]string{"4000"}, strings.Count(query, "?"))
				got := a.page(t, tc.parameters, query, params...)
				body := got.json(t)
				want := fmt.Sprintln(tc.count, tc.hasMore, tc.offset, 60)
				if numbers := fmt.Sprintln(body["count"], body["hasMore"], body["offset"], body["totalResults"]); numbers != want {
					t.Errorf("count, hasMore, offset, total = %s, want %s", numbers, want)
				}
				var first, last, next string
				if rows := rowsOf(t, got); len(rows) > 0 {
					first, last = rows[0]["id"], rows[len(rows)-1]["id"]
				}
				if first != tc.first || last != tc.last {
					t.Errorf("rows from %s to %s, want %s to %s", first, last, tc.first, tc.last)
				}
				for _, l := range body["links"].([]any) {
					if l := l.(map[string]any); l["rel"] == "next" {
						next = strings.TrimPrefix(l["href"].(string), a.URL()+pathSuiteQL)
					}
				}
				if next != tc.linked {
					t.Errorf("next = %q, want %q", next, tc.linked)
				}
			})
		}
	}
}

func TestACountIsOneRow(t *testing.T) {
	t.Parallel()
	a := start(t)
	for parameters, want := range map[string]int{"?limit=1": 1, "?limit=1&offset=1": 0} {
		got := a.page(t, parameters, "SELECT COUNT(*) AS n FROM item")
		if rows := rowsOf(t, got); len(rows) != want || got.json(t)["hasMore"] != false {
			t.Errorf("%s: %s", parameters, got)
		}
	}
}

func TestPagingHasRules(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, tc := range []struct {
		parameters string
		status     int
	}{
		{"?limit=1000&offset=99000", 200},
		{"?limit=1&offset=3", 200},
		{"?limit=0", 400},
		{"?limit=1001", 400},
		{"?limit=-1", 400},
		{"?limit=ten", 400},
		{"?limit=", 400},
		{"?limit=10&limit=10", 400},
		{"?limit=10&offset=5", 400},
		{"?limit=10&offset=-10", 400},
		{"?limit=1000&offset=100000", 400},
		{"?page=2", 400},
	} {
		t.Run(tc.parameters, func(t *testing.T) {
			t.Parallel()
			got := a.page(t, tc.parameters, "SELECT id FROM item ORDER BY id")
			if got.status != tc.status {
				t.Fatalf("got %s", got)
			}
			if got.status == 400 {
				if code, _ := got.problem(t); code != "INVALID_PARAMETER" {
					t.Errorf("code = %s", code)
				}
			}
		})
	}
}

func TestQueriesThatAreNotSimulatedAreRefused(t *testing.T) {
	t.Parallel()
	a := start(t)
	many := "SELECT id FROM item WHERE id IN (?" + strings.Repeat(", ?", 1000) + ")"
	for _, tc := range []struct {
		query  string
		params []string
		detail string
	}{
		{"", nil, "the end"},
		{"SELECT", nil, "the end"},
		{"SELECT * FROM item", nil, "at: *"},
		{"SELECT id FROM item WHERE id > 1000", nil, "at: 1000"},
		{"SELECT id FROM item WHERE itemid = 'BAT-A'", nil, "at: 'BAT-A'"},
		{"SELECT id FROM item WHERE id > ? OR id = ?", []string{"1", "2"}, "at: or"},
		{"SELECT id FROM item WHERE id => ?", []string{"1"}, "not simulated, at: "},
		{"SELECT id FROM item WHERE id < ?", []string{"1"}, "unexpected character"},
		{"SELECT id FROM item WHERE lastmodifieddate >= ?", []string{"2026-10-01T08:00:00Z"}, "comparing 'lastmodifieddate' is not simulated"},
		{"SELECT id FROM item WHERE " + inUTC("lastmodifieddate") + " >= ?", []string{"10/1/2026"}, "is compared with \"10/1/2026\""},
		{"SELECT id FROM item WHERE " + inUTC("itemid") + " >= ?", []string{"2026-10-01T08:00:00Z"}, "the time of 'itemid'"},
		{"SELECT id FROM item WHERE SUM(id) > ?", []string{"1"}, "at: id"},
		{"SELECT id FROM item WHERE TO_CHAR(lastmodifieddate,'YYYY') >= ?", []string{"2026"}, "at: lastmodifieddate"},
		{"SELECT id FROM item WHERE id IN ()", nil, "at: )"},
		{"SELECT id FROM item i", nil, "at: i"},
		{"SELECT id FROM item, pricing", nil, "at: ,"},
		{"SELECT id FROM item ORDER BY id DESC", nil, "at: desc"},
		{"SELECT id FROM item ORDER id", nil, "at: id"},
		{"SELECT id FROM item; DROP TABLE item", nil, `";"`},
		{"SELECT id FROM item WHERE itemid = 'x", nil, "quote"},
		{"SELECT DISTINCT id FROM item", nil, "at: distinct"},
		{"SELECT 1x FROM item", nil, "at: 1x"},
		{"SELECT id, id FROM item", nil, "twice"},
		{"SELECT COUNT(*) FROM item", nil, "at: from"},
		{"SELECT COUNT(id) AS n FROM item", nil, "at: id"},
		{"SELECT COUNT(*) AS n, id FROM item", nil, "COUNT"},
		{"SELECT COUNT(*) AS n FROM item ORDER BY id", nil, "COUNT"},
		{"SELECT MAX(id) AS n FROM item", nil, "at: id"},
		{"SELECT SUM(id) AS n FROM item", nil, "GROUP BY"},
		{"SELECT SUM(itemid) AS n FROM item GROUP BY id", nil, "SUM of 'itemid'"},
		{"SELECT itemid, SUM(id) AS n FROM item GROUP BY id", nil, "neither grouped"},
		{"SELECT id, SUM(id) AS n FROM item GROUP BY id ORDER BY itemid", nil, "not grouped"},
		{"SELECT unitprice FROM pricing GROUP BY unitprice", nil, "grouping by 'unitprice'"},
		{"SELECT item FROM pricing ORDER BY unitprice", nil, "ordering"},
		{"SELECT item FROM pricing WHERE unitprice > ?", []string{"1"}, "comparing 'unitprice'"},
		{"SELECT TO_CHAR(SYS_EXTRACT_UTC(lastmodifieddate),'DD') AS d FROM item", nil, "at: 'DD'"},
		{`SELECT TO_CHAR(SYS_EXTRACT_UTC(itemid),'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS d FROM item`, nil, "not a date"},
		{"SELECT id FROM item WHERE id > ?", nil, "0 parameters for 1"},
		{"SELECT id FROM item", []string{"1"}, "1 parameters for 0"},
		{"SELECT id FROM item WHERE id > ?", []string{"x"}, "no number"},
		{"SELECT colour FROM item", nil, "Unknown identifier 'colour'. Available identifiers are: {item=item}."},
		{"SELECT id FROM invoice", nil, "Record 'invoice' was not found."},
		{many, slices.Repeat([]string{"1"}, 1001), "more than 1000"},
	} {
		t.Run(tc.query, func(t *testing.T) {
			t.Parallel()
			got := a.page(t, "", tc.query, tc.params...)
			if code, _ := got.problem(t); got.status != 400 || code != "INVALID_PARAMETER" || !strings.Contains(strings.ReplaceAll(string(got.body), `\"`, `"`), tc.detail) {
				t.Errorf("got %s, want %s", got, tc.detail)
			}
		})
	}
}

func TestAQueryComesInTheRightEnvelope(t *testing.T) {
	t.Parallel()
	a := start(t)
	const good = `{"q":"SELECT id FROM item"}`
	for _, tc := range []struct {
		name, body, header string
		status             int
		code               string
	}{
		{"without the header that makes it transient", good, "Prefer:", 400, "INVALID_HEADER"},
		{"with another preference", good, "Prefer: respond-async", 400, "INVALID_HEADER"},
		{"as text", good, "Content-Type: text/plain", 415, "INVALID_HEADER"},
		{"as no JSON", "SELECT id FROM item", "", 400, "INVALID_CONTENT"},
		{"with a number as parameter", `{"q":"SELECT id FROM item WHERE id > ?","params":[1]}`, "", 400, "INVALID_CONTENT"},
		{"with a member too many", `{"q":"SELECT id FROM item","limit":1}`, "", 400, "INVALID_CONTENT"},
		{"with something behind", good + good, "", 400, "INVALID_CONTENT"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := a.do(t, "POST", pathSuiteQL, tc.body, "Prefer: transient", tc.header)
			if code, _ := got.problem(t); got.status != tc.status || code != tc.code {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestRowsComeInNoOrderUnlessAUniqueKeyGivesOne(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, tc := range []struct {
		query  string
		steady bool
	}{
		{"SELECT id FROM customer", false},
		{"SELECT id FROM customer ORDER BY terms", false},
		{"SELECT id FROM customer ORDER BY id", true},
		{"SELECT id FROM customer ORDER BY terms, id", true},
		{"SELECT id, terms FROM customer ORDER BY id, terms", true},
		{"SELECT item, location FROM aggregateitemlocation ORDER BY item", false},
		{"SELECT item, location FROM aggregateitemlocation ORDER BY item, location", true},
		{"SELECT location, item FROM aggregateitemlocation ORDER BY location, item", true},
		{"SELECT pricelevel, SUM(id) AS n FROM customer GROUP BY pricelevel ORDER BY pricelevel", true},
		{"SELECT terms, SUM(id) AS n FROM customer GROUP BY terms ORDER BY terms", true},
	} {
		t.Run(tc.query, func(t *testing.T) {
			t.Parallel()
			first, second := a.query(t, tc.query), a.query(t, tc.query)
			if same := cmp.Equal(first, second); same != tc.steady {
				t.Errorf("two pages are the same: %t, want %t", same, tc.steady)
			}
			byText := func(a, b map[string]string) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
			slices.SortFunc(first, byText)
			slices.SortFunc(second, byText)
			if diff := cmp.Diff(first, second); diff != "" {
				t.Errorf("not the same rows:\n%s", diff)
			}
		})
	}
}

func TestNullsComeLastAndMeetNoCondition(t *testing.T) {
	t.Parallel()
	a := start(t)
	rows := a.query(t, "SELECT id, pricelevel FROM customer ORDER BY pricelevel, id")
	for i := 1; i < len(rows); i++ {
		if rows[i-1]["pricelevel"] == "" && rows[i]["pricelevel"] != "" {
			t.Fatalf("row %d: a level after a customer without one", i)
		}
	}
	if rows[0]["pricelevel"] != "2" || rows[len(rows)-1]["pricelevel"] != "" {
		t.Errorf("from %v to %v", rows[0], rows[len(rows)-1])
	}
	if rows := a.query(t, "SELECT id FROM customer WHERE pricelevel > ?", "-100"); len(rows) != 37 {
		t.Errorf("%d customers have a level, want 37", len(rows))
	}
}

func TestKeysetPagesReadTheWholeMatrix(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *Config) { c.ExtraItems = 100 })
	var ids []string
	for last := "0"; ; {
		rows := a.query(t, pricesQuery, last)
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			ids = append(ids, r["internalid"])
		}
		last = rows[len(rows)-1]["internalid"]
	}
	n, err := strconv.Atoi(a.query(t, "SELECT COUNT(*) AS n FROM pricing")[0]["n"])
	if err != nil || n != 1332+20*100 || len(ids) != n {
		t.Errorf("%d rows read, count %d (%v), want %d", len(ids), n, err, 1332+20*100)
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			t.Fatalf("row %s came twice", id)
		}
		seen[id] = true
	}
}

func TestTheIndexGivesWhatAScanGives(t *testing.T) {
	t.Parallel()
	a := start(t)
	indexed := a.query(t, "SELECT item, pricelevel, currency, quantity, unitprice FROM pricing WHERE item IN (?, ?, ?, ?) AND pricelevel = ? ORDER BY item, pricelevel, currency, quantity", "1080", "1001", "1001", "9", "2")
	var scanned []map[string]string
	for _, r := range a.query(t, "SELECT item, pricelevel, currency, quantity, unitprice FROM pricing WHERE pricelevel = ? ORDER BY item, pricelevel, currency, quantity", "2") {
		if r["item"] == "1080" || r["item"] == "1001" {
			scanned = append(scanned, r)
		}
	}
	if diff := cmp.Diff(scanned, indexed); diff != "" || len(indexed) != 12 {
		t.Errorf("%d rows (-scan +index):\n%s", len(indexed), diff)
	}
	if rows := a.query(t, "SELECT internalid FROM pricing WHERE item > ?", "1079"); len(rows) != 24 {
		t.Errorf("%d rows above an item, want 24", len(rows))
	}
}

func TestServerTimeIsTheSimulatorsClock(t *testing.T) {
	t.Parallel()
	a := start(t)
	if got := a.do(t, "GET", pathServerTime, ""); string(got.body) != `{"serverTime":"2026-11-25T09:00:00.000Z"}` {
		t.Errorf("got %s", got)
	}
	if got := a.do(t, "GET", pathServerTime+"?zone=utc", ""); got.status != http.StatusBadRequest {
		t.Errorf("got %s", got)
	}
}
