package desk_test

import (
	"strings"
	"testing"

	"radioquote/quoting"
)

var eve = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "eve"}, Name: "Eve Engineer", Roles: []quoting.Role{quoting.Engineering}}

// staffed has everybody whom a chain may need, each with a chat.
func (o *office) staffed(people ...quoting.Person) {
	o.t.Helper()
	if err := o.Prepare(o.t.Context(), append([]quoting.Person{riley, morgan, sam, ada}, people...), "directory-2"); err != nil {
		o.t.Fatal(err)
	}
	for _, p := range append(people, morgan) {
		if err := o.Installed(o.t.Context(), o.arrival(p)); err != nil {
			o.t.Fatal(err)
		}
	}
}

func TestAQuoteIsApprovedOnlyWhenEveryLevelHas(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(finn, eve)
	o.verified(riley, create(120, 6, "construction", "Acme Construction"))
	o.revised(riley, quoting.Change{Op: "set", Field: "payment_terms", Value: "NET60"}, quoting.Change{Op: "add", Item: "bda", Qty: new(1)})
	v := o.shown(riley, "version 2 verified", func(s quoting.View) bool { return s.Version == 2 && s.Check.State == quoting.Verified })
	o.click(riley, on(v, quoting.SubmitQuote))
	asked := func(who quoting.Person) quoting.View {
		return o.shown(who, "a request", func(s quoting.View) bool { return s.CanDecide })
	}
	morgans := asked(morgan)
	if c := o.click(finn, on(v, quoting.ApproveQuote)); !strings.Contains(c.View.Banner, "waits for Morgan Manager") {
		t.Errorf("finance before the manager: %q", c.View.Banner)
	}
	for _, who := range []quoting.Person{morgan, finn} {
		card := asked(who)
		after := o.click(who, on(card, quoting.ApproveQuote)).View
		if after.State != quoting.Pending || after.Banner != "" || after.CanDecide {
			t.Fatalf("after %s: %s, %q", who.Name, after.State, after.Banner)
		}
	}
	if c := o.click(morgan, on(morgans, quoting.ApproveQuote)); c.View.State != quoting.Pending || c.View.Banner == "" {
		t.Errorf("the manager's button once more: %s, %q", c.View.State, c.View.Banner)
	}
	last := asked(eve)
	if len(last.Steps) != 2 || last.Steps[0].Name != "Morgan Manager" || last.Steps[1].Name != "Finn Finance" {
		t.Errorf("the steps so far: %+v", last.Steps)
	}
	if after := o.click(eve, on(last, quoting.ApproveQuote)).View; after.State != quoting.Approved {
		t.Fatalf("after all three: %s, %q", after.State, after.Banner)
	}
	o.shown(riley, "the Estimate", func(s quoting.View) bool { return s.Estimate == quoting.Synced })
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind IN ('quote_step_approved', 'quote_approved')`); n != 3 {
		t.Errorf("%d events", n)
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

func TestAStepThatNobodyCouldTakeKeepsAQuoteADraft(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.verified(riley, small)
	v := o.revised(riley, quoting.Change{Op: "set", Field: "payment_terms", Value: "NET60"})
	if c := o.click(riley, on(v, quoting.SubmitQuote)).View; c.State != quoting.Draft || !strings.Contains(c.Banner, "the approval of finance, and nobody has that role") {
		t.Errorf("%s, %q", c.State, c.Banner)
	}
}
