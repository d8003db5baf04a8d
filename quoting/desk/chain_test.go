package desk_test

import (
	"strings"
	"testing"

	"radioquote/quoting"
)

var eve = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "eve"}, Name: "Eve Engineer", Roles: []quoting.Role{quoting.Engineering}}

// staffed has everybody whom a chain may need, each with a chat.
// Where jobs are worked, they have read their greeting then: it is no answer to what they say.
func (o *office) staffed(people ...quoting.Person) {
	o.t.Helper()
	if err := o.Enter(o.t.Context(), append([]quoting.Person{riley, morgan, sam, ada}, people...)...); err != nil {
		o.t.Fatal(err)
	}
	for _, p := range append(people, morgan) {
		if err := o.Installed(o.t.Context(), o.arrival(p)); err != nil {
			o.t.Fatal(err)
		}
		if o.stop != nil {
			o.teams.wait(o.t, "a greeting of "+p.Name, func(m sent) bool { return m.chat == "a:"+p.ID.Object })
		}
	}
}

// asked is the card of somebody who decides, once there is one.
func (o *office) asked(who quoting.Person) quoting.View {
	o.t.Helper()
	return o.shown(who, "a request", func(s quoting.View) bool { return s.CanDecide })
}

// proves signs somebody in for what a click has left to be proved, and returns the card then.
func (o *office) proves(who quoting.Person, v quoting.View) quoting.View {
	o.t.Helper()
	id, ok := strings.CutPrefix(v.SignIn, "https://quotes.example/step-up/")
	if !ok {
		o.t.Fatalf("%s is not asked to sign in: %q, banner %q", who.Name, v.SignIn, v.Banner)
	}
	state := "state-" + id
	if err := o.BeginSignIn(o.t.Context(), id, state, "nonce", "verifier", "browser"); err != nil {
		o.t.Fatal(err)
	}
	s, _, err := o.ReturnSignIn(o.t.Context(), state, "browser")
	if err != nil {
		o.t.Fatal(err)
	}
	c, err := o.Prove(o.t.Context(), s, o.clock.now(), "proof")
	if err != nil {
		o.t.Fatal(err)
	}
	return *c.View
}

// approves presses Approve on the card that asks somebody, and signs in where that is asked.
func (o *office) approves(who quoting.Person) quoting.View {
	o.t.Helper()
	after := o.click(who, on(o.asked(who), quoting.ApproveQuote)).View
	if after.SignIn != "" {
		return o.proves(who, *after)
	}
	return *after
}

// largeForThree is a quote that needs the sales manager and finance and, beside them,
// engineering; it waits for them.
func (o *office) largeForThree() quoting.View {
	o.t.Helper()
	o.verified(riley, create(120, 6, "construction", "Acme Construction"))
	o.revised(riley, quoting.Change{Op: "set", Field: "payment_terms", Value: "NET60"}, quoting.Change{Op: "add", Item: "bda", Qty: new(1)})
	v := o.shown(riley, "version 2 verified", func(s quoting.View) bool { return s.Version == 2 && s.Check.State == quoting.Verified })
	if after := o.click(riley, on(v, quoting.SubmitQuote)).View; after.State != quoting.Pending {
		o.t.Fatalf("%s, %q", after.State, after.Banner)
	}
	return v
}

func TestAQuoteIsApprovedOnlyWhenEveryLevelHasAndEngineeringBeside(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(finn, eve)
	v := o.largeForThree()
	morgans := o.asked(morgan)
	o.asked(eve) // side by side with the commercial branch
	if c := o.click(finn, on(v, quoting.ApproveQuote)); !strings.Contains(c.View.Banner, "waits for Morgan Manager and Eve Engineer") {
		t.Errorf("finance before the manager: %q", c.View.Banner)
	}
	for _, who := range []quoting.Person{eve, morgan} {
		if after := o.approves(who); after.State != quoting.Pending || after.Banner != "" || after.CanDecide {
			t.Fatalf("after %s: %s, %q", who.Name, after.State, after.Banner)
		}
	}
	if c := o.click(morgan, on(morgans, quoting.ApproveQuote)); c.View.State != quoting.Pending || !strings.Contains(c.View.Banner, "You approved") {
		t.Errorf("the manager's button once more: %s, %q", c.View.State, c.View.Banner)
	}
	last := o.asked(finn)
	if len(last.Steps) != 2 || last.Steps[0].Name != "Eve Engineer" || last.Steps[1].Name != "Morgan Manager" {
		t.Errorf("the steps so far: %+v", last.Steps)
	}
	if after := o.approves(finn); after.State != quoting.Approved {
		t.Fatalf("after all three: %s, %q", after.State, after.Banner)
	}
	o.shown(riley, "the Estimate", func(s quoting.View) bool { return s.Estimate == quoting.Synced })
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'quote_step_approved'`); n != 3 {
		t.Errorf("%d steps are recorded", n)
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'quote_approved'`); n != 1 {
		t.Errorf("%d approvals are recorded", n)
	}
}

func TestAnybodyOfTheChainMayReject(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(finn)
	o.verified(riley, small)
	o.revised(riley, quoting.Change{Op: "set", Field: "payment_terms", Value: "NET60"})
	v := o.shown(riley, "version 2 verified", func(s quoting.View) bool { return s.Version == 2 && s.Check.State == quoting.Verified })
	o.click(riley, on(v, quoting.SubmitQuote))
	o.click(morgan, on(o.shown(morgan, "a request", func(s quoting.View) bool { return s.CanDecide }), quoting.ApproveQuote))
	no := on(o.shown(finn, "a request", func(s quoting.View) bool { return s.CanDecide }), quoting.RejectQuote)
	no.Slots.Reason = "too long"
	if after := o.click(finn, no).View; after.State != quoting.Rejected || after.Decision.Name != "Finn Finance" {
		t.Errorf("%s, %+v", after.State, after.Decision)
	}
	if n := o.netsuite.EstimateCount(); n != 0 {
		t.Errorf("%d Estimates", n)
	}
}

func TestAStepThatNobodyCanTakeWaitsAndTellsFinanceAndAdmins(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, p := range []quoting.Person{ada, morgan} {
		if err := o.Installed(t.Context(), o.arrival(p)); err != nil {
			t.Fatal(err)
		}
	}
	o.verified(riley, small)
	o.revised(riley, quoting.Change{Op: "set", Field: "payment_terms", Value: "NET60"})
	v := o.shown(riley, "version 2 verified", func(s quoting.View) bool { return s.Version == 2 && s.Check.State == quoting.Verified })
	if after := o.click(riley, on(v, quoting.SubmitQuote)).View; after.State != quoting.Pending {
		t.Fatalf("%s, %q", after.State, after.Banner)
	}
	if after := o.approves(morgan); after.State != quoting.Pending || after.CanDecide {
		t.Fatalf("%s, %q", after.State, after.Banner)
	}
	says := func(m sent) bool {
		return m.chat == "a:ada" && m.content.Notice != nil && strings.Contains(m.content.Notice.Text, "Nobody can decide on Q-1001 v2 as finance")
	}
	if m := o.teams.wait(t, "word to the admin", says); strings.Contains(m.content.Notice.Text, "Acme") {
		t.Errorf("an admin reads %q", m.content.Notice.Text)
	}
	if o.counter("radioquote_unmanned_steps_total", "") != 1 {
		t.Error("no alert")
	}
}
