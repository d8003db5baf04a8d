package simulator

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	tokenLife = time.Hour
	// clockSkew is how far ahead an assertion's iat may be.
	clockSkew = time.Minute
)

// doorkeeper signs the integration in and checks its tokens ("OAuth 2.0 client credentials flow",
// Oracle help section_162755359851).
type doorkeeper struct {
	account, clientID, certificateID string
	key                              crypto.PublicKey
	algorithms                       []string
	now                              func() time.Time

	mu     sync.Mutex
	tokens map[string]time.Time // access token → expiry

	refusals    int // in a row
	lockedUntil time.Time
}

func newDoorkeeper(c Config) (*doorkeeper, error) {
	d := &doorkeeper{
		account: c.Account, clientID: c.ClientID, certificateID: c.CertificateID,
		key: c.PublicKey, now: c.Now, tokens: make(map[string]time.Time),
	}
	switch c.PublicKey.(type) {
	case *rsa.PublicKey:
		d.algorithms = []string{"PS256", "PS384", "PS512"}
	case *ecdsa.PublicKey:
		d.algorithms = []string{"ES256", "ES384", "ES512"}
	default:
		return nil, fmt.Errorf("public key is %T, not RSA or EC", c.PublicKey)
	}
	if d.clientID == "" || d.certificateID == "" {
		return nil, errors.New("client id and certificate id are required")
	}
	return d, nil
}

// oauthError is a refusal of the token endpoint, in the form of RFC 6749 section 5.2.
type oauthError string

func (e oauthError) Error() string { return string(e) }

const (
	invalidRequest       oauthError = "invalid_request"
	invalidClient        oauthError = "invalid_client"
	invalidGrant         oauthError = "invalid_grant"
	unsupportedGrantType oauthError = "unsupported_grant_type"
)

// token answers POST /services/rest/auth/oauth2/v1/token.
func (s *Simulator) token(w http.ResponseWriter, r *http.Request) error {
	token, err := s.door.signIn(r, s.URL()+pathToken)
	var refused oauthError
	if errors.As(err, &refused) {
		writeJSON(w, http.StatusBadRequest, "application/json", map[string]string{"error": string(refused)})
		return nil
	}
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	// One of Oracle's tables shows expires_in as a string; clients must read both.
	writeJSON(w, http.StatusOK, "application/json", map[string]string{
		"access_token": token, "expires_in": strconv.Itoa(int(tokenLife / time.Second)), "token_type": "Bearer",
	})
	return nil
}

// signIn checks a request for a token and gives one.
func (d *doorkeeper) signIn(r *http.Request, audience string) (string, error) {
	if r.Header.Get("Cookie") != "" {
		return "", loginRefused()
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" || r.URL.RawQuery != "" {
		return "", invalidRequest
	}
	if err := r.ParseForm(); err != nil {
		return "", invalidRequest
	}
	form, err := single(r.PostForm, "grant_type", "client_assertion_type", "client_assertion")
	switch {
	case err != nil:
		return "", err
	case form["grant_type"] != "client_credentials":
		return "", unsupportedGrantType
	case form["client_assertion_type"] != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
		return "", invalidRequest
	}
	if d.locked() {
		return "", invalidGrant
	}
	if err := d.checkAssertion(form["client_assertion"], audience); err != nil {
		d.refused()
		return "", err
	}
	return d.issue(), nil
}

const (
	// Five refused sign-ins in a row lock an account for half an hour, right secrets or not.
	// (Oracle help subsect_156935170194)
	refusalsToLock = 5
	lockLasts      = 30 * time.Minute
)

func (d *doorkeeper) locked() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now().Before(d.lockedUntil)
}

func (d *doorkeeper) refused() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refusals++; d.refusals >= refusalsToLock {
		d.refusals, d.lockedUntil = 0, d.now().Add(lockLasts)
	}
}

// single reads a form that must have exactly these fields, once each.
func single(form url.Values, fields ...string) (map[string]string, error) {
	values := make(map[string]string, len(fields))
	for _, name := range fields {
		if len(form[name]) != 1 {
			return nil, invalidRequest
		}
		values[name] = form[name][0]
	}
	if len(form) != len(fields) {
		return nil, invalidRequest
	}
	return values, nil
}

// checkAssertion verifies the signed statement of who the client is.
func (d *doorkeeper) checkAssertion(assertion, audience string) error {
	claims := jwt.MapClaims{}
	// Times are checked below: the library would let exp and iat be missing.
	parser := jwt.NewParser(jwt.WithValidMethods(d.algorithms), jwt.WithoutClaimsValidation(), jwt.WithStrictDecoding())
	_, err := parser.ParseWithClaims(assertion, claims, func(t *jwt.Token) (any, error) {
		if t.Header["kid"] != d.certificateID || t.Header["typ"] != "JWT" {
			return nil, invalidClient
		}
		return d.key, nil
	})
	switch {
	case errors.Is(err, invalidClient):
		return invalidClient
	case err != nil:
		return invalidGrant
	case claims["iss"] != d.clientID:
		return invalidClient
	case claims["aud"] != audience, !scoped(claims["scope"]), !d.current(claims):
		return invalidGrant
	}
	return nil
}

// scoped reports that a scope claim is an array of NetSuite's scopes with REST among them.
func scoped(claim any) bool {
	scopes, isArray := claim.([]any)
	for _, s := range scopes {
		if s != "rest_webservices" && s != "restlets" && s != "suite_analytics" {
			return false
		}
	}
	return isArray && slices.Contains(scopes, any("rest_webservices"))
}

// current reports that an assertion is valid now and was not made for longer than an hour.
func (d *doorkeeper) current(claims jwt.MapClaims) bool {
	issued, err := claims.GetIssuedAt()
	if err != nil || issued == nil {
		return false
	}
	expires, err := claims.GetExpirationTime()
	if err != nil || expires == nil {
		return false
	}
	now := d.now()
	return !issued.After(now.Add(clockSkew)) && expires.After(now) &&
		expires.After(issued.Time) && expires.Sub(issued.Time) <= time.Hour
}

func (d *doorkeeper) issue() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refusals = 0
	now := d.now()
	for token, expiry := range d.tokens {
		if !expiry.After(now) {
			delete(d.tokens, token)
		}
	}
	token := rand.Text()
	d.tokens[token] = now.Add(tokenLife)
	return token
}

// revoke makes every token invalid, as when somebody revokes the integration's access.
func (d *doorkeeper) revoke() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.tokens)
}

// admit checks the bearer token of a call, and adds the challenge where it refuses.
func (d *doorkeeper) admit(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Cookie") != "" {
		return loginRefused()
	}
	header := r.Header.Get("Authorization")
	scheme, token, _ := strings.Cut(header, " ")
	if header != "" && (scheme != "Bearer" || token == "" || strings.ContainsAny(token, " \t,") || len(r.Header.Values("Authorization")) > 1) {
		d.challenge(w, "invalid_request", "Malformed authorization header.")
		return invalidHeader("Authorization", "Invalid login attempt.")
	}
	d.mu.Lock()
	expiry, known := d.tokens[token]
	d.mu.Unlock()
	if !known || !expiry.After(d.now()) {
		d.challenge(w, "invalid_token", "Invalid login attempt.")
		return loginRefused()
	}
	return nil
}

func (d *doorkeeper) challenge(w http.ResponseWriter, code, description string) {
	w.Header().Set("WWW-Authenticate", fmt.Sprintf("Bearer realm=%q, error=%q, error_description=%q", d.account, code, description))
}
