package netsuite

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"radioquote/quoting"
)

const (
	tokenPath = "/services/rest/auth/oauth2/v1/token"

	// assertionLife is how long the signed request for a token is valid; NetSuite allows
	// an hour.
	assertionLife = 5 * time.Minute

	// signInRest is how long nothing is tried after NetSuite refused us: five failed
	// logins lock an account for half an hour.
	signInRest = time.Minute

	// lockRest is longer than an account stays locked.
	lockRest = 35 * time.Minute
)

// secret is text that must not be shown.
type secret string

func (secret) String() string   { return "REDACTED" }
func (secret) GoString() string { return "REDACTED" }

// signIn keeps the bearer token of the OAuth 2.0 client credentials flow. There is no
// refresh token: a new one is asked for by a newly signed assertion.
type signIn struct {
	endpoint      string
	clientID      string
	certificateID string
	key           crypto.Signer
	method        jwt.SigningMethod

	// turn holds one value; whoever has taken it may read and write what follows, and
	// asks for the new token while the others wait.
	turn    chan struct{}
	bearer  secret
	refusal error     // instead of a token, until NetSuite may be asked again
	until   time.Time // when token or refusal is over

	refusals int // in a row
}

func newSignIn(cfg Config) (*signIn, error) {
	method, err := signingMethod(cfg.PrivateKey)
	if err != nil {
		return nil, err
	}
	s := &signIn{
		endpoint:      cfg.BaseURL + tokenPath,
		clientID:      cfg.ClientID,
		certificateID: cfg.CertificateID,
		key:           cfg.PrivateKey,
		method:        method,
		turn:          make(chan struct{}, 1),
	}
	s.turn <- struct{}{}
	return s, nil
}

// signingMethod is the algorithm for the key. NetSuite does not take RS256 any more.
func signingMethod(key crypto.Signer) (jwt.SigningMethod, error) {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if bits := key.N.BitLen(); bits < 3072 { // Oracle help section_162686838198
			return nil, fmt.Errorf("NetSuite takes RSA keys of 3072 and 4096 bits, not of %d: make a new key and certificate, and map them in NetSuite", bits)
		}
		return jwt.SigningMethodPS256, nil
	case *ecdsa.PrivateKey:
		switch key.Curve {
		case elliptic.P256():
			return jwt.SigningMethodES256, nil
		case elliptic.P384():
			return jwt.SigningMethodES384, nil
		case elliptic.P521():
			return jwt.SigningMethodES512, nil
		}
	}
	return nil, fmt.Errorf("NetSuite takes RSA keys and ECDSA keys on P-256, P-384 and P-521, not a %T", key)
}

// assertion is the signed statement of who we are.
func (s *signIn) assertion(now time.Time) (secret, error) {
	token := jwt.NewWithClaims(s.method, jwt.MapClaims{
		"iss":   s.clientID,
		"scope": []string{"rest_webservices"},
		"aud":   s.endpoint,
		"iat":   now.Unix(),
		"exp":   now.Add(assertionLife).Unix(),
	})
	token.Header["kid"] = s.certificateID
	signed, err := token.SignedString(s.key)
	if err != nil {
		return "", fmt.Errorf("sign the assertion: %w", err)
	}
	return secret(signed), nil
}

// bearer is a token that is good for at least ten minutes. Of many who need a new one at
// once, one asks NetSuite.
func (c *Client) bearer(ctx context.Context) (secret, error) {
	s := c.signIn
	select {
	case <-s.turn:
	case <-ctx.Done():
		return "", &Error{Fault: quoting.Unavailable, Call: routeToken.name, Err: context.Cause(ctx)}
	}
	defer func() { s.turn <- struct{}{} }()
	if time.Now().Before(s.until) {
		return s.bearer, s.refusal
	}

	token, life, err := c.newToken(ctx)
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Fault == quoting.Refused || e.Status == http.StatusUnauthorized {
			e.Err = c.Health().cause(time.Now())
			s.refuse(e)
		}
		// Whatever keeps us out, nothing is wrong with the call that we wanted to make.
		e.Fault = quoting.Unavailable
	}
	if err != nil {
		return "", err
	}
	// Of an hour, the last ten minutes are not used.
	s.bearer, s.refusal, s.until, s.refusals = token, nil, time.Now().Add(life-life/6), 0
	return token, nil
}

func (c *Client) newToken(ctx context.Context) (secret, time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, routeToken.deadline, errTooSlow)
	defer cancel()
	assertion, err := c.signIn.assertion(time.Now())
	if err != nil {
		return "", 0, err
	}
	q := request{
		route:  routeToken,
		method: http.MethodPost,
		path:   tokenPath,
		header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		body: []byte(url.Values{
			"grant_type":            {"client_credentials"},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
			"client_assertion":      {string(assertion)},
		}.Encode()),
	}
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   number `json:"expires_in"` // Oracle shows it as number and as string
	}
	var life time.Duration
	err = c.exchange(ctx, q, "", func(body []byte) error {
		if err := decode(body, &answer); err != nil {
			return err
		}
		seconds, err := answer.ExpiresIn.whole()
		life = time.Duration(seconds) * time.Second
		switch {
		case answer.AccessToken == "":
			return errors.New("no access_token")
		case err != nil || life < time.Minute || life > 24*time.Hour:
			return errors.New("expires_in is not a time that a token can live")
		}
		return nil
	})
	return secret(answer.AccessToken), life, err
}

// forget drops a token that NetSuite did not accept, unless it has been replaced since. Whoever
// has the turn keeps it for the deadline of a sign-in at most.
func (s *signIn) forget(bearer secret) {
	<-s.turn
	defer func() { s.turn <- struct{}{} }()
	if s.bearer == bearer {
		s.until = time.Time{}
	}
}

// rest keeps everybody from trying for a while, after a new token was not accepted
// either.
func (s *signIn) rest(bearer secret, refusal error) {
	<-s.turn
	defer func() { s.turn <- struct{}{} }()
	if s.bearer == bearer {
		s.refuse(&Error{Fault: quoting.Unavailable, Call: routeToken.name, Err: refusal})
	}
}

// refuse waits longer with each refusal in a row, so that the fifth comes when the ones
// before are forgotten: a service that asks each minute keeps its own account locked.
func (s *signIn) refuse(refusal *Error) {
	refusal.wait = min(signInRest<<(2*s.refusals), lockRest)
	s.refusals = min(s.refusals+1, 3)
	s.bearer, s.refusal, s.until = "", refusal, time.Now().Add(refusal.wait)
}
