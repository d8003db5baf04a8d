package simulator

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestStartRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	good := start(t)
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"no key", func(c *Config) { c.PublicKey = nil }, "public key is <nil>"},
		{"a key of another kind", func(c *Config) { c.PublicKey = public }, "public key is ed25519.PublicKey"},
		{"no client", func(c *Config) { c.ClientID = "" }, "client id"},
		{"no certificate", func(c *Config) { c.CertificateID = "" }, "certificate id"},
		{"an address that others reach", func(c *Config) { c.Listen = "0.0.0.0:0" }, "not a loopback address"},
		{"no host", func(c *Config) { c.Listen = ":0" }, "not a loopback address"},
		{"a port that is taken", func(c *Config) { c.Listen = strings.TrimPrefix(good.URL(), "http://") }, "listen on"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := Config{ClientID: "client", CertificateID: "certificate", PublicKey: good.key.Public()}
			tc.change(&c)
			s, err := Start(c)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v", err)
			}
			if err == nil {
				_ = s.Close()
			}
		})
	}
}

func TestTheClockIsTheMachinesWhereNoneIsGiven(t *testing.T) {
	t.Parallel()
	s, err := Start(Config{Listen: "localhost:0", Account: "TSTDRV1", ClientID: "client", CertificateID: "certificate", PublicKey: start(t).key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if skew := time.Since(s.now()); skew < 0 || skew > time.Minute || s.door.account != "TSTDRV1" {
		t.Errorf("skew %s, account %s", skew, s.door.account)
	}
}

func TestOnlyThisMachineIsAnswered(t *testing.T) {
	t.Parallel()
	a := start(t)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(a.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		host, origin string
		status       int
	}{
		{"127.0.0.1:" + port, "", 200},
		{"localhost:" + port, "", 200},
		{"localhost", "", 200},
		{"[::1]:" + port, "", 200},
		{"127.0.0.1:" + port, "http://127.0.0.1:3978", 200},
		{"127.0.0.1:" + port, "http://localhost:3978", 200},
		{"attacker.example:" + port, "", 403},
		{"127.0.0.1.attacker.example", "", 403},
		{"localhost.attacker.example", "", 403},
		{"127.0.0.1:" + port, "https://attacker.example", 403},
		{"127.0.0.1:" + port, "null", 403},
		{"127.0.0.1:" + port, "://", 403},
	} {
		for _, r := range []*http.Request{a.request(t, "GET", pathServerTime, ""), a.request(t, "POST", "/_sim/up", "")} {
			r.Host = tc.host
			r.Header.Set("Origin", tc.origin)
			want := tc.status
			if want == 200 && r.Method == "POST" {
				want = 204
			}
			if got := a.send(t, r); got.status != want {
				t.Errorf("%s, host %q, origin %q: %d, want %d", r.URL.Path, tc.host, tc.origin, got.status, want)
			}
		}
	}
}

func TestDownRefusesConnectionsAndUpIsTheSameAccount(t *testing.T) {
	t.Parallel()
	a := start(t)
	wantStatus(t, a.put(t, body(forty)), 204)
	url := a.URL()
	for range 2 { // the second time changes nothing
		if err := a.Down(); err != nil {
			t.Fatal(err)
		}
	}
	var refused *net.OpError
	if got, err := a.attempt(t.Context(), t, "GET", eid1001, ""); !errors.As(err, &refused) {
		t.Errorf("got %s, %v", got, err)
	}
	for range 2 {
		if err := a.Up(); err != nil {
			t.Fatal(err)
		}
	}
	if a.URL() != url {
		t.Errorf("URL was %s and is %s", url, a.URL())
	}
	wantStatus(t, a.do(t, "GET", eid1001, ""), 200)
}

func TestDownBreaksRequestsOff(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.Inject(Fault{Route: RouteServerTime, Effect: Hang()})
	failed := make(chan error, 1)
	r := a.request(t, "GET", pathServerTime, "")
	go func() {
		_, err := roundTrip(r)
		failed <- err
	}()
	a.await(t, 1)
	if err := a.Down(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err == nil {
		t.Error("the request was answered")
	}
}

func TestDownWaitsForRequestsToEnd(t *testing.T) {
	t.Parallel()
	a := start(t)
	release := make(chan struct{})
	a.Inject(Fault{Route: RouteServerTime, Effect: func(exchange) { <-release }})
	ended := make(chan struct{})
	r := a.request(t, "GET", pathServerTime, "")
	go func() {
		defer close(ended)
		_, _ = roundTrip(r)
	}()
	a.await(t, 1)
	down := make(chan error, 1)
	go func() { down <- a.Down() }()
	<-ended // the connection is closed, the handler still runs
	select {
	case err := <-down:
		t.Errorf("down with a request inside: %v", err)
	case <-briefly(t).Done():
	}
	close(release)
	if err := <-down; err != nil {
		t.Error(err)
	}
}

// await waits until so many requests are inside.
func (a *account) await(t *testing.T, inside int) {
	t.Helper()
	for {
		a.gate.mu.Lock()
		n := a.gate.inside
		a.gate.mu.Unlock()
		if n == inside {
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the test ended")
		case <-time.After(time.Millisecond):
		}
	}
}

func TestOneRequestTooManyIsRefused(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *Config) { c.Concurrency = 0 })
	a.Inject(Fault{Route: RouteCustomer, Effect: Hang()})
	var group sync.WaitGroup
	for range 5 {
		r := a.request(t, "GET", pathCustomer+"/4001", "").WithContext(briefly(t))
		group.Go(func() { _, _ = roundTrip(r) })
	}
	a.await(t, 5)
	got := a.do(t, "GET", pathServerTime, "")
	if code, _ := got.problem(t); got.status != 429 || code != "CONCURRENCY_LIMIT_EXCEEDED" {
		t.Errorf("the sixth: %s", got)
	}
	group.Wait()
	a.await(t, 0)
	wantStatus(t, a.do(t, "GET", pathServerTime, ""), 200)
	if most := a.MaxConcurrent(); most != 6 {
		t.Errorf("at most %d at once, want 6", most)
	}
	if got := fmt.Sprint(a.Requests()); got != "map[customer:5 server time:2 token:1]" {
		t.Errorf("requests: %s", got)
	}
}

func TestRoutesAreCountedByWhatTheyAsk(t *testing.T) {
	t.Parallel()
	a := start(t)
	wantStatus(t, a.do(t, "POST", pathEstimate, `{"entity":{"id":"4001"}}`, createForm), 200)
	wantStatus(t, a.put(t, body(forty)), 204)
	wantStatus(t, a.do(t, "PUT", eid1001, body(forty), createForm), 204)
	wantStatus(t, a.do(t, "GET", eid1001, ""), 200)
	a.query(t, "SELECT id FROM currency")
	if got := fmt.Sprint(a.Requests()); got != "map[create form:1 estimate read:1 estimate write:2 suiteql:1 token:1]" {
		t.Errorf("requests: %s", got)
	}
}

func TestTheDemoTurnsSwitches(t *testing.T) {
	t.Parallel()
	a := start(t)
	sim := func(path, body string, headers ...string) int {
		return a.do(t, "POST", "/_sim/"+path, body, append([]string{"Authorization:"}, headers...)...).status
	}
	if got := sim("down", ""); got != 204 {
		t.Fatalf("down: %d", got)
	}
	for _, path := range []string{pathToken, pathSuiteQL, pathEstimate} {
		if got, err := a.attempt(t.Context(), t, "POST", path, "{}"); err == nil {
			t.Errorf("%s answered %s", path, got)
		}
	}
	if got := sim("up", ""); got != 204 {
		t.Fatalf("up: %d", got)
	}
	wantStatus(t, a.do(t, "GET", pathServerTime, ""), 200)

	price := func() string {
		return a.query(t, "SELECT unitprice FROM pricing WHERE item = ? AND pricelevel = ? AND quantity = ?", "1003", "1", "0")[0]["unitprice"]
	}
	if got := sim("price", `{"sku":"SUM-P20U","level":"Base","quantity":1,"price":"399.50"}`); got != 204 || price() != "399.5" {
		t.Errorf("price: %d, now %s", got, price())
	}
	for _, body := range []string{
		``, `{`, `{"sku":"SUM-P20U"}`, `{"sku":"NONE","level":"Base","quantity":1,"price":"1"}`, `{"sku":"SUM-P20U","level":"Gold","quantity":1,"price":"1"}`,
		`{"sku":"SUM-P20U","level":"Base","quantity":0,"price":"1"}`, `{"sku":"SUM-P20U","level":"Base","quantity":1,"price":"1,00"}`,
		`{"sku":"SUM-P20U","level":"Base","quantity":1,"price":"1","x":1}`, `{"sku":"` + strings.Repeat("x", 2000) + `"}`,
	} {
		if got := sim("price", body); got != 400 {
			t.Errorf("%.60s: %d", body, got)
		}
	}
	if got := sim("price", `{}`, "Content-Type: text/plain"); got != 400 {
		t.Errorf("as text: %d", got)
	}
	if price() != "399.5" {
		t.Errorf("the price is now %s", price())
	}
}

func TestPeopleChangeTheAccount(t *testing.T) {
	t.Parallel()
	a := start(t)
	rows := func(sku, level string) string {
		id, ok := a.ItemID(sku)
		if !ok {
			t.Fatal(sku)
		}
		return fmt.Sprint(a.query(t, "SELECT quantity, unitprice FROM pricing WHERE item = ? AND pricelevel = ? ORDER BY internalid", fmt.Sprint(id), level))
	}
	item := func(sku string) map[string]string {
		return a.query(t, "SELECT isinactive, averagecost, lastpurchaseprice, cost, lastmodifieddate FROM item WHERE itemid = ?", sku)[0]
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	must(a.SetPrice("SVC-PROG", "Base Price", 1, "27"))
	must(a.SetPrice("SVC-PROG", "Base", 100, "20.25"))
	if got := rows("SVC-PROG", "1"); got != "[map[quantity:0 unitprice:27] map[quantity:100 unitprice:20.25]]" {
		t.Errorf("prices: %s", got)
	}
	if got := item("SVC-PROG")["lastmodifieddate"]; got != "10/1/2026" {
		t.Errorf("a price edit moved the item's date to %s", got)
	}
	must(a.SetPrice("SVC-PROG", "Base", 50, "22"))
	wantStatus(t, a.put(t, body(`{"item":{"id":"1063"},"quantity":200}`)), 204)
	if got := lines(a.stored(t)); got != "1: 200 × 1063 at 20.25 (1) = 4050.00" {
		t.Errorf("the highest break does not decide: %s", got)
	}
	must(a.RemovePrice("SVC-PROG", "Base", 50))
	must(a.RemovePrice("SVC-PROG", "base", 1))
	if got := rows("SVC-PROG", "1"); got != "[map[quantity:100 unitprice:20.25]]" {
		t.Errorf("prices: %s", got)
	}
	wantStatus(t, a.put(t, body(`{"item":{"id":"1063"},"quantity":1}`)), 400)

	must(a.SetCost("BAT-C", "610"))
	must(a.DeactivateItem("BAT-D"))
	must(a.SetCost("BAT-A", ""))
	if got := fmt.Sprintln(item("BAT-C"), item("BAT-D")["isinactive"], item("BAT-A")); got !=
		"map[averagecost:610 cost:62 isinactive:F lastmodifieddate:11/25/2026 lastpurchaseprice:62] T map[isinactive:F lastmodifieddate:11/25/2026]\n" {
		t.Errorf("items: %s", got)
	}
	if got := rows("BAT-D", "1"); !strings.Contains(got, "unitprice:58") {
		t.Errorf("an inactive item has lost its prices: %s", got)
	}

	id, err := a.AddCustomer(Customer{Name: "Newcomer Inc.", Level: "vip", Inactive: true})
	must(err)
	if got := a.query(t, "SELECT id, pricelevel, currency, subsidiary, isinactive, lastmodifieddate FROM customer WHERE companyname = ?", "Newcomer Inc."); fmt.Sprint(id, got) !=
		"4061 [map[currency:1 id:4061 isinactive:T lastmodifieddate:11/25/2026 pricelevel:4 subsidiary:1]]" {
		t.Errorf("customer %d: %v", id, got)
	}

	for name, err := range map[string]error{
		"a price of no item":          a.SetPrice("NONE", "Base", 1, "1"),
		"a price at no level":         a.SetPrice("BAT-A", "Gold", 1, "1"),
		"a price below one":           a.SetPrice("BAT-A", "Base", 0, "1"),
		"a price that is none":        a.SetPrice("BAT-A", "Base", 1, "free"),
		"a price removed twice":       a.RemovePrice("SVC-PROG", "Base", 1),
		"a price removed at no level": a.RemovePrice("SVC-PROG", "Gold", 1),
		"a cost of no item":           a.SetCost("NONE", "1"),
		"a cost that is none":         a.SetCost("BAT-A", "cheap"),
		"no item made inactive":       a.DeactivateItem("NONE"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, c := range []Customer{{}, {ID: 4001, Name: "x"}, {Name: "x", Level: "Gold"}, {Name: "x", Currency: "EUR"}} {
		if _, err := a.AddCustomer(c); err == nil {
			t.Errorf("%+v was added", c)
		}
	}
	if _, ok := a.ItemID("NONE"); ok {
		t.Error("NONE has an id")
	}
}

func BenchmarkKeysetPage(b *testing.B) {
	a := start(b, func(c *Config) { c.ExtraItems = 5000 })
	for b.Loop() {
		wantStatus(b, a.page(b, "", pricesQuery, "50000"), 200)
	}
}

func BenchmarkCreateForm(b *testing.B) {
	a := start(b, func(c *Config) { c.ExtraItems = 5000 })
	body := `{"entity":{"id":"4003"},"item":{"items":[` + strings.TrimSuffix(strings.Repeat(`{"item":{"id":"1003"},"quantity":40},`, 20), ",") + `]}}`
	for b.Loop() {
		wantStatus(b, a.do(b, "POST", pathEstimate+expandAll, body, createForm), 200)
	}
}

func BenchmarkBasketRows(b *testing.B) {
	a := start(b, func(c *Config) { c.ExtraItems = 5000 })
	for b.Loop() {
		wantStatus(b, a.page(b, "", "SELECT item, pricelevel, currency, quantity, unitprice FROM pricing WHERE item IN (?, ?, ?) ORDER BY item, pricelevel, currency, quantity", "1003", "1050", "10077"), 200)
	}
}

func BenchmarkStockPage(b *testing.B) {
	a := start(b, func(c *Config) { c.ExtraItems = 5000 })
	for b.Loop() {
		wantStatus(b, a.page(b, "", stockQuery, "0"), 200)
	}
}
