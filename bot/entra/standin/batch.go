package standin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// maxBatch is how many requests Graph takes at once. Source: "Combine multiple HTTP requests
// using JSON batching".
const maxBatch = 20

type batchRequest struct {
	ID      string            `json:"id"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

// batch serves each request by itself and answers in another order than asked.
func (s *Server) batch(r *http.Request) (reply, error) {
	if err := s.authorized(r); err != nil {
		return reply{}, err
	}
	var asked struct {
		Requests []batchRequest `json:"requests"`
	}
	if err := readJSON(r, &asked); err != nil {
		return reply{}, err
	}
	if n := len(asked.Requests); n == 0 || n > maxBatch {
		return reply{}, graphError(http.StatusBadRequest, "BadRequest", fmt.Sprintf("Number of batch request steps is %d, not 1 to %d.", n, maxBatch))
	}
	seen := map[string]bool{}
	answers := []any{}
	for _, one := range asked.Requests {
		if id := strings.ToLower(one.ID); id == "" || seen[id] {
			return reply{}, graphError(http.StatusBadRequest, "BadRequest", "Request Id has to be unique in a batch.")
		}
		seen[strings.ToLower(one.ID)] = true
		answers = append(answers, s.serveOne(r, one))
	}
	slices.Reverse(answers)
	return reply{status: http.StatusOK, body: map[string]any{"responses": answers}}, nil
}

func (s *Server) serveOne(batch *http.Request, one batchRequest) any {
	req, err := http.NewRequestWithContext(batch.Context(), one.Method, s.base+"/v1.0/"+strings.TrimPrefix(one.URL, "/"), bytes.NewReader(one.Body))
	re := badRequest("Invalid URL in a batch.")
	if err == nil {
		for name, value := range one.Headers {
			req.Header.Set(name, value)
		}
		req.Header.Set("Authorization", batch.Header.Get("Authorization"))
		re = s.meet(req, s.graph)
	}
	if re.status == 0 {
		re = graphError(http.StatusBadGateway, "BadGateway", "No answer.")
	}
	headers := map[string]string{"Content-Type": "application/json"}
	re.header(func(name, value string) { headers[name] = value })
	return map[string]any{"id": one.ID, "status": re.status, "headers": headers, "body": re.body}
}
