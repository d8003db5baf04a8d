package netsuite

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"radioquote/quoting"
)

// The two kinds of call that differ in what may be repeated.
func readCall(ctx context.Context, c *Client) error {
	_, err := c.ServerTime(ctx)
	return err
}

func writeCall(ctx context.Context, c *Client) error { return c.WriteEstimate(ctx, someEstimate()) }

// knowCurrencies spares a client the lists of currencies and of statuses.
func knowCurrencies(c *Client) {
	c.statuses.Store(&map[string]int64{"Proposal": 10, "Closed Lost": 14})
	c.currencies.Store(&currencies{
		codes: map[int64]quoting.Currency{1: quoting.USD},
		ids:   map[quoting.Currency]int64{quoting.USD: 1},
	})
}

func problem(status int, code, detail string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.oracle.resource+json; type=error")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"title":"Bad","status":400,"o:errorDetails":[{"detail":"`+detail+`","o:errorCode":"`+code+`","o:errorPath":"item.items[0].item"}]}`)
	}
}

func page200(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "<html>We are performing scheduled maintenance.</html>")
}

func TestWhatAnAnswerMeans(t *testing.T) {
	t.Parallel()
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://system.netsuite.example/login", http.StatusFound)
	}
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	big := func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, 200, `{"serverTime":"`+strings.Repeat("x", answerLimit)+`"}`)
	}
	badGateway := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
	}
	invalid429 := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"status":429,"o:errorCode":"USER_ERROR" "o:errorDetails":[]}`)
	}
	const (
		once = 1
		all  = 1 + repeats
	)
	for _, tc := range []struct {
		name          string
		answer        http.HandlerFunc
		read          quoting.Fault
		readAttempts  int64
		write         quoting.Fault
		writeAttempts int64
	}{
		{"400 is NetSuite's no", problem(400, "USER_ERROR", "no"), quoting.Refused, once, quoting.Refused, once},
		{"403 is a permission to be given", problem(403, "INSUFFICIENT_PERMISSION", "no"), quoting.Refused, once, quoting.Refused, once},
		{"404 is NetSuite's no", problem(404, "NONEXISTENT_ID", "no"), quoting.Refused, once, quoting.Refused, once},
		{"408 came too late to know", problem(408, "", ""), quoting.Unavailable, all, quoting.OutcomeUnknown, once},
		{"429 was blocked before anything was done", problem(429, "CONCURRENCY_LIMIT_EXCEEDED", "no"), quoting.Unavailable, all, quoting.Unavailable, all},
		{"429 need not be valid JSON", invalid429, quoting.Unavailable, all, quoting.Unavailable, all},
		{"500 may come after the write", problem(500, "UNEXPECTED_ERROR", "no"), quoting.Unavailable, all, quoting.OutcomeUnknown, once},
		{"502 with a page", badGateway, quoting.Unavailable, all, quoting.OutcomeUnknown, once},
		{"503", problem(503, "", ""), quoting.Unavailable, all, quoting.OutcomeUnknown, once},
		{"a maintenance page with status 200", page200, quoting.Unavailable, all, quoting.OutcomeUnknown, once},
		{"a redirect to a login page is not followed", redirect, quoting.Unavailable, all, quoting.OutcomeUnknown, once},
		{"no answer in time", hang, quoting.Unavailable, once, quoting.OutcomeUnknown, once},
		{"an answer without end", big, quoting.Malformed, once, quoting.OutcomeUnknown, once},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, call := range []struct {
				name     string
				make     func(context.Context, *Client) error
				fault    quoting.Fault
				attempts int64
			}{{"read", readCall, tc.read, tc.readAttempts}, {"write", writeCall, tc.write, tc.writeAttempts}} {
				synctest.Test(t, func(t *testing.T) {
					var attempts atomic.Int64
					c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
						attempts.Add(1)
						tc.answer(w, r)
					})
					knowCurrencies(c)
					wantFault(t, call.make(t.Context(), c), call.fault)
					if got := attempts.Load(); got != call.attempts {
						t.Errorf("%s: %d attempts, want %d", call.name, got, call.attempts)
					}
				})
			}
		})
	}
}

func TestAFailureThatPassesIsNotSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		failures := 3
		c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
			if failures--; failures >= 0 {
				problem(503, "", "")(w, r)
				return
			}
			clock(w, r)
		})
		if err := readCall(t.Context(), c); err != nil {
			t.Error(err)
		}
	})
}

func TestNoAttemptComesBeforeRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var times []time.Time
		c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
			times = append(times, time.Now())
			if len(times) <= 2 {
				w.Header().Set("Retry-After", "4")
				problem(429, "CONCURRENCY_LIMIT_EXCEEDED", "blocked")(w, r)
				return
			}
			clock(w, r)
		})
		if err := readCall(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		for i := range times[1:] {
			if waited := times[i+1].Sub(times[i]); waited < 4*time.Second {
				t.Errorf("attempt %d after %s, before Retry-After", i+2, waited)
			}
		}
	})
}

func TestWaitsGrowAndDiffer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var times []time.Time
		c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
			times = append(times, time.Now())
			problem(429, "", "")(w, r)
		})
		for range 20 {
			times = nil
			wantFault(t, readCall(t.Context(), c), quoting.Unavailable)
			wait := firstWait
			for i := range times[1:] {
				if got := times[i+1].Sub(times[i]); got < wait/2 || got > wait {
					t.Errorf("wait %d = %s, want %s to %s", i+1, got, wait/2, wait)
				}
				wait *= 2
			}
		}
	})
}

func TestEachKindOfCallHasItsDeadline(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for _, tc := range []struct {
		name string
		call func(context.Context, *Client) error
		want time.Duration
	}{
		{"a price check has ten seconds", func(ctx context.Context, c *Client) error {
			_, err := c.Check(ctx, someBasket(4001), quoting.ByCreateForm)
			return err
		}, 10 * time.Second},
		{"a page of the sync has two minutes", func(ctx context.Context, c *Client) error {
			for _, err := range c.Levels(ctx) {
				return err
			}
			return nil
		}, 2 * time.Minute},
		{"a write has a minute", writeCall, time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := bubble(t, hang)
				knowCurrencies(c)
				began := time.Now()
				err := tc.call(t.Context(), c)
				if took := time.Since(began); took != tc.want {
					t.Errorf("took %s, want %s", took, tc.want)
				}
				if !errors.Is(err, errTooSlow) {
					t.Errorf("error = %v, want %v", err, errTooSlow)
				}
			})
		})
	}
}

func TestTheBreakerHoldsCallsBackUntilNetSuiteAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down, attempts := true, 0
		c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
			attempts++
			if down {
				problem(503, "", "")(w, r)
				return
			}
			clock(w, r)
		})
		gauge := func(want float64) {
			t.Helper()
			if got := testutil.ToFloat64(c.metrics.open); got != want {
				t.Errorf("breaker gauge = %v, want %v", got, want)
			}
		}
		wantFault(t, readCall(t.Context(), c), quoting.Unavailable)
		if c.Health().Open {
			t.Error("one unlucky call opens the breaker")
		}
		wantFault(t, readCall(t.Context(), c), quoting.Unavailable)
		if !c.Health().Open {
			t.Fatal("the breaker is closed after two calls with all their repeats")
		}
		gauge(1)

		before, began := attempts, time.Now()
		err := readCall(t.Context(), c)
		wantFault(t, err, quoting.Unavailable)
		if !errors.Is(err, circuitbreaker.ErrOpen) || attempts != before || time.Since(began) != 0 {
			t.Errorf("while open: %v after %s, %d attempts; want an error at once and none", err, time.Since(began), attempts-before)
		}
		knowCurrencies(c)
		wantFault(t, writeCall(t.Context(), c), quoting.Unavailable) // certainly not done

		wait(breakerDelay)
		wantFault(t, readCall(t.Context(), c), quoting.Unavailable)
		if attempts != before+1 || !c.Health().Open {
			t.Errorf("%d trials, open %t; want one, and open again", attempts-before, c.Health().Open)
		}

		down = false
		wait(breakerDelay)
		if err := readCall(t.Context(), c); err != nil || c.Health().Open {
			t.Errorf("NetSuite is back: error %v, open %t", err, c.Health().Open)
		}
		gauge(0)
	})
}

func TestWhoGivesUpDoesNotCountAgainstNetSuite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answer := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		c := bubble(t, func(w http.ResponseWriter, r *http.Request) { answer(w, r) })
		giveUp := func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			wantFault(t, readCall(ctx, c), quoting.Unavailable)
		}
		for range breakerFailures {
			giveUp()
		}
		if c.Health().Open {
			t.Fatal("calls that were given up open the breaker")
		}
		for range breakerFailures { // ten seconds each
			wantFault(t, readCall(t.Context(), c), quoting.Unavailable)
		}
		if !c.Health().Open {
			t.Fatal("calls without an answer leave the breaker closed")
		}
		wait(breakerDelay)
		giveUp() // the trial
		if !c.Health().Open {
			t.Error("a trial that was given up closes the breaker")
		}
	})
}

func TestABusyNetSuiteIsNotDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := bubble(t, problem(429, "CONCURRENCY_LIMIT_EXCEEDED", "blocked"))
		for range 3 {
			wantFault(t, readCall(t.Context(), c), quoting.Unavailable)
		}
		if c.Health().Open {
			t.Error("429 opens the breaker")
		}
	})
}

// rawServer answers every call but the sign-in with raw bytes, and closes the connection.
func rawServer(t *testing.T, raw string) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == tokenPath {
			giveToken(w, "a-token")
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, raw)
		_ = conn.Close()
	}))
	t.Cleanup(server.Close)
	return clientAt(t, server.URL)
}

func clientAt(t *testing.T, url string) *Client {
	t.Helper()
	c, err := New(testConfig(url), NewMetrics(prometheus.NewRegistry()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	knowCurrencies(c)
	return c
}

func TestABrokenConnectionLeavesAWriteUnknown(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, raw string }{
		{"closed before an answer", ""},
		{"closed within the headers", "HTTP/1.1 204 No"},
		{"closed within the body", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"},
		{"a header without end", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 100<<10) + "\r\n\r\n"},
		{"not HTTP", "220 smtp ready\r\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := wantFault(t, writeCall(t.Context(), rawServer(t, tc.raw)), quoting.OutcomeUnknown)
			if e.Call != "write-estimate" {
				t.Errorf("call = %q", e.Call)
			}
		})
	}
}

func TestAWriteThatNeverLeftWasNotDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(t, nil)
		knowCurrencies(c)
		c.signIn.bearer, c.signIn.until = "a-token", time.Now().Add(time.Hour)
		dials := 0
		refused := roundTripper(func(*http.Request) (*http.Response, error) {
			dials++
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		})
		c.http.Transport, c.breaker = newTransport(refused, 3, c.metrics)
		wantFault(t, writeCall(t.Context(), c), quoting.Unavailable)
		if dials != 1+repeats {
			t.Errorf("%d attempts, want %d: nothing was done yet", dials, 1+repeats)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// zeros is a body without end.
type zeros struct{ read int }

func (z *zeros) Read(p []byte) (int, error) { z.read += len(p); return len(p), nil }
func (z *zeros) Close() error               { return nil }

func TestABodyWithoutEndIsNotReadToIt(t *testing.T) {
	t.Parallel()
	body := &zeros{}
	if err := readWhole(&http.Response{Body: body}); !errors.Is(err, errTooLarge) || body.read > 2*answerLimit {
		t.Errorf("error = %v after %d bytes, want %v", err, body.read, errTooLarge)
	}
}

func TestAGzipBombIsNotUnpacked(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	for range 10 {
		_, _ = w.Write(make([]byte, 1<<20))
	}
	_ = w.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == tokenPath {
			giveToken(w, "a-token")
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(bomb.Bytes())
	}))
	t.Cleanup(server.Close)
	e := wantFault(t, readCall(t.Context(), clientAt(t, server.URL)), quoting.Malformed)
	if !errors.Is(e, errTooLarge) {
		t.Errorf("error = %v, want %v", e, errTooLarge)
	}
}

func TestWhatEveryRequestCarries(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "JSESSIONID", Value: "x"})
		if cookies := r.Header.Get("Cookie"); cookies != "" {
			t.Errorf("%s carries cookies", r.URL.Path)
		}
		if agent := r.Header.Get("User-Agent"); agent != "radioquote" {
			t.Errorf("User-Agent = %q", agent)
		}
		if r.URL.Path == tokenPath {
			giveToken(w, "a-token")
			return
		}
		if got := r.Header.Get("Authorization"); got != "Bearer a-token" {
			t.Errorf("Authorization = %q", got)
		}
		clock(w, r)
	}))
	t.Cleanup(server.Close)
	c := clientAt(t, server.URL)
	for range 2 {
		if err := readCall(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCallsNeverExceedTheLimitAndPeopleGoFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var now, most, pagesNow, pagesMost int
		count := func(n int, page bool) {
			mu.Lock()
			defer mu.Unlock()
			now += n
			most = max(most, now)
			if page {
				pagesNow += n
				pagesMost = max(pagesMost, pagesNow)
			}
		}
		c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
			page := strings.Contains(r.URL.Path, "suiteql")
			count(1, page)
			wait(time.Second)
			count(-1, page)
			if page {
				answerRows(w)
				return
			}
			clock(w, r)
		})
		const crowd = 12
		pagesDone := make(chan struct{}, crowd)
		for range crowd {
			go func() {
				for range c.Levels(t.Context()) { // fails at the count: enough load
					break
				}
				pagesDone <- struct{}{}
			}()
		}
		synctest.Wait() // two pages are under way, ten wait
		began := time.Now()
		people := make(chan time.Duration, crowd)
		for range crowd {
			go func() {
				if err := readCall(t.Context(), c); err != nil {
					t.Error(err)
				}
				people <- time.Since(began)
			}()
		}
		var last time.Duration
		for range crowd {
			last = max(last, <-people)
		}
		// One slot at first, then all three: 1 + 3 × 3 + 2 calls of a second.
		if last > 5*time.Second {
			t.Errorf("the last person waited %s for %d calls of a second, three at once", last, crowd)
		}
		for range crowd {
			<-pagesDone
		}
		if most > 3 || pagesMost > 2 {
			t.Errorf("%d calls and %d pages at once, want 3 and 2 at most", most, pagesMost)
		}
	})
}

func TestAnAnswerThatIsNotJSONIsMalformed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, contentType, body string }{
		{"text", "text/plain", `{"serverTime":"2026-11-25T09:12:00Z"}`},
		{"no type", "", `{"serverTime":"2026-11-25T09:12:00Z"}`},
		{"a type without end", "application/json/x;;", `{"serverTime":"2026-11-25T09:12:00Z"}`},
		{"half an answer", "application/json", `{"serverTime":"2026-`},
		{"an empty answer", "application/json", ``},
		{"null", "application/json", `null`},
		{"an array", "application/json", `[]`},
		{"an object without the time", "application/json", `{}`},
		{"a time of another kind", "application/json", `{"serverTime":"25/11/2026"}`},
		{"two answers", "application/json", `{"serverTime":"2026-11-25T09:12:00Z"}{}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := bubble(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{tc.contentType}
				_, _ = io.WriteString(w, tc.body)
			})
			wantFault(t, readCall(t.Context(), c), quoting.Malformed)
		})
	}
}

func TestMetricsCountCallsByOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answers := []http.HandlerFunc{clock, problem(400, "USER_ERROR", "no"), clock}
		c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
			answers[0](w, r)
			answers = answers[1:]
		})
		for range 3 {
			_, _ = c.ServerTime(t.Context()) // the outcome is in the metrics
		}
		for outcome, want := range map[string]float64{"done": 2, "refused": 1, "unavailable": 0} {
			if got := testutil.ToFloat64(c.metrics.calls.WithLabelValues("server-time", outcome)); got != want {
				t.Errorf("%s: %v calls, want %v", outcome, got, want)
			}
		}
		if got := testutil.ToFloat64(c.metrics.calls.WithLabelValues("token", "done")); got != 1 {
			t.Errorf("%v tokens, want 1", got)
		}
	})
}
