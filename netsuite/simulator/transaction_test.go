package simulator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
)

func TestATransactionIsListedWithItsTotal(t *testing.T) {
	t.Parallel()
	a := start(t)
	wantStatus(t, a.put(t, body(forty)), 204)
	e := a.stored(t)
	query := "SELECT id, type, tranid, externalid, entity, status, entitystatus, currency, foreigntotal, trandate, duedate, memo, " +
		inUTC("lastmodifieddate") + " AS modified FROM transaction WHERE externalid = ? AND type = ?"
	want := []map[string]string{{
		"id": fmt.Sprint(e.ID), "type": "Estimate", "tranid": e.TranID, "externalid": e.ExternalID, "entity": "4001", "status": "A",
		"entitystatus": "10", "currency": "1", "foreigntotal": digits(e.Total), "trandate": "11/25/2026", "modified": "2026-11-25T09:00:00Z",
	}}
	if diff := cmp.Diff(want, a.query(t, query, e.ExternalID, "Estimate")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if rows := a.query(t, query, e.ExternalID, "SalesOrd"); len(rows) != 0 {
		t.Errorf("an estimate is a sales order: %v", rows)
	}
	a.clock.advance(time.Minute)
	wantStatus(t, a.put(t, body(forty)), 204)
	if rows := a.query(t, "SELECT id FROM transaction WHERE "+inUTC("lastmodifieddate")+" >= ? AND id > ? ORDER BY id", "2026-11-25T09:01:00Z", "0"); len(rows) != 1 {
		t.Errorf("changed since: %v", rows)
	}
}

func TestLinesHaveTheSignOfTheLedger(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *Config) { c.TaxPercent = decimal.MustParse("7.25") })
	wantStatus(t, a.do(t, "PUT", pathEstimate+"/eid:RQ-Q-1", body(`{"item":{"id":"1050"},"quantity":1}`)), 204)
	wantStatus(t, a.put(t, body(forty+`,{"item":{"id":"1050"},"quantity":1.5,"description":"Spare"}`, `"discountItem":{"id":"-6"}`, `"discountRate":-50`)), 204)
	e := a.stored(t)
	var got []string
	rows := a.query(t, "SELECT uniquekey, id, mainline, taxline, transactiondiscount, item, price, memo, quantity, rate, foreignamount FROM transactionline WHERE transaction = ? ORDER BY uniquekey", fmt.Sprint(e.ID))
	for _, r := range rows {
		got = append(got, strings.Join([]string{r["id"], r["mainline"] + r["taxline"] + r["transactiondiscount"], r["item"], r["price"], r["memo"], r["quantity"], r["rate"], r["foreignamount"]}, " "))
	}
	first, second := e.Lines[0], e.Lines[1]
	want := []string{
		"0 TFF     " + " " + digits(e.Total),
		"1 FFF 1003 -1  -40 " + digits(first.Rate) + " -" + digits(first.Amount),
		"2 FFF 1050 1 Spare -1.5 " + digits(second.Rate) + " -" + digits(second.Amount),
		"3 FFT -6     50",
		"4 FTF      -" + digits(e.TaxTotal),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	keys := a.query(t, "SELECT uniquekey FROM transactionline WHERE uniquekey > ? ORDER BY uniquekey", "0")
	if len(keys) != 3+5 || len(slices.CompactFunc(keys, func(a, b map[string]string) bool { return a["uniquekey"] == b["uniquekey"] })) != 8 {
		t.Errorf("keys: %v", keys)
	}
}
