package connector

import (
	"container/list"
	"sync"
	"time"
)

// Limit allows so many sends in any span of that length.
type Limit struct {
	Sends int
	Per   time.Duration
}

// TeamsLimits are Teams' own for one bot in one conversation ("Optimize your bot with
// rate limiting in Teams").
func TeamsLimits() []Limit {
	return []Limit{
		{7, time.Second},
		{8, 2 * time.Second},
		{60, 30 * time.Second},
		{1800, time.Hour},
	}
}

// maxConversations bounds how many conversations are remembered. The one that was quiet
// longest is forgotten first, and might then get more than its share; Teams would say so.
const maxConversations = 10_000

// windows keeps each conversation under all of the limits at once. It remembers exactly
// when messages went out, which is little: the limit for an hour bounds it for one
// conversation, and the tenant's limit for all of them together.
type windows struct {
	limits  []Limit
	longest time.Duration
	most    int // sends that need remembering per conversation

	mu     sync.Mutex
	byID   map[string]*list.Element
	recent *list.List // of *window; the one used last is in front
}

// window is one conversation.
type window struct {
	id    string
	sends []time.Time // oldest first
	held  time.Time   // no send before this
	used  time.Time
}

func newWindows(limits []Limit) *windows {
	w := &windows{limits: limits, byID: map[string]*list.Element{}, recent: list.New()}
	for _, l := range limits {
		w.longest = max(w.longest, l.Per)
		w.most = max(w.most, l.Sends)
	}
	return w
}

// wait says how long the conversation has to wait before a send; 0 is not at all.
func (w *windows) wait(id string, now time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.find(id, now).wait(w.limits, now)
}

// reserve counts a send to the conversation at now, unless that has to wait, and then
// says how long.
func (w *windows) reserve(id string, now time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.find(id, now)
	if wait := c.wait(w.limits, now); wait > 0 {
		return wait
	}
	c.sends = append(c.sends, now)
	c.sends = c.sends[max(0, len(c.sends)-w.most):]
	return 0
}

// wait is how long until each limit's last so many sends reach out of its span.
func (c *window) wait(limits []Limit, now time.Time) time.Duration {
	wait := max(0, c.held.Sub(now))
	for _, l := range limits {
		if n := len(c.sends); n >= l.Sends {
			wait = max(wait, c.sends[n-l.Sends].Add(l.Per).Sub(now))
		}
	}
	return wait
}

// hold lets nothing through to the conversation until then, because Teams said so.
func (w *windows) hold(id string, until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e, ok := w.byID[id]; ok {
		e.Value.(*window).held = until
	}
}

// find returns the conversation's window and forgets those of no more use.
func (w *windows) find(id string, now time.Time) *window {
	e, ok := w.byID[id]
	if ok {
		w.recent.MoveToFront(e)
	} else {
		e = w.recent.PushFront(&window{id: id})
		w.byID[id] = e
	}
	e.Value.(*window).used = now
	for oldest := w.recent.Back(); oldest != e; oldest = w.recent.Back() {
		c := oldest.Value.(*window)
		if w.recent.Len() <= maxConversations && now.Sub(c.used) < w.longest {
			break
		}
		w.recent.Remove(oldest)
		delete(w.byID, c.id)
	}
	return e.Value.(*window)
}
