package entra

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"radioquote/bot/entra/standin"
)

const verifier = "a-verifier-of-forty-three-characters-or-more"

// begun is a sign-in as a caller begins it for Morgan.
func begun() Request {
	return Request{State: "the state", Nonce: "the nonce", Verifier: verifier, Context: "c1"}
}

func expected() Expected {
	return Expected{Nonce: "the nonce", ObjectID: personID(morgan), Context: "c1", MaxAge: 5 * time.Minute, Now: time.Now()}
}

func (s *tenant) signIn(t testing.TB, network http.RoundTripper) *SignIn {
	t.Helper()
	in, err := newSignIn(s.app(), redirectURL, network, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// mustURL is where the browser is sent.
func mustURL(t testing.TB, in *SignIn, r Request) string {
	t.Helper()
	u, err := in.URL(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// code is what the browser brings back after somebody has signed in.
func (s *tenant) code(t testing.TB, in *SignIn, n int, mfa bool) string {
	t.Helper()
	back, err := s.SignIn(t.Context(), mustURL(t, in, begun()), personID(n), mfa)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := ParseAnswer(query(t, back))
	if err != nil || answer.State != begun().State {
		t.Fatalf("came back with state %q, error %v", answer.State, err)
	}
	return answer.Code
}

func TestASignInAsksForAFreshProof(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		u := mustURL(t, s.signIn(t, wire{s}), begun())
		if want := s.URL() + "/" + tenantID + "/oauth2/v2.0/authorize?"; !strings.HasPrefix(u, want) {
			t.Errorf("URL %s, want %s…", u, want)
		}
		if strings.Contains(u, verifier) || strings.Contains(u, url.QueryEscape(secret)) {
			t.Errorf("URL %s shows a secret", u)
		}
		want := url.Values{
			"client_id": {clientID}, "response_type": {"code"}, "response_mode": {"query"}, "redirect_uri": {redirectURL},
			"scope": {"openid profile"}, "state": {"the state"}, "nonce": {"the nonce"}, "prompt": {"login"},
			"claims":         {`{"id_token":{"acrs":{"essential":true,"value":"c1"},"auth_time":{"essential":true}}}`},
			"code_challenge": {"y5UF_tmp_ICTDGza-Ou2vUvx2cu7DBN-Xwf_z0RDfTw"}, "code_challenge_method": {"S256"},
		}
		if diff := cmp.Diff(want, query(t, u)); diff != "" {
			t.Errorf("query (-want +got):\n%s", diff)
		}
	})
}

func TestASignInWithoutItsSecretsDoesNotBegin(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	for name, spoil := range map[string]func(*Request){
		"state": func(r *Request) { r.State = "" }, "nonce": func(r *Request) { r.Nonce = "" },
		"context": func(r *Request) { r.Context = "" }, "verifier": func(r *Request) { r.Verifier = verifier[:42] },
	} {
		r := begun()
		spoil(&r)
		if u, err := s.signIn(t, wire{s}).URL(t.Context(), r); !errors.Is(err, ErrRefused) {
			t.Errorf("without %s: %q, error %v", name, u, err)
		}
	}
}

func TestAPersonWhoHasJustSignedInWithTheAuthenticatorProvesIt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		forge map[string]any
	}{
		{"the context in a list", nil},
		{"the context as a string", map[string]any{"acrs": "c1"}},
		{"the context among others", map[string]any{"acrs": []string{"c3", "c1"}}},
		{"ids in capitals", map[string]any{"oid": strings.ToUpper(personID(morgan)), "tid": strings.ToUpper(tenantID)}},
		{"a clock a little before ours", map[string]any{"auth_time": time.Date(2000, 1, 1, 0, 1, 0, 0, time.UTC).Unix()}},
		{"at the last moment", map[string]any{"auth_time": time.Date(1999, 12, 31, 23, 55, 0, 0, time.UTC).Unix()}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
				in := s.signIn(t, wire{s})
				code := s.code(t, in, morgan, true)
				s.Forge(standin.Forgery{Claims: tc.forge})
				got, err := in.Verify(t.Context(), code, verifier, expected())
				if err != nil {
					t.Fatal(err)
				}
				want := Proof{ObjectID: personID(morgan), Context: "c1", AuthTime: time.Now().UTC()}
				if at, ok := tc.forge["auth_time"].(int64); ok {
					want.AuthTime = time.Unix(at, 0).UTC()
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("proof (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestAProofThatLacksOneThingIsNone is the table of attacks: each row is an honest sign-in of
// the right person but for one thing.
func TestAProofThatLacksOneThingIsNone(t *testing.T) {
	t.Parallel()
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // when a bubble begins
	claim := func(name string, value any) standin.Forgery {
		return standin.Forgery{Claims: map[string]any{name: value}}
	}
	for _, tc := range []struct {
		name  string
		forge standin.Forgery
		want  error
	}{
		{"another tenant", claim("tid", "eeeeeeee-0000-4000-8000-000000000001"), ErrTenant},
		{"no tenant", claim("tid", nil), ErrTenant},
		{"another person", claim("oid", personID(riley)), ErrPerson},
		{"no person", claim("oid", nil), ErrPerson},
		{"no context", claim("acrs", nil), ErrContext},
		{"an empty list of contexts", claim("acrs", []string{}), ErrContext},
		{"an empty context", claim("acrs", ""), ErrContext},
		{"another context", claim("acrs", []string{"c2", "c10"}), ErrContext},
		{"contexts in one string", claim("acrs", "c1 c2"), ErrContext},
		{"the context in capitals", claim("acrs", "C1"), ErrContext},
		{"contexts of another form", claim("acrs", map[string]any{"c1": true}), ErrToken},
		{"a list of other things", claim("acrs", []any{1, "c1"}), ErrToken},
		{"no time", claim("auth_time", nil), ErrStale},
		{"a time a second too old", claim("auth_time", now.Add(-5*time.Minute-time.Second).Unix()), ErrStale},
		{"a time in the future", claim("auth_time", now.Add(skew+time.Second).Unix()), ErrStale},
		{"a time beyond all times", claim("auth_time", int64(1)<<62), ErrStale},
		{"a time before all times", claim("auth_time", -int64(1)<<62), ErrStale},
		{"a time as a text", claim("auth_time", "946684800"), ErrToken},
		{"another nonce", claim("nonce", "another nonce"), ErrNonce},
		{"no nonce", claim("nonce", nil), ErrNonce},
		{"another audience", claim("aud", "dddddddd-0000-4000-8000-000000000001"), ErrToken},
		{"several audiences", claim("aud", []string{clientID, "dddddddd-0000-4000-8000-000000000001"}), ErrToken},
		{"no audience", claim("aud", nil), ErrToken},
		{"another issuer", claim("iss", "https://login.example/"+tenantID+"/v2.0"), ErrToken},
		{"the issuer of another tenant", claim("iss", "https://sts.windows.net/"+tenantID+"/"), ErrToken},
		{"no issuer", claim("iss", nil), ErrToken},
		{"expired", claim("exp", now.Add(-time.Second).Unix()), ErrToken},
		{"without an end", claim("exp", nil), ErrToken},
		{"not valid yet", claim("nbf", now.Add(time.Hour).Unix()), ErrToken},
		{"the key of another", standin.Forgery{ForeignKey: true}, ErrToken},
		{"signed with our secret", standin.Forgery{Algorithm: "HS256"}, ErrToken},
		{"another algorithm with the right key", standin.Forgery{Algorithm: "RS384"}, ErrToken},
		{"not signed", standin.Forgery{Algorithm: "none"}, ErrToken},
		{"no JWT", standin.Forgery{Token: "tell-nobody"}, ErrToken},
		{"no id token", standin.Forgery{Missing: true}, ErrToken},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
				in := s.signIn(t, wire{s})
				code := s.code(t, in, morgan, true)
				s.Forge(tc.forge)
				proof, err := in.Verify(t.Context(), code, verifier, expected())
				wantFailure(t, err, tc.want)
				if diff := cmp.Diff(Proof{}, proof); diff != "" {
					t.Errorf("proof (-want +got):\n%s", diff)
				}
				for _, hidden := range []string{code, verifier, "the nonce", secret, "tell-nobody", "eyJ"} {
					if strings.Contains(fmt.Sprintf("%v %+v", err, err), hidden) {
						t.Errorf("error %v has %q", err, hidden)
					}
				}
			})
		})
	}
}

// wantFailure says that an error is of one kind, and of no other.
func wantFailure(t *testing.T, err, want error) {
	t.Helper()
	for _, kind := range []error{ErrCode, ErrToken, ErrNonce, ErrTenant, ErrPerson, ErrContext, ErrStale, ErrUnavailable, ErrRefused, ErrDenied} {
		if errors.Is(err, kind) != errors.Is(want, kind) {
			t.Errorf("error %v is or is not %v, want %v", err, kind, want)
		}
	}
}

func TestWithoutTheAuthenticatorTheContextIsNotMet(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		in := s.signIn(t, wire{s})
		_, err := in.Verify(t.Context(), s.code(t, in, morgan, false), verifier, expected())
		wantFailure(t, err, ErrContext)
	})
}

func TestSomebodyElseAtTheBrowserIsNotThePerson(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		in := s.signIn(t, wire{s})
		_, err := in.Verify(t.Context(), s.code(t, in, riley, true), verifier, expected())
		wantFailure(t, err, ErrPerson)
	})
}

func TestASignInWithoutLoggingInIsStale(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		in := s.signIn(t, wire{s})
		// Somebody takes the parameter out on the way.
		u := strings.Replace(mustURL(t, in, begun()), "&prompt=login", "", 1)
		back, err := s.SignIn(t.Context(), u, personID(morgan), true)
		if err != nil {
			t.Fatal(err)
		}
		_, err = in.Verify(t.Context(), query(t, back).Get("code"), verifier, expected())
		wantFailure(t, err, ErrStale)
	})
}

func TestACodeIsGoodOnceAndForOneSignIn(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		in := s.signIn(t, wire{s})
		verify := func(code, verifier string) error {
			_, err := in.Verify(t.Context(), code, verifier, expected())
			return err
		}
		used := s.code(t, in, morgan, true)
		if err := verify(used, verifier); err != nil {
			t.Fatal(err)
		}
		wantFailure(t, verify(used, verifier), ErrCode)
		wantFailure(t, verify(s.code(t, in, morgan, true), "another"+verifier), ErrCode)
		wantFailure(t, verify("made up", verifier), ErrCode)
		late := s.code(t, in, morgan, true)
		time.Sleep(time.Minute)
		wantFailure(t, verify(late, verifier), ErrCode)
		if err := verify("made up", verifier); !strings.Contains(err.Error(), "status 400 invalid_grant AADSTS54005") {
			t.Errorf("error %v does not say why", err)
		}
	})
}

func TestNothingIsProvedIfNothingIsExpected(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		spoil func(*Expected)
		forge map[string]any // a token that would be as expected
	}{
		{"nonce", func(e *Expected) { e.Nonce = "" }, map[string]any{"nonce": nil}},
		{"person", func(e *Expected) { e.ObjectID = "" }, map[string]any{"oid": nil}},
		{"context", func(e *Expected) { e.Context = "" }, map[string]any{"acrs": []string{""}}},
		{"age", func(e *Expected) { e.MaxAge = 0 }, nil},
		{"time", func(e *Expected) { e.Now = time.Time{} }, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
				in := s.signIn(t, wire{s})
				code := s.code(t, in, morgan, true)
				s.Forge(standin.Forgery{Claims: tc.forge})
				want := expected()
				tc.spoil(&want)
				if proof, err := in.Verify(t.Context(), code, verifier, want); err == nil {
					t.Errorf("proof %v", proof)
				}
			})
		})
	}
}

func TestAWrongSecretIsTheOperatorsToMend(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		app := s.app()
		app.Secret = NewSecret("a wrong secret")
		in, err := newSignIn(app, redirectURL, wire{s}, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		_, err = in.Verify(t.Context(), s.code(t, in, morgan, true), verifier, expected())
		wantFailure(t, err, ErrRefused)
		if strings.Contains(err.Error(), "wrong secret") || !strings.Contains(err.Error(), "AADSTS7000215") {
			t.Errorf("error %v", err)
		}
	})
}

// TestEntraMayBeDownUntilItIsNeeded is about each thing that Entra is asked for.
func TestEntraMayBeDownUntilItIsNeeded(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/openid-configuration", "/keys", "/token"} {
		for name, fault := range map[string]standin.Fault{
			"no connection":  {},
			"down":           {Status: http.StatusInternalServerError},
			"hangs":          {Delay: time.Hour},
			"another's page": {Status: http.StatusOK, Body: "<html>"},
			"another's JSON": {Status: http.StatusOK, Body: `{"keys":[{"kty":"RSA","kid":"a"}]}`},
			"moved":          {Status: http.StatusFound},
		} {
			t.Run(path+" "+name, func(t *testing.T) {
				t.Parallel()
				inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
					in := s.signIn(t, wire{s})
					fault.Path = path
					if path == "/openid-configuration" {
						s.Fail(2, fault)
						_, err := in.URL(t.Context(), begun())
						wantFailure(t, err, ErrUnavailable)
						_, err = in.Verify(t.Context(), "code", verifier, expected())
						wantFailure(t, err, ErrUnavailable)
					} else {
						code := s.code(t, in, morgan, true)
						s.Fail(1, fault)
						_, err := in.Verify(t.Context(), code, verifier, expected())
						wantFailure(t, err, ErrUnavailable)
					}
					if _, err := in.Verify(t.Context(), s.code(t, in, morgan, true), verifier, expected()); err != nil {
						t.Errorf("after Entra is back: %v", err)
					}
				})
			})
		}
	}
}

func TestAnEntraThatIsNotOursIsNotAsked(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, from, to string
		want           error
	}{
		{"another issuer", `/v2.0","jwks`, `/v1.0","jwks`, ErrRefused},
		{"a sign-in page over plain http", `"authorization_endpoint":"http://127.0.0.1`, `"authorization_endpoint":"http://login.example`, ErrUnavailable},
		{"tokens over plain http", `"token_endpoint":"http://127.0.0.1`, `"token_endpoint":"http://login.example`, ErrUnavailable},
		{"keys over plain http", `"jwks_uri":"http://127.0.0.1`, `"jwks_uri":"http://login.example`, ErrUnavailable},
		{"keys nowhere", `"jwks_uri":`, `"other":`, ErrUnavailable},
		{"metadata of another form", `"jwks_uri":`, `"jwks_uri":1,"other":`, ErrUnavailable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
				in := s.signIn(t, roundTrip(func(r *http.Request) (*http.Response, error) {
					resp, err := wire{s}.RoundTrip(r)
					if err != nil {
						return nil, err
					}
					before, _ := io.ReadAll(resp.Body)
					if !strings.Contains(string(before), tc.from) {
						t.Errorf("nothing to replace in %s", before)
					}
					resp.Body = io.NopCloser(strings.NewReader(string(before)))
					return replaceIn(resp, tc.from, tc.to), nil
				}))
				_, err := in.URL(t.Context(), begun())
				wantFailure(t, err, tc.want)
			})
		})
	}
}

func TestANewKeyIsFoundAndAWithdrawnOneDies(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		in := s.signIn(t, wire{s})
		verify := func() error {
			_, err := in.Verify(t.Context(), s.code(t, in, morgan, true), verifier, expected())
			return err
		}
		for range 2 {
			if err := verify(); err != nil {
				t.Fatal(err)
			}
		}
		if n := s.Count("/keys"); n != 1 {
			t.Errorf("asked for the keys %d times, want once", n)
		}
		if err := s.RotateKey(); err != nil {
			t.Fatal(err)
		}
		if err := verify(); err != nil {
			t.Errorf("with a new key: %v", err)
		}
		discoveries := s.Count("/openid-configuration")
		time.Sleep(discoveryFresh)
		if err := verify(); err != nil || s.Count("/openid-configuration") == discoveries {
			t.Errorf("error %v, and what Entra says of itself is never asked for again", err)
		}
	})
}

func TestEntraIsAskedAboutItselfOnceForAllWhoWait(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		in := s.signIn(t, wire{s})
		s.Fail(1, standin.Fault{Path: "/openid-configuration", Delay: time.Second, Serve: true})
		short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, err := in.URL(short, begun()); !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the deadline", err)
		}
		mustURL(t, in, begun())
		if n := s.Count("/openid-configuration"); n != 1 {
			t.Errorf("asked %d times, want once", n)
		}
	})
}

func TestACallerWhoLeavesWhileTheKeysComeKnowsNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, newTenant(t), func(t *testing.T, s *tenant) {
		in := s.signIn(t, wire{s})
		code := s.code(t, in, morgan, true)
		s.Fail(1, standin.Fault{Path: "/keys", Delay: 2 * time.Second, Serve: true})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := in.Verify(ctx, code, verifier, expected())
		wantFailure(t, err, ErrUnavailable)
		time.Sleep(2 * time.Second)
	})
}

func TestAPlaceToComeBackToIsHTTPS(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	for _, redirect := range []string{"", "http://quotes.example/answer", "/answer", "https://quotes.example/#answer"} {
		if _, err := NewSignIn(s.app(), redirect); err == nil {
			t.Errorf("%q is taken", redirect)
		}
	}
	app := s.app()
	app.TenantID = "organizations"
	if _, err := NewSignIn(app, redirectURL); err == nil {
		t.Error("a tenant of everybody is taken")
	}
	if _, err := NewSignIn(s.app(), "http://localhost:8080/answer"); err != nil {
		t.Error(err)
	}
}

// TestOverTheNetwork is the one test with real connections.
func TestOverTheNetwork(t *testing.T) {
	t.Parallel()
	s := newTenant(t, team)
	g, err := NewGraph(s.app(), s.graphConfig(), s.metrics)
	if err != nil {
		t.Fatal(err)
	}
	people, err := g.People(t.Context())
	if err != nil || len(people.Members) != 4 {
		t.Errorf("people %v, error %v", people, err)
	}
	in, err := NewSignIn(s.app(), redirectURL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Verify(t.Context(), s.code(t, in, morgan, true), verifier, expected()); err != nil {
		t.Error(err)
	}
}
