package bot_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"radioquote/bot"
	"radioquote/bot/botauth"
	"radioquote/bot/connector"
	"radioquote/bot/emulator"
	"radioquote/bot/model"
	"radioquote/netsuite"
	"radioquote/netsuite/simulator"
	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/store"
	"radioquote/store/localpg"
)

func TestMain(m *testing.M) { localpg.Main(m) }

const (
	appID  = "5a1f0000-0000-4000-8000-000000000001"
	tenant = "7e0f0000-0000-4000-8000-000000000002"
)

var (
	riley  = emulator.Person{Name: "Riley Rep", ObjectID: "aa000000-0000-4000-8000-00000000000a", UserID: "29:riley"}
	morgan = emulator.Person{Name: "Morgan Manager", ObjectID: "bb000000-0000-4000-8000-00000000000b", UserID: "29:morgan"}
	sam    = emulator.Person{Name: "Sam Stranger", ObjectID: "cc000000-0000-4000-8000-00000000000c", UserID: "29:sam"}
)

// house is the whole service with Teams and NetSuite stood in for.
type house struct {
	teams    *emulator.Emulator
	netsuite *simulator.Simulator
	db       localpg.Database
	bot      *bot.Bot
	stepUp   *bot.StepUp // nil: there is none
	desk     *desk.Desk
	url      string
	logs     *observer.ObservedLogs
	metrics  *prometheus.Registry
	close    func() // ends the jobs; at the end of the test at the latest
}

// newHouse opens a house for business: prices synced, jobs worked. The service reaches its
// database by the URL that a detour gives.
func newHouse(t *testing.T, detour ...func(localpg.Database) string) *house {
	t.Helper()
	return newHouseOf(t, nil, detour...)
}

// newHouseOf is a house with a second reader, or without.
func newHouseOf(t *testing.T, second *model.Reader, detour ...func(localpg.Database) string) *house {
	t.Helper()
	return newHouseAs(t, second, func(*desk.Config) {}, detour...)
}

// newHouseAs is a house whose desk is configured otherwise.
func newHouseAs(t *testing.T, second *model.Reader, change func(*desk.Config), detour ...func(localpg.Database) string) *house {
	t.Helper()
	h := &house{db: localpg.NewDatabase(t), metrics: prometheus.NewRegistry()}
	url := h.db.URL
	for _, by := range detour {
		url = by(h.db)
	}
	core, logs := observer.New(zapcore.InfoLevel)
	h.logs = logs
	log := zap.New(core)

	h.teams = must(emulator.Start(emulator.Config{
		AppID: appID, AppSecret: "not a secret", TenantID: tenant, People: []emulator.Person{riley, morgan, sam},
	}))(t)
	t.Cleanup(func() { _ = h.teams.Close() }) // a connection that was opened ahead of need may outlast its patience
	var ns desk.NetSuite
	h.netsuite, ns = newNetSuite(t)

	db := must(store.Open(t.Context(), url))(t)
	t.Cleanup(db.Close)
	client := newConnector(t, h.teams)
	config := desk.Config{
		DB: db, Policy: must(quoting.DefaultPolicy())(t), NetSuite: ns, Teams: bot.NewTeams(client), Prefix: "RQ-",
		Now: time.Now, Log: log, Metrics: h.metrics,
	}
	change(&config)
	d := desk.New(config)
	id := func(p emulator.Person) quoting.PersonID { return quoting.PersonID{Tenant: tenant, Object: p.ObjectID} }
	h.desk = d
	check(t, d.Prepare(t.Context(), []quoting.Person{
		{ID: id(morgan), Name: morgan.Name, Roles: []quoting.Role{quoting.SalesManager}, Team: "midwest"},
		{ID: id(riley), Name: riley.Name, Roles: []quoting.Role{quoting.Rep}, Team: "midwest", Manager: id(morgan)},
	}, "one"))
	must(d.Sync(t.Context(), "test"))(t)
	check(t, d.RefreshBook(t.Context()))

	h.bot = must(bot.New(bot.Config{
		Validator: must(botauth.NewValidator(appID, h.teams.OpenIDMetadataURL()))(t),
		Connector: client, Desk: d, Tenants: []string{tenant}, Log: log, Metrics: h.metrics, Model: second,
	}))(t)
	h.serve(t)

	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- d.Run(ctx) }()
	h.close = sync.OnceFunc(func() {
		stop()
		check(t, <-stopped)
	})
	t.Cleanup(h.close)
	return h
}

// serve puts the bot on a port and tells Teams.
func (h *house) serve(t testing.TB) {
	t.Helper()
	e := echo.New()
	h.bot.Register(e)
	if h.stepUp != nil {
		h.stepUp.Register(e)
	}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	h.url = server.URL + "/api/messages"
	h.teams.SetBotURL(h.url)
}

func newNetSuite(t *testing.T) (*simulator.Simulator, *netsuite.Client) {
	t.Helper()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	s := must(simulator.Start(simulator.Config{ClientID: "client", CertificateID: "certificate", PublicKey: key.Public()}))(t)
	t.Cleanup(func() { check(t, s.Close()) })
	client := must(netsuite.New(netsuite.Config{
		Account: "1234567_SB1", BaseURL: s.URL(), ClientID: "client", CertificateID: "certificate", PrivateKey: key, Names: must(quoting.DefaultPolicy())(t).NetSuite,
	}, netsuite.NewMetrics(prometheus.NewRegistry())))(t)
	t.Cleanup(client.Close)
	return s, client
}

func newConnector(t testing.TB, teams *emulator.Emulator) *connector.Client {
	t.Helper()
	tokens := must(botauth.NewTokenSource(teams.TokenURL(), appID, botauth.NewSecret("not a secret")))(t)
	return must(connector.New(connector.Config{AllowedServiceURLs: []string{teams.ServiceURL()}, Tokens: tokens}))(t)
}

// say writes in the person's chat and wants it taken.
func (h *house) say(t *testing.T, p emulator.Person, text string) {
	t.Helper()
	if status := must(h.teams.Say(t.Context(), p, text))(t); status != http.StatusOK {
		t.Fatalf("%q is answered %d", text, status)
	}
}

// sees waits for a message of the bot that shows all of the texts.
func (h *house) sees(t testing.TB, p emulator.Person, texts ...string) emulator.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return must(h.teams.WaitFor(ctx, p, func(m emulator.Message) bool { return shows(m, texts...) }))(t)
}

func shows(m emulator.Message, texts ...string) bool {
	all := m.Text + m.Summary + string(m.Card)
	return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(all, text) })
}

// written are the bot's messages that the person sees.
func (h *house) written(p emulator.Person) []emulator.Message {
	return slices.DeleteFunc(h.teams.Messages(p), func(m emulator.Message) bool { return m.From != "28:"+appID })
}

// count is what a query on the database counts, behind row-level security.
func (h *house) count(t *testing.T, query string) int {
	t.Helper()
	conn := must(pgx.Connect(t.Context(), h.db.SuperURL))(t)
	defer func() { check(t, conn.Close(context.WithoutCancel(t.Context()))) }()
	var n int
	if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// post sends a body to the webhook and returns the answer.
func (h *house) post(t *testing.T, body, authorization string) (int, string) {
	t.Helper()
	req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, h.url, strings.NewReader(body)))(t)
	req.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	return do(t, req)
}

// do returns the status and the body of the answer.
func do(t testing.TB, req *http.Request) (int, string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode, string(must(io.ReadAll(resp.Body))(t))
}

func encode(t testing.TB, v any) string {
	t.Helper()
	return string(must(json.Marshal(v))(t))
}

// must returns a value, or ends the test on an error: must(f())(t).
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}
