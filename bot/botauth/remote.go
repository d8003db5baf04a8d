package botauth

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/timeout"
)

const (
	attemptTimeout = 3 * time.Second
	maxRetries     = 2
	breakerDelay   = 10 * time.Second
	// maxBody is some ten times the channel's key set, the largest document read here.
	maxBody = 256 << 10
)

// parseRemote accepts an absolute https URL, or http where it cannot leave the machine.
func parseRemote(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, err
	}
	if u.Host == "" || u.User != nil || u.Fragment != "" {
		return nil, fmt.Errorf("%q is no plain URL with a host", u.Redacted())
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, fmt.Errorf("%q is neither https nor http on loopback", u.Redacted())
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// newRemote returns a client for one login service: it retries, which is harmless with
// all that is sent from here, gives up for a while on a service that keeps failing,
// follows no redirect and keeps no cookies.
func newRemote(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: failsafehttp.NewRoundTripper(whole{transport},
			failsafehttp.NewRetryPolicyBuilder().
				AbortOnErrors(circuitbreaker.ErrOpen).
				WithMaxRetries(maxRetries).
				WithRandomDelay(100*time.Millisecond, time.Second).
				ReturnLastFailure().
				Build(),
			circuitbreaker.NewBuilder[*http.Response]().
				HandleIf(func(resp *http.Response, err error) bool {
					return err != nil || resp.StatusCode >= http.StatusInternalServerError
				}).
				WithFailureThreshold(5).
				WithSuccessThreshold(1).
				WithDelay(breakerDelay).
				Build(),
			timeout.New[*http.Response](attemptTimeout)),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// whole returns a response only when its body is in memory, so that a body which hangs
// or breaks off fails the attempt, and no connection is left half read.
type whole struct{ next http.RoundTripper }

func (w whole) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, fmt.Errorf("read response: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// exchange sends req and returns the status and the body of the answer.
func exchange(client *http.Client, req *http.Request) (int, []byte, error) {
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, nil, err
	}
	if len(body) > maxBody {
		return 0, nil, errors.New("answer too large")
	}
	return resp.StatusCode, body, nil
}
