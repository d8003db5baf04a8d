package desk_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

func TestASmallQuoteIsApprovedByItself(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	after := o.click(riley, on(v, quoting.SubmitQuote)).View
	if after.State != quoting.Approved || after.Decision == nil || after.Decision.Name != "" {
		t.Fatalf("after the submit: %s, %+v, %q", after.State, after.Decision, after.Banner)
	}
	o.shown(riley, "the Estimate", func(v quoting.View) bool { return v.Estimate == quoting.Synced })
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'quote_approved' AND data ->> 'by' = 'policy' AND data ? 'limits'`); n != 1 {
		t.Errorf("%d approvals with their trace", n)
	}
	if again := o.click(riley, on(v, quoting.SubmitQuote)).View; !strings.Contains(again.Banner, "already approved") {
		t.Errorf("a second submit: %q", again.Banner)
	}
}

func TestASubmitWaitsForNetSuiteAndNobodyElse(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if err := o.netsuite.Down(); err != nil {
		t.Fatal(err)
	}
	m := o.say(riley, small)
	v := o.shown(riley, "a draft that is not verified", func(v quoting.View) bool { return v.Check.State == quoting.Unverified })
	if m.content.View == nil || v.Priced.Total.IsZero() {
		t.Fatal("there is no price without NetSuite")
	}
	after := o.click(riley, on(v, quoting.SubmitQuote)).View
	if after.State != quoting.Pending || !after.WaitsForPrices || after.CanDecide {
		t.Fatalf("after the submit: %s, waits %t, %q", after.State, after.WaitsForPrices, after.Banner)
	}
	if err := o.netsuite.Up(); err != nil {
		t.Fatal(err)
	}
	o.shown(riley, "the approval and the Estimate, without anybody's help", func(v quoting.View) bool {
		return v.State == quoting.Approved && v.Check.State == quoting.Verified && v.Estimate == quoting.Synced
	})
}

func TestAnApproveWithoutTheLivePricesDecidesNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	request := o.submitted()
	o.clock.advance(20 * time.Minute) // the check is too old for a decision now
	if err := o.netsuite.Down(); err != nil {
		t.Fatal(err)
	}
	after := o.click(morgan, on(request, quoting.ApproveQuote)).View
	if after.State != quoting.Pending || !after.CanDecide || !strings.Contains(after.Banner, "has not confirmed the prices") {
		t.Fatalf("after the approve: %s, can decide %t, %q", after.State, after.CanDecide, after.Banner)
	}
	if err := o.netsuite.Up(); err != nil {
		t.Fatal(err)
	}
	fresh := o.shown(morgan, "the check passed", func(v quoting.View) bool {
		return v.CanDecide && v.Check.State == quoting.Verified && o.clock.now().Sub(v.Check.At) < 5*time.Minute
	})
	if after := o.click(morgan, on(fresh, quoting.ApproveQuote)).View; after.State != quoting.Approved {
		t.Errorf("then: %s, %q", after.State, after.Banner)
	}
}

func TestARejectNeedsAReasonWhichTheRepReads(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	request := o.submitted()
	cmd := on(request, quoting.RejectQuote)
	if after := o.click(morgan, cmd).View; after.State != quoting.Pending || !strings.Contains(after.Banner, "say why") {
		t.Errorf("without a reason: %s, %q", after.State, after.Banner)
	}
	cmd.Slots.Reason = "Too dear for three sites."
	if after := o.click(morgan, cmd).View; after.State != quoting.Rejected || after.CanDecide {
		t.Errorf("with a reason: %s, %q", after.State, after.Banner)
	}
	o.teams.wait(t, "the reason in the rep's chat", func(m sent) bool {
		return m.chat == "a:riley" && m.content.Notice != nil && strings.Contains(m.content.Notice.Text, "Too dear for three sites.")
	})
	o.shown(riley, "the rejection on the rep's card", func(v quoting.View) bool { return v.State == quoting.Rejected && v.CanEdit })
	if n := o.netsuite.EstimateCount(); n != 0 {
		t.Errorf("%d Estimates of a rejected quote", n)
	}
}

func TestOnlyTheOwnersManagerDecidesAndOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	request := o.submitted()
	if after := o.click(riley, on(request, quoting.ApproveQuote)).View; after.State != quoting.Pending || !strings.Contains(after.Banner, "of their own") {
		t.Errorf("the owner: %s, %q", after.State, after.Banner)
	}
	forged := on(request, quoting.ApproveQuote)
	forged.Click.Nonce = "guess"
	if after := o.click(morgan, forged).View; after.State != quoting.Pending || after.Banner == "" {
		t.Errorf("a forged nonce: %s, %q", after.State, after.Banner)
	}
	old := on(request, quoting.ApproveQuote)
	old.Click.Version = 7
	if after := o.click(morgan, old).View; after.State != quoting.Pending || !strings.Contains(after.Banner, "at version 1 now") {
		t.Errorf("another version: %s, %q", after.State, after.Banner)
	}
	if n := o.notice(riley, quoting.Command{Intent: quoting.ApproveQuote, Slots: quoting.Slots{QuoteID: request.Quote}}); !strings.Contains(n.Text, "of their own") {
		t.Errorf("the owner by text: %q", n.Text)
	}
	if m := o.say(morgan, quoting.Command{Intent: quoting.ApproveQuote, Slots: quoting.Slots{QuoteID: request.Quote}}); !m.content.Approval || m.content.View.State != quoting.Pending {
		t.Errorf("text opens a card and decides nothing: %+v", m.content)
	}
	var all sync.WaitGroup
	done := make(chan quoting.View, 4)
	for _, intent := range []quoting.Intent{quoting.ApproveQuote, quoting.RejectQuote, quoting.ApproveQuote, quoting.RejectQuote} {
		all.Go(func() {
			cmd := on(request, intent)
			cmd.Slots.Reason = "no"
			c, err := o.Click(t.Context(), o.arrival(morgan), cmd)
			if err != nil {
				t.Error(err)
				return
			}
			done <- *c.View
		})
	}
	all.Wait()
	close(done)
	firsts := 0
	for v := range done {
		if v.Banner == "" {
			firsts++
		} else if !strings.Contains(v.Banner, "already "+v.State.String()+", by Morgan Manager") {
			t.Errorf("a late click: %s, %q", v.State, v.Banner)
		}
	}
	if n := o.count(`SELECT count(*) FROM decisions`); firsts != 1 || n != 1 {
		t.Errorf("%d clicks decided, %d decisions", firsts, n)
	}
}

func TestTheRequestWaitsForAManagerWhoHasNoChatYet(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if err := o.Installed(t.Context(), o.arrival(ada)); err != nil {
		t.Fatal(err)
	}
	v := o.verified(riley, large)
	o.click(riley, on(v, quoting.SubmitQuote))
	o.teams.wait(t, "a word to the rep", func(m sent) bool {
		return m.content.Notice != nil && strings.Contains(m.content.Notice.Text, "Morgan Manager has not opened Radio Quote")
	})
	o.teams.wait(t, "a word to the admin", func(m sent) bool {
		return m.chat == "a:ada" && m.content.Notice != nil && strings.Contains(m.content.Notice.Text, "Install the app for them")
	})
	for range 2 {
		if err := o.Installed(t.Context(), o.arrival(morgan)); err != nil {
			t.Fatal(err)
		}
	}
	o.shown(morgan, "the request", func(v quoting.View) bool { return v.CanDecide })
	if n := o.teams.count("a:morgan"); n != 2 {
		t.Errorf("%d messages, want one greeting and one request", n)
	}
	if greeting := o.teams.in("a:morgan")[0].content.Notice; greeting == nil || !strings.Contains(greeting.Title, "Approvals come here") {
		t.Errorf("the greeting is %+v", greeting)
	}
	stranger := o.arrival(quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "stranger"}})
	if err := o.Installed(t.Context(), stranger); err != nil {
		t.Fatal(err)
	}
	m := o.teams.wait(t, "a greeting", func(m sent) bool { return m.chat == "a:stranger" })
	if !strings.Contains(m.content.Notice.Text, "admin has to give you a role") {
		t.Errorf("a stranger is greeted with %q", m.content.Notice.Text)
	}
}

func TestWithoutAnApproverAQuoteWaits(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(sam, large)
	if after := o.click(sam, on(v, quoting.SubmitQuote)).View; after.State != quoting.Pending || after.Approver != "" {
		t.Errorf("%s, %q, waits for %q", after.State, after.Banner, after.Approver)
	}
	o.teams.wait(t, "word to the owner", func(m sent) bool {
		return m.chat == "a:sam" && m.content.Notice != nil && strings.Contains(m.content.Notice.Text, "Nobody can decide on Q-1001 v1 as sales manager")
	})
}

func TestAMovedPriceMakesTheNextVersionWithTheDifference(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if err := o.netsuite.SetPrice("RDG-P10U", "Base", 10, "230.00"); err != nil {
		t.Fatal(err)
	}
	m := o.say(riley, small)
	if m.content.View.Priced.Lines[0].Unit.Text() != "222.13" {
		t.Fatalf("the card at once has %s", m.content.View.Priced.Lines[0].Unit)
	}
	v := o.shown(riley, "today's price", func(v quoting.View) bool { return v.Version == 2 && v.Check.State == quoting.Verified })
	if v.Priced.Lines[0].Unit.Text() != "230.00" || len(v.Changes) != 2 || v.Changes[1] != "RDG-P10U: $222.13 → $230.00" {
		t.Errorf("%s, changes %q", v.Priced.Lines[0].Unit, v.Changes)
	}
	if n := o.teams.count("a:riley"); n != 1 {
		t.Errorf("%d messages, want the one card re-priced in place", n)
	}
}

func TestAPriceThatMovesWhileAQuoteIsPendingHandsItBack(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	request := o.submitted()
	o.clock.advance(20 * time.Minute)
	if err := o.netsuite.SetPrice("SUM-P20U", "Base", 50, "360.00"); err != nil {
		t.Fatal(err)
	}
	after := o.click(morgan, on(request, quoting.ApproveQuote)).View
	if after.State == quoting.Approved || after.Banner == "" {
		t.Fatalf("after the approve: %s, %q", after.State, after.Banner)
	}
	v := o.shown(riley, "the draft at today's price", func(v quoting.View) bool {
		return v.Version == 2 && v.State == quoting.Draft && v.Check.State == quoting.Verified
	})
	if v.Priced.Lines[0].Unit.Text() != "360.00" {
		t.Errorf("the price is %s", v.Priced.Lines[0].Unit)
	}
	o.shown(morgan, "the request replaced", func(v quoting.View) bool { return v.Version == 1 && v.Current == 2 && !v.CanDecide })
	if n := o.netsuite.EstimateCount(); n != 0 {
		t.Errorf("%d Estimates", n)
	}
}

func TestAnItemThatIsNotSoldAnyMoreLeavesTheDraftMarked(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, from := range []int64{0, 10} {
		if err := o.netsuite.RemovePrice("RDG-P10U", "Base", from); err != nil {
			t.Fatal(err)
		}
	}
	o.say(riley, small)
	v := o.shown(riley, "the draft marked", func(v quoting.View) bool { return v.Check.State == quoting.Moved })
	if v.CanSubmit || len(v.Check.Moved) != 1 || v.Check.Moved[0].SKU != "RDG-P10U" {
		t.Errorf("can submit %t, moved %+v", v.CanSubmit, v.Check.Moved)
	}
	o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'reprice' AND state <> 'completed'`)
	if n := o.count(`SELECT count(*) FROM quote_versions`); n != 1 {
		t.Errorf("%d versions", n)
	}
}

// approve approves a large quote and returns how its Estimate ended.
func (o *office) approve(t *testing.T) quoting.View {
	t.Helper()
	request := o.submitted()
	if after := o.click(morgan, on(request, quoting.ApproveQuote)).View; after.State != quoting.Approved {
		t.Fatalf("after the approve: %s, %q", after.State, after.Banner)
	}
	return o.shown(riley, "the end of the Estimate", func(v quoting.View) bool {
		return v.Estimate == quoting.Synced || v.Estimate == quoting.NeedsAttention
	})
}

func TestAnEstimateIsSyncedOnlyWhenNetSuitesCopyIsEqual(t *testing.T) {
	t.Parallel()
	write := simulator.RouteEstimateWrite
	for _, tc := range []struct {
		name  string
		fault simulator.Fault
		want  quoting.EstimateState
		says  string
		made  int
	}{
		{"all goes well", simulator.Fault{Route: write, Times: 1, After: 99, Effect: simulator.Reset()}, quoting.Synced, "", 1},
		{"the answer is lost", simulator.Fault{Route: write, Times: 1, Effect: simulator.CommitThen(simulator.Reset())}, quoting.Synced, "", 1},
		{"the answer is an error page", simulator.Fault{Route: write, Times: 1, Effect: simulator.CommitThen(simulator.Maintenance())}, quoting.Synced, "", 1},
		{"the connection breaks before", simulator.Fault{Route: write, Times: 1, Effect: simulator.Reset()}, quoting.Synced, "", 1},
		{"it is refused", simulator.Fault{Route: write, Effect: simulator.Refuse(400, "USER_ERROR", "Please enter value(s) for: Class.")}, quoting.NeedsAttention, "refused the Estimate", 0},
		{"nothing was stored", simulator.Fault{Route: write, Times: 1, Effect: simulator.PretendStored()}, quoting.NeedsAttention, "does not have it", 0},
		{"another rate was stored", simulator.Fault{Route: write, Times: 1, Effect: simulator.StoreChanged(func(e *simulator.Estimate) { e.Entity = 4002 })}, quoting.NeedsAttention, "not equal to the quote", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.netsuite.Inject(tc.fault)
			v := o.approve(t)
			if v.Estimate != tc.want || !strings.Contains(v.Attention, tc.says) || o.netsuite.EstimateCount() != tc.made {
				t.Errorf("%s, %q, %d Estimates; want %s that says %q, %d", v.Estimate, v.Attention, o.netsuite.EstimateCount(), tc.want, tc.says, tc.made)
			}
		})
	}
}

func TestALaterVersionRewritesTheEstimateUnlessSomebodyEditedIt(t *testing.T) {
	t.Parallel()
	for _, edited := range []bool{false, true} {
		name := map[bool]string{false: "as we left it", true: "edited in NetSuite"}[edited]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			first := o.approve(t)
			id := "RQ-" + first.Quote.String()
			if edited {
				if err := o.netsuite.EditEstimate(id, func(e *simulator.Estimate) { e.Lines = e.Lines[1:] }); err != nil {
					t.Fatal(err)
				}
			}
			next := o.verified(riley, quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: "users", Value: 70}}}})
			if next.Version != 2 {
				next = o.shown(riley, "version 2", func(v quoting.View) bool { return v.Version == 2 && v.Check.State == quoting.Verified })
			}
			o.click(riley, on(next, quoting.SubmitQuote))
			request := o.shown(morgan, "the second request", func(v quoting.View) bool { return v.Version == 2 && v.CanDecide })
			o.click(morgan, on(request, quoting.ApproveQuote))
			v := o.shown(riley, "the end of the second Estimate", func(v quoting.View) bool {
				return v.Version == 2 && v.State == quoting.Approved && (v.Estimate == quoting.Synced || v.Estimate == quoting.NeedsAttention)
			})
			e, _ := o.netsuite.Estimate(id)
			switch {
			case o.netsuite.EstimateCount() != 1:
				t.Errorf("%d Estimates of one quote", o.netsuite.EstimateCount())
			case !edited && (v.Estimate != quoting.Synced || e.Title != "Q-1001 v2"):
				t.Errorf("%s %q, the Estimate is of %q", v.Estimate, v.Attention, e.Title)
			case edited && (v.Estimate != quoting.NeedsAttention || !strings.Contains(v.Attention, "changed in NetSuite") || e.Title != "Q-1001 v1"):
				t.Errorf("%s %q, the Estimate is of %q", v.Estimate, v.Attention, e.Title)
			}
		})
	}
}
