package netsuite

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

// TestSlotsUnderAnyUse draws sequences of calls that come, end and give up, and compares
// with what the rules say: never more at once than allowed, never a page in the last
// slot, nobody waits while there is a slot for them, and of a kind who came first goes
// first.
func TestSlotsUnderAnyUse(t *testing.T) {
	t.Parallel()
	type call struct {
		patient bool
		given   chan struct{}
	}
	pagesIn := func(calls []call) (n int) {
		for _, c := range calls {
			if c.patient {
				n++
			}
		}
		return n
	}
	take := func(t *rapid.T, from *[]call) call {
		if len(*from) == 0 {
			t.Skip("there is none")
		}
		i := rapid.IntRange(0, len(*from)-1).Draw(t, "which")
		c := (*from)[i]
		*from = slices.Delete(*from, i, i+1)
		return c
	}
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 5).Draw(t, "limit")
		pageLimit := max(1, limit-1)
		s := newSlots(limit)
		var waiting, running []call
		t.Repeat(map[string]func(*rapid.T){
			"come": func(t *rapid.T) {
				patient := rapid.Bool().Draw(t, "patient")
				waiting = append(waiting, call{patient, s.join(patient)})
			},
			"end": func(t *rapid.T) {
				s.release(take(t, &running).patient)
			},
			"give up": func(t *rapid.T) {
				c := take(t, &waiting)
				s.leave(c.patient, c.given)
			},
			"give up too late": func(t *rapid.T) {
				c := take(t, &running)
				s.leave(c.patient, c.given)
			},
			"": func(t *rapid.T) {
				passed := map[bool]bool{} // somebody of this kind was not given a slot
				waiting = slices.DeleteFunc(waiting, func(c call) bool {
					select {
					case <-c.given:
						if passed[c.patient] {
							t.Fatalf("a call got a slot before one of its kind that came first (pages: %t)", c.patient)
						}
						running = append(running, c)
						return true
					default:
						passed[c.patient] = true
						return false
					}
				})
				pages, pagesWait := pagesIn(running), pagesIn(waiting)
				switch peopleWait := len(waiting) - pagesWait; {
				case len(running) > limit:
					t.Fatalf("%d at once, allowed are %d", len(running), limit)
				case pages > pageLimit:
					t.Fatalf("%d pages at once, allowed are %d", pages, pageLimit)
				case peopleWait > 0 && len(running) < limit:
					t.Fatalf("a person waits with %d of %d under way", len(running), limit)
				case pagesWait > 0 && len(running) < limit && pages < pageLimit:
					t.Fatalf("a page waits with %d of %d under way, %d of them pages", len(running), limit, pages)
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

func TestWhoGivesUpWaitingLeavesNoTrace(t *testing.T) {
	t.Parallel()
	s := newSlots(1)
	if err := s.acquire(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	if err := s.acquire(ctx, true); !errors.Is(err, gone) {
		t.Errorf("error = %v, want %v", err, gone)
	}
	s.release(false)
	if err := s.acquire(t.Context(), true); err != nil {
		t.Errorf("the slot is lost: %v", err)
	}
}
