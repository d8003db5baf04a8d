package botauth

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/infracloudio/msbotbuilder-go/schema"
)

// TestTokenTable says of each case in which Bot Framework libraries are known to differ,
// and of each rule of the specification, what the validator answers. With -v it prints
// the table.
func TestTokenTable(t *testing.T) {
	t.Parallel()
	type request struct {
		header  string
		channel string
		url     string
	}
	signed := func(t *testing.T, l *login, c jwt.MapClaims) request {
		return request{sign(t, firstKey(), "first", c), "msteams", serviceURL}
	}
	// good is a request that only its claims can spoil.
	good := func(change func(now time.Time, c jwt.MapClaims) jwt.MapClaims) func(*testing.T, *login) request {
		return func(t *testing.T, l *login) request {
			now := l.clock.now()
			return signed(t, l, change(now, claimsAt(now)))
		}
	}
	same := func(_ time.Time, c jwt.MapClaims) jwt.MapClaims { return c }
	set := func(name string, value any) func(*testing.T, *login) request {
		return good(func(_ time.Time, c jwt.MapClaims) jwt.MapClaims { return with(c, name, value) })
	}
	at := func(name string, offset time.Duration) func(*testing.T, *login) request {
		return good(func(now time.Time, c jwt.MapClaims) jwt.MapClaims { return with(c, name, now.Add(offset).Unix()) })
	}
	absent := func(name string) func(*testing.T, *login) request {
		return good(func(_ time.Time, c jwt.MapClaims) jwt.MapClaims { return without(c, name) })
	}
	with := func(change func(*request)) func(*testing.T, *login) request {
		return func(t *testing.T, l *login) request {
			r := good(same)(t, l)
			change(&r)
			return r
		}
	}
	const accepted = "accepted"

	rows := []struct {
		rule string // section of the specification, or "cases" where libraries differ
		name string
		make func(*testing.T, *login) request
		want string
	}{
		{"cases", "a valid token", good(same), accepted},
		{"cases", "expired 2 minutes ago", at("exp", -2*time.Minute), accepted},
		{"cases", "expired 6 minutes ago", at("exp", -6*time.Minute), "401 expired"},
		{"cases", "valid in 2 minutes", at("nbf", 2*time.Minute), accepted},
		{"cases", "valid in 6 minutes", at("nbf", 6*time.Minute), "401 not_yet_valid"},
		{"cases", "issued 30 seconds from now", at("iat", 30*time.Second), accepted},
		{"cases", "no exp", absent("exp"), "401 missing_claim"},
		{"cases", "no serviceurl", absent("serviceurl"), "401 missing_claim"},
		{"cases", "aud is a list of this bot alone", set("aud", []string{appID}), "401 malformed"},
		{"cases", "aud is a list of two bots", set("aud", []string{appID, "other"}), "401 malformed"},
		{"cases", "serviceUrl in capitals", with(func(r *request) { r.url = strings.ToUpper(r.url) }), accepted},
		{"cases", "serviceUrl without its slash", with(func(r *request) { r.url = strings.TrimSuffix(r.url, "/") }), accepted},
		{"cases", "channel webchat, key endorsed for msteams", with(func(r *request) { r.channel = "webchat" }), "403 not_endorsed"},
		{"cases", "key without endorsements", func(t *testing.T, l *login) request {
			l.publish(publicKey("first", &firstKey().PublicKey))
			return good(same)(t, l)
		}, "403 not_endorsed"},
		{"cases", "no scheme", with(func(r *request) { r.header = strings.TrimPrefix(r.header, "Bearer ") }), "401 not_bearer"},
		{"cases", "scheme in lower case", with(func(r *request) { r.header = "b" + r.header[1:] }), accepted},
		{"cases", "key changed since the last fetch", func(t *testing.T, l *login) request {
			r := good(same)(t, l)
			if _, err := l.bot.Verify(t.Context(), r.header); err != nil {
				t.Fatal(err)
			}
			l.publish(publicKey("second", &secondKey().PublicKey, "msteams"))
			l.clock.advance(keysFloor)
			r.header = sign(t, secondKey(), "second", claimsAt(l.clock.now()))
			return r
		}, accepted},
		{"cases", "emulator's token (issuer of the emulator's tenant)", set("iss", "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"), "401 wrong_issuer"},
		{"cases", "government cloud's token", set("iss", "https://api.botframework.us"), "401 wrong_issuer"},
		{"cases", "skill's token (issuer of the bot's own tenant)", set("iss", "https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0"), "401 wrong_issuer"},

		{"1", "no Authorization header", with(func(r *request) { r.header = "" }), "401 no_token"},
		{"1", "another scheme", with(func(r *request) { r.header = "Basic dXNlcjpwYXNz" }), "401 not_bearer"},
		{"1", "a scheme and no token", with(func(r *request) { r.header = "Bearer " }), "401 malformed"},
		{"2", "not a JWT", with(func(r *request) { r.header = "Bearer garbage" }), "401 malformed"},
		{"2", "claims are no object", with(func(r *request) {
			r.header = "Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6ImZpcnN0In0.WzFd.c2ln"
		}), "401 malformed"},
		{"3", "another issuer", set("iss", "https://evil.example"), "401 wrong_issuer"},
		{"3", "no issuer", absent("iss"), "401 missing_claim"},
		{"4", "another bot's token", set("aud", "another-app"), "401 wrong_audience"},
		{"4", "no audience", absent("aud"), "401 missing_claim"},
		{"5", "expired 4 minutes 59 seconds ago", at("exp", -5*time.Minute+time.Second), accepted},
		{"5", "expired 5 minutes ago", at("exp", -5*time.Minute), "401 expired"},
		{"5", "exp is a word", set("exp", "tomorrow"), "401 malformed"},
		{"5", "exp is null", set("exp", nil), "401 missing_claim"},
		{"6", "signed with somebody else's key", func(t *testing.T, l *login) request {
			return request{sign(t, foreignKey(), "first", claimsAt(l.clock.now())), "msteams", serviceURL}
		}, "401 bad_signature"},
		{"6", "claims of another token under its signature", func(t *testing.T, l *login) request {
			r := good(same)(t, l)
			other := sign(t, foreignKey(), "first", claimsAt(l.clock.now().Add(time.Hour)))
			r.header = other[:strings.LastIndex(other, ".")] + r.header[strings.LastIndex(r.header, "."):]
			return r
		}, "401 bad_signature"},
		{"6", "key id that nobody publishes", func(t *testing.T, l *login) request {
			return request{sign(t, foreignKey(), "nobody", claimsAt(l.clock.now())), "msteams", serviceURL}
		}, "401 unknown_key"},
		{"6", "no key id", func(t *testing.T, l *login) request {
			return request{sign(t, firstKey(), "", claimsAt(l.clock.now())), "msteams", serviceURL}
		}, "401 unknown_key"},
		{"6", "RS512 with the right key", func(t *testing.T, l *login) request {
			return request{signAs(t, jwt.SigningMethodRS512, firstKey(), claimsAt(l.clock.now())), "msteams", serviceURL}
		}, "401 bad_signature"},
		{"6", "HS256 with the public key as secret", func(t *testing.T, l *login) request {
			return request{signAs(t, jwt.SigningMethodHS256, firstKey().N.Bytes(), claimsAt(l.clock.now())), "msteams", serviceURL}
		}, "401 bad_signature"},
		{"6", "algorithm none", func(t *testing.T, l *login) request {
			return request{signAs(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claimsAt(l.clock.now())), "msteams", serviceURL}
		}, "401 bad_signature"},
		{"6", "critical header that we do not know", func(t *testing.T, l *login) request {
			token := jwt.NewWithClaims(jwt.SigningMethodRS256, claimsAt(l.clock.now()))
			token.Header["kid"], token.Header["crit"] = "first", []string{"b64"}
			raw, err := token.SignedString(firstKey())
			if err != nil {
				t.Fatal(err)
			}
			return request{"Bearer " + raw, "msteams", serviceURL}
		}, "401 malformed"},
		{"6", "keys cannot be fetched", func(t *testing.T, l *login) request {
			l.setDown(true)
			return good(same)(t, l)
		}, "503 keys_unavailable"},
		{"7", "another serviceUrl than the activity's", with(func(r *request) { r.url = "https://evil.example/" }), "401 wrong_service_url"},
		{"7", "activity without serviceUrl", with(func(r *request) { r.url = "" }), "401 wrong_service_url"},
		{"7", "serviceurl is a number", set("serviceurl", 7), "401 malformed"},
		{"8", "channel that the key is not endorsed for", with(func(r *request) { r.channel = "directline" }), "403 not_endorsed"},
		{"8", "activity without channelId", with(func(r *request) { r.channel = "" }), "403 not_endorsed"},
	}

	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "rule\tcase\tanswer")
	for _, row := range rows {
		l := newLogin(t)
		r := row.make(t, l)
		_, err := l.bot.AuthenticateRequest(t.Context(), schema.Activity{ChannelID: r.channel, ServiceURL: r.url}, r.header, nil, "")
		got := accepted
		if err != nil {
			var turned *Error
			if !errors.As(err, &turned) {
				t.Fatalf("%s: %v is no *Error", row.name, err)
			}
			got = fmt.Sprintf("%d %s", turned.Status, turned.Reason)
		}
		if got != row.want {
			t.Errorf("%s: %s, want %s (%v)", row.name, got, row.want, err)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", row.rule, row.name, got)
		l.Close()
	}
	for _, empty := range []string{"", " "} {
		got := "refuses to start"
		if _, err := NewValidator(empty, "https://login.botframework.com/"); err == nil {
			t.Errorf("app id %q: a validator was made", empty)
			got = "starts"
		}
		fmt.Fprintf(w, "cases\tempty app id %q, with or without a header\t%s\n", empty, got)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + table.String())
}

func signAs(t *testing.T, method jwt.SigningMethod, key any, c jwt.Claims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, c)
	token.Header["kid"] = "first"
	raw, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + raw
}
