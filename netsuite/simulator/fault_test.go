package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
)

func TestFaultsFollowTheirScript(t *testing.T) {
	t.Parallel()
	a := start(t)
	fail := Refuse(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: x")
	a.Inject(
		Fault{Route: RouteServerTime, After: 1, Times: 2, Effect: fail},
		Fault{Route: RouteServerTime, After: 2, Times: 2, Effect: Refuse(503, "X", "x")},
		Fault{Route: RouteCustomer, Effect: fail},
		Fault{Route: RouteSuiteQL, Table: "pricing", Times: 1, Effect: fail},
	)
	serverTime := func() int { return a.do(t, "GET", pathServerTime, "").status }
	if got := fmt.Sprintln(serverTime(), serverTime(), serverTime(), serverTime(), serverTime()); got != "200 500 500 503 200\n" {
		t.Errorf("one well, two of the first fault, one left of the second, then well: got %s", got)
	}
	customer := func() int { return a.do(t, "GET", pathCustomer+"/4001", "").status }
	if got := fmt.Sprintln(customer(), customer(), customer()); got != "500 500 500\n" {
		t.Errorf("a fault without a number of times is for ever: got %s", got)
	}
	table := func(name string) int { return a.page(t, "", "SELECT COUNT(*) AS n FROM "+name).status }
	if got := fmt.Sprintln(table("item"), table("pricing"), table("pricing")); got != "200 500 200\n" {
		t.Errorf("a fault of one table: got %s", got)
	}
	if got := a.do(t, "POST", pathSuiteQL, "{", "Prefer: transient").status; got != 400 {
		t.Errorf("a query that cannot be read has no table: got %d", got)
	}
	a.ClearFaults()
	if got := customer(); got != 200 {
		t.Errorf("after ClearFaults: %d", got)
	}
}

func TestFaultAnswers(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, tc := range []struct {
		name   string
		effect Effect
		status int
		header string
		body   string // the beginning
	}{
		{"a maintenance page", Maintenance(), 200, "Content-Type: text/html; charset=utf-8", "<!DOCTYPE html>"},
		{"a gateway's page", Answer(502, "text/html", "<html>Bad Gateway"), 502, "Content-Type: text/html", "<html>Bad Gateway"},
		{"a refusal", Refuse(400, "USER_ERROR", "No."), 400, "Content-Type: " + mediaError, `{"type":"https://www.rfc-editor.org/`},
		{"a login refused in the middle", Unauthorized(), 401, `WWW-Authenticate: Bearer realm="1234567_SB1", error="invalid_token", error_description="Invalid login attempt."`, `{"type":`},
		{"429", TooManyRequests(""), 429, "Retry-After:", `{"type":`},
		{"429 with a time", TooManyRequests("7"), 429, "Retry-After: 7", `{"type":`},
		{"429 as Oracle prints it", TooManyRequestsInvalid(), 429, "Content-Type: " + mediaError, `{"type":`},
		{"half of the answer", Truncate(), 200, "Content-Type: " + mediaSingular, `{"serverTime":"20`},
		{"another answer", Rewrite(func(b []byte) []byte { return []byte(strings.ToUpper(string(b))) }), 200, "Content-Type: " + mediaSingular, `{"SERVERTIME"`},
		{"no page to edit", HasMore(true), 500, "Content-Type: " + mediaError, `{"type":`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a.Inject(Fault{Times: 1, Effect: tc.effect})
			got := a.do(t, "GET", pathServerTime, "")
			name, value, _ := strings.Cut(tc.header, ":")
			if got.status != tc.status || got.header.Get(name) != strings.TrimSpace(value) || !strings.HasPrefix(string(got.body), tc.body) {
				t.Errorf("got %d %v %s", got.status, got.header, got)
			}
			if valid := json.Valid(got.body); tc.name == "429 as Oracle prints it" && valid {
				t.Error("the body is valid JSON")
			}
		})
	}
}

// attempt sends a request that may fail.
func (a *account) attempt(ctx context.Context, t *testing.T, method, path, body string, headers ...string) (reply, error) {
	t.Helper()
	return roundTrip(a.request(t, method, path, body, headers...).WithContext(ctx))
}

func TestAnswersThatDoNotCome(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		effect Effect
		stored bool
		hangs  bool
	}{
		{"reset", Reset(), false, false},
		{"hang", Hang(), false, true},
		{"too late", Delay(time.Hour), false, true},
		{"committed, then reset", CommitThen(Reset()), true, false},
		{"committed, then silence", CommitThen(Hang()), true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			a.Inject(Fault{Route: RouteEstimateWrite, Times: 1, Effect: tc.effect})
			ctx := t.Context()
			if tc.hangs {
				ctx = briefly(t)
			}
			got, err := a.attempt(ctx, t, "PUT", eid1001+replaceAll, body(forty))
			if err == nil || errors.Is(err, context.DeadlineExceeded) != tc.hangs {
				t.Errorf("got %s, %v", got, err)
			}
			if _, stored := a.Estimate("RQ-Q-1001"); stored != tc.stored {
				t.Errorf("stored: %t, want %t", stored, tc.stored)
			}
			wantStatus(t, a.put(t, body(forty)), 204)
			if n := a.EstimateCount(); n != 1 {
				t.Errorf("%d estimates after the second write", n)
			}
		})
	}
}

func TestDelayedAnswersAreGood(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *Config) { c.Latency = 10 * time.Millisecond })
	a.Inject(Fault{Effect: Delay(10 * time.Millisecond)})
	began := time.Now()
	wantStatus(t, a.put(t, body(forty)), 204)
	wantStatus(t, a.do(t, "GET", eid1001, ""), 200)
	if took := time.Since(began); took < 40*time.Millisecond {
		t.Errorf("two answers with twice 10 ms each took %s", took)
	}
}

func TestPauseEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "GET", "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if !pause(r, 900*time.Millisecond) || time.Since(began) != 900*time.Millisecond {
			t.Errorf("paused for %s", time.Since(began))
		}
		if pause(r, time.Hour) || time.Since(began) != time.Second {
			t.Errorf("the request ended after %s", time.Since(began))
		}
	})
}

func TestWritesThatAreNotWhatTheySeem(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.Inject(Fault{Route: RouteEstimateWrite, Times: 1, Effect: PretendStored()})
	got := a.put(t, body(forty))
	if got.status != 204 || got.header.Get("Location") == "" || a.EstimateCount() != 0 {
		t.Errorf("pretended: %d %v, %d estimates", got.status, got.header, a.EstimateCount())
	}

	dearer := StoreChanged(func(e *Estimate) { e.Lines[0].Rate = decimal.MustParse("361.91") })
	a.Inject(Fault{Route: RouteEstimateWrite, Times: 1, Effect: dearer})
	wantStatus(t, a.put(t, body(forty)), 204)
	if e := a.stored(t); e.Total.String() != "14476.40" || !e.LastModified.Equal(a.clock.Now()) {
		t.Errorf("changed: total %s at %s", e.Total, e.LastModified)
	}

	a.Inject(Fault{Route: RouteEstimateWrite, Times: 1, Effect: dearer})
	wantStatus(t, a.put(t, body("")), 400)

	a.Inject(Fault{Route: RouteEstimateWrite, Times: 1, Effect: StoreChanged(func(e *Estimate) {
		e.Lines[0].Rate, e.Lines[0].Quantity = decimal.MustParse("9999999999"), decimal.MustParse("9999999999")
	})})
	wantStatus(t, a.put(t, body(forty)), 500)

	a.Inject(Fault{Route: RouteEstimateWrite, Times: 1, Effect: CommitThen(Refuse(500, "UNEXPECTED_ERROR", "x"))})
	wantStatus(t, a.put(t, body(forty, `"memo":"committed"`)), 500)
	if e := a.stored(t); e.Memo != "committed" {
		t.Errorf("memo = %q", e.Memo)
	}

	a.Inject(Fault{Route: RouteEstimateWrite, Times: 1, Effect: StoreChanged(func(*Estimate) {})})
	wantStatus(t, a.do(t, "DELETE", eid1001, ""), 204)
	if err := a.changeStored("7001", func(*Estimate) {}); err == nil {
		t.Error("an estimate that is not there was changed")
	}
}

func TestPagesThatLie(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, tc := range []struct {
		name   string
		effect Effect
		ids    string
		count  string
		more   bool
		total  string
	}{
		{"hasMore on the last page", HasMore(true), "4058 4059 4060", "3", true, "3"},
		{"a row twice", DuplicateRow(), "4058 4059 4060 4058", "4", false, "3"},
		{"a row less, and nobody says so", MissingRow(), "4059 4060", "2", false, "2"},
		{"fewer rows than counted", ShortPage(2), "4058 4059", "3", false, "3"},
		{"more rows asked for than there are", ShortPage(9), "4058 4059 4060", "3", false, "3"},
		{"any edit", EditPage(func(p *Page) { p.Rows[1]["id"] = "4058" }), "4058 4058 4060", "3", false, "3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a.Inject(Fault{Route: RouteSuiteQL, Times: 1, Effect: tc.effect})
			got := a.page(t, "", "SELECT id FROM customer WHERE id > ? ORDER BY id", "4057")
			var ids []string
			for _, r := range rowsOf(t, got) {
				ids = append(ids, r["id"])
			}
			page := got.json(t)
			want := []any{tc.ids, json.Number(tc.count), tc.more, json.Number(tc.total)}
			if diff := cmp.Diff(want, []any{strings.Join(ids, " "), page["count"], page["hasMore"], page["totalResults"]}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	t.Run("an empty page has no row to repeat or to lose", func(t *testing.T) {
		a.Inject(Fault{Times: 1, Effect: DuplicateRow()}, Fault{Times: 1, Effect: MissingRow()})
		for range 2 {
			if rows := a.query(t, "SELECT id FROM customer WHERE id > ? ORDER BY id", "9999"); len(rows) != 0 {
				t.Errorf("rows %v", rows)
			}
		}
	})
	t.Run("an error stays an error", func(t *testing.T) {
		a.Inject(Fault{Times: 1, Effect: DuplicateRow()})
		wantStatus(t, a.page(t, "", "SELECT"), 400)
	})
	t.Run("prices as people write them", func(t *testing.T) {
		a.Inject(Fault{Route: RouteSuiteQL, Table: "pricing", Effect: ThousandsSeparator("unitprice")})
		defer a.ClearFaults()
		for item, want := range map[string]string{"1003": "385.00", "1009": "3,250.00", "1036": "345.00", "1007": "1,045.00"} {
			rows := a.query(t, "SELECT unitprice FROM pricing WHERE item = ? AND pricelevel = ? AND quantity = ?", item, "1", "0")
			if len(rows) != 1 || rows[0]["unitprice"] != want {
				t.Errorf("item %s: %v, want %s", item, rows, want)
			}
		}
		if rows := a.query(t, "SELECT item FROM pricing WHERE internalid = ?", "1"); rows[0]["item"] != "1001" {
			t.Errorf("another column was changed: %v", rows)
		}
	})
	t.Run("millions, and decimals that were there", func(t *testing.T) {
		for number, want := range map[string]string{"1250000": "1,250,000.00", "12.125": "12.125", "999.5": "999.50"} {
			if got := separated(number); got != want {
				t.Errorf("%s is %s, want %s", number, got, want)
			}
		}
	})
}

func TestPagesThatCannotBeEdited(t *testing.T) {
	t.Parallel()
	for _, body := range []string{``, `{"items":1}`} {
		if got, err := editPage([]byte(body), func(*Page) {}); err == nil {
			t.Errorf("%s became %s", body, got)
		}
	}
}
