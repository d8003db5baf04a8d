package standin

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Fault is what happens to a request instead of an answer. The zero value cuts the connection
// of whatever comes next.
type Fault struct {
	Path       string        // what the request's path must have in it, such as /token; a $ is its end
	Status     int           // of the answer; 0 cuts the connection
	RetryAfter time.Duration // header of the answer
	Delay      time.Duration // before anything happens, or until the caller gives up
	Body       string        // of the answer; default: an error as Graph writes them
	Serve      bool          // with a Delay: the request is served then, as if nothing was
}

// Fail makes the next n requests that fit meet the fault, those in a batch too. Of several
// that fit, the first is met first.
func (s *Server) Fail(n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.faults = append(s.faults, f)
	}
}

// fault meets the first fault that fits the request, if there is one.
func (s *Server) fault(r *http.Request) (reply, bool) {
	s.mu.Lock()
	i := slices.IndexFunc(s.faults, func(f Fault) bool { return strings.Contains(r.URL.Path+"$", f.Path) })
	if i < 0 {
		s.mu.Unlock()
		return reply{}, false
	}
	f := s.faults[i]
	s.faults = slices.Delete(s.faults, i, i+1)
	s.mu.Unlock()

	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return reply{}, true
		}
	}
	switch {
	case f.Serve:
		return reply{}, false
	case f.Status == 0:
		return reply{}, true
	case f.Body != "":
		return reply{status: f.Status, body: json.RawMessage(f.Body), retryAfter: f.RetryAfter}, true
	}
	re := graphError(f.Status, faultCode(f.Status), http.StatusText(f.Status))
	re.retryAfter = f.RetryAfter
	return re, true
}

func faultCode(status int) string {
	switch status {
	case http.StatusTooManyRequests:
		return "TooManyRequests"
	case http.StatusServiceUnavailable:
		return "serviceNotAvailable"
	}
	return "UnknownError"
}
