package desk_test

import (
	"strings"
	"testing"
	"time"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

// newApproved opens an office that works no jobs yet, with an approved quote whose Estimate
// is still to be written.
func newApproved(t *testing.T) (*office, quoting.View) {
	t.Helper()
	o := newQuietOffice(t)
	o.sync()
	if err := o.Message(t.Context(), o.arrival(riley), func(quoting.Dialogue) quoting.Command { return small }); err != nil {
		t.Fatal(err)
	}
	v := o.click(riley, quoting.Command{Intent: quoting.SubmitQuote, Click: &quoting.Click{Quote: 1001, Version: 1}}).View
	if v.State != quoting.Approved || v.Estimate != quoting.Writing {
		t.Fatalf("%s, estimate %s, %q", v.State, v.Estimate, v.Banner)
	}
	return o, *v
}

// lose has Riley lose a quote.
func (o *office) lose(v quoting.View) {
	o.t.Helper()
	if c := o.click(riley, outcome(v, quoting.Lost, "price")); c.View.QuoteState != quoting.Lost {
		o.t.Fatalf("%s, %q", c.View.QuoteState, c.View.Banner)
	}
}

// lostWith waits until NetSuite was told of Q-1001's end, and wants its Estimate to be there
// and lost, or not to be there.
func (o *office) lostWith(want quoting.EstimateState) {
	o.t.Helper()
	o.eventually(0, `SELECT count(*) FROM river_job WHERE kind IN ('estimate', 'end') AND state <> 'completed'`)
	if n := o.count(`SELECT count(*) FROM quotes WHERE state = 'lost' AND estimate = $1 AND attention = ''`, want); n != 1 {
		o.t.Errorf("the quote is not lost with its Estimate %s", want)
	}
	e, found := o.netsuite.Estimate("RQ-Q-1001")
	if there := want == quoting.Synced; found != there || there && e.EntityStatus != 14 {
		o.t.Errorf("NetSuite has it: %t, status %d; want %t", found, e.EntityStatus, there)
	}
	event := map[quoting.EstimateState]string{quoting.Synced: "estimate_lost", quoting.NoEstimate: "estimate_none"}[want]
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = $1`, event); n != 1 {
		o.t.Errorf("%d events %s", n, event)
	}
}

func TestAQuoteThatEndsBeforeItsEstimateIsWrittenGetsNone(t *testing.T) {
	t.Parallel()
	o, v := newApproved(t)
	o.lose(v)
	o.work()
	o.lostWith(quoting.NoEstimate)
	if n := o.netsuite.Requests()[simulator.RouteEstimateWrite]; n != 0 {
		t.Errorf("%d Estimates were written", n)
	}
}

// NetSuite has stored the Estimate, and before its answer is here the quote is lost.
func TestAQuoteThatEndsWhileItsEstimateIsWrittenIsLostInNetSuite(t *testing.T) {
	t.Parallel()
	o, v := newApproved(t)
	written, hold := make(chan struct{}), make(chan struct{})
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteEstimateWrite, Times: 1, Effect: simulator.Rewrite(func(body []byte) []byte {
		close(written)
		<-hold
		return body
	})})
	o.work()
	<-written
	o.lose(v)
	close(hold)
	o.lostWith(quoting.Synced)
}

// A write whose answer was lost may be done after NetSuite was asked what there is to lose.
func TestAnEstimateThatAppearsAfterItsQuoteHasEndedIsLostInNetSuite(t *testing.T) {
	t.Parallel()
	o, v := newApproved(t)
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteEstimateWrite, Times: 1, Effect: simulator.Reset()})
	if err := o.WriteEstimateNow(t.Context(), v.Quote); err == nil {
		t.Fatal("an answer that was lost is no success")
	}
	o.lose(v)
	if err := o.TellEndingNow(t.Context(), v.Quote); err != nil {
		t.Fatal(err)
	}
	if n := o.count(`SELECT count(*) FROM quotes WHERE estimate = 'none'`); n != 1 {
		t.Fatal("there is something to lose already")
	}
	item := v.Priced.Lines[0]
	late := quoting.Estimate{
		ExternalID: "RQ-Q-1001", Customer: v.Customer.ID, Currency: quoting.USD, Date: o.Now(), Expires: o.Now(),
		Lines: []quoting.EstimateLine{{Item: item.Item, Quantity: item.Qty, Rate: item.Unit}},
	}
	if err := o.NetSuite.WriteEstimate(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	if err := o.WriteEstimateNow(t.Context(), v.Quote); err != nil {
		t.Fatal(err)
	}
	o.sql(`UPDATE river_job SET state = 'completed', finalized_at = now()`)
	o.lostWith(quoting.Synced)
}

// Before it writes, the job asks for fresh prices, and that takes a while.
func TestAQuoteThatIsOverWhenItsPricesAreConfirmedIsNotWritten(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*office, quoting.View){
		"it ends": (*office).lose,
		"it is revised": func(o *office, v quoting.View) {
			revise := quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: v.Quote, Changes: []quoting.Change{{Op: "set", Field: "users", Value: 13}}}}
			if err := o.Message(o.t.Context(), o.arrival(riley), func(quoting.Dialogue) quoting.Command { return revise }); err != nil {
				o.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, v := newApproved(t)
			o.clock.advance(20 * time.Minute)
			asked, hold := make(chan struct{}), make(chan struct{})
			o.netsuite.Inject(simulator.Fault{Route: simulator.RouteCreateForm, Times: 1, Effect: simulator.Rewrite(func(body []byte) []byte {
				close(asked)
				<-hold
				return body
			})})
			done := make(chan error, 1)
			go func() { done <- o.WriteEstimateNow(t.Context(), v.Quote) }()
			<-asked
			meanwhile(o, v)
			close(hold)
			if err := <-done; err != nil || o.netsuite.EstimateCount() != 0 {
				t.Errorf("%v, %d Estimates", err, o.netsuite.EstimateCount())
			}
		})
	}
}

func TestFinanceIsNotAskedAnyMoreOfAQuoteThatHasEnded(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.newCustomer("Acme Constructions")
	o.passes(v)
	v = o.shown(riley, "that finance decides", func(s quoting.View) bool { return s.Estimate == quoting.NeedsAttention })
	o.lose(v)
	o.lostWith(quoting.NoEstimate)
	link := on(v, quoting.LinkCustomer)
	if c := o.click(finn, link); !strings.Contains(c.View.Banner, "does not wait for that") || c.View.Estimate != quoting.NoEstimate {
		t.Errorf("finance decides on a quote that is lost: %q, %s", c.View.Banner, c.View.Estimate)
	}
}

// Somebody has mended a sales order that was not equal to the quote.
func TestASalesOrderIsJudgedAgainWhenAsked(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.synced()
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteSalesOrderRead, Effect: simulator.Rewrite(func(body []byte) []byte {
		return []byte(strings.Replace(string(body), `"quantity":12`, `"quantity":13`, 1))
	})})
	o.click(riley, outcome(v, quoting.Won, ""))
	stuck := o.shown(riley, "what is wrong", func(s quoting.View) bool { return s.Estimate == quoting.NeedsAttention })
	o.netsuite.ClearFaults()
	o.click(riley, on(stuck, quoting.SyncQuote))
	done := o.shown(riley, "that it is right", func(s quoting.View) bool { return s.QuoteState == quoting.Won && s.Estimate == quoting.Synced })
	if done.SalesOrder == "" || done.Attention != "" || o.netsuite.SalesOrderCount() != 1 {
		t.Errorf("order %q, attention %q, %d orders", done.SalesOrder, done.Attention, o.netsuite.SalesOrderCount())
	}
}

func TestAnEstimateThatWasNotTakenAsLostIsTriedAgainWhenAsked(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fault simulator.Fault
		want  string
	}{
		{"NetSuite refuses", simulator.Fault{Route: simulator.RouteEstimateWrite, Effect: simulator.Refuse(400, "USER_ERROR", "no")}, "did not take the Estimate as lost"},
		{"NetSuite shows it otherwise", simulator.Fault{Route: simulator.RouteEstimateRead, Effect: simulator.Rewrite(func(body []byte) []byte {
			return []byte(strings.Replace(string(body), `"id":"14"`, `"id":"10"`, 1))
		})}, "does not show it so"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			v := o.synced()
			o.netsuite.Inject(tc.fault)
			o.lose(v)
			stuck := o.shown(riley, "what is wrong", func(s quoting.View) bool { return s.Estimate == quoting.NeedsAttention })
			if !strings.Contains(stuck.Attention, tc.want) || !stuck.CanRetry {
				t.Errorf("%q, retry %t; want %q", stuck.Attention, stuck.CanRetry, tc.want)
			}
			o.netsuite.ClearFaults()
			if c := o.click(riley, on(stuck, quoting.SyncQuote)); c.View.Banner != "" {
				t.Errorf("try again: %q", c.View.Banner)
			}
			o.shown(riley, "that it is lost", func(s quoting.View) bool { return s.QuoteState == quoting.Lost && s.Estimate == quoting.Synced })
			o.lostWith(quoting.Synced)
		})
	}
}
