package entra

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"radioquote/bot/entra/standin"
)

// TestRetries says how often a call is made, and how long it takes, where the first two answers
// are a failure.
func TestRetries(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		fault    standin.Fault
		requests int
		atLeast  time.Duration
		want     error
	}{
		{"throttled for two seconds", standin.Fault{Status: 429, RetryAfter: 2 * time.Second}, 3, 4 * time.Second, nil},
		{"throttled without a time", standin.Fault{Status: 429}, 3, 375 * time.Millisecond, nil},
		{"throttled for longer than a call waits", standin.Fault{Status: 429, RetryAfter: 6 * time.Second}, 1, 0, ErrUnavailable},
		{"not there for a moment", standin.Fault{Status: 503, RetryAfter: time.Second}, 3, 2 * time.Second, nil},
		{"a gateway that waits", standin.Fault{Status: 504}, 3, 375 * time.Millisecond, nil},
		{"an error of Graph", standin.Fault{Status: 500}, 1, 0, ErrUnavailable},
		{"a bad request", standin.Fault{Status: 400}, 1, 0, ErrRefused},
		{"a cut connection", standin.Fault{}, 1, 0, ErrUnavailable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
				tc.fault.Path = "/mailboxSettings"
				s.Fail(2, tc.fault)
				start := time.Now()
				err := ask(t.Context(), s.graph(t))
				if !errors.Is(err, tc.want) {
					t.Errorf("error %v, want %v", err, tc.want)
				}
				if n := s.Count("/mailboxSettings"); n != tc.requests {
					t.Errorf("%d requests, want %d", n, tc.requests)
				}
				if took := time.Since(start); took < tc.atLeast || took > tc.atLeast+time.Second {
					t.Errorf("took %s, want %s and a little", took, tc.atLeast)
				}
				if failure, ok := errors.AsType[*Error](err); ok && failure.RetryAfter != tc.fault.RetryAfter {
					t.Errorf("says to retry after %s, want %s", failure.RetryAfter, tc.fault.RetryAfter)
				}
			})
		})
	}
}

func TestADialThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		dials := 0
		g := s.graphOver(t, s.graphConfig(), roundTrip(func(r *http.Request) (*http.Response, error) {
			if dials++; dials < 3 {
				return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
			}
			return wire{s}.RoundTrip(r)
		}))
		mustAsk(t, g)
	})
}

func TestAServiceThatHangsIsLeft(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graph(t)
		mustAsk(t, g)
		s.Fail(breakerFailures, standin.Fault{Path: "/mailboxSettings", Delay: time.Hour})
		start := time.Now()
		if err := ask(t.Context(), g); !errors.Is(err, ErrUnavailable) || time.Since(start) != attemptTimeout {
			t.Errorf("error %v after %s", err, time.Since(start))
		}
		for range breakerFailures - 1 {
			_ = ask(t.Context(), g)
		}
		// The breaker is open: nothing is asked for a while, and that shows.
		before := s.Count("/mailboxSettings")
		if err := ask(t.Context(), g); !errors.Is(err, ErrUnavailable) || s.Count("/mailboxSettings") != before {
			t.Errorf("error %v after a request to a service that hangs", err)
		}
		if open := testutil.ToFloat64(s.metrics.breaker.WithLabelValues("graph", "open")); open != 1 {
			t.Error("the breaker does not show as open")
		}
		if closed := testutil.ToFloat64(s.metrics.breaker.WithLabelValues("entra", "closed")); closed != 1 {
			t.Error("the breaker of Entra does not show as closed")
		}
		time.Sleep(breakerDelay)
		mustAsk(t, g)
	})
}

func TestACallerMayLeaveAWait(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t, crowd(1)), func(t *testing.T, s *tenant) {
		g := s.graph(t)
		mustAsk(t, g)
		s.Fail(1, standin.Fault{Path: "/mailboxSettings", Status: 429, RetryAfter: 3 * time.Second})
		s.Fail(1, standin.Fault{Path: "/manager", Status: 429, RetryAfter: 3 * time.Second})
		for name, call := range map[string]func(ctx context.Context) error{
			"between attempts": func(ctx context.Context) error { return ask(ctx, g) },
			"within a batch":   func(ctx context.Context) error { _, err := g.People(ctx); return err },
		} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			start := time.Now()
			if err := call(ctx); !errors.Is(err, ErrUnavailable) || time.Since(start) != time.Second {
				t.Errorf("%s: error %v after %s", name, err, time.Since(start))
			}
			cancel()
		}
		// Those who left are not the service's fault.
		for range breakerFailures {
			ctx, cancel := context.WithCancel(t.Context())
			s.Fail(1, standin.Fault{Path: "/mailboxSettings", Delay: time.Second})
			time.AfterFunc(time.Millisecond, cancel)
			_ = ask(ctx, g)
		}
		mustAsk(t, g)
	})
}

func TestAnAnswerWithoutAnEndIsNone(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		for name, body := range map[string]io.Reader{
			"too long":   strings.NewReader(`{"status":"disabled"}` + strings.Repeat(" ", maxBody)),
			"broken off": io.MultiReader(strings.NewReader(`{"status":"disabled"}`), brokenOff{}),
		} {
			g := s.graphOver(t, s.graphConfig(), roundTrip(func(r *http.Request) (*http.Response, error) {
				if !strings.Contains(r.URL.Path, "/mailboxSettings") {
					return wire{s}.RoundTrip(r)
				}
				return &http.Response{StatusCode: 200, Body: io.NopCloser(body)}, nil
			}))
			if err := ask(t.Context(), g); !errors.Is(err, ErrUnavailable) {
				t.Errorf("%s: error %v", name, err)
			}
		}
	})
}

// brokenOff is the rest of a body that does not come.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		value string
		want  time.Duration
		ok    bool
	}{
		{"", 0, false}, {"soon", 0, false}, {"-1", 0, false}, {"1.5", 0, false}, {"5", 5 * time.Second, true},
		{"4000000000", time.Hour, true}, {"Mon, 02 Mar 2026 09:00:07 GMT", 7 * time.Second, true},
		{"Mon, 02 Mar 2026 08:00:00 GMT", 0, true}, {"Tue, 02 Mar 2032 08:00:00 GMT", time.Hour, true},
	} {
		if got, ok := retryAfter(tc.value, now); got != tc.want || ok != tc.ok {
			t.Errorf("retryAfter(%q) = %s, %t", tc.value, got, ok)
		}
	}
}

func TestCallsAreCountedByOutcome(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		g := s.graph(t)
		mustAsk(t, g)
		for _, status := range []int{500, 403, 404, 400} {
			s.Fail(1, standin.Fault{Path: "/mailboxSettings", Status: status})
			_ = ask(t.Context(), g)
		}
		for _, outcome := range []string{"ok", "unavailable", "permission", "not_found", "refused"} {
			if n := testutil.ToFloat64(s.metrics.calls.WithLabelValues("automatic_reply", outcome)); n != 1 {
				t.Errorf("%v calls were %s, want 1", n, outcome)
			}
		}
	})
}

func TestAnErrorSaysWhatHappened(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		s.Fail(1, standin.Fault{Path: "/mailboxSettings", Status: 429, RetryAfter: time.Minute})
		err := ask(t.Context(), s.graph(t))
		const want = "entra automatic_reply: unavailable, status 429 TooManyRequests, retry after 1m0s"
		if err == nil || err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
	})
	for _, body := range []string{"", "<html>", `{"error":"x"}`, `{"error":{"code":"a b"}}`, `{"error":{"code":"eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.` + strings.Repeat("x", 64) + `"}}`} {
		if code := graphCode([]byte(body)); code != "" {
			t.Errorf("code of %q is %q", body, code)
		}
	}
}
