package netsuite

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

// TestSlotsUnderAnyUse draws sequences of calls that come, end and give up, and compares
// with what the rules say: never more at once than allowed, never a page in the last
// slot, and nobody waits while there is a slot for them, people before pages.
func TestSlotsUnderAnyUse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 5).Draw(t, "limit")
		s := newSlots(limit)
		type call struct {
			patient bool
			cancel  context.CancelFunc
			got     chan error
		}
		var waiting, running []call
		newCall := func(patient bool) call {
			ctx, cancel := context.WithCancel(context.Background())
			c := call{patient, cancel, make(chan error, 1)}
			queued := len(s.people) + len(s.pages)
			free := s.free
			go func() { c.got <- s.acquire(ctx, patient) }()
			for ; ; runtime.Gosched() { // until it runs or waits
				s.mu.Lock()
				done := len(s.people)+len(s.pages) != queued || s.free != free
				s.mu.Unlock()
				if done {
					return c
				}
			}
		}
		settle := func() {
			var still []call
			for _, c := range waiting {
				select {
				case err := <-c.got:
					if err != nil {
						t.Fatalf("acquire: %v", err)
					}
					running = append(running, c)
				default:
					still = append(still, c)
				}
			}
			waiting = still
		}
		count := func(calls []call, patient bool) (n int) {
			for _, c := range calls {
				if c.patient == patient {
					n++
				}
			}
			return n
		}
		t.Repeat(map[string]func(*rapid.T){
			"come": func(t *rapid.T) {
				waiting = append(waiting, newCall(rapid.Bool().Draw(t, "patient")))
			},
			"end": func(t *rapid.T) {
				if len(running) == 0 {
					t.Skip("nothing runs")
				}
				i := rapid.IntRange(0, len(running)-1).Draw(t, "which")
				s.release(running[i].patient)
				running[i].cancel()
				running = append(running[:i], running[i+1:]...)
			},
			"give up": func(t *rapid.T) {
				if len(waiting) == 0 {
					t.Skip("nobody waits")
				}
				i := rapid.IntRange(0, len(waiting)-1).Draw(t, "which")
				waiting[i].cancel()
				// If it had the slot already it keeps it, or gives it back itself.
				if err := <-waiting[i].got; err == nil {
					s.release(waiting[i].patient)
				} else if !errors.Is(err, context.Canceled) {
					t.Fatalf("acquire: %v", err)
				}
				waiting = append(waiting[:i], waiting[i+1:]...)
			},
			"": func(t *rapid.T) {
				s.mu.Lock()
				inUse := limit - s.free
				people, pages := len(s.people), len(s.pages)
				pagesInUse := max(1, limit-1) - s.patient
				s.mu.Unlock()
				// Those who were given a slot may not have said so yet.
				for len(running) < inUse {
					settle()
				}
				switch {
				case inUse > limit:
					t.Fatalf("%d at once, allowed are %d", inUse, limit)
				case limit > 1 && pagesInUse > limit-1:
					t.Fatalf("%d pages at once, one of %d slots is for people", pagesInUse, limit)
				case count(running, true) != pagesInUse || count(waiting, false) != people || count(waiting, true) != pages:
					t.Fatalf("the books are wrong")
				case people > 0 && inUse < limit:
					t.Fatalf("a person waits with %d of %d in use", inUse, limit)
				case pages > 0 && inUse < limit && pagesInUse < max(1, limit-1):
					t.Fatalf("a page waits with %d of %d in use", inUse, limit)
				}
			},
		})
	})
}

func TestAPersonGoesBeforeThePagesThatCameFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(1)
		if err := s.acquire(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		order := make(chan string, 3)
		for _, c := range []struct {
			name    string
			patient bool
		}{{"first page", true}, {"second page", true}, {"person", false}} {
			go func() {
				if err := s.acquire(t.Context(), c.patient); err != nil {
					t.Error(err)
				}
				order <- c.name
				s.release(c.patient)
			}()
			synctest.Wait()
		}
		s.release(true)
		for _, want := range []string{"person", "first page", "second page"} {
			if got := <-order; got != want {
				t.Errorf("%s went, want %s", got, want)
			}
		}
	})
}

func TestASlotIsNotLostOnACallThatGaveUpAsItCame(t *testing.T) {
	t.Parallel()
	for range 200 { // the moment is short
		s := newSlots(1)
		if err := s.acquire(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		got := make(chan error, 1)
		go func() { got <- s.acquire(ctx, true) }()
		go cancel()
		s.release(false)
		if err := <-got; err == nil {
			s.release(true)
		}
		if s.free != 1 || s.patient != 1 {
			t.Fatalf("%d slots free, %d for pages; want 1 and 1", s.free, s.patient)
		}
	}
}
