package desk_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"radioquote/netsuite"
	"radioquote/netsuite/simulator"
	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/store"
	"radioquote/store/localpg"
)

func TestMain(m *testing.M) {
	// These tests wait for jobs more than they compute: more of them than there are
	// processors run at once.
	flag.Parse()
	if err := flag.Set("test.parallel", strconv.Itoa(3*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	localpg.Main(m)
}

// signingKey is NetSuite's key of the tests; making one takes longer than a test.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		panic(err)
	}
	return key
})

const tenant = "72f988bf-0000-0000-0000-000000000001"

// The people of the tests.
var (
	riley  = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "riley"}, Name: "Riley Rep", Roles: []quoting.Role{quoting.Rep}, Team: "midwest", Manager: quoting.PersonID{Tenant: tenant, Object: "morgan"}}
	morgan = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "morgan"}, Name: "Morgan Manager", Roles: []quoting.Role{quoting.SalesManager}, Team: "midwest"}
	sam    = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "sam"}, Name: "Sam South", Roles: []quoting.Role{quoting.Rep}, Team: "south"}
	ada    = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "ada"}, Name: "Ada Admin", Roles: []quoting.Role{quoting.Admin}}
)

// office is a desk at work: a database of its own, a NetSuite account, and Teams.
type office struct {
	*desk.Desk
	t        testing.TB
	db       *store.DB
	database localpg.Database
	netsuite *simulator.Simulator
	teams    *teams
	clock    *clock
	activity atomic.Int64
	stop     func() // ends the jobs; nil while none are worked
	super    func() *pgx.Conn
}

// clock is the desk's clock, real time moved on by the test, and NetSuite's, which may be
// apart from it.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
	skew   time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) netsuites() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset + c.skew)
}

func (c *clock) skewed(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew = d
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// newOffice opens an office with prices synced and jobs being worked.
func newOffice(t testing.TB, change ...func(*quoting.Policy)) *office {
	t.Helper()
	o := newQuietOffice(t, change...)
	o.sync()
	o.work()
	return o
}

// newQuietOffice opens an office that has no prices and works no jobs yet.
func newQuietOffice(t testing.TB, change ...func(*quoting.Policy)) *office {
	t.Helper()
	o := &office{t: t, database: localpg.NewDatabase(t), teams: newTeams(), clock: &clock{}}
	o.super = sync.OnceValue(func() *pgx.Conn {
		conn, err := pgx.Connect(context.Background(), o.database.SuperURL)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
		return conn
	})
	var err error
	if o.db, err = store.Open(t.Context(), o.database.URL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.db.Close)
	o.netsuite, err = simulator.Start(simulator.Config{ClientID: "client", CertificateID: "certificate", PublicKey: signingKey().Public(), Now: o.clock.netsuites})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.netsuite.Close() })
	// The demo company's one item under cost would be held, and every test hear of it.
	if err := o.netsuite.SetCost("LEG-CHG1", "40"); err != nil {
		t.Fatal(err)
	}
	policy, err := quoting.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	client, err := netsuite.New(netsuite.Config{
		Account: "1234567_SB1", BaseURL: o.netsuite.URL(), ClientID: "client", CertificateID: "certificate", PrivateKey: signingKey(), Names: policy.NetSuite,
	}, netsuite.NewMetrics(registry))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	for _, c := range change {
		c(policy)
	}
	o.Desk = desk.New(desk.Config{
		DB: o.db, Policy: policy, NetSuite: client, Teams: o.teams, Prefix: "RQ-", SignInURL: "https://quotes.example", Now: o.clock.now,
		Log: zaptest.NewLogger(t, zaptest.Level(zap.WarnLevel)), Metrics: registry,
	})
	if err := o.Prepare(t.Context(), []quoting.Person{riley, morgan, sam, ada}, "directory-1"); err != nil {
		t.Fatal(err)
	}
	return o
}

// sync reads NetSuite's prices and puts them in force.
func (o *office) sync() desk.Synced {
	o.t.Helper()
	s, err := o.Sync(o.t.Context(), "test")
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.RefreshBook(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	return s
}

// work works jobs until the test ends.
func (o *office) work() {
	o.t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(o.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- o.Run(ctx) }()
	o.stop = sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			o.t.Errorf("work: %v", err)
		}
	})
	o.t.Cleanup(o.stop)
}

// workWithoutNetSuite works jobs while NetSuite is down, so that no sync brings prices.
func (o *office) workWithoutNetSuite(t testing.TB) {
	t.Helper()
	if err := o.netsuite.Down(); err != nil {
		t.Fatal(err)
	}
	o.work()
}

// sql runs a statement behind the service's back, as the superuser.
func (o *office) sql(query string, args ...any) {
	o.t.Helper()
	o.behind(func(conn *pgx.Conn) error {
		_, err := conn.Exec(context.Background(), query, args...)
		return err
	})
}

// count is a number from the database.
func (o *office) count(query string, args ...any) (n int) {
	o.t.Helper()
	o.behind(func(conn *pgx.Conn) error { return conn.QueryRow(context.Background(), query, args...).Scan(&n) })
	return n
}

// eventually waits until a number from the database is as wanted: what nobody is shown is
// seen there alone.
func (o *office) eventually(want int, query string, args ...any) {
	o.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		if n := o.count(query, args...); n == want {
			return
		} else if time.Now().After(deadline) {
			o.t.Fatalf("%s: %d, want %d", query, n, want)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (o *office) behind(do func(*pgx.Conn) error) {
	o.t.Helper()
	if err := do(o.super()); err != nil {
		o.t.Fatal(err)
	}
}

// notice has a person send a command and returns the sentence that answers it.
func (o *office) notice(p quoting.Person, cmd quoting.Command) quoting.Notice {
	o.t.Helper()
	m := o.say(p, cmd)
	if m.content.Notice == nil {
		o.t.Fatalf("the answer is a quote: %+v", m.content.View)
	}
	return *m.content.Notice
}

// verified makes a quote and waits until NetSuite has confirmed its prices.
func (o *office) verified(p quoting.Person, cmd quoting.Command) quoting.View {
	o.t.Helper()
	m := o.say(p, cmd)
	if m.content.View == nil {
		o.t.Fatalf("the answer is %+v", m.content.Notice)
	}
	id := m.content.View.Quote
	return o.shown(p, "a verified quote", func(v quoting.View) bool { return v.Quote == id && v.Check.State == quoting.Verified })
}

// submitted makes a quote that Morgan has to approve, submits it, and returns her card.
func (o *office) submitted() quoting.View {
	o.t.Helper()
	if err := o.Installed(o.t.Context(), o.arrival(morgan)); err != nil {
		o.t.Fatal(err)
	}
	v := o.verified(riley, large)
	if after := o.click(riley, on(v, quoting.SubmitQuote)); after.View.State != quoting.Pending {
		o.t.Fatalf("after the submit the quote is %s: %s", after.View.State, after.View.Banner)
	}
	return o.shown(morgan, "a request for approval", func(m quoting.View) bool { return m.Quote == v.Quote && m.CanDecide })
}

// large needs approval, small does not.
var (
	large = create(60, 3, "construction", "Acme Construction")
	small = create(12, 1, "retail", "Acme Construction")
)

// arrival is a new activity of a person in the person's chat.
func (o *office) arrival(p quoting.Person) desk.Arrival {
	n := o.activity.Add(1)
	return desk.Arrival{
		Person: p.ID, UserID: "29:" + p.ID.Object, Conversation: "a:" + p.ID.Object, Kind: "personal",
		ServiceURL: "https://smba.example/", Activity: fmt.Sprintf("activity-%d", n), Correlation: fmt.Sprintf("c%d", n), At: o.clock.now(),
	}
}

// say has a person send a command as a message and returns the message that answers it.
func (o *office) say(p quoting.Person, cmd quoting.Command) sent {
	o.t.Helper()
	before := o.teams.count("a:" + p.ID.Object)
	if err := o.Message(o.t.Context(), o.arrival(p), func(quoting.Dialogue) quoting.Command { return cmd }); err != nil {
		o.t.Fatal(err)
	}
	return o.teams.wait(o.t, "an answer to "+p.Name, func(m sent) bool { return m.chat == "a:"+p.ID.Object && m.index >= before && !unasked(m) })
}

// unasked says whether a message answers nobody: it comes when prices have moved, or when
// two reps quote one customer.
func unasked(m sent) bool {
	n := m.content.Notice
	return n != nil && (n.Title == "NetSuite's prices moved" || n.Title == "Two quotes for one customer")
}

// click has a person click and returns what the card shows then.
func (o *office) click(p quoting.Person, cmd quoting.Command) desk.Content {
	o.t.Helper()
	content, err := o.Click(o.t.Context(), o.arrival(p), cmd)
	if err != nil {
		o.t.Fatal(err)
	}
	return content
}

// shown waits for a card of a quote in a person's chat that is as wanted.
func (o *office) shown(p quoting.Person, what string, ok func(quoting.View) bool) quoting.View {
	o.t.Helper()
	m := o.teams.wait(o.t, what, func(m sent) bool {
		return m.chat == "a:"+p.ID.Object && m.content.View != nil && ok(*m.content.View)
	})
	return *m.content.View
}

// teams stands where the bot stands: it keeps what each chat shows.
type teams struct {
	mu       sync.Mutex
	messages []sent
	changed  chan struct{}
	fail     func(to desk.Chat, update bool) error // nil: nothing fails
}

type sent struct {
	chat     string
	index    int // within the chat
	activity string
	content  desk.Content
	edits    int
}

func newTeams() *teams { return &teams{changed: make(chan struct{})} }

func (f *teams) failing(fail func(to desk.Chat, update bool) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = fail
}

// failure is how a call is to fail; it may also keep the call waiting, and no other.
func (f *teams) failure(to desk.Chat, update bool) error {
	f.mu.Lock()
	fail := f.fail
	f.mu.Unlock()
	if fail == nil {
		return nil
	}
	return fail(to, update)
}

func (f *teams) Send(_ context.Context, to desk.Chat, c desk.Content) (string, error) {
	if err := f.failure(to, false); err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	m := sent{chat: to.ID, activity: fmt.Sprintf("m%d", len(f.messages)+1), content: c}
	for _, other := range f.messages {
		if other.chat == to.ID {
			m.index++
		}
	}
	f.messages = append(f.messages, m)
	f.signal()
	return m.activity, nil
}

func (f *teams) Update(_ context.Context, to desk.Chat, activity string, c desk.Content) error {
	if err := f.failure(to, true); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.messages {
		if f.messages[i].activity == activity {
			f.messages[i].content = c
			f.messages[i].edits++
			f.signal()
			return nil
		}
	}
	return errors.Join(quoting.Refused, errors.New("no such activity"))
}

func (f *teams) signal() {
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *teams) count(chat string) int { return len(f.in(chat)) }

// in is what a chat shows, oldest first.
func (f *teams) in(chat string) []sent {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.messages), func(m sent) bool { return m.chat != chat })
}

// wait waits for a message that is as wanted.
func (f *teams) wait(t testing.TB, what string, ok func(sent) bool) sent {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		f.mu.Lock()
		i := slices.IndexFunc(f.messages, ok)
		changed := f.changed
		var found sent
		if i >= 0 {
			found = f.messages[i]
		}
		f.mu.Unlock()
		if i >= 0 {
			return found
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s; the chats show:\n%s", what, f.transcript())
		}
	}
}

func (f *teams) transcript() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var b strings.Builder
	for _, m := range f.messages {
		switch {
		case m.content.Notice != nil:
			fmt.Fprintf(&b, "%s: %s\n", m.chat, m.content.Notice.Text)
		case m.content.View != nil:
			v := m.content.View
			fmt.Fprintf(&b, "%s: %s v%d %s, check %s, estimate %s %s\n", m.chat, v.Quote, v.Version, v.State, v.Check.State, v.Estimate, v.Attention)
		}
	}
	return b.String()
}

// create is the command of "quote … radios for … sites in … for …".
func create(users, sites int, industry quoting.IndustryCode, customer string) quoting.Command {
	c := quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: &users, Industry: industry, Customer: customer}}
	if sites > 0 {
		c.Slots.Sites = &sites
	}
	return c
}

// on is a click on the card that shows a view.
func on(v quoting.View, intent quoting.Intent) quoting.Command {
	return quoting.Command{Intent: intent, Click: &quoting.Click{Quote: v.Quote, Version: v.Version, Nonce: v.Nonce}}
}
