package standin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
)

const verifier = "a-verifier-of-forty-three-characters-or-more"

// asked is the query of a sign-in.
func asked() url.Values {
	sum := sha256.Sum256([]byte(verifier))
	return url.Values{
		"client_id": {"client"}, "redirect_uri": {redirect}, "response_type": {"code"}, "response_mode": {"query"},
		"scope": {"openid profile"}, "state": {"s&s"}, "nonce": {"n"}, "prompt": {"login"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
		"claims": {`{"id_token":{"acrs":{"essential":true,"value":"c1"},"auth_time":{"essential":true}}}`},
	}
}

func (e *entra) authorizeURL(q url.Values) string {
	return e.URL() + "/tenant/oauth2/v2.0/authorize?" + q.Encode()
}

func TestASignInThatLacksSomethingIsRefused(t *testing.T) {
	t.Parallel()
	e := start(t)
	for _, tc := range []struct {
		name   string
		change func(url.Values)
		want   string
	}{
		{"another client", func(q url.Values) { q.Set("client_id", "other") }, "AADSTS700016"},
		{"another place to go back to", func(q url.Values) { q.Set("redirect_uri", redirect+"&more=1") }, "AADSTS50011"},
		{"a token at once", func(q url.Values) { q.Set("response_type", "id_token") }, "AADSTS700054"},
		{"an answer in a form", func(q url.Values) { q.Set("response_mode", "form_post") }, "AADSTS900144"},
		{"not openid", func(q url.Values) { q.Set("scope", "profile openid2") }, "AADSTS70011"},
		{"no state", func(q url.Values) { q.Del("state") }, "AADSTS900144"},
		{"no nonce", func(q url.Values) { q.Del("nonce") }, "AADSTS900144"},
		{"no challenge", func(q url.Values) { q.Del("code_challenge") }, "AADSTS9002325"},
		{"a plain challenge", func(q url.Values) { q.Set("code_challenge_method", "plain") }, "AADSTS9002325"},
		{"half a challenge", func(q url.Values) { q.Set("code_challenge", "abc") }, "AADSTS9002325"},
		{"a prompt that there is not", func(q url.Values) { q.Set("prompt", "again") }, "AADSTS90023"},
		{"claims that are no JSON", func(q url.Values) { q.Set("claims", "acrs") }, "AADSTS100022"},
		{"claims of another form", func(q url.Values) { q.Set("claims", `{"id_token":{"acr":"c1"}}`) }, "AADSTS100022"},
		{"a parameter twice", func(q url.Values) { q.Add("nonce", "m") }, "AADSTS9000411"},
	} {
		q := asked()
		tc.change(q)
		got := e.do(t, request(t, http.MethodGet, e.authorizeURL(q), ""))
		if got.status != http.StatusBadRequest || !strings.Contains(got.body, tc.want) || strings.Contains(got.body, "<form") {
			t.Errorf("%s: status %d, want 400 with %s: %s", tc.name, got.status, tc.want, got.body)
		}
		if _, err := e.SignIn(t.Context(), e.authorizeURL(q), morgan, true); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: the helper says %v", tc.name, err)
		}
	}
}

// TestABrowserSignsIn follows the page as a browser does.
func TestABrowserSignsIn(t *testing.T) {
	t.Parallel()
	e := start(t)
	page := e.do(t, request(t, http.MethodGet, e.authorizeURL(asked()), ""))
	if page.status != http.StatusOK {
		t.Fatalf("status %d: %s", page.status, page.body)
	}
	for _, part := range []string{
		"Riley &lt;Rep&gt;", "Account disabled", "authentication context c1", `value="` + riley + `" required checked`, `value="` + disabled + `" required disabled`,
	} {
		if !strings.Contains(page.body, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	if policy := page.header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "form-action 'self' https://quotes.example") || strings.Contains(policy, "script") {
		t.Errorf("the page may do too much or too little: %s", policy)
	}
	action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(page.body)
	id := regexp.MustCompile(`name="request" value="([^"]+)"`).FindStringSubmatch(page.body)
	if action == nil || id == nil {
		t.Fatalf("no form on the page: %s", page.body)
	}
	form := url.Values{"request": {id[1]}, "person": {morgan}, "mfa": {"on"}}
	back := e.post(t, action[1], form)
	code := wantCode(t, back.header.Get("Location"))
	if back.status != http.StatusSeeOther {
		t.Errorf("status %d", back.status)
	}
	if again := e.post(t, action[1], form); again.status != http.StatusBadRequest || !strings.Contains(again.body, "AADSTS900481") {
		t.Errorf("the page serves twice: %d %s", again.status, again.body)
	}
	claims := e.redeem(t, code)
	delete(claims, "uti")
	delete(claims, "sub")
	now := float64(e.now.Unix())
	want := jwt.MapClaims{
		"iss": e.Issuer(), "aud": "client", "ver": "2.0", "tid": "tenant", "oid": morgan, "name": "Morgan Manager", "nonce": "n",
		"iat": now, "nbf": now, "exp": now + 3600, "auth_time": now, "acrs": []any{"c1"},
	}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

// wantCode is the code of where the browser is sent.
func wantCode(t *testing.T, back string) string {
	t.Helper()
	rest, ok := strings.CutPrefix(back, redirect+"&")
	q, err := url.ParseQuery(rest)
	if !ok || err != nil || q.Get("state") != "s&s" || q.Get("code") == "" {
		t.Fatalf("sent back to %s", back)
	}
	return q.Get("code")
}

func codeForm(code string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "client_id": {"client"}, "client_secret": {"secret"},
		"code": {code}, "redirect_uri": {redirect}, "code_verifier": {verifier},
	}
}

// redeem exchanges a code and checks the signature of the id token.
func (e *entra) redeem(t *testing.T, code string) jwt.MapClaims {
	t.Helper()
	got := e.post(t, "/tenant/oauth2/v2.0/token", codeForm(code))
	var doc struct {
		Token string `json:"id_token"`
	}
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil || got.status != http.StatusOK {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(doc.Token, claims, func(*jwt.Token) (any, error) {
		key, err := e.signer()
		return &key.private.PublicKey, err
	}, jwt.WithTimeFunc(func() time.Time { return e.now }))
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestATokenSaysWhatWasAskedForAndDone(t *testing.T) {
	t.Parallel()
	e := start(t)
	for _, tc := range []struct {
		name   string
		change func(url.Values)
		mfa    bool
		want   map[string]any // acrs and auth_time
	}{
		{"asked for and done", func(url.Values) {}, true, map[string]any{"acrs": []any{"c1"}, "auth_time": float64(e.now.Unix())}},
		{"asked for and not done", func(url.Values) {}, false, map[string]any{"acrs": nil, "auth_time": float64(e.now.Unix())}},
		{"done and not asked for", func(q url.Values) { q.Del("claims") }, true, map[string]any{"acrs": nil, "auth_time": nil}},
		{"not signed in again", func(q url.Values) { q.Del("prompt") }, true, map[string]any{"acrs": []any{"c1"}, "auth_time": float64(e.now.Add(-time.Hour).Unix())}},
	} {
		q := asked()
		tc.change(q)
		back, err := e.SignIn(t.Context(), e.authorizeURL(q), riley, tc.mfa)
		if err != nil {
			t.Fatal(err)
		}
		claims := e.redeem(t, wantCode(t, back))
		if diff := cmp.Diff(tc.want, map[string]any{"acrs": claims["acrs"], "auth_time": claims["auth_time"]}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestACodeIsForOneExchange(t *testing.T) {
	t.Parallel()
	e := start(t)
	for _, tc := range []struct {
		name   string
		change func(url.Values)
		want   string
	}{
		{"another verifier", func(f url.Values) { f.Set("code_verifier", "other") }, "AADSTS501481"},
		{"no verifier", func(f url.Values) { f.Del("code_verifier") }, "AADSTS501481"},
		{"another place to go back to", func(f url.Values) { f.Set("redirect_uri", "https://evil.example") }, "AADSTS500112"},
		{"a minute later", func(url.Values) { e.now = e.now.Add(time.Minute) }, "AADSTS70008"},
	} {
		back, err := e.SignIn(t.Context(), e.authorizeURL(asked()), riley, true)
		if err != nil {
			t.Fatal(err)
		}
		form := codeForm(wantCode(t, back))
		honest := codeForm(form.Get("code"))
		tc.change(form)
		if got := e.post(t, "/tenant/oauth2/v2.0/token", form); got.status != 400 || !strings.Contains(got.body, tc.want) {
			t.Errorf("%s: %d %s", tc.name, got.status, got.body)
		}
		if got := e.post(t, "/tenant/oauth2/v2.0/token", honest); !strings.Contains(got.body, "AADSTS54005") {
			t.Errorf("%s: the code is still good: %s", tc.name, got.body)
		}
	}
}

func TestWhoMayNotSignInDoesNot(t *testing.T) {
	t.Parallel()
	e := start(t)
	for person, want := range map[string]string{disabled: "AADSTS50057", "somebody": "AADSTS50034"} {
		if back, err := e.SignIn(t.Context(), e.authorizeURL(asked()), person, true); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is sent to %s, error %v", person, back, err)
		}
	}
	if got := e.post(t, "/tenant/oauth2/v2.0/authorize/decide", url.Values{"person": {riley}}); got.status != http.StatusBadRequest {
		t.Errorf("without a page: status %d", got.status)
	}
	back, err := e.Cancel(t.Context(), e.authorizeURL(asked()))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(back, "error=access_denied") || !strings.Contains(back, "state=s%26s") || strings.Contains(back, "&code=") {
		t.Errorf("called off and sent to %s", back)
	}
	page := e.do(t, request(t, http.MethodGet, e.authorizeURL(asked()), ""))
	id := regexp.MustCompile(`name="request" value="([^"]+)"`).FindStringSubmatch(page.body)
	e.now = e.now.Add(attemptLife)
	if got := e.post(t, "/tenant/oauth2/v2.0/authorize/decide", url.Values{"request": {id[1]}, "person": {riley}}); !strings.Contains(got.body, "AADSTS900481") {
		t.Errorf("a page of ten minutes ago serves: %d", got.status)
	}
}

func TestAForgeryIsOne(t *testing.T) {
	t.Parallel()
	e := start(t)
	token := func(f Forgery) string {
		e.Forge(f)
		back, err := e.SignIn(t.Context(), e.authorizeURL(asked()), riley, true)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Token string `json:"id_token"`
		}
		got := e.post(t, "/tenant/oauth2/v2.0/token", codeForm(wantCode(t, back)))
		if err := json.Unmarshal([]byte(got.body), &doc); err != nil {
			t.Fatal(err)
		}
		return doc.Token
	}
	key, err := e.signer()
	if err != nil {
		t.Fatal(err)
	}
	honest := func(raw string) (jwt.MapClaims, error) {
		claims := jwt.MapClaims{}
		_, err := jwt.ParseWithClaims(raw, claims, func(*jwt.Token) (any, error) { return &key.private.PublicKey, nil },
			jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(func() time.Time { return e.now }))
		return claims, err
	}
	claims, err := honest(token(Forgery{Claims: map[string]any{"tid": "other", "acrs": nil}}))
	if _, has := claims["acrs"]; err != nil || has || claims["tid"] != "other" {
		t.Errorf("claims %v, error %v", claims, err)
	}
	for name, f := range map[string]Forgery{
		"the key of another": {ForeignKey: true}, "HS256": {Algorithm: "HS256"}, "none": {Algorithm: "none"}, "another thing": {Token: "x"}, "nothing": {Missing: true},
	} {
		if raw := token(f); raw != "" {
			if _, err := honest(raw); err == nil {
				t.Errorf("%s passes as honest", name)
			}
		}
	}
	if _, err := honest(token(Forgery{})); err != nil {
		t.Errorf("after the forgeries: %v", err)
	}
}
