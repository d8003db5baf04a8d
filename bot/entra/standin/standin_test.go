package standin

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	redirect = "https://quotes.example/answer?page=1"
	riley    = "00000000-0000-4000-8000-000000000001"
	morgan   = "00000000-0000-4000-8000-000000000002"
	disabled = "00000000-0000-4000-8000-000000000003"
	group    = "99999999-0000-4000-8000-000000000001"
)

// entra is a server with a clock of its own.
type entra struct {
	*Server
	now    time.Time
	client *http.Client
}

func start(t *testing.T) *entra {
	t.Helper()
	e := &entra{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	server, err := Start(Config{
		TenantID: "tenant", ClientID: "client", ClientSecret: "secret", RedirectURIs: []string{redirect}, TeamsAppID: "app",
		People: []Person{
			{ObjectID: riley, Name: "Riley <Rep>", Title: "Sales rep", Department: "North", ManagerID: morgan, Groups: []string{group}},
			{ObjectID: morgan, Name: "Morgan Manager", Groups: []string{group}, AppRoles: []string{"admin"}},
			{ObjectID: disabled, Name: "Dee Disabled", Disabled: true, Groups: []string{group}},
		},
		Groups:   []Group{{ID: group}},
		AppRoles: []AppRole{{Value: "admin"}},
		Now:      func() time.Time { return e.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	e.Server = server
	e.client = &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true}, // else it repeats what was cut
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (e *entra) do(t *testing.T, req *http.Request) answer {
	t.Helper()
	resp, err := e.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func request(t *testing.T, method, target, body string, headers ...string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

const formType = "application/x-www-form-urlencoded"

func (e *entra) post(t *testing.T, path string, form url.Values) answer {
	t.Helper()
	return e.do(t, request(t, http.MethodPost, e.URL()+path, form.Encode(), "Content-Type", formType))
}

func clientCredentials() url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "client_id": {"client"}, "client_secret": {"secret"}}
}

// bearer is an Authorization header with a token for a resource.
func (e *entra) bearer(t *testing.T, resource string) string {
	t.Helper()
	form := clientCredentials()
	form.Set("scope", resource+"/.default")
	got := e.post(t, "/tenant/oauth2/v2.0/token", form)
	var doc struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil || doc.Token == "" {
		t.Fatalf("no token: %v", got)
	}
	return "Bearer " + doc.Token
}

func TestOnlyThisMachineIsAnswered(t *testing.T) {
	t.Parallel()
	e := start(t)
	authorize := "/tenant/oauth2/v2.0/authorize"
	for _, tc := range []struct {
		name   string
		path   string
		change func(*http.Request)
		want   int
	}{
		{"its own name", "/tenant/discovery/v2.0/keys", func(*http.Request) {}, 200},
		{"localhost", "/tenant/discovery/v2.0/keys", func(r *http.Request) { r.Host = strings.Replace(r.Host, "127.0.0.1", "localhost", 1) }, 200},
		{"its own page", "/tenant/discovery/v2.0/keys", func(r *http.Request) { r.Header.Set("Origin", e.URL()) }, 200},
		{"another name", "/tenant/discovery/v2.0/keys", func(r *http.Request) { r.Host = "login.example" }, 403},
		{"another page", "/tenant/discovery/v2.0/keys", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, 403},
		{"a tunnel", "/tenant/discovery/v2.0/keys", func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.1") }, 403},
		{"a proxy", authorize, func(r *http.Request) { r.Header.Set("Forwarded", "for=192.0.2.1") }, 403},
		{"a browser that was sent to sign in", authorize, func(r *http.Request) { r.Header.Set("Origin", "null") }, 400},
		{"another tenant", "/other/discovery/v2.0/keys", func(*http.Request) {}, 404},
	} {
		req := request(t, http.MethodGet, e.URL()+tc.path, "")
		tc.change(req)
		if got := e.do(t, req); got.status != tc.want {
			t.Errorf("%s: status %d, want %d: %s", tc.name, got.status, tc.want, got.body)
		}
	}
	for _, address := range []string{"0.0.0.0:0", "nowhere", "192.0.2.1:80"} {
		if s, err := Start(Config{Listen: address, TenantID: "t", ClientID: "c", ClientSecret: "s"}); err == nil {
			t.Errorf("listens on %s", s.URL())
		}
	}
	if _, err := Start(Config{TenantID: "t", ClientID: "c"}); err == nil {
		t.Error("starts without a secret")
	}
}

func TestTheAppGetsATokenOnlyAsItself(t *testing.T) {
	t.Parallel()
	e := start(t)
	for _, tc := range []struct {
		name   string
		change func(url.Values)
		status int
		want   string
	}{
		{"another client", func(f url.Values) { f.Set("client_id", "other") }, 400, "AADSTS700016"},
		{"no secret", func(f url.Values) { f.Del("client_secret") }, 401, "AADSTS7000218"},
		{"a wrong secret", func(f url.Values) { f.Set("client_secret", "guess") }, 401, "AADSTS7000215"},
		{"another grant", func(f url.Values) { f.Set("grant_type", "password") }, 400, "AADSTS70003"},
		{"no scope", func(f url.Values) { f.Del("scope") }, 400, "AADSTS1002012"},
		{"a scope of a person", func(f url.Values) { f.Set("scope", "User.Read") }, 400, "AADSTS1002012"},
		{"a parameter twice", func(f url.Values) { f.Add("scope", "x/.default") }, 400, "AADSTS9000411"},
		{"an unknown code", func(f url.Values) { f.Set("grant_type", "authorization_code") }, 400, "AADSTS54005"},
	} {
		form := clientCredentials()
		form.Set("scope", e.URL()+"/.default")
		tc.change(form)
		if got := e.post(t, "/tenant/oauth2/v2.0/token", form); got.status != tc.status || !strings.Contains(got.body, tc.want) {
			t.Errorf("%s: %d %s, want %d %s", tc.name, got.status, got.body, tc.status, tc.want)
		}
	}
	url := e.URL() + "/tenant/oauth2/v2.0/token"
	for name, req := range map[string]*http.Request{
		"JSON":              request(t, http.MethodPost, url, "{}", "Content-Type", "application/json"),
		"half an escape":    request(t, http.MethodPost, url, "client_id=%", "Content-Type", formType),
		"the secret beside": request(t, http.MethodPost, url, clientCredentials().Encode(), "Content-Type", formType, "Authorization", "Basic eDp5"),
	} {
		if got := e.do(t, req); got.status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, got.status)
		}
	}
}

func TestFaultsMeetWhatFits(t *testing.T) {
	t.Parallel()
	e := start(t)
	keys := e.URL() + "/tenant/discovery/v2.0/keys"
	e.Fail(1, Fault{Path: "/nothing"})
	e.Fail(1, Fault{Path: "/keys", Status: 429, RetryAfter: 1500 * time.Millisecond})
	e.Fail(1, Fault{Path: "/keys$", Status: 503, Body: `{"x":1}`})
	e.Fail(1, Fault{Path: "/keys", Status: 500, Delay: time.Millisecond})
	e.Fail(1, Fault{Path: "/keys", Delay: time.Millisecond, Serve: true})
	var statuses []int
	for range 5 {
		got := e.do(t, request(t, http.MethodGet, keys, ""))
		statuses = append(statuses, got.status)
		if got.status == 429 && got.header.Get("Retry-After") != "2" {
			t.Errorf("Retry-After %q, want it rounded up", got.header.Get("Retry-After"))
		}
		if got.status == 503 && got.body != `{"x":1}` {
			t.Errorf("body %s", got.body)
		}
	}
	if diff := cmp.Diff([]int{429, 503, 500, 200, 200}, statuses); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	e.Fail(1, Fault{Path: "/keys"})
	if _, err := e.client.Do(request(t, http.MethodGet, keys, "")); err == nil {
		t.Error("the connection was not cut")
	}
	if calls := e.Calls(); len(calls) != 6 || calls[5] != (Call{http.MethodGet, "/tenant/discovery/v2.0/keys", 0}) {
		t.Errorf("calls %v", calls)
	}
	if n := e.Count("/keys"); n != 6 {
		t.Errorf("counted %d", n)
	}
}

func TestWhatIsKeptDoesNotGrow(t *testing.T) {
	t.Parallel()
	kept := map[string]int{}
	for i := range 3 * maxKept {
		keep(kept, newID(), i)
	}
	if len(kept) > maxKept {
		t.Errorf("%d are kept", len(kept))
	}
	s := &Server{}
	for range 2 * maxCalls {
		s.remember(Call{})
	}
	if n := len(s.Calls()); n > maxCalls {
		t.Errorf("%d calls are kept", n)
	}
}
