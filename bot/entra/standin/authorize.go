package standin

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	// attemptLife is how long the sign-in page may be looked at.
	attemptLife = 10 * time.Minute
	// sessionAge is how long ago whoever is at the browser signed in last: without
	// prompt=login nobody has to do it again.
	sessionAge = time.Hour
)

// attempt is a sign-in that was asked for.
type attempt struct {
	redirect  string
	state     string
	nonce     string
	challenge string
	fresh     bool // the person is to sign in again
	claims    askedClaims
	until     time.Time
}

// askedClaims are what the claims parameter asks for in the id token.
type askedClaims struct {
	Context  string // the authentication context; empty: none
	AuthTime bool
}

// authorize shows the sign-in page. Whatever is missing from the request is refused here,
// where Entra would send the browser back, so that a test sees it.
// Source: "OpenID Connect on the Microsoft identity platform".
func (s *Server) authorize(r *http.Request) (reply, error) {
	asked, err := s.parseAttempt(r.URL.Query())
	if err != nil {
		return reply{}, err
	}
	id := newID()
	s.mu.Lock()
	keep(s.attempts, id, asked)
	s.mu.Unlock()
	return signInPage(s.entraPath("oauth2/v2.0/authorize/decide"), id, asked, s.everybody())
}

// challengeForm is a SHA-256 in base64url.
var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

func (s *Server) parseAttempt(q url.Values) (attempt, error) {
	prompt := q.Get("prompt")
	scopes := strings.Fields(q.Get("scope"))
	name, twice := repeated(q)
	switch {
	case twice:
		return attempt{}, errorPage("AADSTS9000411: The parameter " + name + " is duplicated.")
	case !strings.EqualFold(q.Get("client_id"), s.cfg.ClientID):
		return attempt{}, errorPage("AADSTS700016: The application was not found in the directory.")
	case !slices.Contains(s.cfg.RedirectURIs, q.Get("redirect_uri")):
		return attempt{}, errorPage("AADSTS50011: The redirect URI does not match the redirect URIs configured for the application.")
	case q.Get("response_type") != "code":
		return attempt{}, errorPage("AADSTS700054: response_type is not code.")
	case q.Has("response_mode") && q.Get("response_mode") != "query":
		return attempt{}, errorPage("AADSTS900144: response_mode is not query.")
	case !slices.Contains(scopes, "openid"):
		return attempt{}, errorPage("AADSTS70011: The scope openid is missing.")
	case q.Get("state") == "" || q.Get("nonce") == "":
		return attempt{}, errorPage("AADSTS900144: state or nonce is missing.")
	case q.Get("code_challenge_method") != "S256" || !challengeForm.MatchString(q.Get("code_challenge")):
		return attempt{}, errorPage("AADSTS9002325: Proof Key for Code Exchange with S256 is required.")
	case prompt != "" && !slices.Contains([]string{"login", "none", "consent", "select_account"}, prompt):
		return attempt{}, errorPage("AADSTS90023: Invalid value for prompt.")
	}
	claims, err := parseClaims(q.Get("claims"))
	if err != nil {
		return attempt{}, err
	}
	return attempt{
		redirect: q.Get("redirect_uri"), state: q.Get("state"), nonce: q.Get("nonce"), challenge: q.Get("code_challenge"),
		fresh: prompt == "login", claims: claims, until: s.cfg.Now().Add(attemptLife),
	}, nil
}

// parseClaims reads the claims parameter. Source: "Claims challenges, claims requests and
// client capabilities".
func parseClaims(text string) (askedClaims, error) {
	if text == "" {
		return askedClaims{}, nil
	}
	type claim struct {
		Essential bool   `json:"essential"`
		Value     string `json:"value"`
	}
	var doc struct {
		IDToken struct {
			Contexts *claim `json:"acrs"`
			AuthTime *claim `json:"auth_time"`
		} `json:"id_token"`
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&doc); err != nil {
		return askedClaims{}, errorPage("AADSTS100022: Invalid claims parameter.")
	}
	asked := askedClaims{AuthTime: doc.IDToken.AuthTime != nil}
	if c := doc.IDToken.Contexts; c != nil {
		asked.Context = c.Value
	}
	return asked, nil
}

// decide takes the form of the sign-in page: request names the page, person is an object id,
// mfa is on or not there, and cancel is there if the person called it off.
func (s *Server) decide(r *http.Request) (reply, error) {
	form, err := readForm(r)
	if err != nil {
		return reply{}, err
	}
	now := s.cfg.Now()
	s.mu.Lock()
	asked, found := s.attempts[form.Get("request")]
	delete(s.attempts, form.Get("request"))
	s.mu.Unlock()
	if !found || !now.Before(asked.until) {
		return reply{}, errorPage("AADSTS900481: The sign-in has ended. Begin again where you came from.")
	}
	back := url.Values{"state": {asked.state}}
	if form.Has("cancel") {
		back.Set("error", "access_denied")
		back.Set("error_subcode", "cancel")
		back.Set("error_description", "AADSTS65004: User declined to consent to access the app.")
		return goBack(asked.redirect, back), nil
	}
	person, there := s.Person(form.Get("person"))
	switch {
	case !there:
		return reply{}, errorPage("AADSTS50034: The user account does not exist in the directory.")
	case person.Disabled:
		return reply{}, errorPage("AADSTS50057: The user account is disabled.")
	}
	g := grant{asked: asked, person: person, mfa: form.Get("mfa") == "on", authTime: now, until: now.Add(codeLife)}
	if !asked.fresh {
		g.authTime = now.Add(-sessionAge)
	}
	code := newID()
	s.mu.Lock()
	keep(s.codes, code, g)
	s.mu.Unlock()
	back.Set("code", code)
	return goBack(asked.redirect, back), nil
}

func goBack(redirect string, back url.Values) reply {
	mark := "?"
	if strings.Contains(redirect, "?") {
		mark = "&"
	}
	return reply{status: http.StatusSeeOther, location: redirect + mark + back.Encode()}
}

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// signInPage lets somebody say who is at the browser.
func signInPage(action, id string, asked attempt, people []Person) (reply, error) {
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, map[string]any{"Action": action, "Request": id, "People": people, "Context": asked.claims.Context})
	return reply{status: http.StatusOK, html: b.Bytes(), formTo: originOf(asked.redirect)}, err
}

// errorPage is what Entra shows instead of sending the browser back.
func errorPage(message string) reply {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, map[string]any{"Error": message}); err != nil {
		return reply{status: http.StatusInternalServerError}
	}
	return reply{status: http.StatusBadRequest, html: b.Bytes(), body: message}
}

// writePage lets the page run no script, and its form end only where the sign-in goes back to.
func writePage(w http.ResponseWriter, re reply) {
	w.Header().Set("Content-Security-Policy", strings.TrimSpace("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "+
		"frame-ancestors 'none'; form-action 'self' "+re.formTo))
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "same-origin") // with no-referrer browsers post the form as from nowhere
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(re.status)
	_, _ = w.Write(re.html) // the caller may have gone
}

// requestField finds the page's own id on it.
var requestField = regexp.MustCompile(`name="request" value="([A-Z0-9]+)"`)

// SignIn does what a person does at a browser that was sent to authorizeURL: it picks the
// person on the page and, with mfa, ticks that the authenticator has been used. It returns
// where the browser is sent then.
func (s *Server) SignIn(ctx context.Context, authorizeURL, objectID string, mfa bool) (redirectURL string, err error) {
	form := url.Values{"person": {objectID}}
	if mfa {
		form.Set("mfa", "on")
	}
	return s.fillIn(ctx, authorizeURL, form)
}

// Cancel does what a person does who calls it off.
func (s *Server) Cancel(ctx context.Context, authorizeURL string) (redirectURL string, err error) {
	return s.fillIn(ctx, authorizeURL, url.Values{"cancel": {"1"}})
}

func (s *Server) fillIn(ctx context.Context, authorizeURL string, form url.Values) (string, error) {
	page, err := s.browse(ctx, http.MethodGet, authorizeURL, nil)
	if err != nil {
		return "", err
	}
	found := requestField.FindSubmatch(page.Body.Bytes())
	if page.Code != http.StatusOK || found == nil {
		return "", fmt.Errorf("no sign-in page but status %d: %s", page.Code, sentence(page.Body.Bytes()))
	}
	form.Set("request", string(found[1]))
	sent, err := s.browse(ctx, http.MethodPost, s.base+s.entraPath("oauth2/v2.0/authorize/decide"), form)
	if err != nil {
		return "", err
	}
	if sent.Code != http.StatusSeeOther {
		return "", fmt.Errorf("signed in with status %d: %s", sent.Code, sentence(sent.Body.Bytes()))
	}
	return sent.Header().Get("Location"), nil
}

// browse asks for a page as a browser would, without the network.
func (s *Server) browse(ctx context.Context, method, target string, form url.Values) (*httptest.ResponseRecorder, error) {
	req, err := http.NewRequestWithContext(ctx, method, target, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", s.base)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, req)
	return w, nil
}

// sentence is Entra's error on a page, or nothing.
func sentence(page []byte) string {
	return string(regexp.MustCompile(`AADSTS[^<]*`).Find(page))
}
