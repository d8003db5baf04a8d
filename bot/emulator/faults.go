package emulator

import (
	"net/http"
	"time"
)

// A Fault is what the connector does with a call instead of serving it. Status 429, 502 and so on
// answer with that status, 403 as for a user who has blocked the bot; a zero Status cuts the
// connection. Commit serves the call first, so that only its answer is lost.
type Fault struct {
	Status     int
	RetryAfter time.Duration // header of a 429
	Hang       bool          // do not answer; cut the connection when the caller gives up
	Commit     bool
}

// Inject makes the next n connector calls, of any method, meet the fault. Faults queue up.
func (e *Emulator) Inject(n int, f Fault) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for range n {
		e.faults = append(e.faults, f)
	}
}

// nextFault takes the next fault off the queue.
func (e *Emulator) nextFault() (Fault, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.faults) == 0 {
		return Fault{}, false
	}
	f := e.faults[0]
	e.faults = e.faults[1:]
	return f, true
}

func (f Fault) reply() reply {
	switch {
	case f.Hang:
		return reply{hang: true}
	case f.Status == http.StatusForbidden:
		return writesBlocked()
	case f.Status == http.StatusTooManyRequests:
		return throttled(f.RetryAfter)
	case f.Status == 0:
		return reply{}
	default:
		return refusal(f.Status, "ServiceError", http.StatusText(f.Status))
	}
}
