package botauth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/infracloudio/msbotbuilder-go/connector/auth"
	"github.com/infracloudio/msbotbuilder-go/core"
	"pgregory.net/rapid"
)

// goodToken is the header of a request from Teams.
func (l *login) goodToken(t testing.TB) string {
	t.Helper()
	return sign(t, firstKey(), "first", claimsAt(l.clock.now()))
}

func wantReason(t testing.TB, err error, status int, reason Reason) {
	t.Helper()
	var turned *Error
	if !errors.As(err, &turned) {
		t.Fatalf("error %v is no *Error, want %s", err, reason)
	}
	if turned.Status != status || turned.Reason != reason {
		t.Errorf("turned away with %d %s, want %d %s (%v)", turned.Status, turned.Reason, status, reason, err)
	}
}

func TestAdapterOfTheLibraryUsesTheValidator(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	adapter := &core.BotFrameworkAdapter{
		AdapterSetting: core.AdapterSetting{AppID: appID, CredentialProvider: auth.SimpleCredentialProvider{AppID: appID}},
		TokenValidator: l.bot,
	}
	request := func(header, channel string) *http.Request {
		body := `{"type":"message","id":"1","channelId":"` + channel + `","serviceUrl":"` + serviceURL + `"}`
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/api/messages", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", header)
		return r
	}

	activity, err := adapter.ParseRequest(t.Context(), request(l.goodToken(t), "msteams"))
	if err != nil || activity.ID != "1" {
		t.Errorf("a good request gave %+v, %v", activity, err)
	}
	_, err = adapter.ParseRequest(t.Context(), request(l.goodToken(t), "webchat"))
	wantReason(t, err, http.StatusForbidden, NotEndorsed)
	_, err = adapter.ParseRequest(t.Context(), request("Bearer x", "msteams"))
	wantReason(t, err, http.StatusUnauthorized, Malformed)
}

func TestCallerIsAnIdentityForTheLibrary(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	caller, err := l.bot.Verify(t.Context(), l.goodToken(t))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, name := range []string{auth.IssuerClaim, auth.AudienceClaim, "serviceurl", "tid"} {
		got[name] = caller.GetClaimValue(name)
	}
	want := map[string]string{"iss": issuer, "aud": appID, "serviceurl": serviceURL, "tid": ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
	if !caller.IsAuthenticated() {
		t.Error("a verified caller is not authenticated")
	}
}

func TestZeroCallerIsNobody(t *testing.T) {
	t.Parallel()
	var nobody Caller
	if nobody.IsAuthenticated() {
		t.Error("the zero caller is authenticated")
	}
	if err := nobody.Covers("", ""); err == nil {
		t.Error("the zero caller covers an empty activity")
	}
}

func TestNoKeySpeaksForNoChannel(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	l.publish(publicKey("first", &firstKey().PublicKey, ""))
	caller, err := l.bot.Verify(t.Context(), l.goodToken(t))
	if err != nil {
		t.Fatal(err)
	}
	wantReason(t, caller.Covers("", serviceURL), http.StatusForbidden, NotEndorsed)
}

func TestATokenLargerThanAnyIsNotLookedAt(t *testing.T) {
	t.Parallel()
	if _, err := bearer("Bearer " + strings.Repeat("a", maxToken)); err != nil {
		t.Errorf("a token of the largest size: %v", err)
	}
	_, err := bearer("Bearer " + strings.Repeat("a", maxToken+1))
	wantReason(t, err, http.StatusUnauthorized, Malformed)
}

func TestThousandsOfTokensTouchNoNetwork(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	header := l.goodToken(t)
	for range 2000 {
		if _, err := l.bot.Verify(t.Context(), header); err != nil {
			t.Fatal(err)
		}
	}
	if l.visited("/metadata") != 1 || l.visited("/keys") != 1 {
		t.Errorf("metadata fetched %d times, keys %d times, want once each", l.visited("/metadata"), l.visited("/keys"))
	}
}

func TestAStormOfUnknownKeysFetchesOnce(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	if _, err := l.bot.Verify(t.Context(), l.goodToken(t)); err != nil {
		t.Fatal(err)
	}
	l.clock.advance(keysFloor)
	forged := sign(t, foreignKey(), "forged", claimsAt(l.clock.now()))

	var storm sync.WaitGroup
	for range 50 {
		storm.Go(func() {
			_, err := l.bot.Verify(t.Context(), forged)
			wantReason(t, err, http.StatusUnauthorized, UnknownKey)
		})
	}
	storm.Wait()

	if got := l.visited("/keys"); got != 2 {
		t.Errorf("keys fetched %d times, want 2: the first time and once for the storm", got)
	}
}

func TestANewKeyIsFoundOnlyAfterTheFloor(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	if _, err := l.bot.Verify(t.Context(), l.goodToken(t)); err != nil {
		t.Fatal(err)
	}
	l.publish(publicKey("second", &secondKey().PublicKey, "msteams"))
	header := sign(t, secondKey(), "second", claimsAt(l.clock.now()))

	l.clock.advance(keysFloor - time.Second)
	_, err := l.bot.Verify(t.Context(), header)
	wantReason(t, err, http.StatusUnauthorized, UnknownKey)

	l.clock.advance(time.Second)
	if _, err := l.bot.Verify(t.Context(), header); err != nil {
		t.Errorf("after the floor the new key is still refused: %v", err)
	}
	_, err = l.bot.Verify(t.Context(), l.goodToken(t))
	wantReason(t, err, http.StatusUnauthorized, UnknownKey) // withdrawn
}

func TestKeysOutliveAnOutageButNotForEver(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	if _, err := l.bot.Verify(t.Context(), l.goodToken(t)); err != nil {
		t.Fatal(err)
	}
	l.setDown(true)

	l.clock.advance(keysUsable - time.Second)
	if _, err := l.bot.Verify(t.Context(), l.goodToken(t)); err != nil {
		t.Errorf("during the outage: %v", err)
	}
	l.clock.advance(time.Second)
	_, err := l.bot.Verify(t.Context(), l.goodToken(t))
	wantReason(t, err, http.StatusServiceUnavailable, KeysUnavailable)
}

func TestAColdStartDuringAnOutageRecovers(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	l.setDown(true)
	_, err := l.bot.Verify(t.Context(), l.goodToken(t))
	wantReason(t, err, http.StatusServiceUnavailable, KeysUnavailable)

	l.setDown(false)
	l.clock.advance(keysRetry)
	if _, err := l.bot.Verify(t.Context(), l.goodToken(t)); err != nil {
		t.Errorf("after the outage: %v", err)
	}
}

func TestACallerWhoHangsUpSpoilsNothing(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	_, err := l.bot.Verify(gone, l.goodToken(t))
	if err != nil {
		wantReason(t, err, http.StatusServiceUnavailable, KeysUnavailable)
	}
	if _, err := l.bot.Verify(t.Context(), l.goodToken(t)); err != nil {
		t.Errorf("the next caller: %v", err)
	}
	if got := l.visited("/keys"); got != 1 {
		t.Errorf("keys fetched %d times, want once", got)
	}
}

func TestValidatorNeedsAMetadataURLThatNobodyCanListenTo(t *testing.T) {
	t.Parallel()
	if _, err := NewValidator(appID, "http://login.botframework.com/v1/.well-known/openidconfiguration"); err == nil {
		t.Error("plain http to another machine is accepted")
	}
	if _, err := NewValidator(appID, "https://login.botframework.com/v1/.well-known/openidconfiguration"); err != nil {
		t.Errorf("Microsoft's own URL: %v", err)
	}
}

// payload is claims of any bytes at all; it lets a test sign what no library would make.
type payload struct {
	jwt.MapClaims
	raw []byte
}

func (p payload) MarshalJSON() ([]byte, error) { return p.raw, nil }

func TestOddClaimsAreTurnedAway(t *testing.T) {
	t.Parallel()
	l := newLogin(t)
	oddValue := rapid.SampledFrom([]string{
		`null`, `[]`, `{}`, `""`, `"x"`, `-1`, `0`, `1e300`, `-1e300`, `1.5`, `true`, `[null]`, `["` + appID + `"]`, `{"a":[1]}`,
	})
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom([]string{"iss", "aud", "serviceurl"}).Draw(rt, "claim")
		other := rapid.SampledFrom([]string{"exp", "nbf", "iat", "sub", "jti"}).Draw(rt, "another claim")
		raw := `{"` + name + `":` + oddValue.Draw(rt, "value") + `,"` + other + `":` + oddValue.Draw(rt, "another value") + `}`
		if rapid.Bool().Draw(rt, "no object") {
			raw = oddValue.Draw(rt, "payload")
		}
		header := sign(t, firstKey(), "first", payload{raw: []byte(raw)})
		if _, err := l.bot.Verify(t.Context(), header); err == nil {
			rt.Fatalf("accepted the claims %s", raw)
		} else if _, ok := errors.AsType[*Error](err); !ok {
			rt.Fatalf("%v is no *Error", err)
		}
	})
}

func TestServiceURLsAreComparedAsMicrosoftDoes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, a, b string
		want       bool
	}{
		{"the same", "https://a.example/emea/", "https://a.example/emea/", true},
		{"another case", "https://a.example/emea/", "HTTPS://A.example/EMEA/", true},
		{"one slash less", "https://a.example/emea/", "https://a.example/emea", true},
		{"two slashes more", "https://a.example/emea", "https://a.example/emea//", false},
		{"another path", "https://a.example/emea/", "https://a.example/amer/", false},
		{"both empty", "", "", false},
		{"a long s that Unicode folds to s", "https://smba.example/", "https://ſmba.example/", false},
		{"a Kelvin sign that Unicode folds to k", "https://\u212Ak.example/", "https://kk.example/", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := sameServiceURL(tc.a, tc.b); got != tc.want {
				t.Errorf("sameServiceURL(%q, %q) = %t", tc.a, tc.b, got)
			}
		})
	}
}

func FuzzBearer(f *testing.F) {
	for _, seed := range []string{"", "Bearer", "Bearer ", "bearer a.b.c", "Bearer  a", "Bearer a b", "Basic a", "Bearer \x00", "Bearer\ta"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		token, err := bearer(header)
		if err != nil {
			if token != "" {
				t.Errorf("bearer(%q) = %q with an error", header, token)
			}
			return
		}
		if !token68(token) || len(token) > maxToken {
			t.Errorf("bearer(%q) = %q, which is no token", header, token)
		}
		const scheme = "Bearer "
		if !strings.EqualFold(header[:len(scheme)], scheme) || strings.Trim(header[len(scheme):], " ") != token {
			t.Errorf("bearer(%q) = %q, which the header does not say", header, token)
		}
	})
}

func FuzzSameServiceURL(f *testing.F) {
	f.Add("https://smba.trafficmanager.net/emea/", "https://SMBA.trafficmanager.net/emea")
	f.Add("https://ſmba.example/", "https://smba.example/")
	f.Fuzz(func(t *testing.T, a, b string) {
		same := sameServiceURL(a, b)
		if same != sameServiceURL(b, a) && a != "" && b != "" {
			t.Errorf("%q and %q: not the same both ways", a, b)
		}
		lowerA, lowerB := strings.ToLower(strings.TrimSuffix(a, "/")), strings.ToLower(strings.TrimSuffix(b, "/"))
		if same && lowerA != lowerB {
			t.Errorf("%q and %q are not the same", a, b)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	l := newLogin(b)
	header := sign(b, firstKey(), "first", claimsAt(l.clock.now()))
	for b.Loop() {
		caller, err := l.bot.Verify(b.Context(), header)
		if err != nil {
			b.Fatal(err)
		}
		if err := caller.Covers("msteams", serviceURL); err != nil {
			b.Fatal(err)
		}
	}
	if l.visited("/keys") != 1 {
		b.Errorf("keys fetched %d times", l.visited("/keys"))
	}
}
