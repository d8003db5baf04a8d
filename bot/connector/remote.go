package connector

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/failsafe-go/failsafe-go/timeout"
)

const (
	// Dialling has to give up before the attempt does: then it is known that nothing
	// was sent.
	dialTimeout    = 3 * time.Second
	attemptTimeout = 10 * time.Second

	maxRetries   = 2
	firstBackoff = 250 * time.Millisecond
	// A call waits this long between two attempts. For longer its job has to come back.
	maxPause = 2 * time.Second

	// What Retry-After may say, and the least where Teams throttles.
	maxRetryAfter = time.Hour
	minThrottle   = time.Second

	breakerFailures = 5
	breakerDelay    = 10 * time.Second

	maxBody = 1 << 20
)

// remote is the connector as one remote service: retries, a breaker and a timeout in
// one RoundTripper, or rather in two that share the breaker, because a message may be
// repeated in far fewer cases than the rest.
type remote struct {
	breaker  circuitbreaker.CircuitBreaker[*http.Response]
	messages *http.Client
	others   *http.Client
}

func newRemote(transport http.RoundTripper, m *Metrics) *remote {
	breaker := circuitbreaker.NewBuilder[*http.Response]().
		HandleIf(func(resp *http.Response, err error) bool {
			return err != nil || resp.StatusCode >= http.StatusInternalServerError
		}).
		WithFailureThreshold(breakerFailures).
		WithSuccessThreshold(1).
		WithDelay(breakerDelay).
		OnStateChanged(func(e circuitbreaker.StateChangedEvent) { m.setBreaker(e.NewState) }).
		Build()
	limit := timeout.New[*http.Response](attemptTimeout)
	client := func(again func(*http.Response, error) bool) *http.Client {
		retry := retrypolicy.NewBuilder[*http.Response]().
			HandleIf(again).
			WithMaxRetries(maxRetries).
			WithDelayFunc(pause).
			ReturnLastFailure().
			Build()
		return &http.Client{
			Transport:     failsafehttp.NewRoundTripper(attempt{transport}, retry, breaker, limit),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	return &remote{breaker: breaker, messages: client(repeatMessage), others: client(repeatOther)}
}

func (r *remote) do(req *http.Request, message bool) (reply, error) {
	client := r.others
	if message {
		client = r.messages
	}
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, body}, err
}

// repeatMessage says whether a message may be sent again at once: only if the connector
// says that it did nothing, or never heard of it.
func repeatMessage(resp *http.Response, err error) bool {
	if err != nil {
		dial, ok := errors.AsType[*net.OpError](err)
		return ok && dial.Op == "dial"
	}
	return resp.StatusCode == http.StatusTooManyRequests && soon(resp)
}

// repeatOther says whether any other call may be made again at once.
// 412, 502, 503 and 504 are those that Teams' documentation names.
func repeatOther(resp *http.Response, err error) bool {
	if err != nil {
		return !errors.Is(err, circuitbreaker.ErrOpen)
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusPreconditionFailed,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return soon(resp)
	}
	return false
}

// soon says whether the connector may be asked again within one call.
func soon(resp *http.Response) bool {
	wait, _ := retryAfter(resp.Header, time.Now())
	return wait <= maxPause
}

// pause is the time before the next attempt: what Retry-After says, else a back-off,
// each with some chance so that many calls do not come back together.
func pause(exec failsafe.ExecutionAttempt[*http.Response]) time.Duration {
	if resp := exec.LastResult(); resp != nil {
		if wait, ok := retryAfter(resp.Header, time.Now()); ok {
			return wait + jitter(firstBackoff)
		}
	}
	backoff := firstBackoff << (exec.Attempts() - 1)
	return backoff/2 + jitter(backoff)
}

func jitter(below time.Duration) time.Duration {
	return rand.N(below) //nolint:gosec // it spreads calls in time; nobody gains by guessing it
}

// retryAfter reads the header of that name, seconds or a date (RFC 9110, section
// 10.2.3), and says whether it is there and makes sense. More than an hour, the longest
// of Teams' windows, is an hour.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter), true
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(date.Sub(now), 0), maxRetryAfter), true
	}
	return 0, false
}

// progress follows one request through its attempts.
type progress struct {
	// unanswered says that the last attempt had a connection, so the request may have
	// been heard, and no answer.
	unanswered atomic.Bool
}

type progressKey struct{}

// attempt makes one attempt and returns only with the whole body in memory, so that a
// body that hangs or breaks off fails the attempt and no connection stays half read.
type attempt struct{ next http.RoundTripper }

func (a attempt) RoundTrip(req *http.Request) (*http.Response, error) {
	progress := req.Context().Value(progressKey{}).(*progress)
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { progress.unanswered.Store(true) },
	})
	resp, err := a.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = errors.New("too large")
	}
	// Of a refusal the status says enough.
	if err != nil && resp.StatusCode < 300 {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	progress.unanswered.Store(false)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
