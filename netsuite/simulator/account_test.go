package simulator

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// clock is a clock that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// account is a running simulator with a client that may sign in.
type account struct {
	*Simulator
	key   *ecdsa.PrivateKey
	clock *clock
	token string
}

// start runs an account, changed by the options, and signs in.
func start(t testing.TB, options ...func(*Config)) *account {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := &account{key: key, clock: newClock()}
	c := Config{ClientID: "client", CertificateID: "certificate", PublicKey: key.Public(), Now: a.clock.Now, Concurrency: 100}
	for _, option := range options {
		option(&c)
	}
	if a.Simulator, err = Start(c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	a.signIn(t)
	return a
}

// assertion signs the claims of a good sign-in, changed by the options.
func (a *account) assertion(t testing.TB, options ...func(*jwt.Token)) string {
	t.Helper()
	now := a.clock.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": "client", "aud": a.URL() + pathToken, "scope": []string{"rest_webservices"},
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	})
	token.Header["kid"] = "certificate"
	for _, option := range options {
		option(token)
	}
	signed, err := token.SignedString(a.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func tokenForm(assertion string) url.Values {
	return url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {assertion},
	}
}

func (a *account) signIn(t testing.TB) {
	t.Helper()
	got := a.send(t, a.request(t, "POST", pathToken, tokenForm(a.assertion(t)).Encode(), "Content-Type: application/x-www-form-urlencoded"))
	if got.status != http.StatusOK {
		t.Fatalf("sign-in: %s", got)
	}
	a.token = got.json(t)["access_token"].(string)
}

// request makes a request as a good client would; headers are "Name: value", an empty value
// removes the header.
func (a *account) request(t testing.TB, method, path, body string, headers ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, a.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		if value = strings.TrimSpace(value); value == "" {
			r.Header.Del(name)
			continue
		}
		r.Header.Set(name, value)
	}
	return r
}

// reply is a whole answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) String() string { return http.StatusText(r.status) + " " + string(r.body) }

func (r reply) json(t testing.TB) map[string]any {
	t.Helper()
	var decoded map[string]any
	decoder := json.NewDecoder(bytes.NewReader(r.body))
	decoder.UseNumber()
	if err := decoder.Decode(&decoded); err != nil {
		t.Fatalf("%s: %v", r, err)
	}
	return decoded
}

// problem gives the code and the path of an error, and checks that it has NetSuite's shape.
func (r reply) problem(t testing.TB) (code, path string) {
	t.Helper()
	var body struct {
		Type    string `json:"type"`
		Title   string `json:"title"`
		Status  int    `json:"status"`
		Details []struct {
			Detail string `json:"detail"`
			Code   string `json:"o:errorCode"`
			Path   string `json:"o:errorPath"`
		} `json:"o:errorDetails"`
	}
	if err := json.Unmarshal(r.body, &body); err != nil {
		t.Fatalf("%s: %v", r, err)
	}
	if r.header.Get("Content-Type") != mediaError || body.Status != r.status || body.Title == "" || body.Type == "" ||
		len(body.Details) != 1 || body.Details[0].Detail == "" {
		t.Fatalf("not NetSuite's shape of an error: %s", r)
	}
	return body.Details[0].Code, body.Details[0].Path
}

func (a *account) send(t testing.TB, r *http.Request) reply {
	t.Helper()
	got, err := roundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func roundTrip(r *http.Request) (reply, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, body}, err
}

// do sends a request as a good client would.
func (a *account) do(t testing.TB, method, path, body string, headers ...string) reply {
	t.Helper()
	return a.send(t, a.request(t, method, path, body, headers...))
}

// query runs SuiteQL and gives the rows of its first page.
func (a *account) query(t testing.TB, q string, params ...string) []map[string]string {
	t.Helper()
	return rowsOf(t, a.page(t, "", q, params...))
}

func (a *account) page(t testing.TB, parameters, q string, params ...string) reply {
	t.Helper()
	body, err := json.Marshal(statement{q, params})
	if err != nil {
		t.Fatal(err)
	}
	return a.do(t, "POST", pathSuiteQL+parameters, string(body), "Prefer: transient")
}

func rowsOf(t testing.TB, r reply) []map[string]string {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("query: %s", r)
	}
	var page struct{ Items []map[string]any }
	if err := json.Unmarshal(r.body, &page); err != nil {
		t.Fatal(err)
	}
	rows := []map[string]string{}
	for _, item := range page.Items {
		if links, ok := item["links"].([]any); !ok || len(links) != 0 {
			t.Fatalf("links of a row are %v, not []", item["links"])
		}
		row := map[string]string{}
		for name, v := range item {
			if name != "links" {
				row[name] = v.(string)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// briefly gives a context that ends after the time a test may wait for what must not happen.
func briefly(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}
