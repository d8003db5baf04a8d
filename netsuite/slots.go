package netsuite

import (
	"context"
	"slices"
	"sync"
)

// slots are the requests that may be under way at once: NetSuite counts them over the
// whole account and blocks what is over its limit. A call that a person waits for goes
// before the pages of a sync, and one slot is kept free of them, so that a sync never
// makes a person wait for a page to end.
type slots struct {
	mu      sync.Mutex
	free    int
	patient int // slots that sync pages may still take

	// Who waits, longest first. A closed channel is a slot given.
	people []chan struct{}
	pages  []chan struct{}
}

func newSlots(n int) *slots {
	return &slots{free: n, patient: max(1, n-1)}
}

// acquire waits for a slot, which release gives back. Its error is the reason why ctx
// ended first.
func (s *slots) acquire(ctx context.Context, patient bool) error {
	given := s.join(patient)
	select {
	case <-given:
		return nil
	case <-ctx.Done():
		s.leave(patient, given)
		return context.Cause(ctx)
	}
}

// join queues up for a slot, which is given when the channel is closed.
func (s *slots) join(patient bool) (given chan struct{}) {
	given = make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	queue := s.queue(patient)
	*queue = append(*queue, given)
	s.serve()
	return given
}

// leave ends a wait. The slot may have been given at that very moment.
func (s *slots) leave(patient bool, given chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	queue := s.queue(patient)
	if i := slices.Index(*queue, given); i >= 0 {
		*queue = slices.Delete(*queue, i, i+1)
		return
	}
	s.giveBack(patient)
}

// release gives a slot back to whoever waits.
func (s *slots) release(patient bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.giveBack(patient)
}

func (s *slots) giveBack(patient bool) {
	s.free++
	if patient {
		s.patient++
	}
	s.serve()
}

func (s *slots) queue(patient bool) *[]chan struct{} {
	if patient {
		return &s.pages
	}
	return &s.people
}

// serve gives the free slots away. The caller holds the lock.
func (s *slots) serve() {
	for s.free > 0 && len(s.people) > 0 {
		close(s.people[0])
		s.people = s.people[1:]
		s.free--
	}
	for s.free > 0 && s.patient > 0 && len(s.pages) > 0 {
		close(s.pages[0])
		s.pages = s.pages[1:]
		s.free--
		s.patient--
	}
}
