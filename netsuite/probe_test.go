package netsuite

import (
	"context"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

// probed is a simulated account that is to be probed, and what of it is not the
// simulator's.
type probed struct {
	sim    *simulator.Simulator
	config Config
	now    func() time.Time
	extra  map[string]string // path → JSON
	fail   map[string]int    // path → status
	forms  func(body []byte) (status int, answer []byte)
}

// RoundTrip answers what the simulator does not know, and passes the rest on to it.
func (p *probed) RoundTrip(req *http.Request) (*http.Response, error) {
	answer := func(status int, body string) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: req,
		}, nil
	}
	if status, ok := p.fail[req.URL.Path]; ok {
		return answer(status, `{"o:errorDetails":[{"detail":"You need the 'X' permission to access this page.","o:errorCode":"INSUFFICIENT_PERMISSION"}]}`)
	}
	if body, ok := p.extra[req.URL.Path]; ok {
		return answer(200, body)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Header.Set("Date", p.now().UTC().Format(http.TimeFormat))
	if p.forms != nil && strings.Contains(req.Header.Get("Accept"), "create-form") {
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		var changed []byte
		resp.StatusCode, changed = p.forms(body)
		resp.Body = io.NopCloser(strings.NewReader(string(changed)))
	}
	return resp, nil
}

func toProbe(t *testing.T, with ...func(*simulator.Config)) *probed {
	t.Helper()
	p := &probed{now: time.Now, fail: map[string]int{}}
	sim, _ := account(t, append(with, func(c *simulator.Config) {
		if c.Now != nil {
			p.now = c.Now
		}
	})...)
	p.sim = sim
	p.config = testConfig(sim.URL())
	p.config.Certificate = &x509.Certificate{NotAfter: time.Now().AddDate(1, 0, 0)}
	p.config.Names = quoting.AccountNames{OpenStatus: "Proposal", LostStatus: "Closed Lost"}
	fields := map[string]any{"taxDetails": map[string]any{}}
	for field := range reflect.TypeFor[estimateBody]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fields[name] = map[string]any{"type": "string"}
	}
	schema, err := json.Marshal(map[string]any{"type": "object", "properties": fields})
	if err != nil {
		t.Fatal(err)
	}
	p.extra = map[string]string{
		"/services/rest/system/v1/governanceLimits":          `{"accountConcurrencyLimit":5,"accountUnallocatedConcurrencyLimit":3,"integrationConcurrencyLimit":2,"integrationLimitType":"accountLimit"}`,
		"/services/rest/record/v1/metadata-catalog":          `{"items":[{"name":"customer"},{"name":"estimate"},{"name":"priceLevel"},{"name":"inventoryItem"},{"name":"currency"}]}`,
		"/services/rest/record/v1/metadata-catalog/estimate": string(schema),
		statusPath:         `{"links":[],"count":2,"hasMore":false,"items":[{"links":[],"id":"10"},{"links":[],"id":"14"}],"totalResults":2}`,
		statusPath + "/10": `{"links":[],"id":"10","name":"Proposal","inactive":false}`,
		statusPath + "/14": `{"links":[],"id":"14","name":"Closed Lost","inactive":false}`,
	}
	return p
}

func (p *probed) client(t *testing.T) *Client {
	t.Helper()
	cfg, err := p.config.complete()
	if err != nil {
		t.Fatal(err)
	}
	c, err := newClient(cfg, NewMetrics(prometheus.NewRegistry()), p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (p *probed) probe(t *testing.T) ([]quoting.Probe, quoting.Capabilities) {
	t.Helper()
	return p.client(t).Probe(t.Context())
}

func TestAHealthyAccountPassesEveryProbe(t *testing.T) {
	t.Parallel()
	p := toProbe(t)
	p.config.Names.DiscountItem = discountItemOf(t, p)
	probes, can := p.probe(t)
	for _, probe := range probes {
		if probe.State != quoting.ProbeGood || probe.Mend != "" || probe.Found == "" {
			t.Errorf("%s: %s: %s; mend: %s", probe.Name, probe.State, probe.Found, probe.Mend)
		}
	}
	if len(probes) < 20 {
		t.Errorf("%d probes", len(probes))
	}
	if age := time.Since(can.At); age < 0 || age > time.Minute {
		t.Errorf("probed at %s", can.At)
	}
	can.At = time.Time{}
	if diff := cmp.Diff(quoting.Capabilities{CreateForm: true, RowsDecide: true, Deletions: true}, can); diff != "" {
		t.Errorf("capabilities (-want +got):\n%s", diff)
	}
	if p.sim.EstimateCount() != 0 {
		t.Error("a probe stored an Estimate")
	}
}

// discountItemOf is the name of the account's discount item.
func discountItemOf(t *testing.T, p *probed) string {
	t.Helper()
	var name string
	err := p.client(t).eachRow(t.Context(), "SELECT itemid FROM item WHERE itemtype = ? ORDER BY id", []string{"Discount"}, func(r *columns) { name = r.text("itemid") })
	if err != nil || name == "" {
		t.Fatalf("discount item %q, error %v", name, err)
	}
	return name
}

func TestABrokenAccountIsToldWhatToMend(t *testing.T) {
	t.Parallel()
	everything := quoting.Capabilities{CreateForm: true, RowsDecide: true, Deletions: true}
	formsOnly := quoting.Capabilities{CreateForm: true, Deletions: true}
	neither := quoting.Capabilities{Deletions: true}
	rowsOnly := quoting.Capabilities{RowsDecide: true, Deletions: true}
	clockAt := func(ahead time.Duration) func(*simulator.Config) {
		return func(c *simulator.Config) { c.Now = func() time.Time { return time.Now().Add(ahead) } }
	}
	for _, tc := range []struct {
		name    string
		account func(*simulator.Config)
		breaks  func(t *testing.T, p *probed)
		probe   string
		state   quoting.ProbeState
		mend    string
		can     quoting.Capabilities
	}{
		{"the role lacks the permission for price levels", nil, func(_ *testing.T, p *probed) { p.sim.HideTable("pricelevel", true) },
			"table pricelevel", quoting.ProbeBroken, "Give the permission Lists → Accounting Lists, which holds the price levels on the integration's role", everything},
		{"the account has no price levels", nil, func(_ *testing.T, p *probed) {
			p.sim.HideTable("pricelevel", true)
			p.extra["/services/rest/record/v1/metadata-catalog"] = `{"items":[{"name":"customer"}]}`
		}, "table pricelevel", quoting.ProbeBroken, "This account has no table pricelevel: turn on the feature Multiple Prices", everything},
		{"nobody can tell a permission from a name", nil, func(_ *testing.T, p *probed) {
			p.sim.HideTable("pricelevel", true)
			p.fail["/services/rest/record/v1/metadata-catalog"] = 403
		}, "table pricelevel", quoting.ProbeBroken, "If the role has it: This account has no table pricelevel", everything},
		{"group prices have another name here", nil, func(_ *testing.T, p *probed) { p.sim.HideTable("customergrouppricing", true) },
			"table customergrouppricing", quoting.ProbeBroken, "The role sees customer, so that this is no missing permission. This account has no table customergrouppricing",
			neither},
		{"the role sees no items", nil, func(_ *testing.T, p *probed) { p.sim.HideTable("item", true) },
			"table item", quoting.ProbeBroken, "Give the permission Lists → Items on the integration's role", neither},
		{"a field of ours was not made", nil, func(_ *testing.T, p *probed) { p.sim.HideColumn("item", "custitem_rq_tags", true) },
			"table item", quoting.ProbeBroken, "Make the field custitem_rq_tags: Customization → Lists, Records, & Fields → Item Fields → New, type Free-Form Text, id _rq_tags",
			neither},
		{"two columns are hidden", nil, func(_ *testing.T, p *probed) {
			p.sim.HideColumn("customer", "subsidiary", true)
			p.sim.HideColumn("customer", "pricelevel", true)
		}, "table customer", quoting.ProbeBroken, "turn on the feature Multiple Prices. For subsidiary", rowsOnly},
		{"the column of the order is hidden", nil, func(_ *testing.T, p *probed) { p.sim.HideColumn("currency", "id", true) },
			"table currency", quoting.ProbeBroken, "Column id is hidden", rowsOnly},
		{"deletions are hidden", nil, func(_ *testing.T, p *probed) { p.sim.HideTable("deletedrecord", true) },
			"deletions", quoting.ProbeWeak, "Lists → Deleted Records on the integration's role (Setup → Users/Roles → Manage Roles). Until then deletions are found by counting at each sync", quoting.Capabilities{CreateForm: true, RowsDecide: true}},
		{"our clock is five minutes behind", clockAt(301 * time.Second), func(*testing.T, *probed) {},
			"sign-in", quoting.ProbeBroken, "NetSuite's clock is 5m", quoting.Capabilities{}},
		{"our clock is 90 seconds behind", clockAt(90 * time.Second), func(*testing.T, *probed) {},
			"clock", quoting.ProbeWeak, "NetSuite's clock is 1m30s ahead of ours: set this machine's clock.", everything},
		{"the certificate is over", nil, func(t *testing.T, p *probed) {
			p.config.Certificate = &x509.Certificate{NotAfter: time.Now().Add(-time.Hour)}
			p.config.PrivateKey = ecKey(t, elliptic.P256())
		}, "sign-in", quoting.ProbeBroken, "The certificate is over", quoting.Capabilities{}},
		{"the certificate ends in a week", nil, func(_ *testing.T, p *probed) {
			p.config.Certificate = &x509.Certificate{NotAfter: time.Now().Add(170 * time.Hour)}
		},
			"certificate", quoting.ProbeWeak, "expires in 7 days", everything},
		{"the certificate is not known", nil, func(_ *testing.T, p *probed) { p.config.Certificate = nil },
			"certificate", quoting.ProbeWeak, "Add the certificate", everything},
		{"the key is another's", nil, func(t *testing.T, p *probed) { p.config.PrivateKey = ecKey(t, elliptic.P256()) },
			"sign-in", quoting.ProbeBroken, "The private key is not that of certificate TEST_CERT_ID", quoting.Capabilities{}},
		{"the certificate id is unknown", nil, func(_ *testing.T, p *probed) { p.config.CertificateID = "OLD" },
			"sign-in", quoting.ProbeBroken, "NetSuite does not know client id test-client or certificate id OLD", quoting.Capabilities{}},
		{"the role may not sign in", nil, func(_ *testing.T, p *probed) { p.fail[tokenPath] = 401 },
			"sign-in", quoting.ProbeBroken, "Log in using OAuth 2.0 Access Tokens", quoting.Capabilities{}},
		{"nobody answers", nil, func(t *testing.T, p *probed) { p.config.BaseURL = "http://127.0.0.1:1" },
			"sign-in", quoting.ProbeBroken, "http://127.0.0.1:1 does not answer", quoting.Capabilities{}},
		{"we are configured for more than there is", nil, func(_ *testing.T, p *probed) { p.config.Concurrency = 4 },
			"concurrency", quoting.ProbeWeak, "set RADIOQUOTE_NETSUITE_CONCURRENCY to 3 or less", everything},
		{"the integration has a limit of its own", nil, func(_ *testing.T, p *probed) {
			p.extra["/services/rest/system/v1/governanceLimits"] = `{"accountConcurrencyLimit":15,"accountUnallocatedConcurrencyLimit":13,"integrationConcurrencyLimit":2,"integrationLimitType":"integrationSpecific"}`
		}, "concurrency", quoting.ProbeWeak, "set RADIOQUOTE_NETSUITE_CONCURRENCY to 2 or less", everything},
		{"limits are for administrators", nil, func(_ *testing.T, p *probed) { p.fail["/services/rest/system/v1/governanceLimits"] = 403 },
			"concurrency", quoting.ProbeGood, "", everything},
		{"a status has another name", nil, func(_ *testing.T, p *probed) { p.config.Names.LostStatus = "Lost" },
			"statuses", quoting.ProbeBroken, "netsuite.lost_status", everything},
		{"a status has another capital", nil, func(_ *testing.T, p *probed) { p.config.Names.LostStatus = "Closed lost" },
			"statuses", quoting.ProbeBroken, `Write it as the account does in the policy, netsuite.lost_status: "Closed Lost".`, everything},
		{"a status is inactive", nil, func(_ *testing.T, p *probed) {
			p.extra[statusPath+"/10"] = `{"id":"10","name":"Proposal","inactive":true}`
		},
			"statuses", quoting.ProbeBroken, "netsuite.open_status", everything},
		{"statuses are hidden", nil, func(_ *testing.T, p *probed) { p.fail[statusPath] = 403 },
			"statuses", quoting.ProbeBroken, "Lists → CRM Lists", everything},
		{"a field of Estimates is hidden", nil, func(_ *testing.T, p *probed) {
			at := "/services/rest/record/v1/metadata-catalog/estimate"
			p.extra[at] = strings.Replace(p.extra[at], `"dueDate"`, `"other"`, 1)
		}, "estimate fields", quoting.ProbeBroken, "Show dueDate on the form of Estimates", everything},
		{"the discount item has another name", nil, func(_ *testing.T, p *probed) { p.config.Names.DiscountItem = "Rebate" },
			"discount item", quoting.ProbeWeak, "Make a discount item Rebate", everything},
		{"the discount item is inactive", nil, func(t *testing.T, p *probed) {
			p.config.Names.DiscountItem = discountItemOf(t, p)
			must(t, p.sim.DeactivateItem(p.config.Names.DiscountItem))
		}, "discount item", quoting.ProbeWeak, "Make it active", everything},
		{"there is nobody to compare prices for", nil, func(t *testing.T, p *probed) { deactivateCustomers(t, p) },
			"create-form", quoting.ProbeNot, "Probe again when there is one", rowsOnly},
		{"costs are hidden", nil, func(_ *testing.T, p *probed) { p.sim.HideColumn("item", "averagecost", true) },
			"table item", quoting.ProbeBroken, "For averagecost give the permission Lists → Items → Cost", neither},
		{"Estimates are not turned on", nil, func(_ *testing.T, p *probed) { p.fail["/services/rest/record/v1/metadata-catalog/estimate"] = 404 },
			"estimate fields", quoting.ProbeBroken, "Turn on the feature Estimates", everything},
		{"tax is NetSuite's old one", nil, func(_ *testing.T, p *probed) {
			at := "/services/rest/record/v1/metadata-catalog/estimate"
			p.extra[at] = strings.Replace(p.extra[at], `"taxDetails"`, `"taxItem"`, 1)
		}, "tax", quoting.ProbeGood, "", everything},
		{"the clock is hidden", nil, func(_ *testing.T, p *probed) { p.fail["/services/rest/system/v1/serverTime"] = 403 },
			"clock", quoting.ProbeBroken, "REST Web Services", everything},
		{"the role may not see Estimates", nil, func(_ *testing.T, p *probed) { p.fail[estimatePath+"/eid:RQ-doctor"] = 403 },
			"estimates", quoting.ProbeBroken, "Give the permission Transactions → Estimate", everything},
		{"create-form is not supported", nil, func(_ *testing.T, p *probed) {
			p.forms = func([]byte) (int, []byte) { return 406, []byte(`{}`) }
		}, "create-form", quoting.ProbeWeak, "This account does not support create-form. Until then prices are checked by price rows.", rowsOnly},
		{"nobody can tell whether there are price rules", nil, func(_ *testing.T, p *probed) {
			p.forms = func([]byte) (int, []byte) { return 406, []byte(`{}`) }
			at := "/services/rest/record/v1/metadata-catalog/estimate"
			p.extra[at] = strings.Replace(p.extra[at], `"taxDetails"`, `"appliedRules"`, 1)
		}, "price rules", quoting.ProbeWeak, "make create-form work", neither},
		{"create-form needs a permission", nil, func(_ *testing.T, p *probed) {
			p.forms = func([]byte) (int, []byte) {
				return 400, []byte(`{"o:errorDetails":[{"o:errorCode":"USER_ERROR","detail":"Your current role does not have permission to perform this action."}]}`)
			}
		}, "create-form", quoting.ProbeWeak, "Give the permission Transactions → Estimate, level Full", rowsOnly},
		{"create-form does not fill rates in", nil, func(_ *testing.T, p *probed) {
			p.forms = func(body []byte) (int, []byte) {
				return 200, regexp.MustCompile(`"rate":[0-9.]+,?`).ReplaceAll(body, nil)
			}
		}, "create-form", quoting.ProbeWeak, "does not price lines", rowsOnly},
		{"a rule changes prices", nil, func(_ *testing.T, p *probed) {
			p.forms = func(body []byte) (int, []byte) {
				return 200, regexp.MustCompile(`"rate":[0-9]`).ReplaceAll(body, []byte(`"rate":77`))
			}
		}, "price rules", quoting.ProbeWeak, "Sales Price Rules", formsOnly},
		{"an item uses marginal rates", nil, func(t *testing.T, p *probed) { must(t, p.sim.SetMarginalRates(anItem(t, p), true)) },
			"line quantities", quoting.ProbeWeak, "Turn off Use Marginal Rates", formsOnly},
		{"quantities count over the Estimate", nil, func(t *testing.T, p *probed) {
			must(t, p.sim.SetQuantityMode(anItem(t, p), simulator.ByOverallItemQuantity))
		},
			"line quantities", quoting.ProbeWeak, "Set Calculate Quantity Discounts to By Line Quantity", formsOnly},
		{"nobody can see how quantities count", nil, func(_ *testing.T, p *probed) { p.sim.HideColumn("item", "overallquantitypricingtype", true) },
			"line quantities", quoting.ProbeWeak, "cannot be seen", formsOnly},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var p *probed
			if tc.account != nil {
				p = toProbe(t, tc.account)
			} else {
				p = toProbe(t)
			}
			tc.breaks(t, p)
			probes, can := p.probe(t)
			at := slices.IndexFunc(probes, func(q quoting.Probe) bool { return q.Name == tc.probe })
			if at < 0 {
				t.Fatalf("no probe %s", tc.probe)
			}
			if got := probes[at]; got.State != tc.state || !strings.Contains(got.Mend, tc.mend) || got.Found == "" {
				t.Errorf("%s: %s\nfound: %s\nmend:  %s\nwant:  %s, %s", got.Name, got.State, got.Found, got.Mend, tc.state, tc.mend)
			}
			for _, probe := range probes {
				if probe.State == quoting.ProbeBroken && probe.Name != tc.probe && probe.Name != "certificate" {
					t.Errorf("%s is broken too: %s; mend: %s", probe.Name, probe.Found, probe.Mend)
				}
			}
			can.At = time.Time{}
			if diff := cmp.Diff(tc.can, can); diff != "" {
				t.Errorf("capabilities (-want +got):\n%s", diff)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func deactivateCustomers(t *testing.T, p *probed) {
	t.Helper()
	page, err := p.client(t).query(t.Context(), routeProbe, "SELECT id FROM customer ORDER BY id", nil, 0)
	must(t, err)
	for _, row := range page.rows {
		id, err := parseID(row["id"])
		must(t, err)
		must(t, p.sim.DeactivateCustomer(id))
	}
}

// anItem is the SKU of an item that is sold.
func anItem(t *testing.T, p *probed) string {
	t.Helper()
	page, err := p.client(t).query(t.Context(), routeProbe, "SELECT id, itemid FROM item WHERE itemtype = ? ORDER BY id", []string{"InvtPart"}, 0)
	must(t, err)
	return page.rows[0]["itemid"]
}

func TestAnAccountThatCannotBeEnteredIsNotProbedFurther(t *testing.T) {
	t.Parallel()
	p := toProbe(t)
	p.config.CertificateID = "OLD"
	probes, _ := p.probe(t)
	for _, probe := range probes[2:] {
		if probe.State != quoting.ProbeNot || !strings.Contains(probe.Found, "sign-in") {
			t.Errorf("%s: %s: %s", probe.Name, probe.State, probe.Found)
		}
	}
	if got := p.sim.Requests()[simulator.RouteToken]; got != 1 {
		t.Errorf("%d attempts to sign in, want 1", got)
	}
}

func TestANetSuiteThatStopsAnsweringIsNoMissingPermission(t *testing.T) {
	t.Parallel()
	p := toProbe(t)
	p.sim.Inject(simulator.Fault{Route: simulator.RouteSuiteQL, After: 3, Effect: simulator.TooManyRequests("3600")})
	probes, can := p.probe(t)
	busy := 0
	for _, probe := range probes {
		if strings.HasPrefix(probe.Mend, "Give ") {
			t.Errorf("%s: %s; mend: %s", probe.Name, probe.Found, probe.Mend)
		}
		if probe.Mend == "NetSuite did not answer: try again later." {
			busy++
		}
	}
	if busy < 5 || can.RowsDecide || can.CreateForm || can.Deletions {
		t.Errorf("%d probes without an answer, capabilities %+v", busy, can)
	}
}

// recorder keeps the queries that are sent.
type recorder struct {
	http.RoundTripper
	mu      sync.Mutex
	queries []string
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.Contains(req.URL.Path, "suiteql") {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		var q struct{ Q string }
		if err := json.NewDecoder(body).Decode(&q); err != nil {
			return nil, err
		}
		r.mu.Lock()
		r.queries = append(r.queries, q.Q)
		r.mu.Unlock()
	}
	return r.RoundTripper.RoundTrip(req)
}

// TestTheProbeTriesEveryColumnThatIsRead holds the list of tables and columns against the
// queries of all other methods.
func TestTheProbeTriesEveryColumnThatIsRead(t *testing.T) {
	t.Parallel()
	p := toProbe(t)
	cfg, err := p.config.complete()
	must(t, err)
	r := &recorder{RoundTripper: p}
	c, err := newClient(cfg, NewMetrics(prometheus.NewRegistry()), r)
	must(t, err)
	readEverything(t.Context(), t, c)

	known := map[string][]string{}
	for _, s := range append(sources(), deletions()) {
		known[s.table] = s.columns
	}
	sent := map[string]bool{}
	statement := regexp.MustCompile(`^SELECT (.*) FROM (\w+)(.*)$`)
	quoted := regexp.MustCompile(`'[^']*'|AS [a-z]+`)
	word := regexp.MustCompile(`\b[a-z][a-z_]*\b`)
	for _, q := range r.queries {
		match := statement.FindStringSubmatch(q)
		if match == nil {
			t.Fatalf("not understood: %s", q)
		}
		for _, column := range word.FindAllString(quoted.ReplaceAllString(match[1]+match[3], ""), -1) {
			sent[match[2]+"."+column] = true
			if !slices.Contains(known[match[2]], column) {
				t.Errorf("column %s of %s is read and not probed", column, match[2])
			}
		}
	}
	for table := range known {
		if table != "deletedrecord" && !sent[table+"."+known[table][0]] {
			t.Errorf("table %s is probed and was not read", table)
		}
	}
}

// readEverything makes every read by SuiteQL that the service makes.
func readEverything(ctx context.Context, t *testing.T, c *Client) {
	t.Helper()
	for _, read := range []func() error{
		func() error { return drain(c.Items(ctx, time.Time{})) },
		func() error { return drain(c.Levels(ctx)) },
		func() error { return drain(c.Prices(ctx)) },
		func() error { return drain(c.Customers(ctx, time.Time{})) },
		func() error { return drain(c.CustomerPrices(ctx)) },
		func() error { return drain(c.GroupLevels(ctx)) },
		func() error { return drain(c.Stock(ctx, time.Time{})) },
	} {
		must(t, read())
	}
}

func drain[T any](rows func(func([]T, error) bool)) error {
	for _, err := range rows {
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
	}
	return nil
}

// An outage in the middle says nothing about what the account can do.
func TestAnOutageIsNoCapability(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]simulator.Fault{
		"create-form does not answer": {Route: simulator.RouteCreateForm, Effect: simulator.Reset()},
		"a table cannot be read":      {Table: "pricing", Effect: simulator.Truncate()},
		"the clock does not answer":   {Route: simulator.RouteServerTime, Effect: simulator.Reset()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := toProbe(t)
			p.sim.Inject(fault)
			if _, can := p.client(t).Probe(t.Context()); can != (quoting.Capabilities{}) && !can.At.IsZero() {
				t.Errorf("found out: %+v", can)
			}
		})
	}
}
