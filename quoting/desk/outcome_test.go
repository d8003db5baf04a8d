package desk_test

import (
	"strings"
	"testing"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

// synced makes a small quote whose Estimate is in NetSuite.
func (o *office) synced() quoting.View {
	o.t.Helper()
	v := o.verified(riley, small)
	o.click(riley, on(v, quoting.SubmitQuote))
	return o.shown(riley, "the Estimate", func(s quoting.View) bool { return s.Quote == v.Quote && s.Estimate == quoting.Synced })
}

func outcome(v quoting.View, to quoting.QuoteState, reason string) quoting.Command {
	cmd := on(v, quoting.MarkOutcome)
	cmd.Slots.Outcome, cmd.Slots.Reason = to, reason
	return cmd
}

func TestAWonQuoteBecomesASalesOrderOnce(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fault simulator.Fault
	}{
		{"all goes well", simulator.Fault{Route: "none"}},
		{"the answer is lost after the order was made", simulator.Fault{Route: simulator.RouteTransform, Times: 1, Effect: simulator.CommitThen(simulator.Reset())}},
		{"the connection breaks before", simulator.Fault{Route: simulator.RouteTransform, Times: 1, Effect: simulator.Reset()}},
		{"the order cannot be read at first", simulator.Fault{Route: simulator.RouteSalesOrderRead, After: 1, Times: 1, Effect: simulator.Maintenance()}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			v := o.synced()
			if !v.CanWin || v.EstimateNumber == "" {
				t.Fatalf("the card offers no Won: %+v", v)
			}
			o.netsuite.Inject(tc.fault)
			if after := o.click(riley, outcome(v, quoting.Won, "")); after.View.QuoteState != quoting.Won {
				t.Fatalf("after Won: %s, %q", after.View.QuoteState, after.View.Banner)
			}
			done := o.shown(riley, "the sales order", func(s quoting.View) bool { return s.SalesOrder != "" })
			order, found := o.netsuite.SalesOrder("RQ-SO-Q-1001")
			if !found || o.netsuite.SalesOrderCount() != 1 || done.SalesOrder != order.TranID || done.Estimate != quoting.Synced {
				t.Errorf("%d orders, %t, card %q, %s", o.netsuite.SalesOrderCount(), found, done.SalesOrder, done.Estimate)
			}
			if again := o.click(riley, outcome(v, quoting.Lost, "too late")); !strings.Contains(again.View.Banner, "already won") {
				t.Errorf("lost after won: %q", again.View.Banner)
			}
		})
	}
}

func TestASalesOrderThatIsNotRightNeedsAttention(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		before func(*office)
		want   string
		orders int
	}{
		{"the Estimate was edited", func(o *office) {
			if err := o.netsuite.EditEstimate("RQ-Q-1001", func(e *simulator.Estimate) { e.Lines = e.Lines[1:] }); err != nil {
				o.t.Fatal(err)
			}
		}, "was changed in NetSuite", 0},
		{"NetSuite refuses", func(o *office) {
			o.netsuite.Inject(simulator.Fault{Route: simulator.RouteTransform, Effect: simulator.Refuse(400, "USER_ERROR", "no")})
		}, "refused the sales order", 0},
		{"NetSuite takes the order and has it not", func(o *office) {
			o.netsuite.Inject(simulator.Fault{Route: simulator.RouteTransform, Effect: simulator.PretendStored()})
		}, "accepted the sales order but does not have it", 0},
		{"the order has other lines", func(o *office) {
			o.netsuite.Inject(simulator.Fault{Route: simulator.RouteSalesOrderRead, Effect: simulator.Rewrite(func(body []byte) []byte {
				return []byte(strings.Replace(string(body), `"quantity":12`, `"quantity":13`, 1))
			})})
		}, "not equal to the quote", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			v := o.synced()
			tc.before(o)
			o.click(riley, outcome(v, quoting.Won, ""))
			stuck := o.shown(riley, "what is wrong", func(s quoting.View) bool { return s.Estimate == quoting.NeedsAttention })
			if !strings.Contains(stuck.Attention, tc.want) || !stuck.CanRetry || o.netsuite.SalesOrderCount() != tc.orders {
				t.Errorf("%q, retry %t, %d orders; want %q", stuck.Attention, stuck.CanRetry, o.netsuite.SalesOrderCount(), tc.want)
			}
		})
	}
}

func TestALostOrCancelledQuoteIsLostInNetSuite(t *testing.T) {
	t.Parallel()
	for name, cmd := range map[string]func(quoting.View, string) quoting.Command{
		"lost": func(v quoting.View, reason string) quoting.Command { return outcome(v, quoting.Lost, reason) },
		"cancelled": func(v quoting.View, reason string) quoting.Command {
			c := on(v, quoting.CancelQuote)
			c.Slots.Reason = reason
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			v := o.synced()
			before, _ := o.netsuite.Estimate("RQ-Q-1001")
			if c := o.click(riley, cmd(v, "")); c.View.QuoteState != quoting.Open || !strings.Contains(c.View.Banner, "say why") {
				t.Errorf("without a reason: %s, %q", c.View.QuoteState, c.View.Banner)
			}
			o.netsuite.Inject(simulator.Fault{Route: simulator.RouteEstimateWrite, Times: 1, Effect: simulator.CommitThen(simulator.Reset())})
			if c := o.click(riley, cmd(v, "price")); string(c.View.QuoteState) != name {
				t.Fatalf("%s, %q", c.View.QuoteState, c.View.Banner)
			}
			o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'end' AND state <> 'completed'`)
			after, found := o.netsuite.Estimate("RQ-Q-1001")
			if !found || after.EntityStatus != 14 || len(after.Lines) != len(before.Lines) || !after.Total.Equal(before.Total) {
				t.Errorf("the Estimate: %+v", after)
			}
			if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = $1`, "quote_"+name); n != 1 {
				t.Errorf("%d events", n)
			}
		})
	}
}

func TestOnlyTheOwnerEndsAQuote(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	for _, tc := range []struct {
		who  quoting.Person
		cmd  quoting.Command
		want string
	}{
		{morgan, outcome(v, quoting.Lost, "x"), "somebody else's"},
		{riley, outcome(v, quoting.Won, ""), "once it is approved"},
		{morgan, on(v, quoting.SyncQuote), "somebody else's"},
		{riley, on(v, quoting.SyncQuote), "not approved"},
		{riley, on(v, quoting.LinkCustomer), "Only finance"},
	} {
		if c := o.click(tc.who, tc.cmd); c.View.QuoteState != quoting.Open || !strings.Contains(c.View.Banner, tc.want) {
			t.Errorf("%s by %s: %s, %q; want %q", tc.cmd.Intent, tc.who.Name, c.View.QuoteState, c.View.Banner, tc.want)
		}
	}
	// Text opens the card and ends nothing.
	for _, intent := range []quoting.Intent{quoting.MarkOutcome, quoting.CancelQuote, quoting.SyncQuote} {
		if m := o.say(riley, quoting.Command{Intent: intent, Slots: quoting.Slots{QuoteID: v.Quote}}); m.content.View == nil || m.content.View.QuoteState != quoting.Open {
			t.Errorf("%s by text: %+v", intent, m.content)
		}
	}
}

// What NetSuite refused is tried again when the owner says so.
func TestAnEstimateThatWasRefusedIsTriedAgainWhenAsked(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteEstimateWrite, Effect: simulator.Refuse(400, "USER_ERROR", "Please enter value(s) for: Location.")})
	v := o.verified(riley, small)
	o.click(riley, on(v, quoting.SubmitQuote))
	stuck := o.shown(riley, "the refusal", func(s quoting.View) bool { return s.Estimate == quoting.NeedsAttention })
	if !stuck.CanRetry {
		t.Fatalf("%+v", stuck)
	}
	o.netsuite.ClearFaults()
	o.click(riley, on(stuck, quoting.SyncQuote))
	o.shown(riley, "the Estimate", func(s quoting.View) bool { return s.Estimate == quoting.Synced })
	if n := o.netsuite.EstimateCount(); n != 1 {
		t.Errorf("%d Estimates", n)
	}
}

// finn decides which customer a new one is.
var finn = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "finn"}, Name: "Finn Finance", Roles: []quoting.Role{quoting.Finance}}

// newCustomer quotes to a company that NetSuite does not know.
func (o *office) newCustomer(name string) quoting.View {
	o.t.Helper()
	if err := o.Enter(o.t.Context(), riley, morgan, sam, ada, finn); err != nil {
		o.t.Fatal(err)
	}
	m := o.say(riley, create(12, 1, "retail", name))
	if m.content.View.CustomerText != name || m.content.View.Customer.ID != 0 {
		o.t.Fatalf("%q is taken for %+v", name, m.content.View.Customer)
	}
	choose := on(*m.content.View, quoting.ReviseQuote)
	choose.Slots.NewCustomer = true
	v := o.click(riley, choose).View
	if !v.Customer.New() || v.Customer.Name != name || len(v.Missing) > 0 {
		o.t.Fatalf("chosen as new: %+v, missing %v", v.Customer, v.Missing)
	}
	return o.shown(riley, "a verified quote", func(s quoting.View) bool {
		return s.Quote == v.Quote && s.Version == v.Version && s.Check.State == quoting.Verified
	})
}

// passes submits a quote that needs nobody.
func (o *office) passes(v quoting.View) {
	o.t.Helper()
	if after := o.click(riley, on(v, quoting.SubmitQuote)); after.View.State != quoting.Approved {
		o.t.Fatalf("%s: %q", after.View.State, after.View.Banner)
	}
}

func TestANewCustomerIsMadeInNetSuiteOnceAndGetsItsEstimates(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	before := o.netsuite.CustomerCount()
	o.netsuite.Inject(simulator.Fault{Route: simulator.RouteCustomerWrite, Times: 1, Effect: simulator.CommitThen(simulator.Reset())})
	quotes := []quoting.View{o.newCustomer("Quartz Hollow Quarry"), o.newCustomer("QUARTZ hollow quarry, Inc.")}
	for i, v := range quotes {
		if i > 0 { // the same company, under another spelling
			project := on(v, quoting.ReviseQuote)
			project.Slots.Changes = v.System.Findings[0].Remedies[0].Changes
			v = *o.click(riley, project).View
			v = o.shown(riley, "it verified", func(s quoting.View) bool {
				return s.Quote == v.Quote && s.Version == v.Version && s.Check.State == quoting.Verified
			})
		}
		o.passes(v)
		o.shown(riley, "the Estimate", func(s quoting.View) bool { return s.Quote == v.Quote && s.Estimate == quoting.Synced })
	}
	if n := o.netsuite.CustomerCount(); n != before+1 {
		t.Errorf("%d customers were made", n-before)
	}
	made, _ := o.netsuite.CustomerByExternalID("RQ-C-1")
	for _, id := range []string{"RQ-Q-1001", "RQ-Q-1002"} {
		if e, found := o.netsuite.Estimate(id); !found || e.Entity != made.ID || made.Name != "Quartz Hollow Quarry" {
			t.Errorf("%s: %t for customer %d, want %d (%s)", id, found, e.Entity, made.ID, made.Name)
		}
	}
}

func TestANewCustomerOfASimilarNameWaitsForFinance(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		choose func(quoting.Choice) bool
		made   int
	}{
		"linked":      {func(c quoting.Choice) bool { return strings.HasPrefix(c.Title, "Acme Construction (") }, 0},
		"made anyway": {func(c quoting.Choice) bool { return strings.HasPrefix(c.Title, "None") }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			before := o.netsuite.CustomerCount()
			v := o.newCustomer("Acme Constructions")
			o.passes(v)
			stuck := o.shown(riley, "that finance decides", func(s quoting.View) bool { return s.Estimate == quoting.NeedsAttention })
			if !strings.Contains(stuck.Attention, "Finance decides") {
				t.Errorf("%q", stuck.Attention)
			}
			if err := o.Installed(t.Context(), o.arrival(finn)); err != nil {
				t.Fatal(err)
			}
			card := o.teams.wait(t, "finance's card", func(m sent) bool {
				return m.chat == "a:finn" && m.content.Notice != nil && len(m.content.Notice.Choices) > 0 && m.content.Notice.Quote == v.Quote
			})
			var chosen *quoting.Command
			for _, c := range card.content.Notice.Choices {
				if tc.choose(c) {
					chosen = &c.Command
					break
				}
			}
			if chosen == nil {
				t.Fatalf("the card offers %+v", card.content.Notice.Choices)
			}
			if c := o.click(finn, *chosen); c.View == nil || c.View.Banner != "" {
				t.Errorf("finance's click: %+v", c)
			}
			o.shown(riley, "the Estimate", func(s quoting.View) bool { return s.Estimate == quoting.Synced })
			if n := o.netsuite.CustomerCount() - before; n != tc.made {
				t.Errorf("%d customers were made, want %d", n, tc.made)
			}
			if c := o.click(finn, *chosen); c.View == nil || !strings.Contains(c.View.Banner, "decided already") {
				t.Errorf("again: %+v", c.View)
			}
		})
	}
}

// The check says per line what NetSuite said, and what it did not say.
func TestACheckThatConfirmsNothingSaysWhy(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	if err := o.netsuite.DeactivateCustomer(int64(v.Customer.ID)); err != nil {
		t.Fatal(err)
	}
	o.sql(`UPDATE quote_versions SET check_at = check_at - interval '1 hour'`)
	after := o.click(riley, on(v, quoting.SubmitQuote))
	if after.View.State != quoting.Pending {
		t.Fatalf("%s: %q", after.View.State, after.View.Banner)
	}
	told := o.shown(riley, "why it is not confirmed", func(s quoting.View) bool { return s.Check.Problem != "" })
	if told.Check.State != quoting.Unverified || !strings.Contains(told.Check.Problem, "Acme Construction") {
		t.Errorf("%+v", told.Check)
	}
}
