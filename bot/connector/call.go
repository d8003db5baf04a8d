package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
)

// call is one request to the connector.
type call struct {
	op         string // for errors and metrics
	method     string
	serviceURL string
	path       []string // below v3, not escaped
	body       any      // nil for none
	answer     any      // where a success is decoded to; nil to drop it

	// messageTo is the conversation to which this sends a message: the call counts
	// against the conversation's limits, and must not be made twice on a guess. All
	// other calls may be repeated, and leave it empty.
	messageTo string
}

func (k call) message() bool { return k.messageTo != "" }

// unknown is the outcome of a call that may have been made or not.
func (k call) unknown() Outcome {
	if k.message() {
		return Ambiguous
	}
	return NotSent
}

// do makes the call, within the limits and with a token, and says what came of it.
func (c *Client) do(ctx context.Context, k call) error {
	start := time.Now()
	failure := c.try(ctx, k)
	c.metrics.count(k.op, failure, time.Since(start))
	if failure == nil {
		return nil
	}
	failure.Op = k.op
	return failure
}

func (c *Client) try(ctx context.Context, k call) *Error {
	target, err := endpoint(c.allowed, k.serviceURL, k.path)
	if err != nil {
		return &Error{Outcome: Refused, Err: err}
	}
	var body []byte
	if k.body != nil {
		if body, err = encode(k.body); err != nil {
			return &Error{Outcome: Refused, Err: err}
		}
	}
	if failure := c.admit(ctx, k); failure != nil {
		return failure
	}

	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	reply, failure := c.exchange(ctx, k, target, body)
	if failure != nil {
		return failure
	}
	if reply.status < 200 || reply.status > 299 {
		return c.refusal(k, reply)
	}
	if k.answer == nil || k.message() && len(reply.body) == 0 {
		return nil
	}
	if err := json.Unmarshal(reply.body, k.answer); err != nil {
		return &Error{Outcome: k.unknown(), Status: reply.status, Err: errors.New("answer is not JSON")}
	}
	return nil
}

// admit lets a call pass under the limits of the conversation and of the tenant. It
// looks at the conversation's first, so that a call which cannot pass takes nobody's
// turn, and counts the call only when it is about to be made.
func (c *Client) admit(ctx context.Context, k call) *Error {
	if k.message() {
		if wait := c.windows.wait(k.messageTo, time.Now()); wait > 0 {
			return c.throttle("conversation", wait)
		}
	}
	turn, cancel := context.WithTimeout(ctx, maxTenantWait)
	defer cancel()
	if err := c.tenant.Wait(turn); err != nil {
		if ctx.Err() != nil {
			return &Error{Outcome: NotSent, Err: ctx.Err()}
		}
		return c.throttle("tenant", maxTenantWait)
	}
	if k.message() {
		if wait := c.windows.reserve(k.messageTo, time.Now()); wait > 0 {
			return c.throttle("conversation", wait)
		}
	}
	return nil
}

func (c *Client) throttle(by string, wait time.Duration) *Error {
	c.metrics.throttles.WithLabelValues(by).Inc()
	return &Error{Outcome: Throttled, RetryAfter: wait, Err: fmt.Errorf("our own limit for the %s", by)}
}

// reply is an answer with its body in memory.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// exchange sends the request with the bot's token and, if that is refused, once more
// with a new one. A 401 says that nothing was done.
func (c *Client) exchange(ctx context.Context, k call, target string, body []byte) (reply, *Error) {
	for renewed := false; ; renewed = true {
		token, err := c.tokens.Token(ctx)
		if err != nil {
			return reply{}, &Error{Outcome: NotSent, Err: err}
		}
		answer, failure := c.send(ctx, k, target, token, body)
		if failure != nil || answer.status != http.StatusUnauthorized || renewed {
			return answer, failure
		}
		c.tokens.Invalidate(token)
	}
}

func (c *Client) send(ctx context.Context, k call, target, token string, body []byte) (reply, *Error) {
	progress := &progress{}
	ctx = context.WithValue(ctx, progressKey{}, progress)
	req, err := http.NewRequestWithContext(ctx, k.method, target, bytes.NewReader(body))
	if err != nil {
		return reply{}, &Error{Outcome: Refused, Err: err}
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.remote.do(req, k.message())
	if err == nil {
		return answer, nil
	}
	failure := &Error{Outcome: NotSent, Err: err}
	// The URL holds the conversation's id, which does not belong in a log.
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		failure.Err = wrapped.Err
	}
	if errors.Is(err, circuitbreaker.ErrOpen) {
		failure.RetryAfter = c.remote.breaker.RemainingDelay()
	} else if progress.unanswered.Load() {
		failure.Outcome = k.unknown()
	}
	return reply{}, failure
}

func (c *Client) refusal(k call, r reply) *Error {
	code := errorCode(r.body)
	failure := &Error{Outcome: outcome(k.message(), r.status, code), Status: r.status, Code: code}
	if wait, ok := retryAfter(r.header, time.Now()); ok {
		failure.RetryAfter = wait
	}
	if failure.Outcome == Throttled {
		failure.RetryAfter = max(failure.RetryAfter, minThrottle)
		c.metrics.throttles.WithLabelValues("teams").Inc()
		if k.message() {
			c.windows.hold(k.messageTo, time.Now().Add(failure.RetryAfter))
		}
	}
	return failure
}
