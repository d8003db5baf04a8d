package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

// reconciled compares with NetSuite and returns what has drifted, by kind.
func (o *office) reconciled() map[quoting.DriftKind][]quoting.Drift {
	o.t.Helper()
	r, err := o.Reconcile(o.t.Context(), "test")
	if err != nil {
		o.t.Fatal(err)
	}
	drifts := map[quoting.DriftKind][]quoting.Drift{}
	for _, d := range r.Drifts {
		drifts[d.Kind] = append(drifts[d.Kind], d)
	}
	return drifts
}

// newAlike is a quiet office whose prices are those of NetSuite's engine for whomever a sample
// asks: without the one item that a single subsidiary sells, of which the book knows nothing.
func newAlike(t *testing.T) *office {
	t.Helper()
	o := newQuietOffice(t)
	if err := o.netsuite.DeactivateItem("LEG-CHG1"); err != nil {
		t.Fatal(err)
	}
	o.sync()
	return o
}

func TestWhatIsNotInNetSuiteAsItShouldBeIsNamed(t *testing.T) {
	t.Parallel()
	o := newAlike(t)
	o.work()
	if _, err := o.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	v := o.verified(riley, small)
	o.click(riley, on(v, quoting.SubmitQuote))
	o.shown(riley, "the Estimate", func(v quoting.View) bool { return v.Estimate == quoting.Synced })
	if drifts := o.reconciled(); len(drifts) != 0 {
		t.Fatalf("nothing has changed, and yet: %+v", drifts)
	}
	o.setPrice("RDG-P10V", 1, "231.00")
	for _, err := range []error{
		o.netsuite.SetCost("SUM-P20U", "244"),
		o.netsuite.CreditHold(4002, true),
		o.netsuite.EditEstimate("RQ-Q-1001", func(e *simulator.Estimate) { e.Lines = e.Lines[1:] }),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	drifts := o.reconciled()
	for kind, subject := range map[quoting.DriftKind]string{
		quoting.DriftPrice: "RDG-P10V (Base from 1, USD)", quoting.DriftCost: "SUM-P20U", quoting.DriftCustomer: "customer 4002", quoting.DriftEstimate: "Q-1001",
	} {
		if len(drifts[kind]) != 1 || drifts[kind][0].Subject != subject {
			t.Errorf("%s: %+v, want %s", kind, drifts[kind], subject)
		}
	}
	o.shown(riley, "that the Estimate was changed", func(v quoting.View) bool {
		return v.Estimate == quoting.NeedsAttention && strings.Contains(v.Attention, "changed in NetSuite")
	})
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'reconciled'`); n != 2 {
		t.Errorf("%d events", n)
	}
	o.eventually(0, `SELECT count(*) FROM price_snapshots WHERE published_at IS NULL`) // a sync may be at work
	o.sync()
	if drifts := o.reconciled(); len(drifts[quoting.DriftPrice])+len(drifts[quoting.DriftCost])+len(drifts[quoting.DriftCustomer])+len(drifts[quoting.DriftEstimate]) != 0 {
		t.Errorf("after a sync: %+v", drifts)
	}
}

// Only NetSuite knows the id of a customer whom the quote made.
func TestTheEstimateOfANewCustomerHasNotDrifted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.newCustomer("Quartz Hollow Quarry")
	o.passes(v)
	o.shown(riley, "the Estimate", func(s quoting.View) bool { return s.Estimate == quoting.Synced })
	if drifts := o.reconciled()[quoting.DriftEstimate]; len(drifts) != 0 {
		t.Errorf("%+v", drifts)
	}
}

// NetSuite's own engine is asked too: a price rule is nothing that rows show.
func TestASampleFindsWhatRowsDoNotShow(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, err := o.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteCreateForm, Effect: simulator.Rewrite(func(body []byte) []byte {
		return []byte(strings.ReplaceAll(string(body), `"rate":`, `"rate":1`))
	})})
	drifts := o.reconciled()
	if len(drifts[quoting.DriftEngine]) == 0 {
		t.Errorf("an engine that lies is not found: %+v", drifts)
	}
}

// While NetSuite does not answer nothing is said to have drifted, and nothing is left.
func TestAReconcileThatBreaksOffSaysNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, err := o.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	v := o.verified(riley, small)
	o.click(riley, on(v, quoting.SubmitQuote))
	o.shown(riley, "the Estimate", func(v quoting.View) bool { return v.Estimate == quoting.Synced })
	o.stop() // a sync that the jobs begin with leaves nothing of its own meanwhile
	left := func() int {
		return o.count(`SELECT count(*) FROM price_snapshots WHERE published_at IS NULL`) + o.count(`SELECT count(*) FROM audit_events WHERE kind = 'reconciled'`)
	}
	before := left()
	for _, fault := range []simulator.Fault{
		{Route: simulator.RouteServerTime}, {Table: "pricing"}, {Route: simulator.RouteEstimateRead}, {Route: simulator.RouteCreateForm},
	} {
		fault.Effect = simulator.Refuse(400, "USER_ERROR", "no")
		o.netsuite.Inject(fault)
		if r, err := o.Reconcile(t.Context(), "test"); err == nil {
			t.Errorf("without %s%s: %+v", fault.Route, fault.Table, r)
		}
		o.netsuite.ClearFaults()
	}
	if n := left() - before; n > 0 {
		t.Errorf("%d snapshots and events are left", n)
	}
}

func TestWhatWasFoundOutAboutAnAccountIsRemembered(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	probes, err := o.Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(probes, func(p quoting.Probe) bool { return p.Name == "create-form" }); i < 0 || probes[i].State != quoting.ProbeGood {
		t.Errorf("probes: %+v", probes)
	}
	if n := o.count(`SELECT count(*) FROM account_probes WHERE (capabilities ->> 'create_form')::boolean`); n != 1 {
		t.Errorf("%d rows are kept", n)
	}
	if err := o.netsuite.Down(); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := o.count(`SELECT count(*) FROM account_probes`); n != 1 {
		t.Errorf("an account that does not answer is remembered: %d rows", n)
	}
}

// A sample asks for a few lines; what it finds is mended by a sync that reads everything.
func TestASampleThatDriftsHasEverythingReadAnew(t *testing.T) {
	t.Parallel()
	o := newAlike(t)
	sample := func(what string, recorded, syncs int) {
		t.Helper()
		if err := o.SampleOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'prices_sampled'`); n != recorded {
			t.Errorf("%s: %d samples are recorded, want %d", what, n, recorded)
		}
		if n := o.count(`SELECT count(*) FROM river_job WHERE kind = 'sync' AND args ->> 'correlation' = 'sample' AND (args ->> 'whole')::boolean`); n != syncs {
			t.Errorf("%s: %d syncs, want %d", what, n, syncs)
		}
	}
	sample("of an account whose engine cannot be asked", 0, 0)
	if _, err := o.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	sample("without a drift", 1, 0)
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteCreateForm, Effect: simulator.Rewrite(func(body []byte) []byte {
		return []byte(strings.ReplaceAll(string(body), `"rate":`, `"rate":1`))
	})})
	sample("with one", 2, 1)
}

func TestANightReadsEverythingAndComparesAndIsNotMadeUpFor(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	night := func(ago time.Duration, snapshots, compared int) {
		t.Helper()
		if err := o.Nightly(t.Context(), ago); err != nil {
			t.Fatal(err)
		}
		if n := o.count(`SELECT count(*) FROM price_snapshots WHERE published_at IS NOT NULL`); n != snapshots {
			t.Errorf("%d snapshots, want %d", n, snapshots)
		}
		if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'reconciled'`); n != compared {
			t.Errorf("%d comparisons, want %d", n, compared)
		}
	}
	night(7*24*time.Hour, 0, 0) // long over: the next night does it
	night(time.Minute, 1, 1)
	if book, err := o.Book(); err != nil || len(book.Sold()) == 0 {
		t.Errorf("after a night the book is %v, %v", book, err)
	}
}

func TestAnEstimateThatIsGoneFromNetSuiteNeedsAttention(t *testing.T) {
	t.Parallel()
	s := staged(t, "Wed 2 Dec 09:00", nil)
	if c := s.click(riley, quoting.Command{Intent: quoting.SubmitQuote, Click: &quoting.Click{Quote: 1001, Version: 1}}).View; c.State != quoting.Approved {
		t.Fatalf("%s, %q", c.State, c.Banner)
	}
	if err := s.WriteEstimateNow(t.Context(), 1001); err != nil {
		t.Fatal(err)
	}
	s.netsuite.Inject(simulator.Fault{Route: simulator.RouteEstimateRead, Effect: simulator.Refuse(404, "NONEXISTENT_ID", "The record does not exist.")})
	drifts := s.reconciled()[quoting.DriftEstimate]
	if len(drifts) != 1 || drifts[0].Subject != "Q-1001" || drifts[0].Theirs != "NetSuite does not have the Estimate any more." {
		t.Errorf("%+v", drifts)
	}
	if n := s.count(`SELECT count(*) FROM quotes WHERE estimate = 'needs_attention' AND attention = 'NetSuite does not have the Estimate any more.'`); n != 1 {
		t.Error("the quote does not say so")
	}
}
