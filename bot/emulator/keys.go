package emulator

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// tokenLife is how long tokens are valid, of the login and of the connector alike.
const tokenLife = time.Hour

// issuer signs what the connector sends. Source: Bot Framework authentication, connector to bot.
const issuer = "https://api.botframework.com"

// signingKey signs tokens. It is published with its endorsements: the channels it may speak for.
type signingKey struct {
	id           string
	private      *rsa.PrivateKey
	endorsements []string
}

// bearer is a token that is used until shortly before its end, as signing costs a millisecond.
type bearer struct {
	token string
	until time.Time
}

func newSigningKey(endorsements ...string) (signingKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return signingKey{}, fmt.Errorf("make signing key: %w", err)
	}
	return signingKey{id: rand.Text(), private: private, endorsements: endorsements}, nil
}

func (k signingKey) sign(claims jwt.MapClaims) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = k.id
	token.Header["x5t"] = k.id
	signed, err := token.SignedString(k.private)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed, nil
}

// jwk is a key as published. Source: Bot Framework authentication, keys of the connector.
func (k signingKey) jwk() map[string]any {
	exponent := big.NewInt(int64(k.private.E))
	key := map[string]any{
		"kty": "RSA", "use": "sig", "kid": k.id, "x5t": k.id,
		"n": base64.RawURLEncoding.EncodeToString(k.private.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(exponent.Bytes()),
	}
	if len(k.endorsements) > 0 {
		key["endorsements"] = k.endorsements
	}
	return key
}

// RotateKey replaces the key that signs; the old one is published no longer.
func (e *Emulator) RotateKey() error {
	key, err := newSigningKey("msteams")
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.key, e.bearer = key, bearer{}
	return nil
}

// Token signs a token for an activity, valid for an hour. Claims replace those that Teams sends;
// a nil value leaves its claim out.
func (e *Emulator) Token(claims map[string]any) (string, error) {
	e.mu.Lock()
	key := e.key
	e.mu.Unlock()
	return key.sign(e.claims(claims))
}

// UnendorsedToken is as Token, signed by a published key that is endorsed for no channel.
func (e *Emulator) UnendorsedToken(claims map[string]any) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.weakKey.private == nil {
		key, err := newSigningKey()
		if err != nil {
			return "", err
		}
		e.weakKey = key
	}
	return e.weakKey.sign(e.claims(claims))
}

func (e *Emulator) claims(replaced map[string]any) jwt.MapClaims {
	now := e.cfg.Now()
	claims := jwt.MapClaims{
		"iss":        issuer,
		"aud":        e.cfg.AppID,
		"serviceurl": e.ServiceURL(),
		"nbf":        now.Add(-5 * time.Minute).Unix(),
		"exp":        now.Add(tokenLife).Unix(),
	}
	maps.Copy(claims, replaced)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return claims
}

// authorization returns the header that Say and Click send.
func (e *Emulator) authorization() (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.cfg.Now()
	if !now.Before(e.bearer.until) {
		token, err := e.key.sign(e.claims(nil))
		if err != nil {
			return "", err
		}
		e.bearer = bearer{token: token, until: now.Add(tokenLife / 2)}
	}
	return "Bearer " + e.bearer.token, nil
}

func (e *Emulator) metadata(*http.Request) (reply, error) {
	return reply{status: http.StatusOK, body: map[string]any{
		"issuer":                                issuer,
		"authorization_endpoint":                "https://invalid.botframework.com",
		"jwks_uri":                              e.base + "/v1/.well-known/keys",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": []string{"private_key_jwt"},
	}}, nil
}

func (e *Emulator) keySet(*http.Request) (reply, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	keys := []map[string]any{e.key.jwk()}
	if e.weakKey.private != nil {
		keys = append(keys, e.weakKey.jwk())
	}
	return reply{status: http.StatusOK, body: map[string]any{"keys": keys}}, nil
}
