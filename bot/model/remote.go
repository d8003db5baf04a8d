package model

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/failsafe-go/failsafe-go/timeout"
)

const (
	// limit is what a person waits for the second reader at most, a retry included.
	limit = 2 * time.Second

	maxAtOnce       = 8
	breakerFailures = 5
	breakerDelay    = 30 * time.Second

	// maxBody is in bytes; an answer has some hundred.
	maxBody = 64 << 10
)

// errTooLarge is an answer that nobody asked for.
var errTooLarge = errors.New("answer too large")

// newRemote returns a client for the endpoint: it asks once more where the endpoint is
// gone in an instant, asks nothing for a while after it has kept failing, never more than
// maxAtOnce at a time, follows no redirect, and is done within limit.
func newRemote(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: failsafehttp.NewRoundTripper(whole{transport},
			timeout.New[*http.Response](limit),
			retrypolicy.NewBuilder[*http.Response]().
				HandleIf(func(resp *http.Response, err error) bool {
					if err != nil {
						return !errors.Is(err, circuitbreaker.ErrOpen) && !errors.Is(err, bulkhead.ErrFull) && !errors.Is(err, errTooLarge)
					}
					return resp.StatusCode == http.StatusBadGateway || resp.StatusCode == http.StatusServiceUnavailable
				}).
				WithMaxRetries(1).
				WithDelay(100*time.Millisecond).
				ReturnLastFailure().
				Build(),
			circuitbreaker.NewBuilder[*http.Response]().
				HandleIf(func(resp *http.Response, err error) bool {
					return err != nil && !errors.Is(err, bulkhead.ErrFull) ||
						err == nil && (resp.StatusCode >= http.StatusInternalServerError || resp.StatusCode == http.StatusTooManyRequests)
				}).
				WithFailureThreshold(breakerFailures).
				WithSuccessThreshold(1).
				WithDelay(breakerDelay).
				Build(),
			bulkhead.New[*http.Response](maxAtOnce)),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// whole returns a response only when its body is in memory, so that a body which hangs or
// breaks off fails the attempt.
type whole struct{ next http.RoundTripper }

func (w whole) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read answer: %w", err)
	case len(body) > maxBody:
		return nil, errTooLarge
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
