package botauth

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/http"
	"net/url"
	"time"
)

const (
	// The specification wants the keys fetched at least every 24 hours. Half of that
	// leaves time for a login service that does not answer.
	keysFresh = 12 * time.Hour
	// Keys are kept through an outage, but not for ever: a withdrawn key must die.
	keysUsable = 5 * 24 * time.Hour
	// A token may name any key it likes, signed or not. So an unknown one makes us
	// look for new keys only this often. Microsoft's own SDK waits an hour, in which a
	// bot that missed a new key stays deaf.
	keysFloor = 5 * time.Minute
	// After a failure sooner: without keys nobody is heard.
	keysRetry = 10 * time.Second

	minKeyBits = 2048
	maxKeyBits = 8192 // a larger one only costs time
)

// keySet is the channel's signing keys by key id.
type keySet map[string]key

type key struct {
	public *rsa.PublicKey
	// endorsements are the channels that the key may sign for.
	endorsements []string
}

// keys finds the channel's signing keys: from memory, as long as the one asked for is
// known and not too old.
type keys struct {
	metadataURL *url.URL
	client      *http.Client
	lease       lease[keySet]
}

func newKeys(metadataURL string, now func() time.Time) (*keys, error) {
	u, err := parseRemote(metadataURL)
	if err != nil {
		return nil, fmt.Errorf("OpenID metadata URL: %w", err)
	}
	k := &keys{metadataURL: u, client: newRemote(http.DefaultTransport.(*http.Transport).Clone())}
	k.lease = lease[keySet]{
		issue: func(ctx context.Context) (keySet, term, error) {
			set, err := k.fetch(ctx)
			fetched := now()
			return set, term{fresh: fetched.Add(keysFresh), usable: fetched.Add(keysUsable)}, err
		},
		now:          now,
		afterSuccess: keysFloor,
		afterFailure: keysRetry,
	}
	return k, nil
}

// find returns the key with that id. Its error is an *Error: UnknownKey, or
// KeysUnavailable if the key is not in memory and the keys cannot be fetched.
func (k *keys) find(ctx context.Context, id string) (key, error) {
	set, err := k.lease.get(ctx)
	found, known := set[id]
	if err == nil && !known {
		set, err = k.lease.renew(ctx)
		found, known = set[id]
	}
	switch {
	case err != nil:
		return key{}, &Error{http.StatusServiceUnavailable, KeysUnavailable, err}
	case !known:
		return key{}, &Error{http.StatusUnauthorized, UnknownKey, nil}
	}
	return found, nil
}

func (k *keys) fetch(ctx context.Context) (keySet, error) {
	body, err := k.get(ctx, k.metadataURL)
	if err != nil {
		return nil, fmt.Errorf("get OpenID metadata: %w", err)
	}
	var metadata struct {
		KeysURL string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(body, &metadata); err != nil {
		return nil, fmt.Errorf("parse OpenID metadata: %w", err)
	}
	keysURL, err := parseRemote(metadata.KeysURL)
	if err != nil {
		return nil, fmt.Errorf("jwks_uri in OpenID metadata: %w", err)
	}
	if body, err = k.get(ctx, keysURL); err != nil {
		return nil, fmt.Errorf("get signing keys: %w", err)
	}
	return parseKeys(body)
}

func (k *keys) get(ctx context.Context, u *url.URL) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	status, body, err := exchange(k.client, req)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("status %d from %s", status, u.Host)
	}
	return body, nil
}

// parseKeys reads a JSON Web Key Set (RFC 7517). Keys that are no RSA signing keys of
// 2048 to 8192 bits with an id are left out; a set with none left is an error, so that
// the keys in memory stay.
func parseKeys(body []byte) (keySet, error) {
	var doc struct {
		Keys []webKey `json:"keys"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, fmt.Errorf("parse signing keys: %w", err)
	}
	set := make(keySet, len(doc.Keys))
	for _, w := range doc.Keys {
		if public, ok := w.rsa(); ok {
			set[w.ID] = key{public, w.Endorsements}
		}
	}
	if len(set) == 0 {
		return nil, errors.New("parse signing keys: none is usable")
	}
	return set, nil
}

type webKey struct {
	Type         string   `json:"kty"`
	Use          string   `json:"use"`
	ID           string   `json:"kid"`
	Modulus      string   `json:"n"`
	Exponent     string   `json:"e"`
	Endorsements []string `json:"endorsements"`
}

func (w webKey) rsa() (*rsa.PublicKey, bool) {
	if w.Type != "RSA" || w.Use != "" && w.Use != "sig" || w.ID == "" {
		return nil, false
	}
	modulus, err := base64.RawURLEncoding.DecodeString(w.Modulus)
	if err != nil {
		return nil, false
	}
	exponent, err := base64.RawURLEncoding.DecodeString(w.Exponent)
	if err != nil {
		return nil, false
	}
	n, e := new(big.Int).SetBytes(modulus), new(big.Int).SetBytes(exponent)
	if n.BitLen() < minKeyBits || n.BitLen() > maxKeyBits || n.Bit(0) == 0 {
		return nil, false
	}
	if e.Cmp(big.NewInt(math.MaxInt32)) > 0 || e.Int64() < 3 || e.Bit(0) == 0 {
		return nil, false
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, true
}
