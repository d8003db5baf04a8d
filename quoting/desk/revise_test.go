package desk_test

import (
	"strings"
	"testing"

	"github.com/govalues/decimal"

	"radioquote/quoting"
)

func num(text string) quoting.Number { return quoting.Number{Decimal: decimal.MustParse(text)} }

func change(changes ...quoting.Change) quoting.Command {
	return quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{Changes: changes}}
}

// revised is the card of the next version after a message.
func (o *office) revised(who quoting.Person, changes ...quoting.Change) quoting.View {
	o.t.Helper()
	m := o.say(who, change(changes...))
	if m.content.View == nil {
		o.t.Fatalf("%+v is answered %+v", changes, m.content.Notice)
	}
	return *m.content.View
}

func TestTermsAreAdjustmentsThatLaterChangesKeep(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.verified(riley, small)
	locked := o.revised(riley, quoting.Change{Op: "set", Field: "target_unit_price", Value: num("210")})
	if l := locked.Priced.Lines[0]; l.Unit.Text() != "210.00" || !l.Locked || l.Book.Text() != "222.13" {
		t.Fatalf("210 each gives %+v", l)
	}
	off := o.revised(riley, quoting.Change{Op: "set", Field: "discount_pct", Value: num("4")})
	more := o.revised(riley, quoting.Change{Op: "set", Field: "users", Value: 13})
	if l := more.Priced.Lines[0]; l.Qty != 13 || l.Unit.Text() != "210.00" || more.Priced.Discount.IsZero() || more.Request.Terms.Header.Percent.String() != "4" {
		t.Errorf("a radio more changes the terms: %+v, discount %s after %s", l, more.Priced.Discount, off.Priced.Discount)
	}
	if len(more.System.Findings) == 0 || !strings.Contains(more.System.Findings[0].Sentence, "stays at $210.00, as you set it; the price list says $222.13") {
		t.Errorf("nobody says that the price is locked: %+v", more.System.Findings)
	}
	press := on(more, quoting.ReviseQuote)
	press.Slots.Changes = more.System.Findings[0].Remedies[0].Changes
	if released := o.click(riley, press).View; released.Priced.Lines[0].Unit.Text() != "222.13" || released.Priced.Discount.IsZero() {
		t.Errorf("released: %+v", released.Priced.Lines[0])
	}
}

func TestATargetIsReachedToTheCentAndTellsNoRepAMargin(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	aimed := o.revised(riley, quoting.Change{Op: "set", Field: "target_total", Value: num("4700")})
	if aimed.Priced.Total.Text() != "4700.00" || !strings.Contains(strings.Join(aimed.Changes, " "), "Total: "+v.Priced.Total.Display()+" → $4,700.00") {
		t.Errorf("%s, %q", aimed.Priced.Total, aimed.Changes)
	}
	if kept := o.revised(riley, quoting.Change{Op: "set", Field: "target_total_max", Value: num("4800")}); kept.Version != aimed.Version {
		t.Errorf("a maximum that is kept makes version %d", kept.Version)
	}
	for says, target := range map[string]quoting.Change{
		"Margins are for your manager": {Op: "set", Field: "target_margin_pct", Value: num("35")},
		"below $9,000.00 already":      {Op: "set", Field: "target_total", Value: num("9000")},
		"more than the":                {Op: "set", Field: "target_total", Value: num("1")},
	} {
		if n := o.notice(riley, change(target)); !strings.Contains(n.Text, says) {
			t.Errorf("%q, want %q", n.Text, says)
		}
	}
	if first := o.say(riley, quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(12), Sites: new(1), Industry: "retail", TargetTotalMax: new(num("4600"))}}); first.content.View.Priced.Total.Text() != "4600.00" {
		t.Errorf("a new quote under 4600 comes to %s", first.content.View.Priced.Total)
	}
	o.verified(morgan, create(12, 1, "retail", "Acme Concrete"))
	if m := o.revised(morgan, quoting.Change{Op: "set", Field: "target_margin_pct", Value: num("30")}); m.Priced.Margin.String() != "30.00%" {
		t.Errorf("a manager's 30 %% is %s", m.Priced.Margin)
	}
}

func TestUndoGoesBackAndCompareSaysWhatDiffers(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	o.revised(riley, quoting.Change{Op: "set", Field: "users", Value: 14}, quoting.Change{Op: "add", Item: "battery", Qty: new(5)})
	n := o.notice(riley, quoting.Command{Intent: quoting.CompareVersions, Slots: quoting.Slots{QuoteID: v.Quote}})
	if len(n.Sections) != 1 || n.Text != "$4,869.43 → $6,091.16: +$1,221.73 (25.1%)." {
		t.Fatalf("the two differ by %q, %q", n.Text, n.Sections)
	}
	if text := strings.Join(n.Sections[0].Points, "; "); !strings.Contains(text, "Users: 12 → 14") || !strings.Contains(text, "BAT-A: 2 → 7") || strings.Contains(text, "Total") {
		t.Errorf("the two differ by %q", text)
	}
	back := o.revised(riley, quoting.Change{Op: "revert", Field: "version", Value: "previous"})
	if back.Version != 3 || !back.Priced.Total.Equal(v.Priced.Total) || back.Request.Users != 12 {
		t.Errorf("undone: v%d of %d radios at %s", back.Version, back.Request.Users, back.Priced.Total)
	}
	if n := o.notice(riley, quoting.Command{Intent: quoting.CompareVersions, Slots: quoting.Slots{QuoteID: v.Quote, Versions: []int{3, 1}}}); n.Text != "They are the same." {
		t.Errorf("%q %q", n.Text, n.Points)
	}
	for says, cmd := range map[string]quoting.Command{
		"no version 7":        change(quoting.Change{Op: "revert", Field: "version", Value: num("7")}),
		"versions 1 to 3":     {Intent: quoting.CompareVersions, Slots: quoting.Slots{QuoteID: v.Quote, Versions: []int{9}}},
		"no quote for globex": {Intent: quoting.CompareVersions, Slots: quoting.Slots{RefText: "the globex one"}},
		"name another":        {Intent: quoting.CompareVersions, Slots: quoting.Slots{QuoteID: v.Quote, Versions: []int{3}}},
		"no quote Q-99":       {Intent: quoting.ExplainQuote, Slots: quoting.Slots{QuoteID: 99}},
	} {
		if n := o.notice(riley, cmd); !strings.Contains(n.Text, says) {
			t.Errorf("%q, want %q", n.Text, says)
		}
	}
}

func TestACloneStartsUnapprovedAtTodaysPricesAndCosts(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.synced()
	if err := o.netsuite.SetCost("RDG-P10U", "155.00"); err != nil {
		t.Fatal(err)
	}
	o.setPrice("RDG-P10U", 10, "224.00")
	o.sync()
	m := o.say(riley, quoting.Command{Intent: quoting.CloneQuote, Slots: quoting.Slots{QuoteID: v.Quote, Customer: "Acme Concrete"}})
	c := m.content.View
	if c == nil || c.Quote == v.Quote || c.State != quoting.Draft || c.Customer.Name != "Acme Concrete" || c.Priced.Lines[0].Unit.Text() != "224.00" {
		t.Fatalf("the copy: %+v", m.content)
	}
	if n := o.count(`SELECT count(*) FROM quote_lines WHERE quote_id = $1 AND sku = 'RDG-P10U' AND unit_cost = 155`, int64(c.Quote)); n != 1 {
		t.Error("the copy has the old cost")
	}
	if text := strings.Join(c.Changes, "; "); !strings.Contains(text, "RDG-P10U: $222.13 → $224.00") || !strings.Contains(c.Reading, "a copy of "+v.Quote.String()) {
		t.Errorf("%q, %q", c.Reading, text)
	}
	if c := o.click(riley, on(*c, quoting.CloneQuote)); c.View == nil || c.View.Banner != "" {
		t.Errorf("by a button: %+v", c)
	}
	o.eventually(3, `SELECT count(*) FROM quotes`)
}

func TestEveryNumberIsExplainedToWhoMaySeeIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if err := o.Installed(t.Context(), o.arrival(morgan)); err != nil {
		t.Fatal(err)
	}
	v := o.verified(riley, large)
	explained := func(who quoting.Person) string {
		n := o.notice(who, quoting.Command{Intent: quoting.ExplainQuote, Slots: quoting.Slots{QuoteID: v.Quote}})
		var text []string
		for _, s := range n.Sections {
			text = append(append(text, s.Title), s.Points...)
		}
		return strings.Join(text, "\n")
	}
	rep := explained(riley)
	for _, want := range []string{"erlang", "2 talk paths", "List $", "Quantity breaks −$", "Freight +$", "NetSuite's row", "Sales manager · The amount of"} {
		if !strings.Contains(rep, want) {
			t.Errorf("the rep does not read %q in:\n%s", want, rep)
		}
	}
	if exact := v.Priced.Margin.String(); exact != "unknown" && strings.Contains(rep, exact) {
		t.Errorf("the rep reads the margin %s", exact)
	}
	if !strings.Contains(explained(morgan), "List $") {
		t.Error("the manager reads nothing")
	}
	if c := o.click(riley, on(v, quoting.ExplainQuote)); c.View == nil || c.View.Quote != v.Quote {
		t.Errorf("the button's card: %+v", c)
	}
	o.eventually(2, `SELECT count(*) FROM messages WHERE state = 'sent' AND notice ->> 'title' LIKE 'Why Q-%' AND person_id = (SELECT id FROM people WHERE object_id = 'riley')`)
	if n := o.notice(riley, quoting.Command{Intent: quoting.ExplainPrices, Slots: quoting.Slots{QuoteID: v.Quote}}); !strings.Contains(n.Text, "Nothing: ") {
		t.Errorf("prices that have not moved: %q", n.Text)
	}
	o.setPrice("SUM-P20U", 50, "355.00")
	o.sync()
	o.say(riley, quoting.Command{Intent: quoting.ExplainPrices, Slots: quoting.Slots{QuoteID: v.Quote}})
	n := o.teams.wait(t, "what moved", func(m sent) bool {
		return m.content.Notice != nil && strings.HasPrefix(m.content.Notice.Title, "What moved since") && len(m.content.Notice.Points) > 0
	}).content.Notice
	if !strings.Contains(n.Text, "would be $") || len(n.Points) != 1 || len(n.Sections) != 1 || !strings.Contains(n.Sections[0].Points[0], "SUM-P20U: $350.35 until ") || !strings.Contains(n.Sections[0].Points[0], ", $355.00 since ") {
		t.Errorf("a price that moved: %q %q %+v", n.Text, n.Points, n.Sections)
	}
}

func TestExtendingKeepsAQuoteValidForLonger(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	m := o.say(riley, quoting.Command{Intent: quoting.ExtendValidity, Slots: quoting.Slots{QuoteID: v.Quote, Days: new(14)}})
	if c := m.content.View; c == nil || c.Version != 2 || c.Request.Terms.ValidDays != 44 || len(c.Approvals) == 0 {
		t.Fatalf("extended: %+v", m.content)
	}
	if c := o.click(riley, on(*m.content.View, quoting.ExtendValidity)).View; c.Request.Terms.ValidDays != 74 {
		t.Errorf("by a button: %d days", c.Request.Terms.ValidDays)
	}
	if n := o.notice(riley, quoting.Command{Intent: quoting.ExtendValidity, Slots: quoting.Slots{QuoteID: v.Quote, Days: new(4000)}}); !strings.Contains(n.Text, "1 to 365") {
		t.Errorf("%q", n.Text)
	}
}

func TestWhatDoesNotFitIsMendedInOneTapOrPassedOverWithAReason(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	bad := o.revised(riley, quoting.Change{Op: "swap", SKU: "BAT-A", Value: "BAT-C"})
	blocking := quoting.Version{System: bad.System}.Blocking()
	if len(blocking) != 1 || bad.CanSubmit || !strings.Contains(blocking[0].Sentence, "BAT-C does not fit RDG-P10U") {
		t.Fatalf("%+v, can submit %t", blocking, bad.CanSubmit)
	}
	if c := o.click(riley, on(bad, quoting.SubmitQuote)).View; c.State != quoting.Draft || !strings.Contains(c.Banner, "does not fit") {
		t.Errorf("submitted: %s, %q", c.State, c.Banner)
	}
	over := on(bad, quoting.ReviseQuote)
	over.Slots.Changes = []quoting.Change{{Op: "override", Field: blocking[0].Rule, Value: "they have adapters"}}
	passed := o.click(riley, over).View
	if len(quoting.Version{System: passed.System}.Blocking()) != 0 || len(passed.Approvals) != 1 || passed.Approvals[0].Role != quoting.Engineering {
		t.Errorf("passed over: %+v, %+v", passed.System.Findings, passed.Approvals)
	}
	mend := on(*passed, quoting.ReviseQuote)
	mend.Slots.Changes = blocking[0].Remedies[0].Changes
	if mended := o.click(riley, mend).View; len(mended.System.Findings) != 0 || !mended.Priced.Total.Equal(v.Priced.Total) {
		t.Errorf("mended: %+v at %s", mended.System.Findings, mended.Priced.Total)
	}
}

func TestVariantsAreShownSideBySideAndOneTapTakesTheOther(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	cmd := create(30, 2, "hospitality", "Crestview Hotels")
	cmd.Slots.Alternatives = []string{"with_repeaters", "without_repeaters"}
	v := o.say(riley, cmd).content.View
	if v == nil || v.System.Technology != quoting.DMR || len(v.Alternatives) != 1 || v.Alternatives[0].Title != "Without repeaters" || v.Alternatives[0].Total.Cmp(v.Priced.Total) >= 0 {
		t.Fatalf("%+v", v)
	}
	take := on(*v, quoting.ReviseQuote)
	take.Slots.Changes = v.Alternatives[0].Changes
	after := o.click(riley, take).View
	if after.System.Technology != quoting.DMRSimplex || !after.Priced.Total.Equal(v.Alternatives[0].Total) || after.Version != 2 {
		t.Errorf("taken: v%d %s at %s, offered %s", after.Version, after.System.Technology, after.Priced.Total, v.Alternatives[0].Total)
	}
}
