package entra

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

const (
	// What Entra says of itself, and its keys, are asked for again after this, so that a
	// withdrawn key dies.
	discoveryFresh   = 12 * time.Hour
	discoveryTimeout = 30 * time.Second
	exchangeTimeout  = 30 * time.Second

	// minVerifier is the least that PKCE takes (RFC 7636, section 4.1).
	minVerifier = 43
)

// SignIn asks a person at a browser to prove who he is, by the authorization code flow with
// PKCE and a claims challenge, and judges the proof. It keeps nothing of a sign-in: state,
// nonce and verifier are the caller's, to be used once. It is safe for concurrent use.
type SignIn struct {
	issuer   string
	tenantID string
	config   oauth2.Config // without the endpoint
	client   *http.Client
	now      func() time.Time
	flight   singleflight.Group

	mu       sync.Mutex // guards what follows
	provider *provider
}

// provider is what Entra says of itself, and its keys.
type provider struct {
	endpoint oauth2.Endpoint
	keys     oidc.KeySet
	until    time.Time
}

// NewSignIn returns a sign-in whose answers come to redirectURL, as registered. Entra is
// asked about itself at the first use, so that it may be down until then.
func NewSignIn(app App, redirectURL string) (*SignIn, error) {
	return newSignIn(app, redirectURL, newTransport(), time.Now)
}

func newSignIn(app App, redirectURL string, transport http.RoundTripper, now func() time.Time) (*SignIn, error) {
	entra, err := app.origin()
	if err != nil {
		return nil, err
	}
	if _, err := parseRemote(redirectURL); err != nil {
		return nil, fmt.Errorf("redirect URL: %w", err)
	}
	tenantID := lower(app.TenantID)
	return &SignIn{
		issuer:   entra.JoinPath(tenantID, "v2.0").String(),
		tenantID: tenantID,
		config: oauth2.Config{
			ClientID:     lower(app.ClientID),
			ClientSecret: app.Secret.reveal(),
			RedirectURL:  redirectURL,
			Scopes:       []string{oidc.ScopeOpenID, oidc.ScopeProfile},
		},
		client: newRemote(transport, func(circuitbreaker.State) {}),
		now:    now,
	}, nil
}

// Request is one sign-in that begins. State, Nonce and Verifier are random, kept by the caller
// and used for this sign-in alone.
type Request struct {
	State    string
	Nonce    string
	Verifier string // of PKCE, 43 characters or more
	Context  string // the authentication context to be met, such as c1
}

// URL is where the browser is sent. Its error is an *Error, ErrUnavailable while Entra cannot
// be asked about itself.
//
// The claims parameter asks for the authentication context and for auth_time; the app's
// registration has to list both as optional claims of the id token. It is prompt=login that
// makes auth_time a fresh one: it "forces the user to enter their credentials on that request,
// which negates single sign-on". Entra's documentation has no max_age. Somebody can take the
// parameter out of the URL on its way, which is why Verify looks at auth_time.
// Sources: "OpenID Connect on the Microsoft identity platform", "Developer guide to
// Conditional Access authentication context", "Optional claims reference".
func (s *SignIn) URL(ctx context.Context, r Request) (string, error) {
	if r.State == "" || r.Nonce == "" || r.Context == "" || len(r.Verifier) < minVerifier {
		return "", refusal("a sign-in without state, nonce, context or verifier")
	}
	p, err := s.discover(ctx)
	if err != nil {
		return "", err
	}
	claims, err := challenge(r.Context)
	if err != nil {
		return "", refusal("an authentication context that cannot be written")
	}
	return s.at(p).AuthCodeURL(r.State,
		oidc.Nonce(r.Nonce),
		oauth2.S256ChallengeOption(r.Verifier),
		oauth2.SetAuthURLParam("response_mode", "query"),
		oauth2.SetAuthURLParam("prompt", "login"),
		oauth2.SetAuthURLParam("claims", claims),
	), nil
}

// challenge is the claims parameter (OpenID Connect Core, section 5.5).
func challenge(authContext string) (string, error) {
	type claim struct {
		Essential bool   `json:"essential"`
		Value     string `json:"value,omitempty"`
	}
	text, err := json.Marshal(map[string]map[string]claim{
		"id_token": {"acrs": {true, authContext}, "auth_time": {true, ""}},
	})
	return string(text), err
}

func (s *SignIn) at(p *provider) *oauth2.Config {
	config := s.config
	config.Endpoint = p.endpoint
	return &config
}

// discover returns what Entra says of itself, asking for it if need be, once for all who wait.
func (s *SignIn) discover(ctx context.Context) (*provider, error) {
	s.mu.Lock()
	kept := s.provider
	s.mu.Unlock()
	if kept != nil && s.now().Before(kept.until) {
		return kept, nil
	}
	done := s.flight.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discoveryTimeout)
		defer cancel()
		p, err := s.ask(ctx)
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.provider = p
		return p, nil
	})
	select {
	case result := <-done:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*provider), nil
	case <-ctx.Done():
		return nil, &Error{Op: "discovery", Kind: ErrUnavailable, Err: ctx.Err()}
	}
}

func (s *SignIn) ask(ctx context.Context) (*provider, error) {
	asked := s.now()
	ctx = oidc.ClientContext(ctx, s.client)
	found, err := oidc.NewProvider(ctx, s.issuer)
	if err != nil {
		return nil, discoveryError(err)
	}
	var metadata struct {
		KeysURL string `json:"jwks_uri"`
	}
	if err := found.Claims(&metadata); err != nil {
		return nil, nonsense("discovery", "metadata that cannot be read")
	}
	endpoint := found.Endpoint()
	for _, raw := range []string{endpoint.AuthURL, endpoint.TokenURL, metadata.KeysURL} {
		if _, err := parseRemote(raw); err != nil {
			return nil, nonsense("discovery", "an endpoint that is not to be trusted: %w", err)
		}
	}
	// A client that tries both styles would spend the code on the first.
	endpoint.AuthStyle = oauth2.AuthStyleInParams
	return &provider{
		endpoint: endpoint,
		keys:     oidc.NewRemoteKeySet(ctx, metadata.KeysURL),
		until:    asked.Add(discoveryFresh),
	}, nil
}

// discoveryError says what a failure means. The library's error may quote a whole page.
func discoveryError(err error) *Error {
	failure := &Error{Op: "discovery", Kind: ErrUnavailable, Err: errors.New("no metadata in the answer")}
	if sent, ok := errors.AsType[*url.Error](err); ok {
		failure.Err = sent.Err
	}
	if other, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok && other.Discovered != "" {
		failure.Kind, failure.Err = ErrRefused, other
	}
	return failure
}

// redeem exchanges the code for an id token.
func (s *SignIn) redeem(ctx context.Context, p *provider, code, verifier string) (string, error) {
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, s.client), exchangeTimeout)
	defer cancel()
	token, err := s.at(p).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return "", redeemError(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", badToken("no id token")
	}
	return raw, nil
}

// redeemError says what a failure means. The library's error quotes the answer, so it is not
// passed on.
func redeemError(err error) *Error {
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		failure := &Error{Op: "sign_in", Kind: ErrUnavailable}
		if sent, ok := errors.AsType[*url.Error](err); ok {
			failure.Err = sent.Err
		}
		return failure
	}
	status := refused.Response.StatusCode
	failure := &Error{Op: "sign_in", Kind: kindOf(status), Status: status, Code: entraCode(refused.ErrorCode, refused.ErrorDescription)}
	if refused.ErrorCode == "invalid_grant" {
		failure.Kind = ErrCode
	}
	return failure
}
