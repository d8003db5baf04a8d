package botauth

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	appID      = "11111111-2222-3333-4444-555555555555"
	serviceURL = "https://smba.trafficmanager.net/emea/"
)

// Keys are slow to make, so the tests share three: the one that the login service
// publishes first, the one that it changes to, and one of somebody else.
var (
	firstKey   = sync.OnceValue(func() *rsa.PrivateKey { return mustKey(2048) })
	secondKey  = sync.OnceValue(func() *rsa.PrivateKey { return mustKey(2048) })
	foreignKey = sync.OnceValue(func() *rsa.PrivateKey { return mustKey(2048) })
)

func mustKey(bits int) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return key
}

// clock is the time of a test.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// login stands in for the login service at its HTTP boundary.
type login struct {
	*httptest.Server
	clock *clock
	bot   *Validator // trusts this login service

	mu       sync.Mutex
	keys     []webKey
	down     bool
	visits   map[string]int
	keysURL  string                    // instead of its own
	getToken http.HandlerFunc          // answers /token
	onKeys   func(http.ResponseWriter) // answers /keys instead
}

func newLogin(t testing.TB) *login {
	t.Helper()
	l := &login{clock: newClock(), visits: map[string]int{}}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	l.keysURL = l.URL + "/keys"
	l.publish(publicKey("first", &firstKey().PublicKey, "msteams"))
	bot, err := newValidator(appID, l.URL+"/metadata", l.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	l.bot = bot
	return l
}

func (l *login) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.visits[r.URL.Path]++
	switch {
	case l.down:
		http.Error(w, "down", http.StatusServiceUnavailable)
	case r.URL.Path == "/metadata":
		_ = json.NewEncoder(w).Encode(map[string]string{"jwks_uri": l.keysURL})
	case r.URL.Path == "/keys" && l.onKeys != nil:
		l.onKeys(w)
	case r.URL.Path == "/keys":
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": l.keys})
	case r.URL.Path == "/token":
		l.getToken(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (l *login) publish(keys ...webKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys = keys
}

func (l *login) setDown(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
}

func (l *login) visited(path string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.visits[path]
}

func publicKey(id string, key *rsa.PublicKey, endorsements ...string) webKey {
	return webKey{
		Type: "RSA", Use: "sig", ID: id,
		Modulus:      base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		Exponent:     base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
		Endorsements: endorsements,
	}
}

// claimsAt are the claims of a channel's token at that time.
func claimsAt(now time.Time) jwt.MapClaims {
	return jwt.MapClaims{
		"iss":        issuer,
		"aud":        appID,
		"nbf":        now.Add(-time.Minute).Unix(),
		"exp":        now.Add(time.Hour).Unix(),
		"serviceurl": serviceURL,
	}
}

func with(c jwt.MapClaims, name string, value any) jwt.MapClaims {
	c[name] = value
	return c
}

func without(c jwt.MapClaims, name string) jwt.MapClaims {
	delete(c, name)
	return c
}

// sign returns an Authorization header with those claims, signed with key as id.
func sign(t testing.TB, key *rsa.PrivateKey, id string, c jwt.Claims) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, c)
	token.Header["kid"] = id
	signed, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + signed
}
