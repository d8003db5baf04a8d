package standin

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

// signingKey signs id tokens.
type signingKey struct {
	id      string
	private *rsa.PrivateKey
}

func newSigningKey() (signingKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return signingKey{}, fmt.Errorf("make signing key: %w", err)
	}
	id := make([]byte, 20) // Entra's are the SHA-1 of a certificate
	_, _ = rand.Read(id)   // never fails
	return signingKey{id: base64.RawURLEncoding.EncodeToString(id), private: private}, nil
}

// signer is the key that signs now.
func (s *Server) signer() (signingKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key.private == nil {
		key, err := newSigningKey()
		if err != nil {
			return signingKey{}, err
		}
		s.key = key
	}
	return s.key, nil
}

// RotateKey replaces the key that signs; the old one is published no longer.
func (s *Server) RotateKey() error {
	key, err := newSigningKey()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key = key
	return nil
}

// metadata is what Entra says of itself. Source: "OpenID Connect on the Microsoft identity
// platform".
func (s *Server) metadata(*http.Request) (reply, error) {
	at := func(rest string) string { return s.base + s.entraPath(rest) }
	return reply{status: http.StatusOK, body: map[string]any{
		"issuer":                                s.Issuer(),
		"authorization_endpoint":                at("oauth2/v2.0/authorize"),
		"token_endpoint":                        at("oauth2/v2.0/token"),
		"jwks_uri":                              at("discovery/v2.0/keys"),
		"userinfo_endpoint":                     s.base + "/oidc/userinfo",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
	}}, nil
}

func (s *Server) keySet(*http.Request) (reply, error) {
	key, err := s.signer()
	if err != nil {
		return reply{}, err
	}
	encode := base64.RawURLEncoding.EncodeToString
	return reply{status: http.StatusOK, body: map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "kid": key.id, "x5t": key.id, "issuer": s.Issuer(),
		"n": encode(key.private.N.Bytes()),
		"e": encode(big.NewInt(int64(key.private.E)).Bytes()),
	}}}}, nil
}

// Forgery is how an id token differs from an honest one.
type Forgery struct {
	Claims     map[string]any // in place of the honest ones; a nil value leaves its claim out
	ForeignKey bool           // signed with a key that is not published, under the id of ours
	Algorithm  string         // HS256 with the client's secret, RS384, or none; default RS256
	Token      string         // in place of it all, if not empty
	Missing    bool           // there is no id token in the answer
}

// Forge makes the next id token a forgery. Forgeries queue up.
func (s *Server) Forge(f Forgery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgeries = append(s.forgeries, f)
}

func (s *Server) nextForgery() Forgery {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.forgeries) == 0 {
		return Forgery{}
	}
	f := s.forgeries[0]
	s.forgeries = s.forgeries[1:]
	return f
}

// idToken signs an id token for whoever signed in. Source: "ID token claims reference".
func (s *Server) idToken(g grant) (token string, given bool, err error) {
	now := s.cfg.Now()
	claims := jwt.MapClaims{
		"iss": s.Issuer(), "aud": s.cfg.ClientID, "ver": "2.0", "uti": newID(),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(tokenLife).Unix(),
		"sub": idOf("subject", g.person.ObjectID), "tid": s.cfg.TenantID, "oid": g.person.ObjectID,
		"name": g.person.Name, "nonce": g.asked.nonce,
	}
	if g.asked.claims.AuthTime {
		claims["auth_time"] = g.authTime.Unix()
	}
	if g.mfa && g.asked.claims.Context != "" {
		claims["acrs"] = []string{g.asked.claims.Context}
	}
	f := s.nextForgery()
	for name, value := range maps.All(f.Claims) {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	if f.Missing || f.Token != "" {
		return f.Token, !f.Missing, nil
	}
	token, err = s.sign(claims, f)
	return token, true, err
}

func (s *Server) sign(claims jwt.MapClaims, f Forgery) (string, error) {
	key, err := s.signer()
	if err != nil {
		return "", err
	}
	var method jwt.SigningMethod = jwt.SigningMethodRS256
	var with any = key.private
	switch f.Algorithm {
	case "none":
		method, with = jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType
	case "HS256":
		method, with = jwt.SigningMethodHS256, []byte(s.cfg.ClientSecret)
	case "RS384":
		method = jwt.SigningMethodRS384
	}
	if f.ForeignKey {
		other, err := newSigningKey()
		if err != nil {
			return "", err
		}
		with = other.private
	}
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = key.id
	token.Header["x5t"] = key.id
	signed, err := token.SignedString(with)
	if err != nil {
		return "", fmt.Errorf("sign id token: %w", err)
	}
	return signed, nil
}

// tokenLife is how long tokens are valid.
const tokenLife = time.Hour
