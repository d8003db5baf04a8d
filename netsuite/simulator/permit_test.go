package simulator

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"
)

const someRecord = `{"entity":{"id":"4001"},"currency":{"id":"1"},"entityStatus":{"id":"10"},"expectedCloseDate":"2026-12-25","item":{"items":[{"item":{"id":"1003"},"quantity":2,"price":{"id":"-1"},"rate":100}]}}`

// What a role may not do is refused as NetSuite refuses it: a read names the permission, a
// write does not.
func TestARoleWithoutAPermissionIsRefused(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, tc := range []struct{ record, method, path, body, code string }{
		{"customer", "GET", pathCustomer + "/4001", "", "INSUFFICIENT_PERMISSION"},
		{"customer", "PUT", pathCustomer + "/eid:RQ-C-1", `{}`, "USER_ERROR"},
		{"estimate", "GET", pathEstimate + "/eid:RQ-1", "", "INSUFFICIENT_PERMISSION"},
		{"estimate", "PUT", pathEstimate + "/eid:RQ-1", someRecord, "USER_ERROR"},
		{"salesOrder", "POST", pathEstimate + "/7001/!transform/salesOrder", `{}`, "USER_ERROR"},
		{"customerStatus", "GET", pathStatus + "/10", "", "INSUFFICIENT_PERMISSION"},
	} {
		a.ForbidRecord(tc.record, true)
		if got := a.do(t, tc.method, tc.path, tc.body); !strings.Contains(string(got.body), tc.code) || !strings.Contains(string(got.body), "permission") {
			t.Errorf("%s %s: %v, want %s", tc.method, tc.path, got, tc.code)
		}
		a.ForbidRecord(tc.record, false)
	}
}

// A script of the account changes what is stored, whatever was sent.
func TestAScriptOfTheAccountHasTheLastWord(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.Script(func(e *Estimate) { e.Lines[0].Rate = decimal.MustParse("111") })
	if got := a.do(t, "PUT", pathEstimate+"/eid:RQ-1", someRecord); got.status != http.StatusNoContent {
		t.Fatalf("%v", got)
	}
	if e, _ := a.Estimate("RQ-1"); e.Total.String() != "222.00" || e.Lines[0].Amount.String() != "222.00" {
		t.Errorf("stored: %+v", e)
	}
}

// A processed estimate takes no other lines.
func TestAProcessedEstimateIsNotEdited(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.do(t, "PUT", pathEstimate+"/eid:RQ-1", someRecord)
	e, _ := a.Estimate("RQ-1")
	if got := a.do(t, "POST", pathEstimate+"/"+strconv.FormatInt(e.ID, 10)+"/!transform/salesOrder", `{"externalId":"RQ-SO-1"}`); got.status != http.StatusNoContent {
		t.Fatalf("%v", got)
	}
	for _, got := range []reply{
		a.do(t, "PUT", pathEstimate+"/eid:RQ-1?replace=item", someRecord),
		a.do(t, "POST", pathEstimate+"/"+strconv.FormatInt(e.ID, 10)+"/!transform/salesOrder", `{"externalId":"RQ-SO-2"}`),
	} {
		if got.status != http.StatusBadRequest || !strings.Contains(string(got.body), "already been processed") {
			t.Errorf("%v", got)
		}
	}
	if got := a.do(t, "GET", pathSalesOrder+"/eid:RQ-SO-1?expandSubResources=true", ""); got.status != http.StatusOK || !strings.Contains(string(got.body), `"total":200,`) {
		t.Errorf("the order: %v", got)
	}
}

// Five refused sign-ins lock the account for half an hour, with the right key too.
func TestFiveRefusedSignInsLockTheAccount(t *testing.T) {
	t.Parallel()
	now := time.Now()
	d := &doorkeeper{now: func() time.Time { return now }, tokens: map[string]time.Time{}}
	for range refusalsToLock - 1 {
		d.refused()
	}
	if d.locked() {
		t.Error("four are enough")
	}
	d.issue() // a sign-in that is right counts from the start
	for range refusalsToLock {
		d.refused()
	}
	if !d.locked() {
		t.Error("five are not enough")
	}
	if now = now.Add(lockLasts + time.Second); d.locked() {
		t.Error("it never ends")
	}
}
