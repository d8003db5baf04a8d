package emulator_test

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"radioquote/bot/emulator"
)

// published is a key as the bot reads it.
type published struct {
	public       *rsa.PublicKey
	endorsements []string
}

// fetchKeys goes the bot's way: metadata first, then the keys that it names.
func fetchKeys(t *testing.T, em *emulator.Emulator) map[string]published {
	t.Helper()
	var metadata struct {
		Issuer string   `json:"issuer"`
		JWKS   string   `json:"jwks_uri"`
		Algs   []string `json:"id_token_signing_alg_values_supported"`
	}
	getJSON(t, em.OpenIDMetadataURL(), &metadata)
	if metadata.Issuer != "https://api.botframework.com" || !slices.Equal(metadata.Algs, []string{"RS256"}) {
		t.Errorf("metadata is %+v", metadata)
	}
	var set struct {
		Keys []struct {
			Kty, Kid, N, E string
			Endorsements   []string
		}
	}
	getJSON(t, metadata.JWKS, &set)
	keys := map[string]published{}
	for _, k := range set.Keys {
		n, err := base64.RawURLEncoding.DecodeString(k.N)
		if err != nil || k.Kty != "RSA" || k.E != "AQAB" {
			t.Fatalf("key %+v: %v", k, err)
		}
		keys[k.Kid] = published{&rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}, k.Endorsements}
	}
	return keys
}

func getJSON(t *testing.T, url string, into any) {
	t.Helper()
	got, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if err := json.NewDecoder(got.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// verify parses a token by the published keys and returns the key's endorsements.
func verify(t *testing.T, token string, keys map[string]published, options ...jwt.ParserOption) (jwt.MapClaims, []string, error) {
	t.Helper()
	claims := jwt.MapClaims{}
	var endorsements []string
	_, err := jwt.ParseWithClaims(token, claims, func(parsed *jwt.Token) (any, error) {
		key, ok := keys[parsed.Header["kid"].(string)]
		if !ok {
			return nil, jwt.ErrTokenUnverifiable
		}
		endorsements = key.endorsements
		return key.public, nil
	}, append(options, jwt.WithValidMethods([]string{"RS256"}))...)
	return claims, endorsements, err
}

func TestTokensVerifyWithThePublishedKeys(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	token, err := em.Token(nil)
	if err != nil {
		t.Fatal(err)
	}
	claims, endorsements, err := verify(t, token, fetchKeys(t, em),
		jwt.WithIssuer("https://api.botframework.com"), jwt.WithAudience(config().AppID), jwt.WithExpirationRequired())
	if err != nil {
		t.Fatal(err)
	}
	if claims["serviceurl"] != em.ServiceURL() {
		t.Errorf("serviceurl is %v, want %s", claims["serviceurl"], em.ServiceURL())
	}
	if !slices.Equal(endorsements, []string{"msteams"}) {
		t.Errorf("the key is endorsed for %v", endorsements)
	}
}

func TestTokensCanBeForged(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	token, err := em.Token(map[string]any{"aud": "another bot", "serviceurl": nil, "exp": time.Now().Add(-time.Hour).Unix()})
	if err != nil {
		t.Fatal(err)
	}
	claims, _, err := verify(t, token, fetchKeys(t, em), jwt.WithoutClaimsValidation())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := claims["serviceurl"]; ok || claims["aud"] != "another bot" {
		t.Errorf("claims are %v", claims)
	}
	if _, _, err := verify(t, token, fetchKeys(t, em)); err == nil {
		t.Error("the token has not expired")
	}
	if _, err := em.Token(map[string]any{"aud": func() {}}); err == nil {
		t.Error("a claim that is no JSON was signed")
	}
}

func TestUnendorsedKeyIsPublishedWithoutEndorsements(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	token, err := em.UnendorsedToken(nil)
	if err != nil {
		t.Fatal(err)
	}
	_, endorsements, err := verify(t, token, fetchKeys(t, em))
	if err != nil {
		t.Fatal(err)
	}
	if endorsements != nil {
		t.Errorf("the key is endorsed for %v", endorsements)
	}
	if _, _, body := get(t, strings.Replace(em.OpenIDMetadataURL(), "openidconfiguration", "keys", 1)); strings.Count(body, "endorsements") != 1 {
		t.Errorf("keys are %s", body)
	}
}

func TestARotatedKeyIsGone(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	old, err := em.Token(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := em.RotateKey(); err != nil {
		t.Fatal(err)
	}
	keys := fetchKeys(t, em)
	if _, _, err := verify(t, old, keys); err == nil {
		t.Error("the old key is still published")
	}
	renewed, err := em.Token(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := verify(t, renewed, keys); err != nil {
		t.Errorf("the new key does not verify: %v", err)
	}
}

func TestWhatIsSaidAfterARotationIsSignedByTheNewKey(t *testing.T) {
	t.Parallel()
	em := start(t, config())
	bot := newBot(t, em)
	for range 2 {
		if _, err := em.Say(t.Context(), riley, "hi"); err != nil {
			t.Fatal(err)
		}
		requests := bot.requests()
		bearer := requests[len(requests)-1].header.Get("Authorization")
		if _, _, err := verify(t, bearer[len("Bearer "):], fetchKeys(t, em)); err != nil {
			t.Errorf("the token of message %d: %v", len(requests), err)
		}
		if err := em.RotateKey(); err != nil {
			t.Fatal(err)
		}
	}
}
