package emulator

import (
	"crypto/rand"
	"crypto/subtle"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// scope is the only one that the connector's tokens are for.
const scope = "https://api.botframework.com/.default"

// maxLoginForm bounds the login's request in bytes.
const maxLoginForm = 16 << 10

// issueToken is the client credentials grant of Entra's v2.0 endpoint, for one client.
func (e *Emulator) issueToken(r *http.Request) (reply, error) {
	form, err := readLoginForm(r)
	if err != nil {
		return reply{}, err
	}
	if err := e.checkLogin(form); err != nil {
		return reply{}, err
	}
	now := e.cfg.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	token, err := e.key.sign(jwt.MapClaims{
		"iss": "https://sts.windows.net/" + e.cfg.TenantID + "/", "aud": issuer,
		"appid": e.cfg.AppID, "tid": e.cfg.TenantID, "ver": "1.0",
		"nbf": now.Unix(), "exp": now.Add(tokenLife).Unix(), "uti": rand.Text(),
	})
	if err != nil {
		return reply{}, err
	}
	maps.DeleteFunc(e.tokens, func(_ string, until time.Time) bool { return !now.Before(until) })
	e.tokens[token] = now.Add(tokenLife)
	return reply{status: http.StatusOK, body: map[string]any{
		"token_type":     "Bearer",
		"expires_in":     int(tokenLife.Seconds()),
		"ext_expires_in": int(tokenLife.Seconds()),
		"access_token":   token,
	}}, nil
}

// ExpireTokens makes the connector refuse every token that the login has issued so far.
func (e *Emulator) ExpireTokens() {
	e.mu.Lock()
	defer e.mu.Unlock()
	clear(e.tokens)
}

// authorized says whether the request carries a token of the login that is still valid.
func (e *Emulator) authorized(r *http.Request) bool {
	token, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	e.mu.Lock()
	defer e.mu.Unlock()
	until, issued := e.tokens[token]
	return isBearer && issued && e.cfg.Now().Before(until)
}

func readLoginForm(r *http.Request) (url.Values, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, loginError(http.StatusBadRequest, "invalid_request", "AADSTS900144: The request body must be a form.")
	}
	r.Body = http.MaxBytesReader(nil, r.Body, maxLoginForm)
	if err := r.ParseForm(); err != nil {
		return nil, loginError(http.StatusBadRequest, "invalid_request", "AADSTS90014: The request body is malformed.")
	}
	return r.PostForm, nil
}

// checkLogin compares the form with the one client. Its errors are named as Entra names them.
func (e *Emulator) checkLogin(form url.Values) error {
	for name, values := range form {
		if len(values) != 1 {
			return loginError(http.StatusBadRequest, "invalid_request", "AADSTS9000411: The parameter "+name+" is duplicated.")
		}
	}
	secret := []byte(form.Get("client_secret"))
	switch {
	case form.Get("grant_type") != "client_credentials":
		return loginError(http.StatusBadRequest, "unsupported_grant_type", "AADSTS70003: The grant type is not supported.")
	case !strings.EqualFold(form.Get("client_id"), e.cfg.AppID):
		return loginError(http.StatusBadRequest, "unauthorized_client", "AADSTS700016: The application was not found in the directory.")
	case len(secret) == 0:
		return loginError(http.StatusUnauthorized, "invalid_client", "AADSTS7000218: The request must contain client_secret.")
	case subtle.ConstantTimeCompare(secret, []byte(e.cfg.AppSecret)) != 1:
		return loginError(http.StatusUnauthorized, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
	case form.Get("scope") != scope:
		return loginError(http.StatusBadRequest, "invalid_scope", "AADSTS70011: The provided value for scope is not valid.")
	}
	return nil
}

func loginError(status int, code, description string) reply {
	return reply{status: status, body: map[string]any{"error": code, "error_description": description}}
}
