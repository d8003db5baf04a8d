package botauth

import (
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseKeysTakesOnlyUsableKeys(t *testing.T) {
	t.Parallel()
	change := func(change func(*webKey)) webKey {
		w := publicKey("id", &firstKey().PublicKey, "msteams", "webchat")
		change(&w)
		return w
	}
	weak := mustKey(1024)
	even := *firstKey()
	even.N = new(big.Int).Sub(even.N, big.NewInt(1))
	for _, tc := range []struct {
		name string
		key  webKey
		want []string // endorsements, nil if the key is left out
	}{
		{"an RSA signing key is taken", change(func(*webKey) {}), []string{"msteams", "webchat"}},
		{"a key without a use is taken", change(func(w *webKey) { w.Use = "" }), []string{"msteams", "webchat"}},
		{"an encryption key is left out", change(func(w *webKey) { w.Use = "enc" }), nil},
		{"an elliptic key is left out", change(func(w *webKey) { w.Type = "EC" }), nil},
		{"a key without an id is left out", change(func(w *webKey) { w.ID = "" }), nil},
		{"a key of 1024 bits is left out", publicKey("id", &weak.PublicKey, "msteams"), nil},
		{"a modulus that is no base64url is left out", change(func(w *webKey) { w.Modulus = "+/=" }), nil},
		{"an exponent that is no base64url is left out", change(func(w *webKey) { w.Exponent = "+/=" }), nil},
		{"a modulus of 16384 bits is left out", change(func(w *webKey) { w.Modulus = strings.Repeat("_", 16384/6) }), nil},
		{"an even modulus is left out", publicKey("id", &even.PublicKey, "msteams"), nil},
		{"exponent 1 is left out", change(func(w *webKey) { w.Exponent = "AQ" }), nil},
		{"exponent 4 is left out", change(func(w *webKey) { w.Exponent = "BA" }), nil},
		{"an exponent of 9 bytes is left out", change(func(w *webKey) { w.Exponent = "AQAAAAAAAAAB" }), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			other := publicKey("other", &secondKey().PublicKey)
			body, err := json.Marshal(map[string]any{"keys": []webKey{tc.key, other}})
			if err != nil {
				t.Fatal(err)
			}
			set, err := parseKeys(body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, set["id"].endorsements); diff != "" {
				t.Errorf("endorsements (-want +got):\n%s", diff)
			}
			if _, ok := set["other"]; !ok {
				t.Error("the key beside it is missing")
			}
		})
	}
}

func TestParseKeysRefusesASetWithoutKeys(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"keys":[]}`, `{"keys":[{"kty":"EC"}]}`, `[]`, `<html>`, ``} {
		if set, err := parseKeys([]byte(body)); err == nil {
			t.Errorf("parseKeys(%q) = %v", body, set)
		}
	}
}

func FuzzParseKeys(f *testing.F) {
	body, err := json.Marshal(map[string]any{"keys": []webKey{publicKey("id", &firstKey().PublicKey, "msteams")}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add([]byte(`{"keys":[{"kty":"RSA","kid":"x","n":"AQAB","e":"AQAB","endorsements":null}]}`))
	f.Add([]byte(`{"keys":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		set, err := parseKeys(body)
		if (err == nil) != (len(set) > 0) {
			t.Errorf("%d keys and error %v", len(set), err)
		}
		for id, k := range set {
			if bits := k.public.N.BitLen(); id == "" || bits < minKeyBits || bits > maxKeyBits || k.public.E < 3 {
				t.Errorf("key %q of %d bits, exponent %d", id, bits, k.public.E)
			}
		}
	})
}

func TestKeysAreNotTakenFromAPlaceNotToBeTrusted(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		spoil func(*login)
	}{
		{"keys over plain http from another machine", func(l *login) { l.keysURL = "http://login.botframework.com/keys" }},
		{"no jwks_uri", func(l *login) { l.keysURL = "" }},
		{"keys behind a redirect", func(l *login) {
			l.onKeys = func(w http.ResponseWriter) {
				w.Header().Set("Location", "/keys2")
				w.WriteHeader(http.StatusFound)
			}
		}},
		{"more keys than anybody has", func(l *login) {
			l.onKeys = func(w http.ResponseWriter) {
				_ = json.NewEncoder(w).Encode(map[string]any{"keys": l.keys})
				_, _ = io.WriteString(w, strings.Repeat(" ", maxBody))
			}
		}},
		{"keys on an error page", func(l *login) {
			l.onKeys = func(w http.ResponseWriter) {
				w.WriteHeader(http.StatusForbidden)
				_ = json.NewEncoder(w).Encode(map[string]any{"keys": l.keys})
			}
		}},
		{"an answer that breaks off", func(l *login) {
			l.onKeys = func(w http.ResponseWriter) {
				w.Header().Set("Content-Length", "1000")
				_, _ = io.WriteString(w, `{"keys":[`)
			}
		}},
		{"metadata that is no JSON", func(l *login) {
			l.bot.keys.metadataURL.Path = "/token"
			l.getToken = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }
		}},
		{"metadata that is not there", func(l *login) { l.bot.keys.metadataURL.Path = "/none" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			l := newLogin(t)
			tc.spoil(l)
			_, err := l.bot.Verify(t.Context(), l.goodToken(t))
			wantReason(t, err, http.StatusServiceUnavailable, KeysUnavailable)
		})
	}
}
