package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

func TestWhatIsNotSaidIsAssumedAndAskedFor(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, create(40, 0, "", ""))
	if v.Priced.Total.Text() == "0.00" || !slices.Equal(v.Missing, []quoting.Need{quoting.NeedSites, quoting.NeedIndustry, quoting.NeedCustomer}) || v.CanSubmit {
		t.Errorf("total %s, missing %v, can submit %t", v.Priced.Total, v.Missing, v.CanSubmit)
	}
	three := 3
	cmd := on(v, quoting.ReviseQuote)
	cmd.Slots = quoting.Slots{Sites: &three, Industry: "construction", Customer: "acme"}
	after := o.click(riley, cmd).View
	if after.Banner != "" || after.Version != 2 || len(after.Candidates) < 4 || !slices.Equal(after.Missing, []quoting.Need{quoting.NeedCustomer}) {
		t.Fatalf("v%d, %d candidates, missing %v, %q", after.Version, len(after.Candidates), after.Missing, after.Banner)
	}
	o.shown(riley, "the card in place", func(v quoting.View) bool { return v.Version == 2 })
	if n := o.teams.count("a:riley"); n != 1 {
		t.Errorf("the chat has %d messages, want the one card", n)
	}
	cmd = on(*after, quoting.ReviseQuote)
	cmd.Slots = quoting.Slots{CustomerID: after.Candidates[0].ID}
	if after = o.click(riley, cmd).View; after.Customer.ID == 0 || len(after.Missing) != 0 {
		t.Errorf("customer %q, missing %v, %q", after.Customer.Name, after.Missing, after.Banner)
	}
	cmd = on(*after, quoting.ReviseQuote)
	cmd.Slots = quoting.Slots{CustomerID: 99}
	if same := o.click(riley, cmd).View; same.Version != after.Version || !strings.Contains(same.Banner, "does not have that customer") {
		t.Errorf("a customer who is none: v%d, %q", same.Version, same.Banner)
	}
	cmd.Slots = quoting.Slots{Industry: after.Request.Industry}
	if same := o.click(riley, cmd).View; same.Version != after.Version || same.Banner != "" {
		t.Errorf("nothing new: v%d, %q", same.Version, same.Banner)
	}
}

func TestAnUnknownCustomerIsOfferedWhoIsNear(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.say(riley, create(40, 3, "construction", "Acmee Buildings")).content.View
	if v.Customer.ID != 0 || v.CustomerText != "Acmee Buildings" || len(v.Candidates) == 0 || v.CanSubmit {
		t.Errorf("customer %q, %d candidates, can submit %t", v.Customer.Name, len(v.Candidates), v.CanSubmit)
	}
}

func TestNearABoundaryTheOtherSystemIsOfferedWithItsPrice(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.say(riley, create(16, 1, "construction", "")).content.View
	if len(v.Alternatives) != 1 || !strings.Contains(v.Alternatives[0].Title, "radio to radio") || !v.Alternatives[0].Total.Amount.IsPos() {
		t.Errorf("the alternatives are %+v", v.Alternatives)
	}
}

func TestEveryBadInputHasASentenceAndMakesNoQuote(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	with := func(errs []string, s quoting.Slots) quoting.Command {
		return quoting.Command{Intent: quoting.CreateQuote, Slots: s, Errors: errs}
	}
	pct := quoting.Number{Decimal: decimal.MustParse("110")}
	for _, tc := range []struct {
		name string
		cmd  quoting.Command
		says string
	}{
		{"no radios", with([]string{quoting.UsersOutOfRange}, quoting.Slots{Users: new(0)}), "1 to 10,000 radios; you said 0"},
		{"too many radios", with([]string{quoting.UsersOutOfRange}, quoting.Slots{Users: new(10_001)}), "you said 10,001"},
		{"a negative number", with([]string{quoting.UsersOutOfRange}, quoting.Slots{Users: new(-1200)}), "you said -1,200"},
		{"a number that is none", with([]string{quoting.UsersOutOfRange}, quoting.Slots{}), "you said no number"},
		{"half a radio", with([]string{quoting.UsersNotInteger}, quoting.Slots{}), "come whole"},
		{"more sites than radios", with([]string{quoting.SitesExceedUsers}, quoting.Slots{Users: new(3), Sites: new(5)}), "fewer radios than sites"},
		{"a discount over 100", with([]string{quoting.DiscountOutOfRange}, quoting.Slots{Users: new(3)}), "between 0 and 100"},
		{"things that do not fit", with([]string{quoting.Incompatible}, quoting.Slots{}), "do not fit each other"},
		{"a discount of more than all", with(nil, quoting.Slots{Users: new(40), DiscountPct: &pct}), "between 0 and 100"},
		{"what nobody can price", with(nil, quoting.Slots{Users: new(40), Features: []string{"recording"}}), "cannot price recording"},
		{"no number of radios", with(nil, quoting.Slots{}), "How many radios"},
		{"one radio a site", create(5, 5, "construction", ""), "PoC"}, // 5 at 5 sites are PoC: a quote
		{"a P25 band and IS PoC", quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(9), Industry: "oil_gas_mining", Technology: quoting.ChoosePoC}}, "Intrinsically safe"},
		{"too long a text", quoting.Command{Intent: quoting.OutOfScope, Errors: []string{quoting.TextTooLong}}, "longer than I read"},
		{"several acts of which none is understood", quoting.Command{Intent: quoting.Multi, Slots: quoting.Slots{Steps: []quoting.Step{{Intent: quoting.OutOfScope}}}}, "I did not get that"},
		{"nonsense", quoting.Command{Intent: quoting.OutOfScope}, "I did not get that"},
		{"help", quoting.Command{Intent: quoting.Help}, "as you would to a colleague"},
		{"a refusal", quoting.Command{Intent: quoting.RefuseCommand, Slots: quoting.Slots{Reason: "policy_bypass"}}, "hold for everybody"},
		{"splitting", quoting.Command{Intent: quoting.RefuseCommand, Slots: quoting.Slots{Reason: "approval_avoidance"}}, "around an approval"},
		{"in bulk", quoting.Command{Intent: quoting.RefuseCommand, Slots: quoting.Slots{Reason: "bulk_approval"}}, "one quote at a time"},
		{"data", quoting.Command{Intent: quoting.RefuseCommand, Slots: quoting.Slots{Reason: "data_exfiltration"}}, "hand out"},
		{"a quote that is not there", quoting.Command{Intent: quoting.QuoteStatus, Slots: quoting.Slots{QuoteID: 4711}}, "no quote Q-4711"},
		{"a quote by description", quoting.Command{Intent: quoting.SubmitQuote, Slots: quoting.Slots{RefText: "the acme one"}}, "no open quote for acme"},
	} {
		if tc.says == "PoC" {
			if v := o.say(riley, tc.cmd).content.View; v == nil || v.System.Technology != quoting.PoC {
				t.Errorf("%s: %+v", tc.name, v)
			}
			continue
		}
		if n := o.notice(riley, tc.cmd); !strings.Contains(n.Text, tc.says) {
			t.Errorf("%s: %q, want %q", tc.name, n.Text, tc.says)
		}
	}
	if n := o.count(`SELECT count(*) FROM quotes`); n != 1 {
		t.Errorf("%d quotes, want the one of PoC", n)
	}
}

func TestChoicesMendWhatWasWrongInOneTap(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	n := o.notice(riley, quoting.Command{Intent: quoting.CreateQuote, Errors: []string{quoting.IndustryNotApproved}, Slots: quoting.Slots{Users: new(20), Sites: new(1), IndustryText: "constructoin"}})
	if len(n.Choices) != 5 || n.Choices[0].Title != "Construction" {
		t.Fatalf("%q with %+v", n.Text, n.Choices)
	}
	after := o.click(riley, n.Choices[0].Command)
	if after.Notice == nil || !strings.Contains(after.Notice.Text, "Q-1001 v1 is below") {
		t.Fatalf("after the tap: %+v", after)
	}
	o.shown(riley, "the quote", func(v quoting.View) bool { return v.Request.Industry == "construction" })

	n = o.notice(riley, quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{UsersMin: new(30), UsersMax: new(40)}})
	if len(n.Choices) != 2 || n.Choices[1].Title != "40 radios: $29,940.45" || *n.Choices[1].Command.Slots.Users != 40 {
		t.Errorf("a range: %+v", n.Choices)
	}
	bad := o.click(riley, quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{}})
	if bad.Notice == nil || !strings.Contains(bad.Notice.Text, "How many radios") {
		t.Errorf("a request without a number: %+v", bad)
	}
	if c, err := o.Click(t.Context(), o.arrival(riley), quoting.Command{Intent: quoting.Help}); err != nil || c.Said == "" {
		t.Errorf("a button that asks for help: %+v, %v", c, err)
	}
	again := o.arrival(riley)
	for i := range 2 {
		if _, err := o.Click(t.Context(), again, create(20, 1, "retail", "")); err != nil {
			t.Fatalf("click %d: %v", i, err)
		}
	}
	if n := o.count(`SELECT count(*) FROM quotes`); n != 2 {
		t.Errorf("%d quotes, want two: a click that comes twice makes one", n)
	}
}

func TestMakeItMakesTheNextVersionAndTheOldCardSaysSo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first := o.verified(riley, large)
	change := func(changes ...quoting.Change) quoting.Command {
		return quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Changes: changes}}
	}
	second := o.say(riley, change(quoting.Change{Op: "set", Field: "users", Value: 45}))
	if v := second.content.View; v == nil || v.Version != 2 || v.Request.Users != 45 || !slices.Contains(v.Changes, "Users: 60 → 45") {
		t.Fatalf("the answer is %+v", second.content)
	}
	o.shown(riley, "the old card replaced", func(v quoting.View) bool { return v.Version == 1 && v.Current == 2 && v.State == quoting.Superseded })
	if v := o.say(riley, change(quoting.Change{Op: "set", Field: "customer", Value: "Acme Concrete"})).content.View; v == nil || v.Customer.Name != "Acme Concrete" {
		t.Errorf("another customer: %+v", v)
	}
	if v := o.say(riley, change(quoting.Change{Op: "set", Field: "users", Value: 45})).content.View; v == nil || v.Version != 3 {
		t.Errorf("nothing new makes version %d", v.Version)
	}
	for says, cmd := range map[string]quoting.Command{
		"cannot change ship to":   change(quoting.Change{Op: "set", Field: "ship_to", Value: "Toledo"}),
		"fewer radios than sites": {Intent: quoting.ReviseQuote, Errors: []string{quoting.SitesExceedUsers}, Slots: quoting.Slots{Users: new(1), Sites: new(2)}},
		"1 to 1,000":              change(quoting.Change{Op: "set", Field: "sites", Value: 2000}),
	} {
		if n := o.notice(riley, cmd); !strings.Contains(n.Text, says) {
			t.Errorf("%q, want %q", n.Text, says)
		}
	}
	// A click on the first card's button does nothing.
	old := o.click(riley, on(first, quoting.SubmitQuote))
	if old.View.Version != 3 || !strings.Contains(old.View.Banner, "at version 3 now") || old.View.State != quoting.Draft {
		t.Errorf("the old button: v%d %s, %q", old.View.Version, old.View.State, old.View.Banner)
	}
	reprice := on(first, quoting.ReviseQuote)
	if old := o.click(riley, reprice); !strings.Contains(old.View.Banner, "at version 3 now") {
		t.Errorf("the old inputs: %q", old.View.Banner)
	}
	if n := o.notice(sam, quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: "users", Value: 45}}}}); !strings.Contains(n.Text, "no quote yet") {
		t.Errorf("a change of nothing: %q", n.Text)
	}
}

func TestNobodySeesOrChangesWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, large)
	if _, err := o.Click(t.Context(), o.arrival(sam), on(v, quoting.ShowQuote)); !errors.Is(err, quoting.NotFound) {
		t.Errorf("a rep of another team: %v", err)
	}
	if n := o.notice(sam, quoting.Command{Intent: quoting.ShowQuote, Slots: quoting.Slots{QuoteID: v.Quote}}); !strings.Contains(n.Text, "none that you may see") {
		t.Errorf("asking by text: %q", n.Text)
	}
	for _, intent := range []quoting.Intent{quoting.SubmitQuote, quoting.ReviseQuote} {
		cmd := on(v, intent)
		cmd.Slots.Industry = "retail"
		if c := o.click(morgan, cmd); c.View.Banner == "" || c.View.State != quoting.Draft || c.View.Version != 1 {
			t.Errorf("%s by the manager: %s v%d", intent, c.View.State, c.View.Version)
		}
	}
	if n := o.notice(morgan, quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: v.Quote, Changes: []quoting.Change{{Op: "set", Field: "users", Value: 45}}}}); !strings.Contains(n.Text, "somebody else's") {
		t.Errorf("a change by the manager: %q", n.Text)
	}
	if n := o.notice(ada, large); !strings.Contains(n.Text, "does not quote") {
		t.Errorf("a quote by an admin: %q", n.Text)
	}
	stranger := quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "stranger"}}
	if n := o.notice(stranger, large); !strings.Contains(n.Text, "no role") || !strings.Contains(n.Text, "stranger") {
		t.Errorf("a stranger: %q", n.Text)
	}
	if _, err := o.Click(t.Context(), o.arrival(stranger), on(v, quoting.ShowQuote)); !errors.Is(err, quoting.Forbidden) {
		t.Errorf("a stranger's click: %v", err)
	}
	if c := o.click(morgan, on(v, quoting.ShowQuote)); c.View == nil || c.Approval || c.View.CanDecide {
		t.Errorf("the manager opens a draft, which has nothing to decide: %+v", c)
	}
	if _, err := o.Click(t.Context(), o.arrival(riley), on(v, quoting.Help)); err != nil {
		t.Errorf("a button that does nothing: %v", err)
	}
}

func TestAnActivityThatComesAgainIsTakenOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.arrival(riley)
	for range 3 {
		if err := o.Message(t.Context(), a, func(quoting.Dialogue) quoting.Command { return large }); err != nil {
			t.Fatal(err)
		}
	}
	if n := o.count(`SELECT count(*) FROM quotes`); n != 1 {
		t.Errorf("%d quotes", n)
	}
	v := o.shown(riley, "the quote", func(quoting.View) bool { return true })
	click := o.arrival(riley)
	cmd := on(v, quoting.ReviseQuote)
	cmd.Slots.Industry = "manufacturing"
	for range 2 {
		c, err := o.Click(t.Context(), click, cmd)
		if err != nil || c.View.Version != 2 || c.View.Banner != "" {
			t.Fatalf("v%d, %q, %v", c.View.Version, c.View.Banner, err)
		}
	}
	// A client without Action.Execute sends the same click as a message.
	cmd = on(*o.click(riley, on(v, quoting.ShowQuote)).View, quoting.ShowQuote)
	if m := o.say(riley, cmd); m.content.View == nil || m.content.View.Version != 2 {
		t.Errorf("a click as a message: %+v", m.content)
	}
	if m := o.say(riley, on(v, quoting.SubmitQuote)); m.content.Notice == nil || !strings.Contains(m.content.Notice.Text, "at version 2 now") {
		t.Errorf("an old click as a message: %+v", m.content)
	}
	if m := o.say(riley, quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{}, Click: &quoting.Click{}}); m.content.Notice == nil {
		t.Errorf("a click without a number: %+v", m.content)
	}
}

func TestAQuestionWhichQuoteIsAnsweredByATap(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.say(riley, small)
	n := o.notice(riley, quoting.Command{Intent: quoting.QuoteStatus, Needs: []quoting.Need{quoting.NeedQuote}})
	if len(n.Entries) != 1 || n.Entries[0].Title != "Q-1001 v1 · Acme Construction" {
		t.Fatalf("%q offers %+v", n.Text, n.Entries)
	}
	before := o.teams.count("a:riley")
	if c := o.click(riley, *n.Entries[0].Command); c.Said == "" || c.Notice != nil || c.View != nil {
		t.Errorf("the tap changes the list to %+v", c)
	}
	o.teams.wait(t, "the quote", func(m sent) bool {
		return m.chat == "a:riley" && m.index >= before && m.content.View != nil && m.content.View.Quote == 1001
	})
}

func TestTheThirtyFirstQuoteOfAMinuteWaits(t *testing.T) {
	t.Parallel()
	o := newOffice(t, func(p *quoting.Policy) { p.Limits.QuotesAMinute = 2 })
	n := 0
	another := func() quoting.Command { n++; return create(12+n, 1, "retail", "") }
	o.say(riley, another())
	o.clock.advance(40 * time.Second)
	o.say(riley, another())
	if n := o.notice(riley, another()); !strings.Contains(n.Text, "2 quotes in a minute") {
		t.Errorf("%q", n.Text)
	}
	if m := o.say(morgan, another()); m.content.View == nil {
		t.Errorf("somebody else waits too: %+v", m.content.Notice)
	}
	o.clock.advance(21 * time.Second) // a minute after the first, and not after the second
	if m := o.say(riley, another()); m.content.View == nil {
		t.Errorf("a minute later: %+v", m.content.Notice)
	}
	if n := o.notice(riley, another()); !strings.Contains(n.Text, "2 quotes in a minute") {
		t.Errorf("a third within a minute: %q", n.Text)
	}
}

func TestEnginesThatDisagreeBlockTheQuote(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.sql(`ALTER TABLE prices DISABLE TRIGGER ALL`)
	o.sql(`UPDATE prices SET unit_price = unit_price + 0.01 WHERE item_id = (SELECT item_id FROM items WHERE sku = 'SUM-P20U')`)
	a := o.arrival(riley)
	if err := o.Message(t.Context(), a, func(quoting.Dialogue) quoting.Command { return large }); err == nil || !strings.Contains(err.Error(), "disagree") {
		t.Fatalf("the error is %v", err)
	}
	m := o.teams.wait(t, "a reference", func(m sent) bool { return m.content.Notice != nil })
	if !strings.Contains(m.content.Notice.Text, a.Correlation) || strings.Contains(m.content.Notice.Text, "disagree") {
		t.Errorf("the person reads %q", m.content.Notice.Text)
	}
	if n := o.count(`SELECT count(*) FROM quotes`); n != 0 {
		t.Errorf("%d quotes", n)
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'engines_disagree' AND data -> 'second' -> 'Trace' -> 0 ->> 'agrees' = 'false' AND jsonb_array_length(data -> 'lines') > 5`); n != 1 {
		t.Errorf("%d events with both traces", n)
	}
}

func TestWithoutPricesThereIsNoQuote(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.workWithoutNetSuite(t)
	if n := o.notice(riley, large); !strings.Contains(n.Text, "no prices from NetSuite yet") {
		t.Errorf("%q", n.Text)
	}
	if _, err := o.Preview(large); !errors.Is(err, quoting.Conflict) {
		t.Errorf("a preview: %v", err)
	}
}

func TestAPreviewStoresNothing(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.sync()
	v, err := o.Preview(create(40, 3, "", "Acme Construction"))
	if err != nil || v.Customer.Name != "Acme Construction" || !v.Priced.Total.Amount.IsPos() {
		t.Errorf("%+v, %v", v.Priced.Total, err)
	}
	for says, cmd := range map[string]quoting.Command{
		"no request":      {Intent: quoting.Help},
		"come whole":      {Intent: quoting.CreateQuote, Errors: []string{quoting.UsersNotInteger}},
		"How many radios": {Intent: quoting.CreateQuote},
	} {
		if _, err := o.Preview(cmd); !errors.Is(err, quoting.Invalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	if n := o.count(`SELECT count(*) FROM quotes`); n != 0 {
		t.Errorf("%d quotes", n)
	}
}
