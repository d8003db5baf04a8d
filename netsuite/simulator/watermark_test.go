package simulator

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// inUTC is a time as text in UTC, as queries must ask for it.
func inUTC(column string) string {
	return "TO_CHAR(SYS_EXTRACT_UTC(" + column + `),'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
}

// The queries of a sync that reads what has changed.
var (
	changedItems     = "SELECT id, itemid FROM item WHERE itemtype IN (?, ?, ?, ?, ?) AND " + inUTC("lastmodifieddate") + " >= ? AND id > ? ORDER BY id"
	changedCustomers = "SELECT id, companyname, credithold, isinactive FROM customer WHERE " + inUTC("lastmodifieddate") + " >= ? AND id > ? ORDER BY id"
	movedStock       = "SELECT item FROM aggregateitemlocation WHERE " + inUTC("lastquantityavailablechange") + " >= ? AND item > ? GROUP BY item ORDER BY item"
	deletedRecords   = "SELECT recordid, type, " + inUTC("deleteddate") + " AS deleted FROM deletedrecord WHERE " + inUTC("deleteddate") + " >= ? AND recordid > ? ORDER BY recordid"
)

const watermark = "2026-11-25T09:00:00Z" // the test clock's start

func sold(since, after string) []string {
	return []string{"InvtPart", "NonInvtPart", "Service", "OthCharge", "Kit", since, after}
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAWatermarkGivesWhatHasChangedSince(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.clock.advance(30 * time.Minute)
	must(t,
		a.SetCost("BAT-C", "62"), a.DeactivateItem("BAT-D"), a.SetPrice("BAT-A", "Base", 1, "47"),
		a.RenameCustomer(4012, "Crestview Hotels LLC"), a.CreditHold(4014, true), a.DeactivateCustomer(4015), a.CreditHold(4004, false),
	)
	for _, tc := range []struct {
		name, query string
		params      []string
		want        string
	}{
		{"items that were edited, and not the one with a new price", changedItems, sold(watermark, "0"), "[map[id:1051 itemid:BAT-C] map[id:1053 itemid:BAT-D]]"},
		{"the moment of a change itself is since", changedItems, sold("2026-11-25T09:30:00Z", "0"), "[map[id:1051 itemid:BAT-C] map[id:1053 itemid:BAT-D]]"},
		{"a second later is not", changedItems, sold("2026-11-25T09:30:01Z", "0"), "[]"},
		{"a page after a key", changedItems, sold(watermark, "1051"), "[map[id:1053 itemid:BAT-D]]"},
		{"customers", changedCustomers, []string{watermark, "0"}, "[map[companyname:Acme Concrete credithold:F id:4004 isinactive:F] " +
			"map[companyname:Crestview Hotels LLC credithold:F id:4012 isinactive:F] map[companyname:Delta Plains Co-op credithold:T id:4014 isinactive:F] " +
			"map[companyname:Drift Creek Farms credithold:F id:4015 isinactive:T]]"},
		{"the conditions in another order", "SELECT id FROM customer WHERE id > ? AND " + inUTC("lastmodifieddate") + " >= ? ORDER BY id", []string{"4012", watermark}, "[map[id:4014] map[id:4015]]"},
		{"their number", "SELECT COUNT(*) AS n FROM customer WHERE " + inUTC("lastmodifieddate") + " >= ? AND id > ?", []string{watermark, "0"}, "[map[n:4]]"},
		{"all of them before", "SELECT COUNT(*) AS n FROM customer WHERE " + inUTC("lastmodifieddate") + " >= ? AND id > ?", []string{"2026-10-01T08:00:00Z", "0"}, "[map[n:60]]"},
		{"one moment", "SELECT COUNT(*) AS n FROM customer WHERE " + inUTC("lastmodifieddate") + " = ?", []string{"2026-10-01T08:00:00Z"}, "[map[n:56]]"},
		{"after a moment", "SELECT COUNT(*) AS n FROM customer WHERE " + inUTC("lastmodifieddate") + " > ?", []string{"2026-10-01T08:00:00Z"}, "[map[n:4]]"},
		{"an id and above", "SELECT id FROM customer WHERE id >= ? ORDER BY id", []string{"4060"}, "[map[id:4060]]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := fmt.Sprint(a.query(t, tc.query, tc.params...)); got != tc.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestItemsThatAreNotForSaleAreItemsToo(t *testing.T) {
	t.Parallel()
	a := start(t)
	var got []string
	ids := map[string]string{} // by kind
	for _, r := range a.query(t, "SELECT id, itemid, itemtype, subtype, overallquantitypricingtype, pricinggroup FROM item WHERE itemtype IN (?, ?, ?, ?, ?, ?) ORDER BY id",
		"Discount", "Subtotal", "Description", "Markup", "Payment", "Group") {
		got = append(got, r["itemtype"]+" "+r["itemid"]+r["subtype"]+r["overallquantitypricingtype"]+r["pricinggroup"])
		ids[r["itemtype"]] = r["id"]
	}
	if diff := cmp.Diff([]string{"Discount DISCOUNT", "Subtotal SUBTOTAL", "Description NOTE", "Markup MARKUP", "Payment DEPOSIT", "Group PKG-SITE1"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if n := a.query(t, "SELECT COUNT(*) AS n FROM item WHERE itemtype IN (?, ?, ?, ?, ?)", sold("", "")[:5]...)[0]["n"]; n != "80" {
		t.Errorf("%s items are for sale", n)
	}
	for kind, id := range ids {
		if got := a.put(t, body(fmt.Sprintf(`{"item":{"id":"%s"},"quantity":1,"price":{"id":"-1"},"rate":1}`, id))); got.status != 400 || !strings.Contains(string(got.body), "following field: item") {
			t.Errorf("a %s was sold: %s", kind, got)
		}
	}
	discounted := body(forty, `"discountItem":{"id":"`+ids["Discount"]+`"}`, `"discountRate":-50`)
	wantStatus(t, a.put(t, discounted), 204)
	if e := a.stored(t); e.DiscountTotal.String() != "-50.00" {
		t.Errorf("a discount of %s", e.DiscountTotal)
	}
	wantStatus(t, a.put(t, strings.Replace(discounted, `"`+ids["Discount"], `"`+ids["Subtotal"], 1)), 400)
}

func TestItemsTellHowTheirQuantityIsPriced(t *testing.T) {
	t.Parallel()
	a := start(t)
	must(t, a.SetMarginalRates("BAT-A", true), a.SetQuantityMode("BAT-A", ByOverallParentQuantity), a.SetParent("BAT-A", "BAT-B"))
	const query = "SELECT subtype, usemarginalrates, overallquantitypricingtype, quantitypricingschedule, parent FROM item WHERE itemid = ?"
	for sku, want := range map[string]string{
		"BAT-A":     "map[overallquantitypricingtype:BY_OVERALL_PARENT_QUANTITY parent:1050 quantitypricingschedule:2 usemarginalrates:T]",
		"BAT-B":     "map[overallquantitypricingtype:BY_LINE_QUANTITY quantitypricingschedule:2 usemarginalrates:F]",
		"SVC-LAB":   "map[overallquantitypricingtype:BY_LINE_QUANTITY subtype:Sale usemarginalrates:F]",
		"VIS-SUB-M": "map[overallquantitypricingtype:BY_LINE_QUANTITY quantitypricingschedule:5 subtype:Resale usemarginalrates:F]",
		"FCC-APP":   "map[overallquantitypricingtype:BY_LINE_QUANTITY subtype:Sale usemarginalrates:F]",
	} {
		if got := fmt.Sprint(a.query(t, query, sku)[0]); got != want {
			t.Errorf("%s: %s", sku, got)
		}
	}
}

func TestOnlyWhatIsAvailableMovesTheDateOfStock(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.clock.advance(30 * time.Minute)
	must(t, a.SetStock("RDG-P10U", 1, 80, 160), a.SetStock("RDG-P10V", 1, 12, 50), a.SetStock("VIS-SUB-M", 3, 5, 0), a.SetStock("SUM-P20U", 2, 4, 0))
	if got := fmt.Sprint(a.query(t, movedStock, watermark, "0")); got != "[map[item:1001] map[item:1003] map[item:1013]]" {
		t.Errorf("moved: %s", got)
	}
	if got := fmt.Sprint(a.query(t, movedStock, watermark, "1001")); got != "[map[item:1003] map[item:1013]]" {
		t.Errorf("moved after a key: %s", got)
	}
	sums := "SELECT item, SUM(quantityavailable) AS available, SUM(quantityonorder) AS onorder FROM aggregateitemlocation WHERE item IN (?,?,?) GROUP BY item ORDER BY item"
	if got := fmt.Sprint(a.query(t, sums, "1001", "1002", "1013")); got !=
		"[map[available:89 item:1001 onorder:160] map[available:16 item:1002 onorder:50] map[available:5 item:1013 onorder:0]]" {
		t.Errorf("over all locations: %s", got)
	}
	if got := fmt.Sprint(a.query(t, changedItems, sold(watermark, "0")...)); got != "[]" {
		t.Errorf("stock moved the items %s", got)
	}
	if err := a.SetStock("NONE", 1, 1, 1); err == nil {
		t.Error("stock of no item was set")
	}
}

func TestWhatIsDeletedLeavesATrace(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.clock.advance(30 * time.Minute)
	must(t,
		a.DeleteCustomer(4003), a.DeleteItem("SUM-P20U"), a.DeleteItem("SVC-LAB"), a.DeleteItem("VIS-SUB-M"),
		a.DeleteItem("FCC-APP"), a.DeleteItem("SUM-CS45U"),
	)
	var got []string
	for _, r := range a.query(t, deletedRecords, watermark, "0") {
		got = append(got, r["recordid"]+" "+r["type"]+" "+r["deleted"])
	}
	const at = " 2026-11-25T09:30:00Z"
	if diff := cmp.Diff([]string{
		"1003 inventoryitem" + at, "1013 noninventoryitem" + at, "1019 kititem" + at, "1068 serviceitem" + at, "1071 otherchargeitem" + at, "4003 customer" + at,
	}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := a.query(t, deletedRecords, watermark, "1068"); len(got) != 2 {
		t.Errorf("%d after a key", len(got))
	}
	if got := a.query(t, deletedRecords, "2026-11-25T09:30:01Z", "0"); len(got) != 0 {
		t.Errorf("%v were deleted later", got)
	}
	for query, params := range map[string][]string{
		"SELECT id FROM item WHERE id = ?":                                               {"1003"},
		"SELECT internalid FROM pricing WHERE item = ?":                                  {"1003"},
		"SELECT location FROM aggregateitemlocation WHERE item = ?":                      {"1003"},
		"SELECT item FROM customeritempricing WHERE item = ?":                            {"1003"},
		"SELECT id FROM customer WHERE id = ?":                                           {"4003"},
		"SELECT item FROM customeritempricing WHERE customer = ?":                        {"4003"},
		"SELECT pricinggroup FROM customergrouppricing WHERE customer = ? AND level = ?": {"4003", "4"},
	} {
		if rows := a.query(t, query, params...); len(rows) != 0 {
			t.Errorf("%s: %v is still there", query, rows)
		}
	}
	wantStatus(t, a.put(t, body(forty)), 400) // 40 of the item that is gone
}

func TestNobodyIsEditedWhoIsNotThere(t *testing.T) {
	t.Parallel()
	a := start(t)
	for name, err := range map[string]error{
		"a customer renamed":          a.RenameCustomer(9, "x"),
		"a customer without a name":   a.RenameCustomer(4001, ""),
		"a customer at no level":      a.EditCustomer(4001, func(c *Customer) { c.Level = "Gold" }),
		"a customer in no currency":   a.EditCustomer(4001, func(c *Customer) { c.Currency = "EUR" }),
		"a customer made inactive":    a.DeactivateCustomer(9),
		"a customer on hold":          a.CreditHold(9, true),
		"a customer deleted":          a.DeleteCustomer(9),
		"an item deleted":             a.DeleteItem("NONE"),
		"a subtotal deleted":          a.DeleteItem("SUBTOTAL"),
		"an item with marginal rates": a.SetMarginalRates("NONE", true),
		"an item in a mode":           a.SetQuantityMode("NONE", ByOverallItemQuantity),
		"a parent of no item":         a.SetParent("NONE", "BAT-A"),
		"a parent that is none":       a.SetParent("BAT-A", "NONE"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if got := fmt.Sprint(a.query(t, "SELECT companyname, pricelevel, currency, lastmodifieddate FROM customer WHERE id = ?", "4001")); got !=
		"[map[companyname:Acme Construction currency:1 lastmodifieddate:10/1/2026]]" {
		t.Errorf("what was refused was done: %s", got)
	}
	must(t, a.EditCustomer(4002, func(c *Customer) { c.ID, c.Level = 9, "" }))
	if got := a.query(t, "SELECT pricelevel FROM customer WHERE id = ?", "4002"); len(got) != 1 || got[0]["pricelevel"] != "" {
		t.Errorf("a customer that lost its level: %v", got)
	}
}

func TestWhatTheRoleMayNotSeeIsNotThere(t *testing.T) {
	t.Parallel()
	a := start(t)
	refused := func(query, want string) {
		t.Helper()
		got := a.page(t, "", query)
		if code, _ := got.problem(t); got.status != 400 || code != "INVALID_PARAMETER" || !strings.Contains(string(got.body), want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	a.HideTable("currency", true)
	refused("SELECT id FROM currency", "Record 'currency' was not found.")
	a.HideColumn("item", "averagecost", true)
	refused("SELECT id, averagecost FROM item", "Unknown identifier 'averagecost'. Available identifiers are: {item=item}.")
	a.query(t, "SELECT id, cost FROM item")
	a.HideTable("currency", false)
	a.HideColumn("item", "averagecost", false)
	a.query(t, "SELECT id FROM currency")
	a.query(t, "SELECT id, averagecost FROM item")

	a.SetDateFormat("02.01.2006")
	if got := fmt.Sprint(a.query(t, "SELECT lastmodifieddate, "+inUTC("lastmodifieddate")+" AS utc FROM item WHERE id = ?", "1001")); got !=
		"[map[lastmodifieddate:01.10.2026 utc:2026-10-01T08:00:00Z]]" {
		t.Errorf("dates: %s", got)
	}
}
