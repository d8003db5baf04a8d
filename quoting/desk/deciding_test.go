package desk_test

import (
	"strings"
	"testing"
	"time"

	"radioquote/quoting"
	"radioquote/quoting/desk"
)

// pendingForManager is a small quote with a discount, so that the sales manager decides; it waits.
func (o *office) pendingForManager() quoting.View {
	o.t.Helper()
	if err := o.Installed(o.t.Context(), o.arrival(morgan)); err != nil {
		o.t.Fatal(err)
	}
	o.verified(riley, small)
	o.revised(riley, quoting.Change{Op: "set", Field: "discount_pct", Value: 10})
	v := o.shown(riley, "version 2 verified", func(s quoting.View) bool { return s.Version == 2 && s.Check.State == quoting.Verified })
	if after := o.click(riley, on(v, quoting.SubmitQuote)).View; after.State != quoting.Pending {
		o.t.Fatalf("%s, %q", after.State, after.Banner)
	}
	return v
}

func TestARequestForChangesIsAThirdOutcomeAndItsOfferIsTakenInOneTap(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(finn)
	o.pendingForManager()
	back := on(o.asked(morgan), quoting.AskChanges)
	if c := o.click(morgan, back).View; c.State != quoting.Pending || !strings.Contains(c.Banner, "say why") {
		t.Errorf("without a word: %s, %q", c.State, c.Banner)
	}
	back.Slots.DiscountPct = number("8")
	if c := o.click(morgan, back).View; c.State != quoting.ChangesRequested || c.Decision.Offer.String() != "8% off" {
		t.Fatalf("%s, %q, %+v", c.State, c.Banner, c.Decision)
	}
	mine := o.shown(riley, "the offer", func(s quoting.View) bool { return s.CanAccept })
	if c := o.click(morgan, on(mine, quoting.AcceptOffer)).View; c.State != quoting.ChangesRequested || !strings.Contains(c.Banner, "Only the owner") {
		t.Errorf("the approver takes it: %s, %q", c.State, c.Banner)
	}
	after := o.click(riley, on(mine, quoting.AcceptOffer)).View
	if after.Version != 3 || after.State != quoting.Pending || after.Banner != "" {
		t.Fatalf("v%d %s, %q", after.Version, after.State, after.Banner)
	}
	if h := after.Request.Terms.Header; h == nil || h.Percent.String() != "8" {
		t.Errorf("the discount is %+v", h)
	}
	if c := o.click(riley, on(mine, quoting.AcceptOffer)).View; c.Version != 3 || !strings.Contains(c.Banner, "version 3 now") {
		t.Errorf("taken twice: v%d, %q", c.Version, c.Banner)
	}
	again := o.shown(morgan, "v3", func(s quoting.View) bool { return s.Version == 3 && s.CanDecide && s.Check.State == quoting.Verified })
	if c := o.click(morgan, on(again, quoting.ApproveQuote)).View; c.State != quoting.Approved {
		t.Errorf("%s, %q", c.State, c.Banner)
	}
}

func TestWhoLowersAPriceByAnOfferDoesNotDecideOnIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(finn)
	o.pendingForManager()
	back := on(o.asked(morgan), quoting.AskChanges)
	back.Slots.DiscountPct = number("12")
	o.click(morgan, back)
	mine := o.shown(riley, "the offer", func(s quoting.View) bool { return s.CanAccept })
	after := o.click(riley, on(mine, quoting.AcceptOffer)).View
	if after.Version != 3 || after.State != quoting.Pending || after.Approver != "Finn Finance" {
		t.Fatalf("v%d %s, waits for %q, %q", after.Version, after.State, after.Approver, after.Banner)
	}
	if c := o.click(morgan, on(*after, quoting.ApproveQuote)).View; c.State != quoting.Pending || !strings.Contains(c.Banner, "You set a price or a discount") {
		t.Errorf("%s, %q", c.State, c.Banner)
	}
}

func TestARecalledQuoteCanBeApprovedNoMoreAndIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.pendingForManager()
	card := o.asked(morgan)
	mine := o.shown(riley, "a way back", func(s quoting.View) bool { return s.CanRecall })
	if c := o.click(morgan, on(mine, quoting.RecallQuote)).View; c.State != quoting.Pending || !strings.Contains(c.Banner, "Only the owner") {
		t.Errorf("the approver recalls: %s, %q", c.State, c.Banner)
	}
	if c := o.click(riley, on(mine, quoting.RecallQuote)).View; c.State != quoting.Recalled {
		t.Fatalf("%s, %q", c.State, c.Banner)
	}
	if c := o.click(morgan, on(card, quoting.ApproveQuote)).View; c.State != quoting.Recalled || !strings.Contains(c.Banner, "is recalled") {
		t.Errorf("%s, %q", c.State, c.Banner)
	}
	if c := o.click(riley, on(mine, quoting.RecallQuote)).View; c.State != quoting.Recalled || c.Banner == "" {
		t.Errorf("twice: %s, %q", c.State, c.Banner)
	}
	o.shown(morgan, "the card without buttons", func(s quoting.View) bool { return s.State == quoting.Recalled && !s.CanDecide })
	again := o.say(riley, quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: 1001}}).content.View
	if again.Version != 3 || again.State != quoting.Draft {
		t.Errorf("taken up again: v%d %s", again.Version, again.State)
	}
}

func TestAStepThatIsNoWorseAfterARevisionIsNotTakenTwice(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(finn)
	o.verified(riley, small)
	o.revised(riley, quoting.Change{Op: "set", Field: "discount_pct", Value: 10}, quoting.Change{Op: "set", Field: "payment_terms", Value: "NET60"})
	v := o.shown(riley, "version 2 verified", func(s quoting.View) bool { return s.Version == 2 && s.Check.State == quoting.Verified })
	o.click(riley, on(v, quoting.SubmitQuote))
	o.approves(morgan)
	no := on(o.asked(finn), quoting.AskChanges)
	no.Slots.DiscountPct = number("9")
	o.click(finn, no)
	mine := o.shown(riley, "the offer", func(s quoting.View) bool { return s.CanAccept })
	after := o.click(riley, on(mine, quoting.AcceptOffer)).View
	if after.State != quoting.Pending || len(after.Steps) != 1 || after.Steps[0].Name != "Morgan Manager" || after.Steps[0].CarriedFrom != 2 || after.Approver != "Finn Finance" {
		t.Fatalf("%s, steps %+v, waits for %q, %q", after.State, after.Steps, after.Approver, after.Banner)
	}
	again := o.shown(finn, "v3", func(s quoting.View) bool { return s.Version == 3 && s.CanDecide && s.Check.State == quoting.Verified })
	if c := o.click(finn, on(again, quoting.ApproveQuote)).View; c.State != quoting.Approved {
		t.Errorf("%s, %q", c.State, c.Banner)
	}
	if n := o.count(`SELECT count(*) FROM approval_steps s JOIN quote_versions v ON v.quote_id = s.quote_id AND v.version = s.carried_from WHERE s.version = 3 AND s.content_hash = v.content_hash`); n != 1 {
		t.Errorf("%d steps keep the content that they were given on", n)
	}
	if e, _, err := desk.PackEvidence(t.Context(), o.db, 1001, o.clock.now(), "test"); err != nil || len(e.Problems) > 0 || len(e.Versions) != 3 || len(e.Versions[2].Steps) != 2 {
		t.Errorf("as evidence: %q, %+v, %v", e.Problems, e.Versions, err)
	}
}

func TestAStepIsPassedOnAndAnOpinionDecidesNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(finn, eve)
	o.pendingForManager()
	ask := func(intent quoting.Intent, who string) quoting.View {
		cmd := on(o.asked(morgan), intent)
		cmd.Slots.DelegateTo = who
		return *o.click(morgan, cmd).View
	}
	for _, row := range []struct {
		intent quoting.Intent
		who    string
		says   string
	}{
		{quoting.Reassign, "", "To whom?"},
		{quoting.Reassign, "Nobody Known", "I know nobody called"},
		{quoting.Reassign, "Eve", "does not have the level"},
		{quoting.Reassign, "Riley", "does not have the level"},
		{quoting.Reassign, "Ada", "does not have the level"},
		{quoting.Reassign, "Morgan", "can decide on Q-1001 already"},
		{quoting.Consult, "Ada", "may not see quotes"},
		{quoting.Consult, "Morgan", "That is you"},
	} {
		if v := ask(row.intent, row.who); !strings.Contains(v.Banner, row.says) {
			t.Errorf("%s %q: %q", row.intent, row.who, v.Banner)
		}
	}
	if v := ask(quoting.Consult, "Eve"); v.Banner != "" || !strings.Contains(v.Note, "Eve Engineer is asked for an opinion") {
		t.Fatalf("%q, %q", v.Banner, v.Note)
	}
	eves := o.shown(eve, "a question", func(s quoting.View) bool { return s.CanOpine })
	if eves.CanDecide || eves.ShowMargin {
		t.Errorf("who is asked for an opinion decides: %t, sees margins: %t", eves.CanDecide, eves.ShowMargin)
	}
	opinion := on(eves, quoting.GiveOpinion)
	if c := o.click(eve, opinion).View; !strings.Contains(c.Banner, "Write what you think") {
		t.Errorf("an empty opinion: %q", c.Banner)
	}
	opinion.Slots.Reason = "It will work."
	o.click(eve, opinion)
	if c := o.click(eve, opinion).View; !strings.Contains(c.Banner, "Nobody waits for your opinion") {
		t.Errorf("a second opinion: %q", c.Banner)
	}
	o.shown(morgan, "the opinion", func(s quoting.View) bool {
		return len(s.Opinions) == 1 && s.Opinions[0].Text == "It will work." && s.CanDecide
	})
	if v := ask(quoting.Reassign, "Finn"); v.Banner != "" || !strings.Contains(v.Note, "Finn Finance is asked as well") || !v.CanDecide {
		t.Fatalf("%q, %q, still decides: %t", v.Banner, v.Note, v.CanDecide)
	}
	if c := o.approves(finn); c.State != quoting.Approved || c.Decision.Name != "Finn Finance" {
		t.Errorf("%s, %+v, %q", c.State, c.Decision, c.Banner)
	}
}

func TestTheNextOneIsOfferedAfterADecision(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.pendingForManager()
	for _, customer := range []string{"Crestview Hotels", "Drift Creek Farms"} {
		v := o.verified(riley, create(60, 3, "construction", customer))
		o.click(riley, on(v, quoting.SubmitQuote))
	}
	// A step that is taken waits for Morgan no more, though others still decide on the quote.
	o.staffed(finn)
	late := create(60, 3, "construction", "Eagle Point Resort")
	late.Slots.PaymentTerms = "NET60"
	o.click(riley, on(o.verified(riley, late), quoting.SubmitQuote))
	first := o.shown(morgan, "a request", func(s quoting.View) bool { return s.Quote == 1004 && s.CanDecide && s.Check.State == quoting.Verified })
	if c := o.click(morgan, on(first, quoting.ApproveQuote)).View; c.State != quoting.Pending || c.Banner != "" {
		t.Fatalf("%s, %q", c.State, c.Banner)
	}
	for _, row := range []struct {
		decide quoting.QuoteID
		next   string
		left   int
	}{{1001, "Q-1002 · Crestview Hotels", 2}, {1002, "Q-1003 · Drift Creek Farms", 1}, {1003, "", 0}} {
		card := o.shown(morgan, "a request", func(s quoting.View) bool {
			return s.Quote == row.decide && s.CanDecide && s.Check.State == quoting.Verified
		})
		c := o.click(morgan, on(card, quoting.ApproveQuote)).View
		if c.Banner != "" || (c.Next == nil) != (row.next == "") || c.Next != nil && (!strings.HasPrefix(c.Next.Title, row.next) || c.Next.Left != row.left) {
			t.Errorf("after %s: %+v, %q", row.decide, c.Next, c.Banner)
		}
	}
}

func TestTheCustomerWaitsIsSaidByTheOwnerAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.pendingForManager()
	if c := o.click(morgan, on(v, quoting.CustomerWaits)).View; c.CustomerWaits || !strings.Contains(c.Banner, "Only the owner") {
		t.Errorf("%t, %q", c.CustomerWaits, c.Banner)
	}
	if c := o.click(riley, on(v, quoting.CustomerWaits)).View; !c.CustomerWaits || c.Banner != "" {
		t.Errorf("%t, %q", c.CustomerWaits, c.Banner)
	}
	o.shown(morgan, "that the customer waits", func(s quoting.View) bool { return s.CustomerWaits && s.CanDecide })
}

func TestWhatAnApproverSawIsKept(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.pendingForManager()
	o.approves(morgan)
	if n := o.count(`SELECT count(*) FROM shown_cards WHERE quote_id = 1001 AND version = 2 AND data ->> 'ShowMargin' = 'true' AND (data -> 'CanDecide')::boolean`); n != 1 {
		t.Errorf("%d cards are kept", n)
	}
}

func TestAConditionThatWasWrittenBecomesAnOfferByOneTap(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.pendingForManager()
	o.asked(morgan)
	said := o.say(morgan, quoting.Command{Text: "ok if they make it net 15", Intent: quoting.AskChanges, Slots: quoting.Slots{
		QuoteID: 1001, Changes: []quoting.Change{{Op: "set", Field: "payment_terms", Value: "NET15"}, {Op: "set", Field: "discount_pct", Value: quoting.Number{Decimal: number("9.5").Decimal}}},
	}})
	if said.content.View == nil || said.content.View.State != quoting.Pending {
		t.Fatalf("text decides: %+v", said.content)
	}
	offer := o.teams.wait(t, "the button", func(m sent) bool {
		return m.chat == "a:morgan" && m.content.Notice != nil && len(m.content.Notice.Choices) == 1
	}).content.Notice.Choices[0]
	if c := o.click(morgan, offer.Command).View; c.State != quoting.ChangesRequested || !strings.Contains(c.Decision.Wish(), "9.5% off") {
		t.Fatalf("%s, %q, %+v", c.State, c.Banner, c.Decision)
	}
	mine := o.shown(riley, "the offer", func(s quoting.View) bool { return s.CanAccept })
	after := o.click(riley, on(mine, quoting.AcceptOffer)).View
	if h := after.Request.Terms; after.Version != 3 || after.State != quoting.Pending || h.Payment != "NET15" || h.Header.Percent.String() != "9.5" {
		t.Errorf("v%d %s, %+v, %q", after.Version, after.State, h, after.Banner)
	}
}

func TestNoOfferPassesARuleOver(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.pendingForManager()
	back := on(o.asked(morgan), quoting.AskChanges)
	back.Slots.Changes = []quoting.Change{{Op: "override", Field: "L4", Value: "it is right"}}
	if c := o.click(morgan, back).View; c.State != quoting.Pending || !strings.Contains(c.Banner, "cannot be a condition") {
		t.Errorf("%s, %q", c.State, c.Banner)
	}
}

func TestWhoChangedThePolicyDoesNotDecideOnWhatItFavoursForADay(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(finn)
	stricter := strings.Replace(string(o.Policy.Text), `discount:    ["5", "12", "18", "25"]`, `discount:    ["5", "6", "18", "25"]`, 1)
	if stricter == string(o.Policy.Text) {
		t.Fatal("the policy has other limits than this test thinks")
	}
	o.sql(`INSERT INTO policies (version, text, taken_at) VALUES ('before', $1, $2)`, stricter, o.clock.now())
	o.sql(`DELETE FROM policies_in_force`)
	o.sql(`INSERT INTO policies_in_force (policy, since) VALUES ('before', $1)`, o.clock.now().Add(-48*time.Hour))
	o.sql(`INSERT INTO policies_in_force (policy, since, proposed_by) SELECT $1, $2, id FROM people WHERE object_id = 'morgan'`, o.Policy.Version, o.clock.now().Add(-time.Hour))
	if err := o.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	v := o.pendingForManager()
	if shown := o.shown(riley, "whom it waits for", func(s quoting.View) bool { return s.State == quoting.Pending }); shown.Approver != "Finn Finance" {
		t.Errorf("it waits for %q", shown.Approver)
	}
	if c := o.click(morgan, on(v, quoting.ApproveQuote)).View; c.State != quoting.Pending || c.Banner == "" {
		t.Errorf("%s, %q", c.State, c.Banner)
	}
	o.verified(riley, create(60, 3, "construction", "Crestview Hotels")) // which it does not favour
	other := o.shown(riley, "the other", func(s quoting.View) bool { return s.Quote == 1002 && s.CanSubmit && s.Check.State == quoting.Verified })
	if c := o.click(riley, on(other, quoting.SubmitQuote)).View; c.Approver != "Morgan Manager" {
		t.Errorf("the other waits for %q, %q", c.Approver, c.Banner)
	}
	if o.click(morgan, on(v, quoting.ShowQuote)).View.CanDecide {
		t.Error("Morgan may decide within the day")
	}
	o.clock.advance(23*time.Hour + time.Minute)
	if !o.click(morgan, on(v, quoting.ShowQuote)).View.CanDecide {
		t.Error("Morgan may not decide after the day")
	}
}

func TestADraftHasNothingToDecide(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if err := o.Installed(t.Context(), o.arrival(morgan)); err != nil {
		t.Fatal(err)
	}
	o.verified(riley, small)
	o.revised(riley, quoting.Change{Op: "set", Field: "discount_pct", Value: 10})
	for _, intent := range []quoting.Intent{quoting.ApproveQuote, quoting.AskChanges, quoting.RejectQuote} {
		cmd := quoting.Command{Intent: intent, Text: "if 8%", Slots: quoting.Slots{QuoteID: 1001, Reason: "too much"}}
		if m := o.say(morgan, cmd); m.content.View == nil || m.content.Approval || m.content.View.CanDecide {
			t.Errorf("%s: %+v", intent, m.content)
		}
	}
	for _, m := range o.teams.in("a:morgan") {
		if m.content.Notice != nil && strings.Contains(m.content.Notice.Text, "One tap") {
			t.Errorf("a button that does nothing: %q", m.content.Notice.Text)
		}
	}
}

func TestWhatIsNotUnderstoodIsAnsweredByWhatThePersonDoesHere(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(finn)
	for _, row := range []struct {
		who  quoting.Person
		says string
	}{{riley, "quote 40 radios for 3 sites"}, {morgan, "quote 40 radios for 3 sites"}, {finn, "what needs my approval"}, {ada, "who can what"}} {
		if n := o.notice(row.who, quoting.Command{Intent: quoting.OutOfScope}); len(n.Examples) == 0 || n.Examples[0] != row.says {
			t.Errorf("%s: %q", row.who.Name, n.Examples)
		}
	}
}
