package simulator

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// claim changes one claim of an assertion; nil removes it.
func claim(name string, value any) func(*jwt.Token) {
	return func(token *jwt.Token) {
		claims := token.Claims.(jwt.MapClaims)
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
}

func header(name string, value any) func(*jwt.Token) {
	return func(token *jwt.Token) { token.Header[name] = value }
}

func TestTokenIsGivenForAGoodAssertionOnly(t *testing.T) {
	t.Parallel()
	a := start(t)
	now := a.clock.Now()
	for _, tc := range []struct {
		name   string
		change func(*jwt.Token)
		want   string // the error, empty: a token
	}{
		{"a good assertion", func(*jwt.Token) {}, ""},
		{"made a minute ahead of our clock", claim("iat", now.Add(time.Minute).Unix()), ""},
		{"valid for exactly an hour", claim("exp", now.Add(time.Hour).Unix()), ""},
		{"more scopes than ours", claim("scope", []string{"restlets", "rest_webservices"}), ""},
		{"a key that is not mapped", header("kid", "other"), "invalid_client"},
		{"no key named", header("kid", nil), "invalid_client"},
		{"another type of token", header("typ", "at+jwt"), "invalid_client"},
		{"another client", claim("iss", "other"), "invalid_client"},
		{"no client", claim("iss", nil), "invalid_client"},
		{"the audience of another account", claim("aud", "https://1234567.suitetalk.api.netsuite.com"+pathToken), "invalid_grant"},
		{"the audience among others", claim("aud", []string{a.URL() + pathToken}), "invalid_grant"},
		{"the scope as text", claim("scope", "rest_webservices"), "invalid_grant"},
		{"another scope", claim("scope", []string{"restlets"}), "invalid_grant"},
		{"a scope that does not exist", claim("scope", []string{"rest_webservices", "all"}), "invalid_grant"},
		{"no scope", claim("scope", nil), "invalid_grant"},
		{"expired", func(token *jwt.Token) {
			claim("iat", now.Add(-time.Minute).Unix())(token)
			claim("exp", now.Unix())(token)
		}, "invalid_grant"},
		{"valid for over an hour", claim("exp", now.Add(time.Hour+time.Second).Unix()), "invalid_grant"},
		{"never expiring", claim("exp", nil), "invalid_grant"},
		{"an expiry that is no number", claim("exp", "tomorrow"), "invalid_grant"},
		{"made in the future", claim("iat", now.Add(61*time.Second).Unix()), "invalid_grant"},
		{"made at no time", claim("iat", nil), "invalid_grant"},
		{"made at a time that is no number", claim("iat", "now"), "invalid_grant"},
		{"expiring before it was made", func(token *jwt.Token) {
			claim("iat", now.Add(50*time.Second).Unix())(token)
			claim("exp", now.Add(40*time.Second).Unix())(token)
		}, "invalid_grant"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := a.postToken(t, tokenForm(a.assertion(t, tc.change)).Encode())
			a.signIn(t) // so that the refusals do not lock the account
			checkToken(t, got, tc.want)
		})
	}
}

func checkToken(t *testing.T, got reply, want string) {
	t.Helper()
	switch {
	case want != "":
		if got.status != http.StatusBadRequest || string(got.body) != `{"error":"`+want+`"}` {
			t.Errorf("got %s, want %s", got, want)
		}
	case got.status != http.StatusOK || got.json(t)["token_type"] != "Bearer" || got.json(t)["expires_in"] != "3600":
		t.Errorf("got %s, want a token", got)
	}
}

func (a *account) postToken(t *testing.T, form string, headers ...string) reply {
	t.Helper()
	return a.do(t, "POST", pathToken, form, append([]string{"Authorization:", "Content-Type: application/x-www-form-urlencoded"}, headers...)...)
}

func TestTokenIsRefusedForABadForm(t *testing.T) {
	t.Parallel()
	a := start(t)
	good := func(change func(url.Values)) string {
		form := tokenForm(a.assertion(t))
		change(form)
		return form.Encode()
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(method jwt.SigningMethod, key any) string {
		token := jwt.NewWithClaims(method, jwt.MapClaims{
			"iss": "client", "aud": a.URL() + pathToken, "scope": []string{"rest_webservices"},
			"iat": a.clock.Now().Unix(), "exp": a.clock.Now().Add(time.Minute).Unix(),
		})
		token.Header["kid"] = "certificate"
		text, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return tokenForm(text).Encode()
	}
	tampered := a.assertion(t)
	tampered = tampered[:len(tampered)-4] + strings.Map(func(r rune) rune { return 'A' + (r-'A'+1)%26 }, "ABCD")
	for _, tc := range []struct{ name, form, want string }{
		{"another grant", good(func(f url.Values) { f.Set("grant_type", "refresh_token") }), "unsupported_grant_type"},
		{"no grant", good(func(f url.Values) { f.Del("grant_type") }), "invalid_request"},
		{"another assertion type", good(func(f url.Values) { f.Set("client_assertion_type", "saml") }), "invalid_request"},
		{"two assertions", good(func(f url.Values) { f.Add("client_assertion", "x") }), "invalid_request"},
		{"a field too many", good(func(f url.Values) { f.Set("client_secret", "x") }), "invalid_request"},
		{"a form that does not parse", "grant_type=%zz", "invalid_request"},
		{"no JWT", good(func(f url.Values) { f.Set("client_assertion", "x.y.z") }), "invalid_grant"},
		{"a signature that was tampered with", tokenForm(tampered).Encode(), "invalid_grant"},
		{"an algorithm that is none", signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType), "invalid_grant"},
		{"a key of another kind", signed(jwt.SigningMethodPS256, other), "invalid_grant"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			checkToken(t, a.postToken(t, tc.form), tc.want)
		})
	}
	t.Run("another content type", func(t *testing.T) {
		t.Parallel()
		checkToken(t, a.postToken(t, good(func(url.Values) {}), "Content-Type: application/json"), "invalid_request")
	})
	t.Run("a cookie", func(t *testing.T) {
		t.Parallel()
		if got := a.postToken(t, good(func(url.Values) {}), "Cookie: JSESSIONID=1"); got.status != http.StatusUnauthorized {
			t.Errorf("got %s", got)
		}
	})
}

func TestRSAKeysSignByPSSOnly(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	door, err := newDoorkeeper(Config{ClientID: "client", CertificateID: "certificate", PublicKey: key.Public(), Now: newClock().Now})
	if err != nil {
		t.Fatal(err)
	}
	now := door.now()
	for method, good := range map[jwt.SigningMethod]bool{
		jwt.SigningMethodPS256: true, jwt.SigningMethodPS384: true, jwt.SigningMethodPS512: true,
		jwt.SigningMethodRS256: false, jwt.SigningMethodHS256: false,
	} {
		token := jwt.NewWithClaims(method, jwt.MapClaims{
			"iss": "client", "aud": "audience", "scope": []string{"rest_webservices"}, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		})
		token.Header["kid"] = "certificate"
		var with any = key
		if method == jwt.SigningMethodHS256 {
			sum := sha256.Sum256(key.N.Bytes())
			with = sum[:]
		}
		signed, err := token.SignedString(with)
		if err != nil {
			t.Fatal(err)
		}
		if err := door.checkAssertion(signed, "audience"); (err == nil) != good {
			t.Errorf("%s: %v", method.Alg(), err)
		}
	}
}

func TestCallsNeedABearerToken(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, tc := range []struct {
		name, header string
		status       int
		challenge    string
	}{
		{"a good token", "", 200, ""},
		{"no token", "Authorization:", 401, "invalid_token"},
		{"an unknown token", "Authorization: Bearer unknown", 401, "invalid_token"},
		{"another scheme", "Authorization: OAuth realm=1", 400, "invalid_request"},
		{"a scheme alone", "Authorization: Bearer", 400, "invalid_request"},
		{"two tokens in one header", "Authorization: Bearer a, Bearer b", 400, "invalid_request"},
		{"a cookie beside a good token", "Cookie: NS_VER=2026.1", 401, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := a.do(t, "GET", pathServerTime, "", tc.header)
			if got.status != tc.status {
				t.Fatalf("got %s", got)
			}
			want := ""
			if tc.challenge != "" {
				want = `Bearer realm="1234567_SB1", error="` + tc.challenge + `"`
			}
			if challenge := got.header.Get("WWW-Authenticate"); !strings.HasPrefix(challenge, want) || want == "" && challenge != "" {
				t.Errorf("challenge = %s, want %s", challenge, want)
			}
			if code, _ := "", ""; got.status == 401 {
				if code, _ = got.problem(t); code != "INVALID_LOGIN" {
					t.Errorf("code = %s", code)
				}
			}
		})
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	a := start(t)
	status := func() int { return a.do(t, "GET", pathServerTime, "").status }

	a.clock.advance(59 * time.Minute)
	if got := status(); got != 200 {
		t.Errorf("after 59 minutes: %d", got)
	}
	a.clock.advance(time.Minute)
	if got := status(); got != 401 {
		t.Errorf("after an hour: %d", got)
	}
	a.signIn(t)
	if got := status(); got != 200 {
		t.Errorf("with a new token: %d", got)
	}
	if n := len(a.door.tokens); n != 1 {
		t.Errorf("%d tokens are kept, want the new one only", n)
	}
	a.RevokeTokens()
	if got := status(); got != 401 {
		t.Errorf("after the revocation: %d", got)
	}
}
