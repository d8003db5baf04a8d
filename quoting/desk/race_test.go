package desk_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
	"radioquote/quoting/desk"
)

func TestANewVersionIsForTheCustomerAsNetSuiteHasItNow(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first := o.verified(riley, small)
	edit := func(change func(*simulator.Customer)) {
		if err := o.netsuite.EditCustomer(int64(first.Customer.ID), change); err != nil {
			t.Fatal(err)
		}
		o.sync()
	}
	revise := func(users int) quoting.Command {
		return quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: "users", Value: users}}}}
	}
	edit(func(c *simulator.Customer) { c.Level, c.CreditHold = "VIP", true })
	v := o.say(riley, revise(13)).content.View
	if v == nil || v.Customer.Level != 4 || !v.Customer.CreditHold || !slices.ContainsFunc(v.Approvals, func(n quoting.ApprovalNeed) bool { return n.Role == quoting.Finance }) || v.Priced.Lines[0].Source != quoting.FromLevel {
		t.Fatalf("the customer's level and credit are as before: %+v", v)
	}
	edit(func(c *simulator.Customer) { c.Inactive = true })
	o.say(riley, revise(14))
	o.teams.wait(t, "that the customer has gone", func(m sent) bool {
		return m.content.Notice != nil && strings.Contains(m.content.Notice.Text, "does not have that customer any more")
	})
}

func TestWhatChangesWhileAnUpdateIsOnItsWayIsOneUpdateAfterIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	o.eventually(0, `SELECT count(*) FROM messages WHERE shown < wanted`)
	before := o.teams.in("a:riley")[0].edits
	started, hold := make(chan struct{}), make(chan struct{})
	var updates atomic.Int64
	o.teams.failing(func(_ desk.Chat, update bool) error {
		if update && updates.Add(1) == 1 {
			close(started)
			<-hold
		}
		return nil
	})
	for _, industry := range []quoting.IndustryCode{"construction", "healthcare", "retail"} {
		cmd := on(v, quoting.ReviseQuote)
		cmd.Slots.Industry = industry
		v = *o.click(riley, cmd).View
	}
	<-started
	o.eventually(1, `SELECT count(*) FROM quote_versions WHERE version = 4 AND check_state = 'verified'`)
	close(hold)
	o.shown(riley, "the newest state", func(v quoting.View) bool { return v.Version == 4 && v.Check.State == quoting.Verified })
	o.eventually(0, `SELECT count(*) FROM messages WHERE shown < wanted`)
	o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'update' AND state <> 'completed'`)
	if m := o.teams.in("a:riley")[0]; m.edits-before > 2 || m.content.View.Version != 4 {
		t.Errorf("%d updates, the card shows v%d; want at most two, v4", m.edits-before, m.content.View.Version)
	}
}

// The first version's Estimate is stored, and before NetSuite's answer is here the rep has
// the next version approved.
func TestAVersionThatIsApprovedWhileTheOneBeforeIsWrittenIsWrittenToo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	written, hold := make(chan struct{}), make(chan struct{})
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteEstimateWrite, Times: 1, Effect: simulator.Rewrite(func(body []byte) []byte {
		close(written)
		<-hold
		return body
	})})
	approve := func(v quoting.View) {
		if after := o.click(riley, on(v, quoting.SubmitQuote)).View; after.State != quoting.Approved {
			t.Errorf("after the submit of v%d: %s, %q", after.Version, after.State, after.Banner)
		}
	}
	approve(o.verified(riley, small))
	<-written
	o.say(riley, quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: "users", Value: 13}}}})
	approve(o.shown(riley, "version 2", func(v quoting.View) bool { return v.Version == 2 && v.Check.State == quoting.Verified }))
	close(hold) // version 2 waits for it: two writers would overwrite each other
	o.shown(riley, "the Estimate of version 2", func(v quoting.View) bool { return v.Version == 2 && v.Estimate == quoting.Synced })
	o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'estimate' AND state <> 'completed'`)
	if e, _ := o.netsuite.Estimate("RQ-Q-1001"); e.Title != "Q-1001 v2" || o.netsuite.EstimateCount() != 1 {
		t.Errorf("%d Estimates, of %q", o.netsuite.EstimateCount(), e.Title)
	}
	if n := o.count(`SELECT count(*) FROM quotes WHERE estimate = 'synced' AND attention = ''`); n != 1 {
		t.Error("the quote is not said to be synced")
	}
}

// The end of the first version's Estimate does not say how the second's ended.
func TestAnEstimateThatEndsLateLeavesTheNextVersionsAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first := make(chan struct{})
	written := make(chan struct{}, 1)
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteEstimateWrite, Times: 1, Effect: simulator.Rewrite(func(body []byte) []byte { written <- struct{}{}; <-first; return body })})
	submit := func(v quoting.View) { o.click(riley, on(v, quoting.SubmitQuote)) }
	submit(o.verified(riley, small))
	<-written
	o.say(riley, quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: "users", Value: 13}}}})
	submit(o.shown(riley, "version 2", func(v quoting.View) bool { return v.Version == 2 && v.Check.State == quoting.Verified }))
	close(first)
	o.eventually(1, `SELECT count(*) FROM audit_events WHERE kind = 'estimate_synced' AND version = 1`)
	if n := o.count(`SELECT count(*) FROM quotes WHERE estimate = 'writing' OR EXISTS (SELECT FROM audit_events WHERE kind = 'estimate_synced' AND version = 2)`); n != 1 {
		t.Error("the quote is said to be synced while its version 2 is being written")
	}
	o.shown(riley, "the Estimate of version 2", func(v quoting.View) bool { return v.Version == 2 && v.Estimate == quoting.Synced })
	if e, _ := o.netsuite.Estimate("RQ-Q-1001"); e.Title != "Q-1001 v2" {
		t.Errorf("the Estimate is of %q", e.Title)
	}
}

func TestADraftIsRepricedThoughNetSuitesClockIsAnother(t *testing.T) {
	t.Parallel()
	for name, skew := range map[string]time.Duration{"behind": -3 * time.Second, "ahead": 3 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newQuietOffice(t)
			o.clock.skewed(skew)
			o.sync()
			o.work()
			o.verified(riley, small)
			if err := o.netsuite.SetPrice("RDG-P10U", "Base", 10, "230.00"); err != nil {
				t.Fatal(err)
			}
			o.say(riley, create(12, 1, "retail", "Crestview Hotels"))
			o.shown(riley, "today's price", func(v quoting.View) bool {
				return v.Quote == 1002 && v.Version == 2 && v.Priced.Lines[0].Unit.Text() == "230.00"
			})
		})
	}
}

func TestEnginesThatDisagreeOnAMovedPriceLeaveTheDraftMarked(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.sql(`ALTER FUNCTION recompute_totals RENAME TO recompute_rightly`)
	o.sql(`CREATE FUNCTION recompute_totals(quote bigint, ver integer, cost_order text[], percent numeric, minimum numeric)
		RETURNS TABLE (agrees boolean, list_total numeric, book_total numeric, net_total numeric, discount numeric, freight numeric, total numeric, amount numeric, cost_total numeric, margin numeric, trace jsonb)
		LANGUAGE sql STABLE AS $$
			SELECT ver = 1 AND r.agrees, r.list_total, r.book_total, r.net_total, r.discount, r.freight, r.total, r.amount, r.cost_total, r.margin, r.trace
			FROM recompute_rightly(quote, ver, cost_order, percent, minimum) r
		$$`)
	if err := o.netsuite.SetPrice("RDG-P10U", "Base", 10, "230.00"); err != nil {
		t.Fatal(err)
	}
	o.say(riley, small)
	o.eventually(1, `SELECT count(*) FROM audit_events WHERE kind = 'engines_disagree' AND data -> 'first' IS NOT NULL`)
	o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'reprice' AND state <> 'completed'`)
	v := o.shown(riley, "the draft marked", func(v quoting.View) bool { return v.Check.State == quoting.Moved })
	if n := o.count(`SELECT count(*) FROM quote_versions`); n != 1 || v.CanSubmit {
		t.Errorf("%d versions, can submit %t", n, v.CanSubmit)
	}
}

// A workflow in NetSuite may add to its prices for a while: the rows never said so.
func TestADraftThatMovedForAWhileHealsByItself(t *testing.T) {
	t.Parallel()
	for name, asked := range map[string]bool{"it is valid": true, "it is not valid any more": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.netsuite.Lie(true)
			o.say(riley, small)
			o.shown(riley, "the draft marked", func(v quoting.View) bool { return v.Check.State == quoting.Moved })
			if !asked {
				o.sql(`UPDATE quote_versions SET valid_until = valid_until - interval '31 days'`)
			}
			o.clock.advance(11 * time.Second) // the next book is newer by any clock
			o.sync()
			o.sql(`UPDATE river_job SET scheduled_at = now() WHERE kind = 'reprice' AND state = 'scheduled'`) // and not what it leaves behind
			o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'reprice' AND state <> 'completed'`)
			again := o.count(`SELECT count(*) FROM river_job WHERE kind = 'verify' AND state = 'scheduled' AND scheduled_at BETWEEN now() + interval '14 minutes' AND now() + interval '15 minutes'`)
			if (again == 1) != asked {
				t.Fatalf("NetSuite is asked again %d times", again)
			}
			if !asked {
				return
			}
			o.netsuite.Lie(false)
			o.hurry()
			v := o.shown(riley, "the draft verified", func(v quoting.View) bool { return v.Check.State == quoting.Verified })
			if !v.CanSubmit || v.Version != 1 {
				t.Errorf("v%d can be submitted: %t", v.Version, v.CanSubmit)
			}
		})
	}
}

func TestARequestThatWaitedComesWithTheFirstWordOfAManagerWhoWasNotKnownBefore(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	nora, rep := morgan, riley
	nora.ID.Object, rep.Manager.Object = "nora", "nora"
	if err := o.Installed(t.Context(), o.arrival(nora)); err != nil { // for everybody, by the admin
		t.Fatal(err)
	}
	if err := o.Enter(t.Context(), rep, nora); err != nil {
		t.Fatal(err)
	}
	v := o.verified(riley, large)
	o.click(riley, on(v, quoting.SubmitQuote))
	o.eventually(1, `SELECT count(*) FROM messages WHERE state = 'waiting'`)
	o.say(nora, quoting.Command{Intent: quoting.Help})
	o.shown(nora, "the request", func(v quoting.View) bool { return v.CanDecide })
	if in := o.teams.in("a:nora"); len(in) != 3 || !strings.Contains(in[0].content.Notice.Text, "admin has to give you a role") || in[1].content.Notice == nil {
		t.Errorf("the chat shows %+v", in)
	}
}

func TestSyncsDoNotPileUpWhileNetSuiteIsDown(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.workWithoutNetSuite(t)
	o.eventually(1, `SELECT count(*) FROM river_job WHERE kind = 'sync' AND metadata ? 'snoozes'`)
	o.sql(`UPDATE river_job SET created_at = created_at - interval '16 minutes' WHERE kind = 'sync'`)
	o.hurry()
	o.eventually(1, `SELECT count(*) FROM river_job WHERE kind = 'sync' AND state = 'completed'`)
}

func TestAClickThatIsRefusedLeavesTheCheckAsItWas(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, create(40, 3, "construction", "")) // nobody is named, so it cannot be submitted
	o.clock.advance(20 * time.Minute)
	if err := o.netsuite.Down(); err != nil {
		t.Fatal(err)
	}
	after := o.click(riley, on(v, quoting.SubmitQuote)).View
	if after.State != quoting.Draft || !strings.Contains(after.Banner, "a customer") || after.Check.State != quoting.Verified {
		t.Errorf("%s, check %s, %q", after.State, after.Check.State, after.Banner)
	}
}

func TestAnOpenThatComesTwiceOpensTheSameCard(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	request := o.submitted()
	a := o.arrival(morgan)
	for range 2 {
		c, err := o.Click(t.Context(), a, on(request, quoting.ShowQuote))
		if err != nil || !c.Approval || c.View == nil || !c.View.CanDecide {
			t.Errorf("%+v, %v", c, err)
		}
	}
}

func TestAnApprovedVersionThatIsRevisedBeforeItsEstimateIsWrittenGetsNone(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.sync()
	message := func(cmd quoting.Command) {
		if err := o.Message(t.Context(), o.arrival(riley), func(quoting.Dialogue) quoting.Command { return cmd }); err != nil {
			t.Fatal(err)
		}
	}
	message(small)
	if after := o.click(riley, quoting.Command{Intent: quoting.SubmitQuote, Click: &quoting.Click{Quote: 1001, Version: 1}}).View; after.State != quoting.Approved {
		t.Fatalf("%s, %q", after.State, after.Banner)
	}
	message(quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: 1001, Changes: []quoting.Change{{Op: "set", Field: "users", Value: 13}}}})
	o.work()
	o.eventually(1, `SELECT count(*) FROM river_job WHERE kind = 'estimate' AND state = 'completed'`)
	if n := o.netsuite.EstimateCount(); n != 0 {
		t.Errorf("%d Estimates of a version that is superseded", n)
	}
}

func TestAnEstimateThatCannotBeReadBackIsReadLater(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteEstimateRead, After: 1, Effect: simulator.Reset()})
	o.click(riley, on(o.verified(riley, small), quoting.SubmitQuote))
	o.eventually(1, `SELECT count(*) FROM river_job WHERE kind = 'estimate' AND metadata ? 'snoozes'`)
	o.netsuite.ClearFaults()
	o.hurry()
	o.shown(riley, "the Estimate", func(v quoting.View) bool { return v.Estimate == quoting.Synced })
	if n := o.netsuite.EstimateCount(); n != 1 {
		t.Errorf("%d Estimates", n)
	}
}

func TestAQuoteThatHasEndedIsNotChanged(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	o.sql(`UPDATE quotes SET state = 'won'`)
	click := on(v, quoting.ReviseQuote)
	click.Slots.Industry = "construction"
	if after := o.click(riley, click).View; after.Version != 1 || !strings.Contains(after.Banner, "is won and cannot be changed") {
		t.Errorf("by its card: v%d, %q", after.Version, after.Banner)
	}
	if n := o.notice(riley, quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: "users", Value: 13}}}}); !strings.Contains(n.Text, "is won and cannot be changed") {
		t.Errorf("by text: %q", n.Text)
	}
	if after := o.click(riley, on(v, quoting.SubmitQuote)).View; after.State != quoting.Draft || !strings.Contains(after.Banner, "is won") {
		t.Errorf("a submit: %s, %q", after.State, after.Banner)
	}
}

func TestAManagersClickAsAMessageOpensHerCard(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	request := o.submitted()
	if m := o.say(morgan, on(request, quoting.ShowQuote)); !m.content.Approval || !m.content.View.CanDecide {
		t.Errorf("the answer is %+v", m.content)
	}
}

func TestAnEstimateIsNotWrittenOnAnOldCheck(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.sync()
	if err := o.Message(t.Context(), o.arrival(riley), func(quoting.Dialogue) quoting.Command { return small }); err != nil {
		t.Fatal(err)
	}
	if after := o.click(riley, quoting.Command{Intent: quoting.SubmitQuote, Click: &quoting.Click{Quote: 1001, Version: 1}}).View; after.State != quoting.Approved {
		t.Fatalf("%s, %q", after.State, after.Banner)
	}
	o.clock.advance(20 * time.Minute)
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteCreateForm, Effect: simulator.Refuse(400, "USER_ERROR", "no")})
	o.work()
	o.eventually(1, `SELECT count(*) FROM river_job WHERE kind = 'estimate' AND metadata ? 'snoozes'`)
	if n := o.netsuite.EstimateCount(); n != 0 {
		t.Errorf("%d Estimates before the check", n)
	}
	o.netsuite.ClearFaults()
	o.hurry()
	o.shown(riley, "the Estimate", func(v quoting.View) bool { return v.Estimate == quoting.Synced })
}
