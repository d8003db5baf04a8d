package netsuite

import (
	"crypto/x509"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"radioquote/quoting"
)

func TestWarnings(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name   string
		health Health
		want   []string // how each begins
	}{
		{"nothing known is nothing to warn of", Health{}, nil},
		{"an open breaker is not a thing to mend", Health{Open: true}, nil},
		{"a certificate for 30 days", Health{CertificateExpires: now.AddDate(0, 0, 30)}, nil},
		{"a second less", Health{CertificateExpires: now.AddDate(0, 0, 30).Add(-time.Second)},
			[]string{"The certificate of the NetSuite integration expires in 29 days, on 25 December 2026: make a new key"}},
		{"a certificate that is over", Health{CertificateExpires: now.AddDate(0, 0, -1)},
			[]string{"The certificate of the NetSuite integration expired on 24 November 2026: make a new key"}},
		{"a minute of skew", Health{Skew: time.Minute}, nil},
		{"more than a minute", Health{Skew: 5*time.Minute + time.Second},
			[]string{"NetSuite's clock is 5m1s ahead of ours: set this machine's clock."}},
		{"the other way", Health{Skew: -61 * time.Second},
			[]string{"NetSuite's clock is 1m1s behind ours: set this machine's clock."}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := tc.health.Warnings(now)
			for i := range min(len(got), len(tc.want)) {
				got[i] = got[i][:min(len(got[i]), len(tc.want[i]))]
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheClockIsMeasuredByServerTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ahead := 90 * time.Second
		c := bubble(t, func(w http.ResponseWriter, _ *http.Request) {
			wait(2 * time.Second) // a slow answer is not skew
			answerJSON(w, 200, `{"serverTime":"`+time.Now().Add(ahead).UTC().Format(time.RFC3339Nano)+`"}`)
		})
		if got := testutil.CollectAndCount(c.metrics.skew); got != 0 {
			t.Error("a skew is shown before it was measured")
		}
		for _, ahead = range []time.Duration{90 * time.Second, -time.Hour, 0} {
			if _, err := c.ServerTime(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := c.Health().Skew; got != ahead {
				t.Errorf("skew = %s, want %s", got, ahead)
			}
			if got := testutil.ToFloat64(c.metrics.skew); got != ahead.Seconds() {
				t.Errorf("skew gauge = %v, want %v", got, ahead.Seconds())
			}
		}
	})
}

func TestARefusedSignInNamesItsLikelyCause(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		ahead   time.Duration
		expires time.Duration // 0: no certificate
		want    string
	}{
		{"a clock that is ahead", 5*time.Minute + time.Second, time.Hour, "NetSuite's clock is 5m1s ahead of ours: set this machine's clock"},
		{"a clock that is behind", -2 * time.Minute, -time.Hour, "NetSuite's clock is 2m0s behind ours: set this machine's clock"},
		{"a certificate that is over", 30 * time.Second, -time.Hour, "the certificate expired on 31 December 1999"},
		{"a cause that we do not know", 30 * time.Second, time.Hour, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Date", time.Now().Add(tc.ahead).UTC().Format(http.TimeFormat))
					answerJSON(w, 400, `{"error":"invalid_grant"}`)
				}))
				if tc.expires != 0 {
					c.config.Certificate = &x509.Certificate{NotAfter: time.Now().Add(tc.expires)}
				}
				e := wantFault(t, readCall(t.Context(), c), quoting.Unavailable)
				var got string
				if e.Err != nil {
					got = e.Err.Error()
				}
				if got != tc.want || !strings.Contains(e.Error(), tc.want) {
					t.Errorf("cause = %q, want %q", got, tc.want)
				}
			})
		})
	}
}

func TestTheCertificateIsInHealthAndMetrics(t *testing.T) {
	t.Parallel()
	end := time.Date(2028, 11, 25, 0, 0, 0, 0, time.UTC)
	cfg := testConfig("https://netsuite.example")
	unknown, err := New(cfg, NewMetrics(prometheus.NewRegistry()))
	if err != nil {
		t.Fatal(err)
	}
	if !unknown.Health().CertificateExpires.IsZero() || testutil.CollectAndCount(unknown.metrics.expires) != 0 {
		t.Error("a certificate that is not known has an end")
	}
	cfg.Certificate = &x509.Certificate{NotAfter: end}
	known, err := New(cfg, NewMetrics(prometheus.NewRegistry()))
	if err != nil {
		t.Fatal(err)
	}
	if got := known.Health().CertificateExpires; !got.Equal(end) {
		t.Errorf("expires %s, want %s", got, end)
	}
	if got := testutil.ToFloat64(known.metrics.expires); got != float64(end.Unix()) {
		t.Errorf("expiry gauge = %v, want %v", got, end.Unix())
	}
}

func TestARedirectToAnotherHostGetsNoToken(t *testing.T) {
	t.Parallel()
	stranger := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was asked, Authorization %q", r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(stranger.Close)
	for _, from := range []string{tokenPath, "/services/rest/system/v1/serverTime"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == from {
				w.Header().Set("Retry-After", "3600") // once is enough
				http.Redirect(w, r, stranger.URL, http.StatusTemporaryRedirect)
				return
			}
			giveToken(w, "a-token")
		}))
		t.Cleanup(server.Close)
		wantFault(t, readCall(t.Context(), clientAt(t, server.URL)), quoting.Unavailable)
	}
}

// asked is a client whose NetSuite asks for a wait.
func asked(t *testing.T, status int, header http.Header) (*Client, *int) {
	t.Helper()
	attempts := 0
	return bubble(t, func(w http.ResponseWriter, r *http.Request) {
		attempts++
		maps.Copy(w.Header(), header)
		problem(status, "", "")(w, r)
	}), &attempts
}

func TestRetryAfterThatTheCallCannotWaitForEndsIt(t *testing.T) {
	t.Parallel()
	format := func(after time.Duration) string { return time.Now().Add(after).UTC().Format(http.TimeFormat) }
	for _, tc := range []struct {
		name     string
		status   int
		header   func() http.Header
		attempts int
		want     time.Duration
	}{
		{"seconds", 429, func() http.Header { return http.Header{"Retry-After": {"30"}} }, 1, 30 * time.Second},
		{"seconds of a NetSuite that is down", 503, func() http.Header { return http.Header{"Retry-After": {"30"}} }, 1, 30 * time.Second},
		{"a date by our clock", 429, func() http.Header { return http.Header{"Retry-After": {format(40 * time.Second)}} }, 1, 40 * time.Second},
		{"a date by NetSuite's clock", 429, func() http.Header {
			return http.Header{"Date": {format(time.Hour)}, "Retry-After": {format(time.Hour + 50*time.Second)}}
		}, 1, 50 * time.Second},
		{"a day is believed as an hour", 429, func() http.Header { return http.Header{"Retry-After": {"86400"}} }, 1, time.Hour},
		{"a date of next year too", 429, func() http.Header { return http.Header{"Retry-After": {format(9000 * time.Hour)}} }, 1, time.Hour},
		{"a date that is over", 429, func() http.Header { return http.Header{"Retry-After": {format(-time.Hour)}} }, 1 + repeats, 0},
		{"nonsense", 429, func() http.Header { return http.Header{"Retry-After": {"soon"}} }, 1 + repeats, 0},
		{"less than nothing", 429, func() http.Header { return http.Header{"Retry-After": {"-5"}} }, 1 + repeats, 0},
		{"more than a number", 429, func() http.Header { return http.Header{"Retry-After": {"99999999999999999999"}} }, 1 + repeats, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, attempts := asked(t, tc.status, tc.header())
				began := time.Now()
				e := wantFault(t, readCall(t.Context(), c), quoting.Unavailable)
				if *attempts != tc.attempts || tc.attempts == 1 && time.Since(began) != 0 {
					t.Errorf("%d attempts in %s, want %d", *attempts, time.Since(began), tc.attempts)
				}
				if e.RetryAfter() != tc.want {
					t.Errorf("retry after %s, want %s", e.RetryAfter(), tc.want)
				}
			})
		})
	}
}

func TestRetryAfterWithinTheDeadlineIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began, attempts := time.Now(), 0
		c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
			if attempts++; attempts == 1 {
				w.Header().Set("Retry-After", began.Add(7*time.Second).UTC().Format(http.TimeFormat))
				problem(503, "", "")(w, r)
				return
			}
			clock(w, r)
		})
		if err := readCall(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < 7*time.Second || attempts != 2 {
			t.Errorf("%d attempts in %s, want 2 in 7s", attempts, took)
		}
	})
}

func TestAnOpenBreakerSaysHowLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := bubble(t, problem(503, "", ""))
		for range 2 {
			wantFault(t, readCall(t.Context(), c), quoting.Unavailable)
		}
		wait(5 * time.Second)
		e := wantFault(t, readCall(t.Context(), c), quoting.Unavailable)
		if want := breakerDelay - 5*time.Second; e.RetryAfter() != want || !strings.Contains(e.Error(), "not before 10s") {
			t.Errorf("retry after %s (%v), want %s", e.RetryAfter(), e, want)
		}
	})
}

func TestWhatStatusAndCodeMean(t *testing.T) {
	t.Parallel()
	const all = 1 + repeats
	for _, tc := range []struct {
		name         string
		status       int
		code, detail string
		write        quoting.Fault
		attempts     int
		down         bool
	}{
		{"a role without the permission", 400, "USER_ERROR", "Your current role does not have permission to perform this action.", quoting.Refused, 1, false},
		{"a permission by name", 403, "INSUFFICIENT_PERMISSION", "You need the 'Lists -> Customers' permission to access this page.", quoting.Refused, 1, false},
		{"a field that is not there", 400, "NONEXISTENT_FIELD", "Field 'x' does not exist.", quoting.Refused, 1, false},
		{"an item that is not for sale", 400, "INVALID_CONTENT", "You have entered an Invalid Field Value 9999 for the following field: item", quoting.Refused, 1, false},
		{"a workflow's lock", 400, "USER_ERROR", "This record has been locked by a user defined workflow.", quoting.Refused, 1, false},
		{"a missing record", 404, "NONEXISTENT_ID", "Record does not exist.", quoting.Refused, 1, false},
		{"a method that is not allowed", 405, "", "", quoting.Refused, 1, false},
		{"too many at once", 429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.", quoting.Unavailable, all, false},
		{"too many at once, without a code", 429, "", "", quoting.Unavailable, all, false},
		{"too many at once, as a 400", 400, "CONCURRENCY_LIMIT_EXCEEDED", "Request blocked.", quoting.Unavailable, all, false},
		{"a RESTlet's words for it", 400, "SSS_REQUEST_LIMIT_EXCEEDED", "", quoting.Unavailable, all, false},
		{"a RESTlet's words in the text", 400, "USER_ERROR", "Error code: SSS_REQUEST_LIMIT_EXCEEDED.", quoting.Unavailable, all, false},
		{"SOAP's words for it", 403, "WS_REQUEST_BLOCKED", "", quoting.Unavailable, all, false},
		{"SOAP's words for a session", 400, "WS_CONCUR_SESSION_DISALLWD", "", quoting.Unavailable, all, false},
		{"a script's limit within a write that began", 500, "CONCURRENCY_LIMIT_EXCEEDED", "", quoting.OutcomeUnknown, 1, true},
		{"an overload that looks like a refused login", 401, "INVALID_LOGIN", "Invalid login attempt.", quoting.Unavailable, 2, false},
		{"a fault of NetSuite's", 500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: jrgbpyylphhishmmlxyt", quoting.OutcomeUnknown, 1, true},
		{"a gateway's", 502, "", "", quoting.OutcomeUnknown, 1, true},
		{"a gateway that waited in vain", 504, "", "", quoting.OutcomeUnknown, 1, true},
		{"a time that NetSuite did not wait", 408, "", "", quoting.OutcomeUnknown, 1, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				attempts := 0
				c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
					attempts++
					problem(tc.status, tc.code, tc.detail)(w, r)
				})
				knowCurrencies(c)
				e := wantFault(t, writeCall(t.Context(), c), tc.write)
				if attempts != tc.attempts {
					t.Errorf("%d attempts, want %d", attempts, tc.attempts)
				}
				if e.Status != tc.status || e.Code != tc.code || !strings.HasPrefix(tc.detail, e.Detail) {
					t.Errorf("error = %v, want status %d, code %q and NetSuite's words", e, tc.status, tc.code)
				}
				if blocked := testutil.ToFloat64(c.metrics.blocked); (blocked > 0) != (tc.attempts == all) {
					t.Errorf("%v blocked requests are counted, of %d", blocked, tc.attempts)
				}
				for range breakerFailures {
					if c.signIn.refusal != nil {
						c.signIn.until = time.Time{} // a sign-in that rests asks nothing
					}
					_ = writeCall(t.Context(), c)
				}
				if got := c.Health().Open; got != tc.down {
					t.Errorf("breaker open: %t, want %t", got, tc.down)
				}
			})
		})
	}
}

func TestWhoWaitsIsShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		c := bubble(t, func(w http.ResponseWriter, r *http.Request) {
			<-release
			clock(w, r)
		})
		for range 5 { // two of them wait
			go func() { _ = readCall(t.Context(), c) }()
		}
		for range 4 {
			go func() { _, _ = c.query(t.Context(), routePage, "", nil, 0) }()
		}
		synctest.Wait()
		if people, sync := testutil.ToFloat64(c.metrics.waiting.WithLabelValues("person")), testutil.ToFloat64(c.metrics.waiting.WithLabelValues("sync")); people+sync != 6 {
			t.Errorf("%v people and %v pages wait, want 6 of 9", people, sync)
		}
		close(release)
		synctest.Wait()
		for _, who := range []string{"person", "sync"} {
			if got := testutil.ToFloat64(c.metrics.waiting.WithLabelValues(who)); got != 0 {
				t.Errorf("%v still wait for a %s", got, who)
			}
		}
	})
}

func TestAnErrorIsFoundWithoutItsType(t *testing.T) {
	t.Parallel()
	var err error = &Error{Fault: quoting.Unavailable, wait: time.Minute}
	var later interface{ RetryAfter() time.Duration }
	if !errors.As(err, &later) || later.RetryAfter() != time.Minute {
		t.Error("a package that does not know Error cannot learn how long to wait")
	}
}
