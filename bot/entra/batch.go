package entra

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// maxBatch is how many requests Graph takes at once. Source: "Combine multiple HTTP
	// requests using JSON batching".
	maxBatch = 20
	// maxRounds is how often a batch is sent for the requests in it that were put off.
	maxRounds = 4
)

// part is the answer to one request of a batch.
type part struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

// get asks for all the paths, below the version and with their query, in batches, and returns
// the answers in their order. Each is a success, or a 404; anything else of one is an error.
func (g *Graph) get(ctx context.Context, op string, paths []string) ([]part, error) {
	var all []part
	for chunk := range slices.Chunk(paths, maxBatch) {
		parts, err := g.batch(ctx, op, chunk)
		if err != nil {
			return nil, err
		}
		all = append(all, parts...)
	}
	return all, nil
}

// batch sends one batch, and again what Graph puts off in it: each request counts against the
// limits by itself, so that some of a batch may come back with 429.
func (g *Graph) batch(ctx context.Context, op string, paths []string) ([]part, error) {
	done := make([]part, len(paths))
	open := make([]int, len(paths))
	for i := range open {
		open[i] = i
	}
	for round := 1; ; round++ {
		answers, err := g.sendBatch(ctx, op, paths, open)
		if err != nil {
			return nil, err
		}
		var put []int
		var wait time.Duration
		for _, i := range open {
			answer, ok := answers[strconv.Itoa(i)]
			if !ok {
				return nil, nonsense(op, "a batch came back without one of its answers")
			}
			said, _ := retryAfter(answer.header("Retry-After"), time.Now())
			switch {
			case answer.Status >= 200 && answer.Status < 300, answer.Status == http.StatusNotFound:
				done[i] = answer
			case answer.Status == http.StatusTooManyRequests, answer.Status == http.StatusServiceUnavailable,
				answer.Status == http.StatusGatewayTimeout:
				put, wait = append(put, i), max(wait, said)
				if said > maxPause || round == maxRounds {
					return nil, &Error{Op: op, Kind: ErrUnavailable, Status: answer.Status, RetryAfter: said}
				}
			default:
				return nil, &Error{Op: op, Kind: kindOf(answer.Status), Status: answer.Status, Code: graphCode(answer.Body)}
			}
		}
		if len(put) == 0 {
			return done, nil
		}
		open = put
		if err := pauseFor(ctx, op, max(wait, backoff(round))); err != nil {
			return nil, err
		}
	}
}

func (g *Graph) sendBatch(ctx context.Context, op string, paths []string, open []int) (map[string]part, error) {
	type request struct {
		ID     string `json:"id"`
		Method string `json:"method"`
		URL    string `json:"url"`
	}
	var body struct {
		Requests []request `json:"requests"`
	}
	for _, i := range open {
		body.Requests = append(body.Requests, request{strconv.Itoa(i), http.MethodGet, "/" + paths[i]})
	}
	var answer struct {
		Responses []part `json:"responses"`
	}
	if err := g.do(ctx, call{op: op, method: http.MethodPost, path: "$batch", body: body}, &answer); err != nil {
		return nil, err
	}
	parts := make(map[string]part, len(answer.Responses))
	for _, p := range answer.Responses {
		parts[p.ID] = p
	}
	return parts, nil
}

// header finds a header in any case.
func (p part) header(name string) string {
	for key, value := range p.Headers {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

func pauseFor(ctx context.Context, op string, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return &Error{Op: op, Kind: ErrUnavailable, Err: ctx.Err()}
	}
}
