package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

var fiona = quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "fiona"}, Name: "Fiona Finance", Roles: []quoting.Role{quoting.Finance}}

// asked is a question in a message.
func asked(intent quoting.Intent, slots quoting.Slots) quoting.Command {
	return quoting.Command{Text: "as typed", Intent: intent, Slots: slots}
}

// all is everything that a notice says.
func all(n quoting.Notice) string {
	parts := append([]string{n.Title, n.Figure, n.Text}, n.Points...)
	for _, s := range n.Sections {
		parts = append(append(parts, s.Title), s.Points...)
	}
	for _, e := range n.Entries {
		parts = append(parts, e.Title+" | "+e.Note+" | "+e.Value)
	}
	for _, c := range n.Choices {
		parts = append(parts, "["+c.Title+"]")
	}
	return strings.Join(append(parts, n.Examples...), "\n")
}

func says(t *testing.T, n quoting.Notice, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(all(n), w) {
			t.Errorf("it does not say %q:\n%s", w, all(n))
		}
	}
}

// dialogue is what a person's next message would be read in.
func (o *office) dialogue(p quoting.Person) (d quoting.Dialogue) {
	o.t.Helper()
	before := o.teams.count("a:" + p.ID.Object)
	err := o.Message(o.t.Context(), o.arrival(p), func(now quoting.Dialogue) quoting.Command {
		d = now
		return quoting.Command{Intent: quoting.SmallTalk}
	})
	if err != nil {
		o.t.Fatal(err)
	}
	o.teams.wait(o.t, "an answer", func(m sent) bool { return m.chat == "a:"+p.ID.Object && m.index >= before })
	return d
}

func TestQuotesAreListedAsAskedAndTheListIsAnsweredByNumber(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	pending := o.submitted() // Q-1001 of Riley, with Morgan
	o.say(riley, create(12, 1, "retail", "Globex"))
	o.say(morgan, create(20, 1, "retail", "Acme Schools"))
	o.say(sam, create(12, 1, "retail", "Acme Construction"))
	n := o.notice(riley, asked(quoting.SearchQuotes, quoting.Slots{}))
	says(t, n, "3 quotes", "Together $", "the newest first", "Q-1003 v1 · Acme Schools | Draft · ", "20 radios · Morgan Manager", "Q-1002 v1 · ", "Q-1001 v1 · Acme Construction | Pending with Morgan · ", pending.Priced.Total.Display())
	d := o.dialogue(riley)
	if d.Pending != "" || len(d.Choices) != 3 {
		t.Fatalf("the list is remembered as %+v", d)
	}
	cmd, ok := d.Answer("open the third")
	if !ok {
		cmd, ok = d.Answer("3")
	}
	if m := o.say(riley, cmd); !ok || m.content.View == nil || m.content.View.Quote != pending.Quote {
		t.Errorf("\"3\" opens %+v", m.content)
	}
	for _, row := range []struct {
		who   quoting.Person
		slots quoting.Slots
		want  []string
	}{
		{riley, quoting.Slots{Rep: "me"}, []string{"2 quotes of yours"}},
		{riley, quoting.Slots{Rep: "others"}, []string{"1 quote of others", "Q-1003", "It comes to $"}},
		{riley, quoting.Slots{Rep: "morgan"}, []string{"1 quote of Morgan Manager"}},
		{riley, quoting.Slots{Rep: "nobody at all"}, []string{"I know nobody called nobody at all"}},
		{riley, quoting.Slots{Rep: "sam"}, []string{"No quotes found", "of Sam South"}},
		{sam, quoting.Slots{Customer: "Acme", Rep: "others"}, []string{"No quotes found", "quotes of others for Acme", "[Of anybody]", "[For any customer]"}},
		{riley, quoting.Slots{Customer: "acme"}, []string{"2 quotes for acme", "Q-1001", "Q-1003"}},
		{riley, quoting.Slots{Status: "pending_approval", AmountMin: new(num("50000"))}, []string{"1 pending quote from $50,000", "Q-1001"}},
		{riley, quoting.Slots{Period: "yesterday", Status: "draft"}, []string{"No quotes found", "draft quotes yesterday", "[At any time]", "[In any state]"}},
		{riley, quoting.Slots{Sort: "amount_desc", Limit: new(1)}, []string{"3 quotes", "1 of 3, the largest first", "Q-1001"}},
		{riley, quoting.Slots{Item: "repeater"}, []string{"2 quotes with repeater", "Q-1001"}},
		{riley, quoting.Slots{SKU: "RDG-P10U", Qty: new(12)}, []string{"1 quote with 12 × RDG-P10U"}},
		{riley, quoting.Slots{SKU: "RDG-P10U", Qty: new(13)}, []string{"No quotes found"}},
		{riley, quoting.Slots{ExpiringWithinDays: new(40)}, []string{"3 quotes", "what runs out first"}},
		{riley, quoting.Slots{ExpiringWithinDays: new(4)}, []string{"No quotes found", "valid for 4 days more"}},
		{riley, quoting.Slots{Status: "lovely"}, []string{"no state of a quote"}},
		{riley, quoting.Slots{Period: "someday"}, []string{"no time that I know"}},
		{ada, quoting.Slots{}, []string{"no quote yet that you may see"}},
	} {
		says(t, o.notice(row.who, asked(quoting.SearchQuotes, row.slots)), row.want...)
	}
}

func TestAListGoesOnTenAtATime(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for i := range 12 {
		o.say(riley, create(12+i, 1, "retail", ""))
	}
	n := o.notice(riley, asked(quoting.SearchQuotes, quoting.Slots{}))
	says(t, n, "12 quotes", "1–10 of 12", "[More (2 left)]", "no customer yet")
	before := o.teams.count("a:riley")
	if c := o.click(riley, n.Choices[0].Command); c.Said == "" {
		t.Errorf("More changes the list to %+v", c)
	}
	more := o.teams.wait(t, "more", func(m sent) bool { return m.chat == "a:riley" && m.index >= before && m.content.Notice != nil })
	says(t, *more.content.Notice, "11–12 of 12", "Q-1001")
	if len(more.content.Notice.Entries) != 2 || len(more.content.Notice.Choices) != 0 {
		t.Errorf("the rest is %+v", more.content.Notice)
	}
	says(t, o.notice(riley, asked(quoting.SearchQuotes, quoting.Slots{Limit: new(11)})), "1–10 of 12", "[More (1 left)]")
	says(t, o.notice(riley, asked(quoting.SearchQuotes, quoting.Slots{Skip: 50})), "no more")
}

func TestAQuoteIsFoundByWhatIsSaidOfIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.say(riley, small)
	o.say(riley, create(20, 1, "retail", "Globex"))
	if m := o.say(riley, asked(quoting.QuoteStatus, quoting.Slots{RefText: "acme quote", Rep: "me"})); m.content.View == nil || m.content.View.Quote != 1001 {
		t.Fatalf("the one Acme quote is %+v", m.content)
	}
	o.say(riley, create(25, 1, "retail", "Acme Construction"))
	n := o.notice(riley, asked(quoting.CloneQuote, quoting.Slots{RefText: "acme quote", Location: "Toledo"}))
	says(t, n, "Which one? There are 2 quotes for acme", "Q-1003", "Q-1001")
	if cmd := n.Entries[1].Command; cmd.Intent != quoting.CloneQuote || cmd.Slots.QuoteID != 1001 || cmd.Slots.Location != "Toledo" || cmd.Slots.RefText != "" || cmd.Text != "" {
		t.Errorf("the second goes on with %+v", cmd)
	}
	d := o.dialogue(riley)
	second, ok := d.Answer("2")
	if !ok || d.Pending != quoting.CloneQuote {
		t.Fatalf("the question is remembered as %+v", d)
	}
	before := o.teams.count("a:riley")
	o.click(riley, *n.Entries[0].Command)
	o.teams.wait(t, "the first one's copy", func(m sent) bool {
		return m.chat == "a:riley" && m.index >= before && m.content.View != nil && m.content.View.Quote == 1004
	})
	if d := o.dialogue(riley); d.Pending != "" || len(d.Choices) != 0 {
		t.Errorf("a question that a tap has answered is still %+v", d)
	}
	if m := o.say(riley, second); m.content.View == nil || m.content.View.Reading != "a copy of Q-1001 v1." || m.content.View.Quote != 1005 {
		t.Errorf("\"2\" makes %+v", m.content)
	}
	if m := o.say(riley, asked(quoting.CloneQuote, quoting.Slots{Source: "last", Customer: "Globex"})); m.content.View == nil || m.content.View.Reading != "a copy of Q-1002 v1." {
		t.Errorf("Globex's last quote cloned is %+v", m.content)
	}
	for intent, slots := range map[quoting.Intent]quoting.Slots{
		quoting.ReviseQuote: {RefText: "my last acme quote", Changes: []quoting.Change{{Op: "set", Field: "users", Value: 30}}},
		quoting.SubmitQuote: {RefText: "the latest one for Acme"},
	} {
		if m := o.say(riley, asked(intent, slots)); m.content.View == nil || m.content.View.Quote != 1005 {
			t.Errorf("%s of the last Acme quote is about %+v", intent, m.content)
		}
	}
	if m := o.say(riley, quoting.Command{Intent: quoting.ShowQuote}); m.content.View == nil || m.content.View.Quote != 1005 {
		t.Errorf("then \"show it\" shows %+v", m.content)
	}
	says(t, o.notice(riley, asked(quoting.MarkOutcome, quoting.Slots{Customer: "Umbrella", Outcome: quoting.Won})), "no open quote for Umbrella")
}

func TestWhatWaitsForSomebodyIsListedOldestFirst(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.staffed(fiona)
	for _, p := range []quoting.Person{morgan, fiona} {
		o.teams.wait(t, "a greeting", func(m sent) bool { return m.chat == "a:"+p.ID.Object })
	}
	says(t, o.notice(morgan, asked(quoting.ListApprovals, quoting.Slots{})), "Nothing waits for you")
	says(t, o.notice(sam, asked(quoting.ListApprovals, quoting.Slots{})), "Nothing that you see waits")
	first := o.submitted()
	o.clock.advance(10 * time.Minute)
	v := o.verified(riley, create(120, 6, "construction", "Acme Construction"))
	o.click(riley, on(v, quoting.SubmitQuote))
	o.shown(morgan, "the second request", func(m quoting.View) bool { return m.Quote == v.Quote })
	n := o.notice(morgan, asked(quoting.ListApprovals, quoting.Slots{Approver: "me"}))
	says(t, n, "2 quotes wait for you", "Together $", "The oldest since", "Q-1001 v1 · Acme Construction | Riley Rep · 10 min · The amount of")
	if len(n.Entries) != 2 || n.Entries[0].Command.Slots.QuoteID != first.Quote || n.Entries[0].Command.Intent != quoting.ApproveQuote {
		t.Fatalf("the list is %+v", n.Entries)
	}
	if m := o.say(morgan, *n.Entries[0].Command); m.content.View == nil || !m.content.Approval || !m.content.View.CanDecide {
		t.Errorf("a tap opens %+v", m.content)
	}
	says(t, o.notice(riley, asked(quoting.ListApprovals, quoting.Slots{Approver: "me"})), "2 quotes wait for approval", "with Morgan")
	says(t, o.notice(riley, asked(quoting.ListApprovals, quoting.Slots{Approver: "manager"})), "2 quotes wait for Morgan Manager")
	says(t, o.notice(riley, asked(quoting.ListApprovals, quoting.Slots{Approver: "Fiona"})), "Nothing waits for Fiona Finance")
	says(t, o.notice(morgan, asked(quoting.ListApprovals, quoting.Slots{AmountMin: new(num("90000"))})), "1 quote waits for you", "Q-1002")
	says(t, o.notice(morgan, asked(quoting.ListApprovals, quoting.Slots{AmountMin: new(num("9000000"))})), "Nothing waits for you from $9,000,000.00")
	says(t, o.notice(fiona, asked(quoting.ListApprovals, quoting.Slots{Approver: "morgan"})), "2 quotes wait for Morgan Manager")
	says(t, o.notice(morgan, quoting.Command{Intent: quoting.ApproveQuote, Needs: []quoting.Need{quoting.NeedQuote}}), "2 quotes wait for you")
}

func TestAQuotesHistoryIsToldToWhoMaySeeIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	card := o.submitted()
	o.click(morgan, on(card, quoting.ApproveQuote))
	o.shown(riley, "the Estimate", func(v quoting.View) bool { return v.Estimate == quoting.Synced })
	n := o.notice(riley, asked(quoting.AuditHistory, quoting.Slots{QuoteID: card.Quote}))
	says(t, n, "History of Q-1001", "the newest first", "Morgan Manager approved v1.", "Riley Rep submitted v1: $", "Riley Rep made it: $", "NetSuite was asked for today's prices of v1: they hold", "The Estimate EST")
	if first, last := n.Entries[0].Note, n.Entries[len(n.Entries)-1].Note; !strings.Contains(first, "Estimate") || !strings.Contains(last, "made it") {
		t.Errorf("from %q to %q", first, last)
	}
	if strings.Contains(all(n), "%") {
		t.Errorf("a rep reads a margin: %s", all(n))
	}
	who := asked(quoting.AuditHistory, quoting.Slots{QuoteID: card.Quote, Aspect: []string{"approvals", "margin"}})
	says(t, o.notice(riley, who), "Margins are for your manager", "Morgan Manager approved v1.")
	told := o.notice(morgan, who)
	says(t, told, "Morgan Manager approved v1 at a margin of "+card.Priced.Margin.String())
	if strings.Contains(all(told), "made it") {
		t.Errorf("who approved it tells of its making: %s", all(told))
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'margin_shown'`); n != 1 {
		t.Errorf("%d views of a margin are recorded", n)
	}
	says(t, o.notice(sam, asked(quoting.AuditHistory, quoting.Slots{QuoteID: card.Quote})), "no quote Q-1001")
	o.revised(riley, quoting.Change{Op: "set", Field: "discount_pct", Value: num("4")})
	says(t, o.notice(riley, asked(quoting.AuditHistory, quoting.Slots{QuoteID: card.Quote, Field: "discount_pct"})), "1 event", "Riley Rep made v2. Discount: $0.00 → ")
	says(t, o.notice(riley, asked(quoting.AuditHistory, quoting.Slots{QuoteID: card.Quote, Field: "industry"})), "Nothing of that")
	for i := range 12 {
		o.revised(riley, quoting.Change{Op: "set", Field: "users", Value: 61 + i})
	}
	n = o.notice(riley, asked(quoting.AuditHistory, quoting.Slots{QuoteID: card.Quote, Aspect: []string{"lines"}}))
	if len(n.Entries) != 10 || len(n.Choices) != 1 {
		t.Fatalf("%d entries, %+v", len(n.Entries), n.Choices)
	}
	says(t, o.notice(riley, n.Choices[0].Command), "Riley Rep made it")
}

func TestPricesAreLookedUpForWhoIsQuoted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	n := o.notice(riley, asked(quoting.PriceLookup, quoting.Slots{SKU: "sum-p40u", Qty: new(50)}))
	says(t, n, "SUM-P40U: Summit 40", "$623.35 each", "50 of them: $31,167.50", "List prices, as of", "Base Price", "1–9 |  | $685.00", "50–99 ◂ |  | $623.35", "in stock")
	if strings.Contains(all(n), "472") {
		t.Errorf("the cost is in %s", all(n))
	}
	n = o.notice(riley, asked(quoting.PriceLookup, quoting.Slots{Item: "charger_6bank"}))
	says(t, n, "Six-bank charger: 3 kinds", "CHG-6B | 6-bank")
	if n.Entries[0].Title != "CHG-6B" {
		t.Errorf("the standard one is %s", n.Entries[0].Title)
	}
	says(t, o.notice(riley, *n.Entries[1].Command), "CHG-6C: 6-bank", "$595.00 each")
	n = o.notice(riley, asked(quoting.PriceLookup, quoting.Slots{SKU: "SUM-P41U", Qty: new(5)}))
	says(t, n, "SUM-P41U is not in NetSuite's price list", "SUM-P40U")
	if len(n.Entries) != 3 || *n.Entries[0].Command.Slots.Qty != 5 {
		t.Errorf("the nearest are %+v", n.Entries)
	}
	n = o.notice(riley, asked(quoting.PriceLookup, quoting.Slots{SKU: "BAT-B", Customer: "Acme"}))
	says(t, n, "Which Acme?", "Acme Construction | CUS4001")
	i := 0
	for i < len(n.Entries) && n.Entries[i].Title != "Acme Construction" {
		i++
	}
	says(t, o.notice(riley, *n.Entries[i].Command), "Prices for Acme Construction")
	says(t, o.notice(riley, asked(quoting.PriceLookup, quoting.Slots{SKU: "BAT-B", Customer: "Qwxyz Kgb"})), "no customer called Qwxyz Kgb")
	says(t, o.notice(riley, asked(quoting.PriceLookup, quoting.Slots{})), "Which item?")
	says(t, o.notice(riley, asked(quoting.PriceLookup, quoting.Slots{Item: "spaceship"})), "no spaceship")
	says(t, o.notice(riley, asked(quoting.PriceLookup, quoting.Slots{SKU: "FRT-STD"})), "worked out")

	n = o.notice(riley, asked(quoting.StockCheck, quoting.Slots{SKU: "CHG-6B", Qty: new(100_000)}))
	says(t, n, "133 in stock", "short of 100,000", "days to get more", "as of", "[Quote 100,000]")
	says(t, o.notice(riley, asked(quoting.StockCheck, quoting.Slots{Item: "charger_6bank", Qty: new(2)})), "enough for 2", "CHG-6V")
	says(t, o.notice(riley, asked(quoting.StockCheck, quoting.Slots{Item: "training"})), "Not kept in stock")

	n = o.notice(riley, asked(quoting.StockCheck, quoting.Slots{Item: "bda", Qty: new(2)}))
	if m := o.click(riley, n.Choices[0].Command); m.Notice == nil || !strings.Contains(m.Notice.Text, "is below") {
		t.Errorf("quoting it: %+v", m)
	}
	v := o.shown(riley, "the quote", func(v quoting.View) bool { return v.Request.Parts() })
	n = o.notice(riley, asked(quoting.PriceLookup, quoting.Slots{SKU: "BAT-C", Qty: new(7)}))
	says(t, n, fmt.Sprintf("[Add 7 to %s]", v.Quote))
	before := o.teams.count("a:riley")
	o.click(riley, n.Choices[0].Command)
	o.teams.wait(t, "the version with it", func(m sent) bool {
		return m.chat == "a:riley" && m.index >= before && m.content.View != nil && m.content.View.Version == 2 && len(m.content.View.Priced.Lines) == 2
	})
	if n := o.notice(ada, asked(quoting.PriceLookup, quoting.Slots{SKU: "BAT-C"})); len(n.Choices) != 0 {
		t.Errorf("who does not quote is offered %+v", n.Choices)
	}
}

func TestTheActiveQuotesCustomerIsWhosePriceIsLookedUp(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.say(riley, small)
	says(t, o.notice(riley, asked(quoting.PriceLookup, quoting.Slots{SKU: "BAT-B"})), "Prices for Acme Construction", "[Add 1 to Q-1001]")
}

func TestFiguresComeWithHowAndThePeriodBefore(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	card := o.submitted()
	o.click(morgan, on(card, quoting.ApproveQuote))
	v := o.shown(riley, "the Estimate", func(v quoting.View) bool { return v.Estimate == quoting.Synced })
	o.click(riley, quoting.Command{Intent: quoting.MarkOutcome, Slots: quoting.Slots{Outcome: quoting.Won}, Click: &quoting.Click{Quote: v.Quote, Version: 1}})
	o.say(riley, create(20, 1, "retail", "Globex"))
	for _, row := range []struct {
		who   quoting.Person
		slots quoting.Slots
		want  []string
	}{
		{riley, quoting.Slots{Metric: "win_rate", Period: "this_month"}, []string{"Win rate, this month", "100%", "Won ÷ (won + lost)", "1 of 1 quote", "That is few", "0 of 0 quotes | –"}},
		{riley, quoting.Slots{Metric: "quote_count", Period: "today", Rep: "me"}, []string{"Quotes, today", "\n2\n", "Of you: 2 quotes"}},
		{riley, quoting.Slots{Metric: "quote_count", Rep: "others"}, []string{"this quarter", "\n0\n"}},
		{sam, quoting.Slots{Metric: "quote_count"}, []string{"\n0\n"}},
		{riley, quoting.Slots{Metric: "quote_value"}, []string{"Quoted", "$"}},
		{riley, quoting.Slots{Metric: "average_discount"}, []string{"0%", "below NetSuite's price list"}},
		{riley, quoting.Slots{Metric: "approval_time", Period: "all"}, []string{"Approval time, since the first quote", "under a minute", "1 decision"}},
		{riley, quoting.Slots{Metric: "average_margin"}, []string{"Margins are for your manager"}},
		{morgan, quoting.Slots{Metric: "average_margin"}, []string{"Average margin", "%", "2 quotes"}},
		{riley, quoting.Slots{Metric: "luck"}, []string{"Which figure?"}},
		{riley, quoting.Slots{Metric: "win_rate", Period: "someday"}, []string{"no time that I know"}},
		{riley, quoting.Slots{Metric: "win_rate", Rep: "Zed"}, []string{"nobody called Zed"}},
	} {
		says(t, o.notice(row.who, asked(quoting.ReportMetrics, row.slots)), row.want...)
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'margins_reported'`); n != 1 {
		t.Errorf("%d reports of margins are recorded", n)
	}
}

func TestAQuestionAboutAPartIsAnsweredShortly(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	card := o.submitted()
	part := func(who quoting.Person, aspects ...string) quoting.Notice {
		return o.notice(who, asked(quoting.QuoteStatus, quoting.Slots{QuoteID: card.Quote, Aspect: aspects}))
	}
	o.clock.advance(2 * time.Hour)
	says(t, part(riley, "approval_chain"), "Q-1001 v1 waits for Morgan Manager since", "(2 h)", "→ Sales manager: Morgan Manager", "[Open Q-1001]")
	says(t, part(riley, "approvals"), "The amount of")
	says(t, part(riley, "terms"), "Payment: NET30, the customer's own", "Valid until", "days left")
	says(t, part(riley, "discount"), "There is no discount on it")
	says(t, part(riley, "lines"), "lines for Acme Construction", "lines more")
	says(t, part(riley, "terms", "discount"), "Payment: ", "Discount\nThere is no discount")
	if n := part(riley, "margin"); strings.Contains(all(n), "%") || !strings.Contains(all(n), "your manager") {
		t.Errorf("a rep reads of the margin: %s", all(n))
	}
	says(t, part(morgan, "margin"), "The margin is "+card.Priced.Margin.String(), "cost "+card.Priced.CostTotal.Display())
	says(t, part(sam, "margin"), "no quote Q-1001")
	if m := o.say(riley, asked(quoting.QuoteStatus, quoting.Slots{QuoteID: card.Quote, Aspect: []string{"weather"}})); m.content.View == nil {
		t.Errorf("a part that there is not: %+v", m.content)
	}
	says(t, o.notice(riley, asked(quoting.ExplainApproval, quoting.Slots{QuoteID: card.Quote})), "Who approves Q-1001, and why", "waits for Morgan Manager", "Sales manager · The amount of")
}

func TestWhatIfIsPricedAndStoresNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, large)
	ask := func(who quoting.Person, s quoting.Slots) quoting.Notice {
		s.QuoteID, s.Simulate = v.Quote, true
		return o.notice(who, asked(quoting.ExplainApproval, s))
	}
	n := ask(riley, quoting.Slots{TargetTotalMax: new(num("50000"))})
	says(t, n, "What if, for Q-1001", "it comes to $50,000.00, and it needs the sales manager", "As it is, at "+v.Priced.Total.Display())
	says(t, ask(riley, quoting.Slots{Changes: []quoting.Change{{Op: "set", Field: "discount_pct", Value: num("8")}}}), "With 8% off", "[Change it so]")
	says(t, ask(riley, quoting.Slots{DiscountPct: new(num("13"))}), "finance")
	n = ask(riley, quoting.Slots{})
	says(t, n, "5% off", "12% off", "$50,000.00")
	if strings.Contains(strings.ToLower(all(n)), "margin of") {
		t.Errorf("a rep reads a margin: %s", all(n))
	}
	says(t, ask(riley, quoting.Slots{TargetMarginPct: new(num("30"))}), "Margins are for your manager")
	says(t, ask(morgan, quoting.Slots{TargetMarginPct: new(num("30"))}), "off (")
	says(t, ask(riley, quoting.Slots{TargetTotal: new(num("900000"))}), "below $900,000.00 already")
	if n := o.count(`SELECT count(*) FROM quote_versions`); n != 1 {
		t.Errorf("%d versions are stored", n)
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'approval_simulated' AND quote_id = 1001`); n != 5 {
		t.Errorf("%d questions are recorded", n)
	}
	last := o.click(riley, on(v, quoting.ShowQuote))
	if last.View.Version != 1 {
		t.Errorf("it is at version %d", last.View.Version)
	}
}

func TestALongQueueGoesOnTenAtATime(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first := o.submitted()
	o.hasLooked() // or it asks for the quotes that are made here
	o.sql(`ALTER TABLE quote_versions DISABLE TRIGGER ALL`)
	o.sql(`INSERT INTO quotes (id, owner_id, team, state, current, created_at) SELECT id + i, owner_id, team, state, current, created_at FROM quotes, generate_series(1, 11) i`)
	var columns string
	o.behind(func(conn *pgx.Conn) error {
		return conn.QueryRow(t.Context(), `SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'quote_versions' AND column_name NOT IN ('quote_id', 'submitted_at')`).Scan(&columns)
	})
	o.sql(`INSERT INTO quote_versions (quote_id, submitted_at, ` + columns + `) SELECT quote_id + i, submitted_at + make_interval(secs => i), ` + columns + ` FROM quote_versions, generate_series(1, 11) i`)
	n := o.notice(morgan, asked(quoting.ListApprovals, quoting.Slots{}))
	says(t, n, "12 quotes wait for you", "1–10 of 12", "[More (2 left)]")
	if n.Entries[0].Command.Slots.QuoteID != first.Quote {
		t.Errorf("the oldest is %+v", n.Entries[0])
	}
	more := o.notice(morgan, n.Choices[0].Command)
	if len(more.Entries) != 2 || !strings.HasPrefix(more.Entries[1].Title, "Q-1012") || len(more.Choices) != 0 {
		t.Errorf("the rest is %s", all(more))
	}
}

func TestAListOfTheLastYearSaysSo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	made := o.clock.now()
	o.clock.advance(400 * 24 * time.Hour)
	says(t, o.notice(riley, asked(quoting.SearchQuotes, quoting.Slots{})), made.UTC().Format("2 Jan 2006"))
	says(t, o.notice(riley, asked(quoting.AuditHistory, quoting.Slots{QuoteID: v.Quote})), made.UTC().Format("2 Jan 2006 15:04"))
}

func TestAVersionIsComparedWithAnotherOne(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	says(t, o.notice(riley, asked(quoting.CompareVersions, quoting.Slots{QuoteID: v.Quote})), "Q-1001 has one version")
	o.revised(riley, quoting.Change{Op: "set", Field: "users", Value: 14})
	o.revised(riley, quoting.Change{Op: "set", Field: "users", Value: 16})
	says(t, o.notice(riley, asked(quoting.CompareVersions, quoting.Slots{QuoteID: v.Quote, Versions: []int{2, 1}})), "Q-1001: v1 → v2", "Users: 12 → 14", ": +$")
	says(t, o.notice(riley, asked(quoting.CompareVersions, quoting.Slots{QuoteID: v.Quote, Versions: []int{1}})), "Q-1001: v1 → v3", "Users: 12 → 16")
	says(t, o.notice(riley, asked(quoting.CompareVersions, quoting.Slots{})), "Q-1001: v2 → v3")
}

// TestARowTappedTwiceAnswersOnce is the same click as Teams sends it again.
func TestARowTappedTwiceAnswersOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.say(riley, small)
	n := o.notice(riley, asked(quoting.SearchQuotes, quoting.Slots{}))
	before := o.teams.count("a:riley")
	tap := o.arrival(riley)
	for range 2 {
		if c, err := o.Click(t.Context(), tap, *n.Entries[0].Command); err != nil || c.Said == "" {
			t.Fatalf("%+v, %v", c, err)
		}
	}
	o.say(riley, quoting.Command{Intent: quoting.SmallTalk})
	second := o.teams.wait(t, "a second message", func(m sent) bool { return m.chat == "a:riley" && m.index == before+1 })
	if second.content.Notice == nil {
		t.Errorf("after the quote came %+v, want the courtesy", second.content.View)
	}
	if _, err := o.Click(t.Context(), o.arrival(riley), asked(quoting.ShowQuote, quoting.Slots{QuoteID: 4711})); quoting.KindOf(err) != quoting.NotFound {
		t.Errorf("a quote that is not there: %v", err)
	}
}

func TestAChangeThatAskedWhichQuoteIsMadeByTheNumber(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.say(riley, small)
	o.say(riley, create(25, 1, "retail", "Acme Construction"))
	change := asked(quoting.ReviseQuote, quoting.Slots{RefText: "acme quote", Changes: []quoting.Change{
		{Op: "set", Field: "users", Value: 14}, {Op: "set", Field: "discount_pct", Value: num("2.5")}, {Op: "set", Field: "payment_terms", Value: "NET45"},
	}})
	says(t, o.notice(riley, change), "Which one? There are 2 open quotes for acme")
	first, ok := o.dialogue(riley).Answer("the second one")
	m := o.say(riley, first)
	if v := m.content.View; !ok || v == nil || v.Quote != 1001 || v.Version != 2 || v.Request.Users != 14 || v.Request.Terms.Header.String() != "2.5% off" || v.Request.Terms.Payment != "NET45" {
		t.Errorf("the change of the second is %+v", m.content)
	}
}
