package standin

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// codeLife is how long a code is good for.
const codeLife = time.Minute

// token is an access token of the app. To whoever carries it it is opaque.
type token struct {
	audience string
	until    time.Time
}

// grant is what a code stands for.
type grant struct {
	asked    attempt
	person   Person
	mfa      bool
	authTime time.Time
	until    time.Time
}

// issueToken is Entra's token endpoint for the one client. Sources: "Microsoft identity
// platform and the OAuth 2.0 client credentials flow" and "… authorization code flow".
func (s *Server) issueToken(r *http.Request) (reply, error) {
	form, err := readForm(r)
	if err != nil {
		return reply{}, err
	}
	secret := []byte(form.Get("client_secret"))
	switch {
	case r.Header.Get("Authorization") != "":
		return reply{}, loginError(http.StatusBadRequest, "invalid_request", "AADSTS90014: The client is to name itself in the form.")
	case !strings.EqualFold(form.Get("client_id"), s.cfg.ClientID):
		return reply{}, loginError(http.StatusBadRequest, "unauthorized_client", "AADSTS700016: The application was not found in the directory.")
	case len(secret) == 0:
		return reply{}, loginError(http.StatusUnauthorized, "invalid_client", "AADSTS7000218: The request must contain client_secret.")
	case subtle.ConstantTimeCompare(secret, []byte(s.cfg.ClientSecret)) != 1:
		return reply{}, loginError(http.StatusUnauthorized, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
	}
	switch form.Get("grant_type") {
	case "client_credentials":
		return s.grantApp(form)
	case "authorization_code":
		return s.grantPerson(form)
	}
	return reply{}, loginError(http.StatusBadRequest, "unsupported_grant_type", "AADSTS70003: The grant type is not supported.")
}

// grantApp gives the app a token for Graph, or for whatever resource it names.
func (s *Server) grantApp(form url.Values) (reply, error) {
	audience, ok := strings.CutSuffix(form.Get("scope"), "/.default")
	if !ok || audience == "" {
		return reply{}, loginError(http.StatusBadRequest, "invalid_scope", "AADSTS1002012: The provided value for scope is not valid. Client credential flows must have a scope value with /.default.")
	}
	return reply{status: http.StatusOK, body: s.accessToken(audience)}, nil
}

func (s *Server) accessToken(audience string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Now()
	maps.DeleteFunc(s.tokens, func(_ string, t token) bool { return !now.Before(t.until) })
	id := newID()
	keep(s.tokens, id, token{audience, now.Add(tokenLife)})
	return map[string]any{
		"token_type": "Bearer", "access_token": id,
		"expires_in": int(tokenLife.Seconds()), "ext_expires_in": int(tokenLife.Seconds()),
	}
}

// grantPerson exchanges a code, once.
func (s *Server) grantPerson(form url.Values) (reply, error) {
	s.mu.Lock()
	g, found := s.codes[form.Get("code")]
	delete(s.codes, form.Get("code"))
	s.mu.Unlock()
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	switch {
	case !found:
		return reply{}, loginError(http.StatusBadRequest, "invalid_grant", "AADSTS54005: OAuth2 authorization code was already redeemed, or never issued.")
	case !s.cfg.Now().Before(g.until):
		return reply{}, loginError(http.StatusBadRequest, "invalid_grant", "AADSTS70008: The provided authorization code has expired.")
	case form.Get("redirect_uri") != g.asked.redirect:
		return reply{}, loginError(http.StatusBadRequest, "invalid_grant", "AADSTS500112: The reply address does not match the one of the authorization request.")
	case base64.RawURLEncoding.EncodeToString(sum[:]) != g.asked.challenge:
		return reply{}, loginError(http.StatusBadRequest, "invalid_grant", "AADSTS501481: The Code_Verifier does not match the code_challenge.")
	}
	body := s.accessToken("userinfo")
	body["scope"] = "openid profile"
	idToken, given, err := s.idToken(g)
	if err != nil {
		return reply{}, err
	}
	if given {
		body["id_token"] = idToken
	}
	return reply{status: http.StatusOK, body: body}, nil
}

// ExpireTokens makes Graph refuse every token that was issued so far.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// authorized refuses a request to Graph without a token of the app for Graph.
func (s *Server) authorized(r *http.Request) error {
	id, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	t, issued := s.tokens[id]
	s.mu.Unlock()
	re := graphError(http.StatusUnauthorized, "InvalidAuthenticationToken", "Access token is empty, not valid or expired.")
	re.challenge = true
	switch {
	case !isBearer || !issued || !s.cfg.Now().Before(t.until):
		return re
	case t.audience != s.base:
		return graphErrorWith(re, "Access token validation failure. Invalid audience.")
	}
	return nil
}

func readForm(r *http.Request) (url.Values, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, loginError(http.StatusBadRequest, "invalid_request", "AADSTS900144: The request body must be a form.")
	}
	r.Body = http.MaxBytesReader(nil, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, loginError(http.StatusBadRequest, "invalid_request", "AADSTS90014: The request body is malformed.")
	}
	if name, twice := repeated(r.PostForm); twice {
		return nil, loginError(http.StatusBadRequest, "invalid_request", "AADSTS9000411: The parameter "+name+" is duplicated.")
	}
	return r.PostForm, nil
}

// repeated names a parameter that is there more than once.
func repeated(values url.Values) (string, bool) {
	for name, all := range values {
		if len(all) != 1 {
			return name, true
		}
	}
	return "", false
}

func loginError(status int, code, description string) reply {
	return reply{status: status, body: map[string]any{"error": code, "error_description": description}}
}
