package connector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// TestOutcomes says of every kind of answer what becomes of a message, which must not
// arrive twice, and of an update, which may be repeated.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	type result struct {
		Outcome  Outcome // "" is a success
		Requests int
		Code     string
	}
	const (
		blocked  = `{"errorCode":209,"message":"{\r\n  \"subCode\": \"MessageWritesBlocked\",\r\n  \"details\": \"blocked\"}"}`
		notFound = `{"error":{"code":"ConversationNotFound","message":"m"}}`
	)
	for _, tc := range []struct {
		name    string
		answer  http.HandlerFunc
		message result
		update  result
	}{
		{"200", status(200, `{"id":"1"}`), result{Requests: 1}, result{Requests: 1}},
		{"204", status(204, ""), result{Requests: 1}, result{Requests: 1}},
		{"301", status(301, "", "Location", "/"), result{Refused, 1, ""}, result{Refused, 1, ""}},
		{"400", status(400, `{"error":{"code":"BadSyntax"}}`), result{Refused, 1, "BadSyntax"}, result{Refused, 1, "BadSyntax"}},
		{"403 for another reason", status(403, `{"error":{"code":"BotDisabledByAdmin"}}`), result{Refused, 1, "BotDisabledByAdmin"}, result{Refused, 1, "BotDisabledByAdmin"}},
		{"403 blocked by the user", status(403, blocked), result{Gone, 1, "MessageWritesBlocked"}, result{Gone, 1, "MessageWritesBlocked"}},
		{"403 removed from the chat", status(403, `{"error":{"code":"BotNotInConversationRoster"}}`), result{Gone, 1, "BotNotInConversationRoster"}, result{Gone, 1, "BotNotInConversationRoster"}},
		{"404 no such conversation", status(404, notFound), result{Gone, 1, "ConversationNotFound"}, result{Gone, 1, "ConversationNotFound"}},
		{"404 from something in between", status(404, "<html>"), result{Refused, 1, ""}, result{Refused, 1, ""}},
		{"408", status(408, ""), result{Ambiguous, 1, ""}, result{NotSent, 1, ""}},
		{"412", status(412, ""), result{NotSent, 1, ""}, result{NotSent, 3, ""}},
		{"413", status(413, `{"error":{"code":"MessageSizeTooBig"}}`), result{TooBig, 1, "MessageSizeTooBig"}, result{TooBig, 1, "MessageSizeTooBig"}},
		{"429 without a time", status(429, ""), result{Throttled, 3, ""}, result{Throttled, 3, ""}},
		{"429 for a second", status(429, "", "Retry-After", "1"), result{Throttled, 3, ""}, result{Throttled, 3, ""}},
		{"429 for a minute", status(429, "", "Retry-After", "60"), result{Throttled, 1, ""}, result{Throttled, 1, ""}},
		{"500", status(500, ""), result{Ambiguous, 1, ""}, result{NotSent, 1, ""}},
		{"502", status(502, ""), result{Ambiguous, 1, ""}, result{NotSent, 3, ""}},
		{"503", status(503, ""), result{Ambiguous, 1, ""}, result{NotSent, 3, ""}},
		{"503 for a minute", status(503, "", "Retry-After", "60"), result{Ambiguous, 1, ""}, result{NotSent, 1, ""}},
		{"504", status(504, ""), result{Ambiguous, 1, ""}, result{NotSent, 3, ""}},
		{"no answer at all", hang, result{Ambiguous, 1, ""}, result{NotSent, 2, ""}},
		{"an answer that breaks off", breakOff(201), result{Ambiguous, 1, ""}, result{NotSent, 3, ""}},
		{"an answer without an end", status(201, strings.Repeat(" ", maxBody+1)), result{Ambiguous, 1, ""}, result{NotSent, 3, ""}},
		{"a refusal that breaks off", breakOff(400), result{Refused, 1, ""}, result{Refused, 1, ""}},
	} {
		for kind, want := range map[string]result{"message": tc.message, "update": tc.update} {
			t.Run(kind+" "+tc.name, func(t *testing.T) {
				t.Parallel()
				inBubble(t, func(t *testing.T, s *teams) {
					s.will(times(5, tc.answer)...)
					var err error
					if kind == "message" {
						_, err = s.client.Send(t.Context(), s.url, chat, hello)
					} else {
						err = s.client.Update(t.Context(), s.url, chat, "1", hello)
					}
					got := result{Requests: len(s.requests())}
					if failure, ok := errors.AsType[*Error](err); ok {
						got.Outcome, got.Code = failure.Outcome, failure.Code
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("error %v (-want +got):\n%s", err, diff)
					}
				})
			})
		}
	}
}

func TestAThrottledMessageArrivesOnceAndNotTooEarly(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *teams) {
		start := time.Now()
		s.will(
			status(429, "", "Retry-After", "2"),
			status(429, "", "Retry-After", start.Add(4*time.Second).UTC().Format(http.TimeFormat)))
		id, err := s.client.Send(t.Context(), s.url, chat, hello)
		if id != "A3" || err != nil {
			t.Fatalf("sent %q, %v", id, err)
		}
		asked := s.requests()
		if second, third := asked[1].at.Sub(start), asked[2].at.Sub(start); second < 2*time.Second || third < 4*time.Second || third > 5*time.Second {
			t.Errorf("asked again after %s and %s, want 2s and 4s and little more", second, third)
		}
		if asked[0].Body != asked[2].Body || asked[2].Body == "" {
			t.Errorf("the body changed from %q to %q", asked[0].Body, asked[2].Body)
		}
	})
}

func TestALongThrottleIsLeftToTheJob(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *teams) {
		s.will(status(429, `{"error":{"code":"Throttled"}}`, "Retry-After", "30"))
		_, err := s.client.Send(t.Context(), s.url, chat, hello)
		wantError(t, err, Error{Op: "send", Outcome: Throttled, Status: 429, Code: "Throttled", RetryAfter: 30 * time.Second}, 0)

		time.Sleep(29 * time.Second)
		_, err = s.client.Send(t.Context(), s.url, chat, hello)
		wantError(t, err, Error{Op: "send", Outcome: Throttled, RetryAfter: time.Second}, 0)
		if _, err := s.client.Send(t.Context(), s.url, "another", hello); err != nil {
			t.Errorf("another conversation: %v", err)
		}
		time.Sleep(time.Second)
		if _, err := s.client.Send(t.Context(), s.url, chat, hello); err != nil {
			t.Errorf("after the time: %v", err)
		}
		if got := len(s.requests()); got != 3 {
			t.Errorf("%d requests, want 3", got)
		}
	})
}

func TestAThrottleWithoutATimeIsNotForNow(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"no header": status(429, ""),
		"zero":      status(429, "", "Retry-After", "0"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, s *teams) {
				s.will(times(3, answer)...)
				_, err := s.client.Send(t.Context(), s.url, chat, hello)
				wantError(t, err, Error{Op: "send", Outcome: Throttled, Status: 429, RetryAfter: minThrottle}, 0)
			})
		})
	}
}

func TestAConnectionThatIsRefusedIsTriedAgain(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *teams) {
		dials := 0
		s.dial = func() error {
			if dials++; dials == 1 {
				return refused()
			}
			return nil
		}
		if _, err := s.client.Send(t.Context(), s.url, chat, hello); err != nil {
			t.Errorf("the message is lost to a moment's refusal: %v", err)
		}
	})
}

func TestAConnectionThatStaysRefusedSentNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *teams) {
		dials := 0
		s.dial = func() error { dials++; return refused() }
		_, err := s.client.Send(t.Context(), s.url, chat, hello)
		wantError(t, err, Error{Op: "send", Outcome: NotSent}, 0)
		if !errors.Is(err, syscall.ECONNREFUSED) || dials != 1+maxRetries {
			t.Errorf("error %v after %d dials", err, dials)
		}
	})
}

func TestADeadlineDuringADialSentNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *teams) {
		s.dial = func() error { time.Sleep(5 * time.Second); return refused() }
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := s.client.Send(short, s.url, chat, hello)
		wantError(t, err, Error{Op: "send", Outcome: NotSent}, 0)
		time.Sleep(5 * time.Second) // the dial has to end before the bubble does
	})
}

func TestACallerWhoLeaves(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		want   Outcome
	}{
		{"while the connector thinks leaves it open", hang, Ambiguous},
		{"between two attempts sent nothing", status(429, "", "Retry-After", "2"), NotSent},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, s *teams) {
				s.will(tc.answer)
				ctx, leave := context.WithTimeout(t.Context(), time.Second)
				defer leave()
				_, err := s.client.Send(ctx, s.url, chat, hello)
				wantError(t, err, Error{Op: "send", Outcome: tc.want}, 0)
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v does not say why", err)
				}
			})
		})
	}
}

func TestACallEndsInTime(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *teams) {
		s.will(times(5, hang)...)
		start := time.Now()
		if err := s.client.Update(t.Context(), s.url, chat, "1", hello); err == nil {
			t.Error("no error")
		}
		if took := time.Since(start); took > callTimeout {
			t.Errorf("took %s", took)
		}
	})
}

func TestBreakerOpensAndCloses(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *teams) {
		state := func(want string) {
			t.Helper()
			for _, name := range []string{"closed", "half-open", "open"} {
				if got := testutil.ToFloat64(s.client.metrics.breaker.WithLabelValues(name)); (got == 1) != (name == want) {
					t.Errorf("gauge %s is %g in state %s", name, got, want)
				}
			}
		}
		s.will(times(breakerFailures, status(500, ""))...)
		for range breakerFailures {
			if s.client.Open() {
				t.Fatal("open too early")
			}
			_ = s.client.Delete(t.Context(), s.url, chat, "1")
		}
		if !s.client.Open() {
			t.Fatal("not open after failures in a row")
		}
		state("open")

		time.Sleep(breakerDelay / 2)
		_, err := s.client.Send(t.Context(), s.url, chat, hello)
		wantError(t, err, Error{Op: "send", Outcome: NotSent, RetryAfter: breakerDelay / 2}, 0)
		start := time.Now()
		if err := s.client.Update(t.Context(), s.url, chat, "1", hello); err == nil || time.Since(start) > 0 {
			t.Errorf("an update waits %s for an open breaker: %v", time.Since(start), err)
		}
		if got := len(s.requests()); got != breakerFailures {
			t.Errorf("%d requests, want none while open", got-breakerFailures)
		}

		time.Sleep(breakerDelay / 2)
		if _, err := s.client.Send(t.Context(), s.url, chat, hello); err != nil || s.client.Open() {
			t.Errorf("after the delay: %v, open %t", err, s.client.Open())
		}
		state("closed")
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for value, want := range map[string]string{
		"0":                             "0s true",
		"7":                             "7s true",
		"86400":                         "1h0m0s true",
		"4294967295":                    "1h0m0s true",
		"4294967296":                    "0s false",
		"-1":                            "0s false",
		"1.5":                           "0s false",
		"soon":                          "0s false",
		"":                              "0s false",
		"Mon, 02 Mar 2026 09:00:20 GMT": "20s true",
		"Mon, 02 Mar 2026 08:00:00 GMT": "0s true",
		"Mon, 02 Mar 2099 08:00:00 GMT": "1h0m0s true",
	} {
		wait, ok := retryAfter(http.Header{"Retry-After": {value}}, now)
		if got := fmt.Sprint(wait, " ", ok); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("120")
	f.Add("Mon, 02 Mar 2026 09:00:20 GMT")
	f.Fuzz(func(t *testing.T, value string) {
		wait, ok := retryAfter(http.Header{"Retry-After": {value}}, time.Unix(0, 0))
		if wait < 0 || wait > maxRetryAfter || !ok && wait != 0 {
			t.Errorf("%q: %s, %t", value, wait, ok)
		}
	})
}

func FuzzErrorCode(f *testing.F) {
	f.Add([]byte(`{"error":{"code":"ConversationNotFound"}}`))
	f.Add([]byte(`{"errorCode":209,"message":"{\"subCode\":\"MessageWritesBlocked\"}"}`))
	f.Add([]byte(`{"error":"x","message":7}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if code := errorCode(body); len(code) > 64 || strings.ContainsAny(code, " \r\n\x00<") {
			t.Errorf("code %q", code)
		}
	})
}

func TestErrorCodeIsFoundBesideFieldsOfTheWrongType(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"message":7,"error":{"code":"ConversationNotFound"}}`: "ConversationNotFound",
		`{"error":"x","message":"{\"subCode\":\"A\"}"}`:         "A",
		`{"error":{"code":"has\nbreaks"}}`:                      "",
		`[]`:                                                    "",
	} {
		if got := errorCode([]byte(body)); got != want {
			t.Errorf("errorCode(%s) = %q, want %q", body, got, want)
		}
	}
}
