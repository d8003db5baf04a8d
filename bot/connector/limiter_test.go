package connector

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"pgregory.net/rapid"
)

// TestWindowsKeepEveryLimit sends at random times to a few conversations and compares
// with a model that counts all sends in each span.
func TestWindowsKeepEveryLimit(t *testing.T) {
	t.Parallel()
	limits := []Limit{{3, time.Second}, {4, 2 * time.Second}, {9, 10 * time.Second}}
	rapid.Check(t, func(t *rapid.T) {
		w := newWindows(limits)
		sent := map[string][]time.Time{}
		held := map[string]time.Time{}
		now := time.Unix(1_700_000_000, 0)
		full := func(id string, at time.Time) bool {
			for _, l := range limits {
				n := 0
				for _, s := range sent[id] {
					if s.After(at.Add(-l.Per)) {
						n++
					}
				}
				if n >= l.Sends {
					return true
				}
			}
			return at.Before(held[id])
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 900).Draw(t, "ms")) * time.Millisecond)
			id := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "conversation")
			if rapid.IntRange(0, 9).Draw(t, "hold") == 0 && len(sent[id]) > 0 {
				held[id] = now.Add(3 * time.Second)
				w.hold(id, held[id])
			}
			looked := w.wait(id, now)
			wait := w.reserve(id, now)
			if looked != wait {
				t.Fatalf("wait says %s, reserve %s", looked, wait)
			}
			if (wait > 0) != full(id, now) {
				t.Fatalf("%s at %s has to wait %s, the model says %t", id, now, wait, full(id, now))
			}
			if wait == 0 {
				sent[id] = append(sent[id], now)
				continue
			}
			if !full(id, now.Add(wait-1)) {
				t.Fatalf("%s is too long a wait", wait)
			}
			if full(id, now.Add(wait)) {
				t.Fatalf("%s is too short a wait", wait)
			}
		}
	})
}

func TestWindowsForgetTheQuietAndAreBounded(t *testing.T) {
	t.Parallel()
	w := newWindows(TeamsLimits())
	now := time.Unix(1_700_000_000, 0)
	for i := range maxConversations + 500 {
		w.reserve(fmt.Sprint(i), now)
	}
	if len(w.byID) != maxConversations || w.recent.Len() != maxConversations {
		t.Errorf("%d conversations are remembered, want %d", len(w.byID), maxConversations)
	}
	if _, ok := w.byID["0"]; ok {
		t.Error("the conversation that was quiet longest is still there")
	}
	w.reserve("new", now.Add(time.Hour))
	if len(w.byID) != 1 {
		t.Errorf("after an hour %d conversations are remembered, want the new one", len(w.byID))
	}

	for i := range 5000 {
		now = now.Add(2 * time.Second)
		w.reserve("busy", now)
		if n := len(w.byID["busy"].Value.(*window).sends); n > 1800 {
			t.Fatalf("%d sends are remembered after %d", n, i)
		}
	}
	w.hold("unknown", now) // a conversation forgotten while its message was on the way
	if _, ok := w.byID["unknown"]; ok {
		t.Error("hold remembers a conversation that was forgotten")
	}
}

func TestAFullConversationIsThrottledAndNoOther(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *teams) {
		for range 7 {
			if _, err := s.client.Send(t.Context(), s.url, chat, hello); err != nil {
				t.Fatal(err)
			}
		}
		took := time.Since(s.requests()[0].at)
		_, err := s.client.Send(t.Context(), s.url, chat, hello)
		wantError(t, err, Error{Op: "send", Outcome: Throttled, RetryAfter: time.Second - took}, 0)
		if _, err := s.client.Send(t.Context(), s.url, "another", hello); err != nil {
			t.Errorf("another conversation: %v", err)
		}
		if err := s.client.Update(t.Context(), s.url, chat, "1", hello); err != nil {
			t.Errorf("an update in the full conversation: %v", err)
		}
		if got := testutil.ToFloat64(s.client.metrics.throttles.WithLabelValues("conversation")); got != 1 {
			t.Errorf("%g throttles counted, want 1", got)
		}
		time.Sleep(time.Second - took)
		if _, err := s.client.Send(t.Context(), s.url, chat, hello); err != nil {
			t.Errorf("after the wait: %v", err)
		}
	})
}

func TestMessagesAtOnceToOneConversationStayUnderItsLimit(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *teams) {
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := s.client.Send(t.Context(), s.url, chat, hello); err != nil {
					var failure *Error
					if !errors.As(err, &failure) || failure.Outcome != Throttled || failure.RetryAfter <= 0 {
						t.Errorf("error %v", err)
					}
				}
			})
		}
		all.Wait()
		if got := len(s.requests()); got != 7 {
			t.Errorf("%d messages went out, want 7", got)
		}
	})
}

func TestACallerWhoLeavesTheQueueSentNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *teams) {
		if err := s.client.Delete(t.Context(), s.url, chat, "1"); err != nil {
			t.Fatal(err)
		}
		ctx, leave := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, leave)
		_, err := s.client.Send(ctx, s.url, chat, hello)
		wantError(t, err, Error{Op: "send", Outcome: NotSent}, 0)
		if !errors.Is(err, context.Canceled) || len(s.requests()) != 1 {
			t.Errorf("error %v after %d requests", err, len(s.requests()))
		}
	}, func(c *Config) { c.SendsPerSecond = 1 })
}

func TestTheTenantStaysUnderItsLimitInEverySecond(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *teams) {
		for i := range 150 {
			if _, err := s.client.Send(t.Context(), s.url, fmt.Sprint(i), hello); err != nil {
				t.Fatal(err)
			}
		}
		asked := s.requests()
		for i := 50; i < len(asked); i++ {
			if span := asked[i].at.Sub(asked[i-50].at); span < time.Second {
				t.Fatalf("51 requests within %s", span)
			}
		}
		if took := asked[149].at.Sub(asked[0].at); took > 3500*time.Millisecond {
			t.Errorf("150 sends took %s, want 45 a second", took)
		}
	})
}

func TestACallThatWouldWaitLongForTheTenantIsThrottled(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, s *teams) {
		if err := s.client.Delete(t.Context(), s.url, chat, "1"); err != nil {
			t.Fatal(err)
		}
		_, err := s.client.Send(t.Context(), s.url, chat, hello)
		wantError(t, err, Error{Op: "send", Outcome: Throttled, RetryAfter: maxTenantWait}, 0)
		if got := testutil.ToFloat64(s.client.metrics.throttles.WithLabelValues("tenant")); got != 1 {
			t.Errorf("%g throttles counted, want 1", got)
		}
	}, func(c *Config) { c.SendsPerSecond = 0.1 })
}
