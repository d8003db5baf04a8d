package botauth

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const clientSecret = "s3cr3t~Value"

func (l *login) tokens(t testing.TB, answer http.HandlerFunc) *TokenSource {
	t.Helper()
	l.getToken = answer
	s, err := newTokenSource(l.URL+"/token", appID, NewSecret(clientSecret), l.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// grants answers with T1, T2 and so on, each valid for that long.
func grants(life time.Duration) http.HandlerFunc {
	var n int // guarded by the login's lock
	return func(w http.ResponseWriter, _ *http.Request) {
		n++
		fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":%d,"ext_expires_in":9,"access_token":"T%d"}`, int(life.Seconds()), n)
	}
}

func wantToken(t *testing.T, s *TokenSource, want string) {
	t.Helper()
	got, err := s.Token(t.Context())
	if err != nil || got != want {
		t.Errorf("token %q, %v, want %q", got, err, want)
	}
}

// settle waits until no renewal is under way.
func (s *TokenSource) settle() {
	_, _, _ = s.lease.flight.Do("", func() (any, error) { return "", nil })
}

func TestTokenRequestIsThatOfTheSpecification(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	var method, contentType string
	var form url.Values
	s := l.tokens(t, func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		method, contentType, form = r.Method, r.Header.Get("Content-Type"), r.PostForm
		grants(time.Hour)(w, r)
	})
	wantToken(t, s, "T1")
	want := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {appID}, "client_secret": {clientSecret},
		"scope": {"https://api.botframework.com/.default"},
	}
	if diff := cmp.Diff(want, form); diff != "" || method != http.MethodPost || contentType != "application/x-www-form-urlencoded" {
		t.Errorf("%s %s (-want +got):\n%s", method, contentType, diff)
	}
}

func TestTokenIsRenewedFiveMinutesBeforeItEnds(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	s := l.tokens(t, grants(time.Hour))
	wantToken(t, s, "T1")
	l.clock.advance(55*time.Minute - time.Second)
	wantToken(t, s, "T1")
	s.settle()
	wantToken(t, s, "T1")

	l.clock.advance(time.Second)
	wantToken(t, s, "T1") // still good while the next is fetched
	s.settle()
	wantToken(t, s, "T2")
}

func TestAShortTokenIsRenewedAtHalfItsLife(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	s := l.tokens(t, grants(time.Minute))
	wantToken(t, s, "T1")
	l.clock.advance(29 * time.Second)
	wantToken(t, s, "T1")
	s.settle()
	l.clock.advance(time.Second)
	wantToken(t, s, "T1")
	s.settle()
	wantToken(t, s, "T2")
}

func TestTokenSurvivesAnOutageUntilItEnds(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	s := l.tokens(t, grants(time.Hour))
	wantToken(t, s, "T1")
	l.setDown(true)
	l.clock.advance(time.Hour - time.Second)
	wantToken(t, s, "T1")
	s.settle()
	l.clock.advance(time.Second)
	if token, err := s.Token(t.Context()); err == nil {
		t.Errorf("an expired token %q is handed out", token)
	}
}

func TestManyCallersGetOneToken(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	s := l.tokens(t, grants(time.Hour))
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { wantToken(t, s, "T1") })
	}
	all.Wait()
	if got := l.visited("/token"); got != 1 {
		t.Errorf("%d requests for a token, want one", got)
	}
}

func TestInvalidateForgetsOnlyThatToken(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	s := l.tokens(t, grants(time.Hour))
	wantToken(t, s, "T1")
	s.Invalidate("T1")
	wantToken(t, s, "T2")
	s.Invalidate("T1") // a late caller with the old one
	wantToken(t, s, "T2")
}

func TestARefusalSaysWhatToMendAndNotTheSecret(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	s := l.tokens(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(map[string]string{
			"error":             "invalid_client",
			"error_description": "AADSTS7000215: Invalid client secret provided: " + clientSecret + "\r\nTrace ID: 1 " + strings.Repeat("é", 500),
		})
	})
	_, err := s.Token(t.Context())
	if err == nil {
		t.Fatal("a token in spite of the refusal")
	}
	for _, part := range []string{"status 401", "invalid_client", "AADSTS7000215", "REDACTED", "Trace ID"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	if strings.Contains(err.Error(), clientSecret) || strings.ContainsAny(err.Error(), "\r\n") || len(err.Error()) > maxDetail+100 {
		t.Errorf("%q holds the secret, a line break or too much", err)
	}

	if _, again := s.Token(t.Context()); again == nil || l.visited("/token") != 1 {
		t.Errorf("a wrong secret is sent %d times in a row", l.visited("/token"))
	}
}

func TestTokenAnswers(t *testing.T) {
	t.Parallel()
	type answer struct {
		Token string
		Life  time.Duration
	}
	for _, tc := range []struct {
		name, body string
		want       answer // zero if refused
	}{
		{"lifetime as a number", `{"token_type":"Bearer","expires_in":3599,"access_token":"a.b"}`, answer{"a.b", 3599 * time.Second}},
		{"lifetime as a string", `{"token_type":"bearer","expires_in":"3599","access_token":"a"}`, answer{"a", 3599 * time.Second}},
		{"no lifetime", `{"token_type":"Bearer","access_token":"a"}`, answer{}},
		{"lifetime zero", `{"token_type":"Bearer","expires_in":0,"access_token":"a"}`, answer{}},
		{"lifetime of a century", `{"token_type":"Bearer","expires_in":3155760000,"access_token":"a"}`, answer{}},
		{"lifetime that is no number", `{"token_type":"Bearer","expires_in":"soon","access_token":"a"}`, answer{}},
		{"no token", `{"token_type":"Bearer","expires_in":3599}`, answer{}},
		{"a token that breaks a header", `{"token_type":"Bearer","expires_in":3599,"access_token":"a\r\nX: y"}`, answer{}},
		{"a token of another kind", `{"token_type":"pop","expires_in":3599,"access_token":"a"}`, answer{}},
		{"no JSON", `<html>`, answer{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			token, life, err := parseGrant([]byte(tc.body))
			if got := (answer{token, life}); got != tc.want || (err != nil) != (tc.want == answer{}) {
				t.Errorf("parseGrant = %+v, %v, want %+v", got, err, tc.want)
			}
		})
	}
}

func FuzzParseGrant(f *testing.F) {
	f.Add([]byte(`{"token_type":"Bearer","expires_in":"3599","access_token":"a.b"}`))
	f.Add([]byte(`{"token_type":"Bearer","expires_in":1e3,"access_token":"a"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		token, life, err := parseGrant(body)
		if err == nil && (!token68(token) || life <= 0 || life > maxTokenLife) {
			t.Errorf("token %q for %s", token, life)
		}
	})
}

func TestTokenFailuresAreErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{"a redirect is not followed", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/metadata", http.StatusTemporaryRedirect)
		}, "status 307"},
		{"an error page", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "<html>", http.StatusBadRequest)
		}, "status 400"},
		{"an answer that is no token", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }, "no bearer token"},
		{"an answer that breaks off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
		}, "read response"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			l := newLogin(t)
			if _, err := l.tokens(t, tc.answer).Token(t.Context()); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
}

func TestTokenSourceRefusesBadSettings(t *testing.T) {
	t.Parallel()
	const microsoft = "https://login.microsoftonline.com/tenant/oauth2/v2.0/token"
	for _, tc := range []struct {
		name, url, app string
		secret         Secret
		ok             bool
	}{
		{"Microsoft's URL", microsoft, appID, NewSecret("x"), true},
		{"no app id", microsoft, "", NewSecret("x"), false},
		{"no secret", microsoft, appID, Secret{}, false},
		{"plain http to another machine", "http://login.microsoftonline.com/token", appID, NewSecret("x"), false},
		{"plain http to loopback", "http://[::1]:8080/token", appID, NewSecret("x"), true},
		{"plain http to localhost", "http://localhost/token", appID, NewSecret("x"), true},
		{"a host that only looks like loopback", "http://127.0.0.1.evil.example/token", appID, NewSecret("x"), false},
		{"a user in the URL", "https://user:pass@login.example/token", appID, NewSecret("x"), false},
		{"no host", "https:///token", appID, NewSecret("x"), false},
		{"no URL", "https://%zz", appID, NewSecret("x"), false},
		{"another scheme", "file:///etc/passwd", appID, NewSecret("x"), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := NewTokenSource(tc.url, tc.app, tc.secret)
			if (err == nil) != tc.ok {
				t.Errorf("error %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "pass@") {
				t.Errorf("%q shows the password", err)
			}
		})
	}
}

func TestSecretNeverShows(t *testing.T) {
	t.Parallel()
	s := NewSecret(clientSecret)
	inside := struct{ Public, private Secret }{s, s}
	encoded, err := json.Marshal(map[string]any{"a": s, "b": inside})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	all.Write(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&all, verb+" "+verb+" "+verb+"\n", s, inside, &inside)
	}
	hex := fmt.Sprintf("%x", clientSecret)
	if strings.Contains(all.String(), clientSecret) || strings.Contains(all.String(), hex) {
		t.Errorf("the secret shows in %s", all.String())
	}
	if want := "REDACTED REDACTED REDACTED"; fmt.Sprintf("%v %s %#v", s, s, s) != want {
		t.Errorf("it does not say %s", want)
	}
}
