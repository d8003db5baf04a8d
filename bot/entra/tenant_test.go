package entra

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"radioquote/bot/entra/standin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	tenantID    = "aaaaaaaa-0000-4000-8000-000000000001"
	clientID    = "bbbbbbbb-0000-4000-8000-000000000001"
	secret      = "a very secret secret"
	redirectURL = "https://quotes.example/step-up/answer"
	teamsAppID  = "cccccccc-0000-4000-8000-000000000001"
)

// personID and groupID are ids in Entra's form.
func personID(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }
func groupID(n int) string  { return fmt.Sprintf("99999999-0000-4000-8000-%012d", n) }

const (
	riley = iota + 1
	morgan
	finn
	ada
	eve
	olive
)

// tenant is a tenant of the stand-in, reached without a network so that time stands still.
type tenant struct {
	*standin.Server
	metrics *Metrics
}

// newTenant starts a tenant in which nobody holds a role.
func newTenant(t testing.TB, change ...func(*standin.Config)) *tenant {
	t.Helper()
	cfg := standin.Config{
		TenantID: tenantID, ClientID: clientID, ClientSecret: secret, RedirectURIs: []string{redirectURL}, TeamsAppID: teamsAppID,
		People: []standin.Person{
			{ObjectID: personID(riley), Name: "Riley Rep", Department: "North", ManagerID: personID(morgan)},
			{ObjectID: personID(morgan), Name: "Morgan Manager", Department: "North"},
			{ObjectID: personID(finn), Name: "Finn Finance", Department: "Finance", ManagerID: personID(olive)},
			{ObjectID: personID(ada), Name: "Ada Admin"},
			{ObjectID: personID(eve), Name: "Eve Engineer", Department: "Engineering"},
			{ObjectID: personID(olive), Name: "Olive Owner"},
		},
		Groups: []standin.Group{{ID: groupID(1)}, {ID: groupID(2)}},
	}
	for _, c := range change {
		c(&cfg)
	}
	server, err := standin.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return &tenant{server, NewMetrics(nil)}
}

func (s *tenant) app() App {
	return App{EntraURL: s.URL(), TenantID: tenantID, ClientID: clientID, Secret: NewSecret(secret)}
}

// graphConfig has reps in one group and managers in another, and counts app roles.
func (s *tenant) graphConfig() GraphConfig {
	return GraphConfig{
		URL: s.URL(), Roles: []string{"rep", "sales_manager", "finance", "admin"},
		Groups: map[string]string{groupID(1): "rep", groupID(2): "sales_manager"}, AppRoles: true,
	}
}

func (s *tenant) graph(t testing.TB, change ...func(*GraphConfig)) *Graph {
	t.Helper()
	cfg := s.graphConfig()
	for _, c := range change {
		c(&cfg)
	}
	return s.graphOver(t, cfg, wire{s})
}

func (s *tenant) graphOver(t testing.TB, cfg GraphConfig, network http.RoundTripper) *Graph {
	t.Helper()
	g, err := newGraph(s.app(), cfg, s.metrics, network, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// change changes a person.
func (s *tenant) change(t testing.TB, n int, change func(*standin.Person)) {
	t.Helper()
	if !s.Change(personID(n), change) {
		t.Fatalf("no person %d", n)
	}
}

func inGroups(ids ...string) func(*standin.Person) {
	return func(p *standin.Person) { p.Groups = ids }
}

func withAppRoles(values ...string) func(*standin.Person) {
	return func(p *standin.Person) { p.AppRoles = values }
}

func appRoles(values ...string) func(*standin.Config) {
	return func(c *standin.Config) {
		for _, v := range values {
			c.AppRoles = append(c.AppRoles, standin.AppRole{Value: v})
		}
	}
}

// inBubble runs a test in which time stands still until all goroutines wait.
func inBubble(t *testing.T, s *tenant, test func(t *testing.T, s *tenant)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, s) })
}

// wire is a network with one server.
type wire struct{ http.Handler }

func (w wire) RoundTrip(req *http.Request) (*http.Response, error) {
	in := req.Clone(req.Context())
	in.Host = req.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	answer := &recorder{ResponseRecorder: httptest.NewRecorder()}
	w.ServeHTTP(answer, in)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if answer.cut {
		return nil, io.ErrUnexpectedEOF
	}
	return answer.Result(), nil
}

// recorder records an answer, or that the connection was cut.
type recorder struct {
	*httptest.ResponseRecorder
	cut bool
}

func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	r.cut = true
	mine, theirs := net.Pipe()
	return mine, nil, theirs.Close()
}

// roundTrip is a network of one function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// tampered is the tenant with some of its answers replaced: of paths that end so.
func (s *tenant) tampered(end, body string) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if !strings.HasSuffix(r.URL.Path, end) {
			return wire{s}.RoundTrip(r)
		}
		w := httptest.NewRecorder()
		_, _ = io.WriteString(w, body)
		return w.Result(), nil
	})
}

// query is the query of a URL.
func query(t testing.TB, raw string) url.Values {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// replaceIn replaces all of a text in an answer's body.
func replaceIn(resp *http.Response, from, to string) *http.Response {
	body, _ := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(strings.NewReader(strings.ReplaceAll(string(body), from, to)))
	return resp
}
