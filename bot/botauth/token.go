package botauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// scope is what a bot asks for to call the connector, in the public cloud.
	scope = "https://api.botframework.com/.default"
	// A token is renewed this long before it ends, or at half its life if that is later.
	renewBefore = 5 * time.Minute
	// tokenRetry keeps a wrong secret from being tried at the rate of the messages.
	tokenRetry = 5 * time.Second
	// maxTokenLife is far above the 24 hours that Entra gives at most.
	maxTokenLife = 7 * 24 * time.Hour
	// maxDetail bounds, in bytes, what is quoted from a refusal.
	maxDetail = 400
)

// TokenSource gets and keeps the token with which the bot calls the connector, by
// OAuth 2.0 client credentials of a single-tenant app. It is safe for concurrent use.
type TokenSource struct {
	url    *url.URL
	appID  string
	secret Secret
	client *http.Client
	now    func() time.Time
	lease  lease[string]
}

// NewTokenSource returns a source for the app. For a single tenant tokenURL is
// https://login.microsoftonline.com/TENANT/oauth2/v2.0/token. The first token is
// fetched when it is first needed.
func NewTokenSource(tokenURL, appID string, secret Secret) (*TokenSource, error) {
	return newTokenSource(tokenURL, appID, secret, time.Now)
}

func newTokenSource(tokenURL, appID string, secret Secret, now func() time.Time) (*TokenSource, error) {
	u, err := parseRemote(tokenURL)
	if err != nil {
		return nil, fmt.Errorf("token URL: %w", err)
	}
	if appID == "" || secret.reveal() == "" {
		return nil, errors.New("empty app id or secret: no token could be had")
	}
	s := &TokenSource{url: u, appID: appID, secret: secret, client: newRemote(http.DefaultTransport.(*http.Transport).Clone()), now: now}
	s.lease = lease[string]{issue: s.fetch, now: now, afterFailure: tokenRetry}
	return s, nil
}

// Token returns a token that is not expired. It waits only if there is none: a token
// about to expire is renewed beside the calls that still use it.
func (s *TokenSource) Token(ctx context.Context) (string, error) {
	token, err := s.lease.get(ctx)
	if err != nil {
		return "", fmt.Errorf("get bot token: %w", err)
	}
	return token, nil
}

// Invalidate makes the source forget token, which the connector refused. A newer token
// stays, so that of many calls that were refused at once only the first has an effect.
func (s *TokenSource) Invalidate(token string) {
	s.lease.drop(func(kept string) bool { return kept == token })
}

func (s *TokenSource) fetch(ctx context.Context) (string, term, error) {
	asked := s.now()
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {s.appID},
		"client_secret": {s.secret.reveal()},
		"scope":         {scope},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return "", term{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, body, err := exchange(s.client, req)
	if err != nil {
		return "", term{}, err
	}
	if status != http.StatusOK {
		return "", term{}, s.refusal(status, body)
	}
	token, life, err := parseGrant(body)
	if err != nil {
		return "", term{}, err
	}
	ends := asked.Add(life)
	return token, term{fresh: ends.Add(-min(renewBefore, life/2)), usable: ends}, nil
}

// refusal quotes Entra's error code and description, such as AADSTS7000215, which say
// what to mend. Should the answer repeat the secret, it is taken out.
func (s *TokenSource) refusal(status int, body []byte) error {
	var doc struct {
		Code        string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal(body, &doc); err != nil || doc.Code == "" {
		return fmt.Errorf("status %d from %s", status, s.url.Host)
	}
	detail := strings.ReplaceAll(doc.Code+": "+doc.Description, s.secret.reveal(), redacted)
	detail = strings.Join(strings.Fields(detail), " ")
	if len(detail) > maxDetail {
		detail = strings.ToValidUTF8(detail[:maxDetail], "") + "…"
	}
	return fmt.Errorf("status %d from %s: %s", status, s.url.Host, detail)
}

// parseGrant reads a token answer (RFC 6749, section 5.1). Some servers write
// expires_in as a string.
func parseGrant(body []byte) (string, time.Duration, error) {
	var doc struct {
		Type    string      `json:"token_type"`
		Token   string      `json:"access_token"`
		Expires json.Number `json:"expires_in"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return "", 0, errors.New("parse token answer: not the JSON of a token")
	}
	if !strings.EqualFold(doc.Type, "Bearer") || !token68(doc.Token) {
		return "", 0, errors.New("parse token answer: no bearer token in it")
	}
	seconds, err := doc.Expires.Int64()
	if err != nil || seconds <= 0 || seconds > int64(maxTokenLife/time.Second) {
		return "", 0, fmt.Errorf("parse token answer: lifetime of %q seconds", doc.Expires)
	}
	return doc.Token, time.Duration(seconds) * time.Second, nil
}
