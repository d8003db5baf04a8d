package netsuite

import (
	"context"
	"crypto"
	"crypto/elliptic"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
)

// The header of an assertion by PS256 and certificate TEST_CERT_ID:
// {"alg":"PS256","kid":"TEST_CERT_ID","typ":"JWT"}.
const assertionHeader = "eyJhbGciOiJQUzI1NiIsImtpZCI6IlRFU1RfQ0VSVF9JRCIsInR5cCI6IkpXVCJ9"

func TestTheAssertionIsWhatNetSuiteVerifies(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 9, 12, 0, 0, time.UTC)
	for _, tc := range []struct {
		algorithm string
		key       crypto.Signer
	}{
		{"PS256", testKey()},
		{"ES256", ecKey(t, elliptic.P256())},
		{"ES384", ecKey(t, elliptic.P384())},
		{"ES512", ecKey(t, elliptic.P521())},
	} {
		t.Run(tc.algorithm, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig("https://netsuite.example")
			cfg.PrivateKey = tc.key
			s, err := newSignIn(cfg)
			if err != nil {
				t.Fatal(err)
			}
			assertion, err := s.assertion(now)
			if err != nil {
				t.Fatal(err)
			}
			claims := jwt.MapClaims{}
			parser := jwt.NewParser(jwt.WithValidMethods([]string{tc.algorithm}), jwt.WithTimeFunc(func() time.Time { return now }))
			if _, err := parser.ParseWithClaims(string(assertion), claims, func(*jwt.Token) (any, error) { return tc.key.Public(), nil }); err != nil {
				t.Fatal(err)
			}
			want := jwt.MapClaims{
				"iss":   "test-client",
				"scope": []any{"rest_webservices"},
				"aud":   "https://netsuite.example/services/rest/auth/oauth2/v1/token",
				"iat":   float64(now.Unix()),
				"exp":   float64(now.Unix() + 300),
			}
			if diff := cmp.Diff(want, claims); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
			if header, _, _ := strings.Cut(string(assertion), "."); tc.algorithm == "PS256" && header != assertionHeader {
				t.Errorf("header = %s, want %s", header, assertionHeader)
			}
		})
	}
}

// clock answers serverTime, which is the simplest call.
func clock(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, 200, `{"serverTime":"2026-11-25T09:12:00.000Z"}`)
}

// tokens is a NetSuite that gives numbered tokens and takes those that valid says.
type tokens struct {
	given atomic.Int64
	calls atomic.Int64
	valid func(token string) bool
}

func (s *tokens) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == tokenPath {
		giveToken(w, fmt.Sprintf("token-%d", s.given.Add(1)))
		return
	}
	s.calls.Add(1)
	if token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "); !s.valid(token) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="1234567", error="invalid_token", error_description="Invalid login attempt."`)
		answerJSON(w, 401, `{"title":"Unauthorized","status":401,"o:errorDetails":[{"detail":"Invalid login attempt.","o:errorCode":"INVALID_LOGIN"}]}`)
		return
	}
	clock(w, r)
}

func anyToken(token string) bool { return token != "" }

func TestManyWhoNeedATokenAskForOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		netsuite := &tokens{valid: anyToken}
		c := clientOf(t, netsuite)
		var calls sync.WaitGroup
		for range 20 {
			calls.Go(func() {
				if _, err := c.ServerTime(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		if got := netsuite.given.Load(); got != 1 {
			t.Errorf("%d tokens were asked for, want 1", got)
		}
	})
}

func TestATokenIsRenewedBeforeItsHourIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		netsuite := &tokens{valid: anyToken}
		c := clientOf(t, netsuite)
		for _, step := range []struct {
			after time.Duration
			want  int64
		}{{0, 1}, {50*time.Minute - time.Second, 1}, {2 * time.Second, 2}, {49 * time.Minute, 2}} {
			wait(step.after)
			if _, err := c.ServerTime(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := netsuite.given.Load(); got != step.want {
				t.Errorf("after %s more: %d tokens, want %d", step.after, got, step.want)
			}
		}
	})
}

func TestARevokedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var stale atomic.Int64
		netsuite := &tokens{valid: func(token string) bool {
			if token == "token-1" {
				wait(time.Duration(stale.Add(1)) * time.Second)
			}
			return token != "token-1"
		}}
		c := clientOf(t, netsuite)
		var calls sync.WaitGroup
		for range 3 { // all with the revoked token; they hear of it one after the other
			calls.Go(func() {
				if _, err := c.ServerTime(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		if got := netsuite.given.Load(); got != 2 || stale.Load() != 3 {
			t.Errorf("%d tokens were asked for after %d refusals, want 2 after 3", got, stale.Load())
		}
	})
}

func TestALoginThatIsRefusedTwiceIsLeftAloneForAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mended := false
		netsuite := &tokens{valid: func(string) bool { return mended }}
		c := clientOf(t, netsuite)
		for range 5 {
			_, err := c.ServerTime(t.Context())
			wantFault(t, err, quoting.Unavailable)
			if !strings.Contains(err.Error(), "INVALID_LOGIN") {
				t.Errorf("error = %v, want its code", err)
			}
		}
		if calls, given := netsuite.calls.Load(), netsuite.given.Load(); calls != 2 || given != 2 {
			t.Errorf("%d calls with %d tokens, want 2 with 2: five failures lock the account", calls, given)
		}
		mended = true
		wait(signInRest)
		if _, err := c.ServerTime(t.Context()); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

func TestARefusedSignInIsLeftAloneForAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked, refuse := 0, true
		c := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path != tokenPath:
				clock(w, r)
			case refuse:
				asked++
				answerJSON(w, 400, `{"error":"invalid_grant","error_description":"expired"}`)
			default:
				giveToken(w, "a-token")
			}
		}))
		for range 5 {
			_, err := c.ServerTime(t.Context())
			e := wantFault(t, err, quoting.Unavailable) // the call itself is not at fault
			if e.RetryAfter() != signInRest {
				t.Errorf("retry after %s, want %s", e.RetryAfter(), signInRest)
			}
			if e.Call != "token" || e.Code != "invalid_grant" || e.Detail != "expired" || e.Status != 400 {
				t.Errorf("error = %v, want the sign-in's own words", err)
			}
		}
		if asked != 1 {
			t.Errorf("%d attempts to sign in, want 1", asked)
		}
		refuse = false
		wait(signInRest)
		if _, err := c.ServerTime(t.Context()); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

func TestATokenAnswerIsReadStrictly(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, answer string
		ok           bool
	}{
		{"the life is a number", `{"access_token":"a","expires_in":3600,"token_type":"Bearer"}`, true},
		{"the life is a string", `{"access_token":"a","expires_in":"3600","token_type":"Bearer"}`, true},
		{"no token", `{"expires_in":3600}`, false},
		{"no life", `{"access_token":"a"}`, false},
		{"a life of nothing", `{"access_token":"a","expires_in":0}`, false},
		{"a life of a year", `{"access_token":"a","expires_in":31536000}`, false},
		{"a life in words", `{"access_token":"a","expires_in":"an hour"}`, false},
		{"two tokens", `{"access_token":"a","access_token":"b","expires_in":3600}`, false},
		{"null", `null`, false},
		{"an array", `[]`, false},
		{"no JSON", `access_token=a`, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == tokenPath {
					answerJSON(w, 200, tc.answer)
					return
				}
				clock(w, r)
			}))
			_, err := c.ServerTime(t.Context())
			if tc.ok && err != nil {
				t.Error(err)
			}
			if !tc.ok {
				wantFault(t, err, quoting.Unavailable)
			}
		})
	}
}

func TestWhoGivesUpWhileAnotherSignsInHarmsNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		c := clientOf(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == tokenPath {
				select {
				case <-release:
				case <-r.Context().Done():
					return
				}
				giveToken(w, "a-token")
				return
			}
			clock(w, r)
		}))
		call := func(ctx context.Context) <-chan error {
			result := make(chan error, 1)
			go func() {
				_, err := c.ServerTime(ctx)
				result <- err
			}()
			synctest.Wait()
			return result
		}
		leaving, leave := context.WithCancel(t.Context())
		hurried, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		leader, hasty, steady := call(leaving), call(hurried), call(t.Context())

		err := <-hasty
		wantFault(t, err, quoting.Unavailable)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who was in a hurry: %v, want its own deadline", err)
		}
		leave()
		wantFault(t, <-leader, quoting.Unavailable)
		close(release)
		if err := <-steady; err != nil {
			t.Errorf("who had time: %v", err)
		}
	})
}

func TestAKeyThatCannotSignIsAnErrorOfOurs(t *testing.T) {
	t.Parallel()
	c := clientOf(t, &tokens{valid: anyToken})
	c.signIn.method = jwt.SigningMethodES256 // with an RSA key
	_, err := c.ServerTime(t.Context())
	if _, remote := errors.AsType[*Error](err); err == nil || remote {
		t.Errorf("error = %v, want one that is not NetSuite's", err)
	}
}

func TestASecretIsNotShown(t *testing.T) {
	t.Parallel()
	token := secret("TOPSECRET")
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(format, token); strings.Contains(text, "TOPSECRET") {
			t.Errorf("%s shows %s", format, text)
		}
		if text := fmt.Sprintf(format, struct{ Token secret }{token}); strings.Contains(text, "TOPSECRET") {
			t.Errorf("%s of a struct shows %s", format, text)
		}
	}
}

// Who is refused asks less often each time: the fifth refusal in a row locks the account
// for half an hour, and a service that asks each minute would keep it locked.
func TestWhoIsRefusedAsksLessOften(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked []time.Time
		mux := http.NewServeMux()
		mux.HandleFunc(tokenPath, func(w http.ResponseWriter, _ *http.Request) {
			asked = append(asked, time.Now())
			answerJSON(w, 400, `{"error":"invalid_grant"}`)
		})
		c := clientOf(t, mux)
		for began := time.Now(); time.Since(began) < 3*time.Hour; wait(15 * time.Second) {
			_, err := c.ServerTime(t.Context())
			wantFault(t, err, quoting.Unavailable)
		}
		var waits []time.Duration
		for i := range asked[1:] {
			waits = append(waits, asked[i+1].Sub(asked[i]).Round(time.Minute))
		}
		want := []time.Duration{time.Minute, 4 * time.Minute, 16 * time.Minute, lockRest}
		if diff := cmp.Diff(want, waits[:len(want)]); diff != "" || waits[len(waits)-1] != lockRest {
			t.Errorf("waits %v (-want +got):\n%s", waits, diff)
		}
	})
}
