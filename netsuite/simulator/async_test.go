package simulator

import (
	"net/http"
	"strings"
	"testing"
)

// A write that prefers it is answered with a job, whose result is the write's answer; a key
// that was used before makes no second record.
func TestAnAsynchronousWriteIsAJob(t *testing.T) {
	t.Parallel()
	a := start(t)
	async := []string{"Prefer: respond-async", "X-NetSuite-Idempotency-Key: k-1"}
	put := func(headers ...string) reply {
		return a.do(t, "PUT", pathEstimate+"/eid:RQ-1", someRecord, headers...)
	}
	first := put(async...)
	at := first.header.Get("Location")
	if first.status != http.StatusAccepted || first.header.Get("Preference-Applied") != "respond-async" || !strings.Contains(at, pathJob+"/1") {
		t.Fatalf("%v, Location %q", first, at)
	}
	if got := a.do(t, "GET", pathJob+"/1", ""); got.status != http.StatusOK || !strings.Contains(string(got.body), "succeeded") {
		t.Errorf("the job: %v", got)
	}
	if got := a.do(t, "GET", pathJob+"/1/task/1/result", ""); got.status != http.StatusNoContent || !strings.Contains(got.header.Get("Location"), pathEstimate) {
		t.Errorf("its result: %v", got)
	}
	if again := put(async...); again.status != http.StatusBadRequest || !strings.Contains(string(again.body), "IDEMPOTENCY_ERROR") || !strings.Contains(string(again.body), "Conflict") || again.header.Get("Location") != at {
		t.Errorf("again: %v", again)
	}
	if got := put("X-NetSuite-Idempotency-Key: k-1"); got.status != http.StatusNoContent {
		t.Errorf("a synchronous request with the key: %v", got)
	}
	bad := a.do(t, "PUT", pathEstimate+"/eid:RQ-2", `{}`, "Prefer: respond-async")
	if got := a.do(t, "GET", pathJob+"/2", ""); bad.status != http.StatusAccepted || !strings.Contains(string(got.body), "failed") {
		t.Errorf("one that is refused: %v, %v", bad, got)
	}
	for _, path := range []string{pathJob + "/9", pathJob + "/x", pathJob + "/9/task/1/result"} {
		if got := a.do(t, "GET", path, ""); got.status != http.StatusNotFound {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestAFieldThatTheFormRequiresIsMissed(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.RequireField("otherRefNum")
	if got := a.do(t, "PUT", pathEstimate+"/eid:RQ-1", someRecord); got.status != http.StatusBadRequest || !strings.Contains(string(got.body), "Please enter value(s) for: otherRefNum") {
		t.Errorf("without: %v", got)
	}
	with := strings.Replace(someRecord, `{"entity"`, `{"otherRefNum":"PO-77","entity"`, 1)
	if got := a.do(t, "PUT", pathEstimate+"/eid:RQ-1", with); got.status != http.StatusNoContent {
		t.Errorf("with: %v", got)
	}
}
