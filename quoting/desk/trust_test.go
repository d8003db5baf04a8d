package desk_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/govalues/decimal"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"pgregory.net/rapid"

	"radioquote/netsuite"
	"radioquote/netsuite/simulator"
	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/store"
)

// trustCases is how many sequences the long property test goes through.
var trustCases = flag.Int("trust.cases", 12, "sequences of edits, syncs and faults")

// trusted is an office in which everything happens in an order that the test chooses, with
// a NetSuite that goes wrong in every way that is known.
type trusted struct {
	*office
	t      *rapid.T
	log    *bytes.Buffer
	quotes []quoting.QuoteID
	edited map[quoting.QuoteID]byHand
}

// byHand is what a person made of an Estimate in NetSuite, when the quote was at a version.
type byHand struct {
	total   string
	version int
}

// trustedSKUs are the items of the quotes that are made; their prices move.
var trustedSKUs = []string{"RDG-P10U", "BAT-A", "CHG-6B", "AUD-EAR2", "SVC-PROG"}

// named gives every fault that there is, where it can fire.
func named() map[string]simulator.Fault {
	all := map[string]simulator.Fault{}
	add := func(where string, faults map[string]simulator.Effect, f simulator.Fault) {
		for name, effect := range faults {
			f.Name, f.Effect = where+": "+name, effect
			all[f.Name] = f
		}
	}
	for _, table := range []struct{ name, column string }{
		{"item", "averagecost"}, {"pricing", "unitprice"}, {"customer", "pricelevel"}, {"customeritempricing", "price"}, {"aggregateitemlocation", "available"}, {"currency", "symbol"},
	} {
		add("table "+table.name, simulator.PageFaults(table.name, table.column), simulator.Fault{Table: table.name})
	}
	add("table pricing", simulator.PriceFaults(), simulator.Fault{Table: "pricing"})
	for _, route := range []simulator.Route{
		simulator.RouteToken, simulator.RouteServerTime, simulator.RouteSuiteQL, simulator.RouteCreateForm, simulator.RouteEstimateRead, simulator.RouteEstimateWrite, simulator.RouteStatus,
	} {
		add(string(route), simulator.ServerFaults(), simulator.Fault{Route: route})
	}
	add("estimate write", simulator.WriteFaults(), simulator.Fault{Route: simulator.RouteEstimateWrite})
	return all
}

// No fault of NetSuite, and no order of edits, syncs and quotes, makes a price verified that
// NetSuite's own engine would not give, a second Estimate, an Estimate that is called synced
// and is not the quote, a snapshot that is half of one or has a price that nobody released,
// more requests at once than are allowed, or a secret in the log. (netsuite.md, section 6.3)
func TestNoFaultOfNetSuiteMakesAWrongPriceOrEstimate(t *testing.T) {
	t.Parallel()
	cases, steps, fired := 0, 0, map[string]int{}
	var mu sync.Mutex
	rapid.Check(t, func(r *rapid.T) {
		if cases++; cases > *trustCases {
			return // each takes two seconds
		}
		tr := newTrusted(t, r)
		defer func() {
			tr.db.Close()
			_ = tr.super().Close(context.Background())
			_ = tr.netsuite.Close()
		}()
		r.Repeat(map[string]func(*rapid.T){
			"a price moves":       tr.movePrice,
			"a cost moves":        tr.moveCost,
			"a sync":              tr.sync,
			"a quote":             tr.quote,
			"a quote is revised":  tr.revise,
			"a person edits":      tr.edit,
			"a fault":             tr.fault,
			"another fault":       tr.fault,
			"all is well again":   func(*rapid.T) { tr.netsuite.ClearFaults(); tr.unhide() },
			"an Estimate is sent": tr.send,
			"":                    func(*rapid.T) { mu.Lock(); steps++; mu.Unlock(); tr.invariants() },
		})
		mu.Lock()
		for name, n := range tr.netsuite.Fired() {
			fired[name] += n
		}
		mu.Unlock()
	})
	total := 0
	for _, n := range fired {
		total += n
	}
	t.Logf("%d sequences, %d steps, %d faults fired, of %d kinds", min(cases, *trustCases), steps, total, len(fired))
	if testing.Verbose() {
		for _, name := range slices.Sorted(maps.Keys(fired)) {
			t.Logf("%5d  %s", fired[name], name)
		}
	}
}

func newTrusted(t *testing.T, r *rapid.T) *trusted {
	o := newQuietOffice(t)
	tr := &trusted{office: o, t: r, log: &bytes.Buffer{}, edited: map[quoting.QuoteID]byHand{}}
	policy := *o.Policy
	client, err := netsuite.New(netsuite.Config{
		Account: "1234567_SB1", BaseURL: o.netsuite.URL(), ClientID: "client", CertificateID: "certificate", PrivateKey: signingKey(), Names: policy.NetSuite,
	}, netsuite.NewMetrics(prometheus.NewRegistry()))
	if err != nil {
		r.Fatal(err)
	}
	t.Cleanup(client.Close)
	o.Desk = desk.New(desk.Config{
		DB: o.db, Policy: &policy, NetSuite: client, Teams: o.teams, Prefix: "RQ-", Now: o.clock.now, Metrics: prometheus.NewRegistry(),
		Log: zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(tr.log), zap.DebugLevel)),
	})
	if err := o.Prepare(t.Context(), []quoting.Person{riley, morgan, sam, ada}, "directory-1"); err != nil {
		r.Fatal(err)
	}
	if _, err := o.Sync(t.Context(), "first"); err != nil {
		r.Fatal(err)
	}
	return tr
}

// unhide takes back what faults have done to the account for good.
func (tr *trusted) unhide() {
	for _, table := range []struct{ name, column string }{
		{"item", "averagecost"}, {"pricing", "unitprice"}, {"customer", "pricelevel"}, {"customeritempricing", "price"}, {"aggregateitemlocation", "available"}, {"currency", "symbol"},
	} {
		tr.netsuite.HideTable(table.name, false)
		tr.netsuite.HideColumn(table.name, table.column, false)
	}
	tr.netsuite.SetDateFormat("1/2/2006")
}

func (tr *trusted) movePrice(r *rapid.T) {
	sku := rapid.SampledFrom(trustedSKUs).Draw(r, "sku")
	now, ok := tr.netsuite.Price(sku, "Base", 1)
	if !ok {
		return
	}
	factor := rapid.SampledFrom([]string{"1.01", "0.95", "1.19", "1.21", "10", "0.1", "0", "-1"}).Draw(r, "factor")
	moved, err := decimal.MustParse(now).Mul(decimal.MustParse(factor))
	if err != nil {
		r.Fatal(err)
	}
	if err := tr.netsuite.SetPrice(sku, "Base", 1, moved.Round(2).String()); err != nil {
		r.Fatal(err)
	}
}

func (tr *trusted) moveCost(r *rapid.T) {
	sku := rapid.SampledFrom(trustedSKUs).Draw(r, "sku")
	if err := tr.netsuite.SetCost(sku, rapid.SampledFrom([]string{"1", "5", "20", "100", "9000", ""}).Draw(r, "cost")); err != nil {
		r.Fatal(err)
	}
}

// sync syncs; a sync that fails leaves what is in force as it was.
func (tr *trusted) sync(r *rapid.T) {
	ctx := context.Background()
	before := tr.inForce()
	sync := tr.Sync
	if rapid.Bool().Draw(r, "whole") {
		sync = tr.SyncWhole
	}
	_, err := sync(ctx, "test")
	if err != nil {
		if after := tr.inForce(); after != before {
			r.Fatalf("a sync that failed (%v) changed what is in force: %s → %s", err, before, after)
		}
		return
	}
	if err := tr.RefreshBook(ctx); err != nil {
		r.Fatal(err)
	}
	tr.pricesAreRightOrHeld(r)
}

// inForce is what quotes are made from: the snapshot and how much of everything it has.
func (tr *trusted) inForce() string {
	return fmt.Sprint(tr.count(`SELECT max(id) FROM price_snapshots WHERE published_at IS NOT NULL`), tr.count(`SELECT count(*) FROM prices WHERE until IS NULL`),
		tr.count(`SELECT count(*) FROM items WHERE until IS NULL`), tr.count(`SELECT count(*) FROM customers WHERE until IS NULL`))
}

// pricesAreRightOrHeld: after a sync an item costs what NetSuite says, or is held.
func (tr *trusted) pricesAreRightOrHeld(r *rapid.T) {
	for _, sku := range trustedSKUs {
		if tr.count(`SELECT count(*) FROM holds WHERE sku = $1 AND state IN ('held', 'refused', 'released')`, sku) > 0 {
			continue
		}
		theirs, ok := tr.netsuite.Price(sku, "Base", 1)
		ours := tr.unit(sku)
		if ok && ours != "not sellable" && decimal.MustParse(ours).Cmp(decimal.MustParse(theirs)) != 0 {
			r.Fatalf("%s costs %s, NetSuite says %s, and it is not held", sku, ours, theirs)
		}
	}
}

func (tr *trusted) quote(r *rapid.T) {
	if err := tr.Message(context.Background(), tr.arrival(riley), func(quoting.Dialogue) quoting.Command {
		return create(rapid.IntRange(5, 14).Draw(r, "radios"), 1, "retail", "Acme Construction")
	}); err != nil {
		r.Fatal(err)
	}
	if n := tr.count(`SELECT coalesce(max(id), 0) FROM quotes`); n > 0 && !slices.Contains(tr.quotes, quoting.QuoteID(n)) {
		tr.quotes = append(tr.quotes, quoting.QuoteID(n))
		tr.verify(r, quoting.QuoteID(n), 1)
	}
}

// verify checks a version. If NetSuite is said to have confirmed it, NetSuite's own engine,
// asked again with nothing going wrong, gives every line's price.
func (tr *trusted) verify(r *rapid.T, id quoting.QuoteID, version int) quoting.Version {
	before := tr.version(r, id, version).Check.At
	_ = tr.VerifyNow(context.Background(), id, version) // refusals and silence are answers too
	v := tr.version(r, id, version)
	if v.Check.State == quoting.Verified && !v.Check.At.Equal(before) { // now; a check holds good for a while
		for _, line := range v.Priced.Lines {
			if line.Source != quoting.FromBase || line.BreakPct != 0 || !slices.Contains(trustedSKUs, line.SKU) {
				continue
			}
			if theirs, ok := tr.netsuite.Price(line.SKU, "Base", 1); !ok || decimal.MustParse(theirs).Cmp(line.Unit.Amount) != 0 {
				r.Fatalf("%s v%d is verified with %s at %s; NetSuite says %s", id, version, line.SKU, line.Unit, theirs)
			}
		}
	}
	return v
}

func (tr *trusted) version(r *rapid.T, id quoting.QuoteID, version int) (v quoting.Version) {
	err := tr.db.InTx(context.Background(), store.Job, func(tx *store.Tx) (err error) {
		v, err = tx.Version(context.Background(), id, version)
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return v
}

func (tr *trusted) stored(r *rapid.T, id quoting.QuoteID) (q quoting.Quote) {
	err := tr.db.InTx(context.Background(), store.Job, func(tx *store.Tx) error {
		stored, err := tx.Quote(context.Background(), id)
		q = stored.Quote
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return q
}

func (tr *trusted) any(r *rapid.T) (quoting.QuoteID, bool) {
	if len(tr.quotes) == 0 {
		return 0, false
	}
	return rapid.SampledFrom(tr.quotes).Draw(r, "quote"), true
}

func (tr *trusted) revise(r *rapid.T) {
	id, ok := tr.any(r)
	if !ok {
		return
	}
	users := rapid.IntRange(5, 14).Draw(r, "radios")
	if err := tr.Message(context.Background(), tr.arrival(riley), func(quoting.Dialogue) quoting.Command {
		return quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: id, Changes: []quoting.Change{{Op: "set", Field: "users", Value: users}}}}
	}); err != nil {
		r.Fatal(err)
	}
}

// send submits the current version and has its Estimate written, as the jobs do.
func (tr *trusted) send(r *rapid.T) {
	id, ok := tr.any(r)
	if !ok {
		return
	}
	ctx := context.Background()
	q := tr.stored(r, id)
	v := tr.verify(r, id, q.Current)
	if v.State == quoting.Draft {
		if _, err := tr.Click(ctx, tr.arrival(riley), quoting.Command{Intent: quoting.SubmitQuote, Click: &quoting.Click{Quote: id, Version: q.Current}}); err != nil {
			r.Fatal(err)
		}
		tr.verify(r, id, q.Current)
	}
	for range 3 {
		_ = tr.WriteEstimateNow(ctx, id) // what is refused is noted; what is not known is read next time
	}
	q = tr.stored(r, id)
	there, found := tr.netsuite.Estimate("RQ-" + id.String())
	if edit, edited := tr.edited[id]; edited {
		if !found || there.Total.String() != edit.total {
			r.Fatalf("what a person made of the Estimate of %s was overwritten: %s, was %s", id, there.Total, edit.total)
		}
		if tr.version(r, id, q.Current).State == quoting.Approved && q.Estimate == quoting.Synced && q.Current > edit.version {
			r.Fatalf("%s v%d is called synced; the Estimate was edited at v%d", id, q.Current, edit.version)
		}
		return
	}
	v = tr.version(r, id, q.Current)
	if q.Estimate != quoting.Synced || v.State != quoting.Approved {
		return // what is synced is the version before
	}
	if !found || there.Total.Cmp(v.Priced.Total.Amount) != 0 {
		r.Fatalf("%s v%d is called synced at %s; NetSuite has %s (%t)", id, q.Current, v.Priced.Total, there.Total, found)
	}
	for i, line := range v.Priced.Lines {
		if got := there.Lines[i]; got.Quantity.String() != strconv.Itoa(line.Qty) || got.Rate.Cmp(line.Unit.Amount) != 0 || quoting.ItemID(got.Item) != line.Item {
			r.Fatalf("%s v%d, line %d: %+v in NetSuite, %+v in the quote", id, q.Current, i+1, got, line)
		}
	}
}

// edit is a person who changes an Estimate in NetSuite's own pages.
func (tr *trusted) edit(r *rapid.T) {
	id, ok := tr.any(r)
	if !ok {
		return
	}
	external := "RQ-" + id.String()
	if _, found := tr.netsuite.Estimate(external); !found {
		return
	}
	if err := tr.netsuite.EditEstimate(external, func(e *simulator.Estimate) {
		e.Memo = "by hand"
		e.Lines[0].Rate = decimal.MustParse("1.23")
	}); err != nil {
		r.Fatal(err)
	}
	there, _ := tr.netsuite.Estimate(external)
	tr.edited[id] = byHand{there.Total.String(), tr.stored(r, id).Current}
}

func (tr *trusted) fault(r *rapid.T) {
	all := named()
	f := all[rapid.SampledFrom(slices.Sorted(maps.Keys(all))).Draw(r, "fault")]
	f.After, f.Times = rapid.IntRange(0, 2).Draw(r, "after"), rapid.IntRange(1, 3).Draw(r, "times")
	tr.netsuite.Inject(f)
}

func (tr *trusted) invariants() {
	if n := tr.netsuite.MaxConcurrent(); n > 3 {
		tr.t.Fatalf("%d requests at once", n)
	}
	if n := tr.netsuite.EstimateCount(); n > len(tr.quotes) {
		tr.t.Fatalf("%d Estimates of %d quotes", n, len(tr.quotes))
	}
	if n := tr.count(`SELECT count(*) FROM price_snapshots s WHERE published_at IS NULL`); n != 0 {
		tr.t.Fatalf("%d snapshots are left unpublished", n)
	}
	block, _ := pem.Decode(keyText())
	for _, secret := range []string{"Bearer ", "eyJ", "PRIVATE KEY", string(block.Bytes[40:60]), "client_assertion"} {
		if strings.Contains(tr.log.String(), secret) {
			tr.t.Fatalf("the log has %q", secret)
		}
	}
}

// keyText is the private key as a file has it.
func keyText() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: signingKey().D.Bytes()})
}
