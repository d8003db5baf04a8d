package entra

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// A token is renewed this long before it ends, or at half its life if that is later.
	renewBefore = 5 * time.Minute
	// tokenRetry keeps a wrong secret from being tried at the rate of the calls.
	tokenRetry = 5 * time.Second
	// tokenTimeout bounds one renewal, retries included. It outlives the caller who started
	// it, so that one who hangs up does not spoil it for the others.
	tokenTimeout = 30 * time.Second
	// maxTokenLife is far above the 24 hours that Entra gives at most.
	maxTokenLife = 7 * 24 * time.Hour
)

// tokens gets and keeps the token with which the app calls Graph, by OAuth 2.0 client
// credentials. Nobody waits while a token is good; without one all wait for the same.
// Source: "Microsoft identity platform and the OAuth 2.0 client credentials flow".
type tokens struct {
	url    string
	form   url.Values
	client *http.Client
	now    func() time.Time
	count  func(op string, err error, took time.Duration)
	flight singleflight.Group

	mu      sync.Mutex // guards what follows
	token   string
	renew   time.Time // from then on a new one is fetched
	ends    time.Time
	failure error     // of the last renewal
	nextTry time.Time // no renewal before this
}

func (t *tokens) get(ctx context.Context) (string, error) {
	now := t.now()
	t.mu.Lock()
	token, renew, ends := t.token, t.renew, t.ends
	t.mu.Unlock()
	if now.Before(renew) {
		return token, nil
	}
	done := t.flight.DoChan("", func() (any, error) { return t.fetchOnce(context.WithoutCancel(ctx)) })
	if now.Before(ends) {
		return token, nil
	}
	select {
	case result := <-done:
		if result.Err != nil {
			return "", result.Err
		}
		return result.Val.(string), nil
	case <-ctx.Done():
		return "", &Error{Op: "token", Kind: ErrUnavailable, Err: ctx.Err()}
	}
}

// drop makes the source forget a token that Graph refused. A newer one stays.
func (t *tokens) drop(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == token {
		t.renew, t.ends = time.Time{}, time.Time{}
	}
}

func (t *tokens) fetchOnce(ctx context.Context) (string, error) {
	t.mu.Lock()
	failure, tooSoon := t.failure, t.now().Before(t.nextTry)
	t.mu.Unlock()
	if tooSoon {
		return "", failure
	}
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	asked := t.now()
	token, life, err := t.fetch(ctx)
	t.count("token", err, t.now().Sub(asked))

	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.failure, t.nextTry = err, t.now().Add(tokenRetry)
		return "", err
	}
	t.token, t.ends = token, asked.Add(life)
	t.renew = t.ends.Add(-min(renewBefore, life/2))
	t.nextTry = time.Time{}
	return token, nil
}

func (t *tokens) fetch(ctx context.Context) (string, time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, strings.NewReader(t.form.Encode()))
	if err != nil {
		return "", 0, &Error{Op: "token", Kind: ErrRefused, Err: err}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := exchange(t.client, req)
	if err != nil {
		return "", 0, &Error{Op: "token", Kind: ErrUnavailable, Err: err}
	}
	if answer.status != http.StatusOK {
		failure := &Error{Op: "token", Kind: kindOf(answer.status), Status: answer.status}
		var doc struct {
			Code        string `json:"error"`
			Description string `json:"error_description"`
		}
		if err := json.Unmarshal(answer.body, &doc); err == nil {
			failure.Code = entraCode(doc.Code, doc.Description)
		}
		failure.RetryAfter, _ = retryAfter(answer.header.Get("Retry-After"), t.now())
		return "", 0, failure
	}
	token, life, err := parseGrant(answer.body)
	if err != nil {
		return "", 0, &Error{Op: "token", Kind: ErrUnavailable, Status: answer.status, Err: err}
	}
	return token, life, nil
}

// parseGrant reads a token answer (RFC 6749, section 5.1). Some servers write expires_in as
// a string.
func parseGrant(body []byte) (string, time.Duration, error) {
	var doc struct {
		Type    string      `json:"token_type"`
		Token   string      `json:"access_token"`
		Expires json.Number `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return "", 0, errors.New("not the JSON of a token") // the error quotes parts of it
	}
	if !strings.EqualFold(doc.Type, "Bearer") || !token68(doc.Token) {
		return "", 0, errors.New("no bearer token in the answer")
	}
	seconds, err := doc.Expires.Int64()
	if err != nil || seconds <= 0 || seconds > int64(maxTokenLife/time.Second) {
		return "", 0, errors.New("a token with no sensible lifetime")
	}
	return doc.Token, time.Duration(seconds) * time.Second, nil
}

// token68 says whether s has only the characters of a token in an Authorization header
// (RFC 9110, section 11.2), and one at least.
func token68(s string) bool {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/="
	return s != "" && strings.TrimLeft(s, alphabet) == ""
}
