package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

const pathJob = "/services/rest/async/v1/job"

// RouteJob is the reads of asynchronous jobs.
const RouteJob Route = "job"

// maybeAsync answers a write of an estimate that prefers it with a job instead: the work is
// done all the same, and its answer kept. An idempotency key counts for such requests alone;
// synchronous ones ignore it. (Oracle help subsect_164494900632)
func (s *Simulator) maybeAsync(route Route, answer handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if route != RouteEstimateWrite || !strings.Contains(r.Header.Get("Prefer"), "respond-async") {
			return answer(w, r)
		}
		key := r.Header.Get("X-NetSuite-Idempotency-Key")
		s.mu.RLock()
		earlier := s.keys[key]
		s.mu.RUnlock()
		if key != "" && earlier > 0 {
			w.Header().Set("Location", fmt.Sprintf("%s%s/%d", s.URL(), pathJob, earlier))
			p := refusef(http.StatusBadRequest, "IDEMPOTENCY_ERROR", "The idempotency key has been used already.")
			p.title = "Conflict"
			return p
		}
		c := &caught{header: make(http.Header), status: http.StatusOK}
		if err := answer(c, r); err != nil {
			writeError(c, err)
		}
		s.mu.Lock()
		s.jobs = append(s.jobs, c)
		id := len(s.jobs)
		if s.keys == nil {
			s.keys = make(map[string]int)
		}
		if key != "" {
			s.keys[key] = id
		}
		s.mu.Unlock()
		w.Header().Set("Preference-Applied", "respond-async")
		w.Header().Set("Location", fmt.Sprintf("%s%s/%d", s.URL(), pathJob, id))
		w.WriteHeader(http.StatusAccepted)
		return nil
	}
}

func (s *Simulator) job(id string) (*caught, bool) {
	n, err := strconv.Atoi(id)
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err != nil || n < 1 || n > len(s.jobs) {
		return nil, false
	}
	return s.jobs[n-1], true
}

// getJob answers GET /services/rest/async/v1/job/….
func (s *Simulator) getJob(w http.ResponseWriter, r *http.Request) error {
	done, found := s.job(r.PathValue("id"))
	if !found {
		return recordMissing()
	}
	progress := "succeeded"
	if done.status >= http.StatusBadRequest {
		progress = "failed"
	}
	writeJSON(w, http.StatusOK, "application/json", map[string]any{"completed": true, "id": r.PathValue("id"), "progress": progress})
	return nil
}

// getResult answers GET /services/rest/async/v1/job/…/task/1/result with what the request
// itself would have been answered.
func (s *Simulator) getResult(w http.ResponseWriter, r *http.Request) error {
	done, found := s.job(r.PathValue("id"))
	if !found {
		return recordMissing()
	}
	done.send(w)
	return nil
}
