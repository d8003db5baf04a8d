package quoting_test

import (
	"strings"
	"testing"
	"time"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

// seen is the draft as somebody sees it at noon, waiting for the deciders.
func seen(t testing.TB, viewer quoting.Person, deciders []quoting.Person, change ...func(*quoting.Quote, *quoting.Version)) quoting.View {
	t.Helper()
	q, v := draft(t, change...)
	return quoting.NewView(demoPolicy(t), q, v, riley, deciding(deciders...), viewer, noon)
}

func TestWhoHasAQuoteIsOneSentence(t *testing.T) {
	t.Parallel()
	type change = func(*quoting.Quote, *quoting.Version)
	pending := func(_ *quoting.Quote, v *quoting.Version) {
		v.State, v.Nonce, v.SubmittedAt = quoting.Pending, "n", noon.Add(-130*time.Minute)
	}
	decided := func(action quoting.Action, name, reason string) change {
		return func(q *quoting.Quote, v *quoting.Version) {
			pending(q, v)
			v.State, _ = quoting.Pending.Next(action)
			v.Decision = &quoting.Decision{Action: action, Name: name, Reason: reason, At: noon.Add(-26 * time.Hour)}
		}
	}
	for _, row := range []struct {
		want   string
		change change
	}{
		{"Q-1001 v1 is with its owner, Riley Rep, and not submitted yet.", func(*quoting.Quote, *quoting.Version) {}},
		{"Q-1001 v1 is with its owner, Riley Rep, and not submitted yet. It still needs a customer.", func(_ *quoting.Quote, v *quoting.Version) { v.Customer = quoting.Customer{} }},
		{"Q-1001 v1 is with its owner, Riley Rep, and sent back for changes.", func(_ *quoting.Quote, v *quoting.Version) { v.State = quoting.ChangesRequested }},
		{"Q-1001 v1 is with its owner, Riley Rep, and cannot be submitted. Ask.", func(_ *quoting.Quote, v *quoting.Version) { v.System.Review = "Ask." }},
		{"Q-1001 v1 waits for Morgan Manager since 09:50 UTC (2 h 10 min).", pending},
		{"Q-1001 v1 waits for NetSuite's prices since 09:50 UTC (2 h 10 min); nobody has to approve it.", func(q *quoting.Quote, v *quoting.Version) { pending(q, v); v.Approvals = nil }},
		{"Q-1001 v1 was approved by Morgan Manager at 24 November 10:00 UTC. Its Estimate is in NetSuite.", func(q *quoting.Quote, v *quoting.Version) {
			decided(quoting.Approve, "Morgan Manager", "")(q, v)
			q.Estimate = quoting.Synced
		}},
		{"Q-1001 v1 was approved by itself at 24 November 10:00 UTC. Its Estimate is being written to NetSuite.", func(q *quoting.Quote, v *quoting.Version) {
			decided(quoting.Approve, "", "")(q, v)
			q.Estimate = quoting.Writing
		}},
		{"Q-1001 v1 was approved by Morgan Manager at 24 November 10:00 UTC. Its Estimate needs attention: No.", func(q *quoting.Quote, v *quoting.Version) {
			decided(quoting.Approve, "Morgan Manager", "")(q, v)
			q.Estimate, q.Attention = quoting.NeedsAttention, "No."
		}},
		{"Q-1001 v1 was rejected by Morgan Manager at 24 November 10:00 UTC: too dear.", decided(quoting.Reject, "Morgan Manager", "too dear")},
		{"Q-1001 v1 was approved by Morgan Manager at 24 November 10:00 UTC.", decided(quoting.Approve, "Morgan Manager", "")},
		{"Q-1001 v1 was sent back for changes by Morgan Manager at 24 November 10:00 UTC: 8% at most.", decided(quoting.RequestChanges, "Morgan Manager", "8% at most")},
		{"Q-1001 v1 was sent back for changes by Morgan Manager at 24 November 10:00 UTC.", decided(quoting.RequestChanges, "Morgan Manager", "")},
		{"Q-1001 v1 is won.", func(q *quoting.Quote, _ *quoting.Version) { q.State = quoting.Won }},
	} {
		if got := seen(t, riley, []quoting.Person{morgan}, row.change).Held(noon); got != row.want {
			t.Errorf("%q, want %q", got, row.want)
		}
	}
}

// inRoom is somebody who speaks where others read.
func inRoom(p quoting.Person) quoting.Person {
	p.InRoom = true
	return p
}

func TestAPartIsToldAsFarAsItsReaderMaySeeIt(t *testing.T) {
	t.Parallel()
	told := func(viewer quoting.Person, aspect string, change ...func(*quoting.Quote, *quoting.Version)) string {
		return strings.Join(seen(t, viewer, []quoting.Person{morgan}, change...).Part(aspect, noon).Points, "\n")
	}
	chain := func(_ *quoting.Quote, v *quoting.Version) {
		v.State, v.Nonce, v.SubmittedAt = quoting.Pending, "n", noon
		v.Approvals = []quoting.ApprovalNeed{{Rule: "amount", Branch: quoting.CommercialBranch, Level: 3, Role: quoting.VP, Sentence: "A margin of 7%.", ForRep: "It is much."}}
		v.Steps = []quoting.StepDecision{{Branch: quoting.CommercialBranch, Level: 1, Name: "Mo"}}
	}
	terms := func(_ *quoting.Quote, v *quoting.Version) {
		n := func(text string) *quoting.Number { return &quoting.Number{Decimal: decimal.MustParse(text)} }
		v.Request.Terms = quoting.Terms{Payment: "NET45", Deposit: n("25"), Budget: n("60000"), Header: &quoting.HeaderDiscount{Percent: n("5")}}
		v.Priced.Discount = quoting.MustMoney("100", quoting.USD)
		v.Priced.Lines[0].Discount, v.Priced.Lines[1].Locked = decimal.MustParse("10"), true
		v.Customer.CreditHold = true
	}
	for _, row := range []struct {
		viewer       quoting.Person
		aspect, want string
		change       func(*quoting.Quote, *quoting.Version)
	}{
		{riley, "approval_chain", "✓ Sales manager: Mo\n→ Finance: somebody who may\nthen VP", chain},
		{riley, "approvals", "VP: It is much.", chain},
		{morgan, "approvals", "VP: A margin of 7%.", chain},
		{riley, "approval_chain", "nobody has to approve it", func(_ *quoting.Quote, v *quoting.Version) { v.Approvals = nil }},
		{riley, "terms", "Payment: NET45.\nDeposit: 25%\nValid until 25 December 2026 (30 days left)\nThe customer's budget: $60,000.00\nThe customer is on credit hold", terms},
		{riley, "terms", "Payment: NET30.", func(*quoting.Quote, *quoting.Version) {}},
		{riley, "terms", "(expired)", func(_ *quoting.Quote, v *quoting.Version) { v.ValidUntil = noon.Add(-time.Hour) }},
		{riley, "discount", "5% off the whole: $100.00\n", terms},
		{riley, "discount", ": set to $", terms},
		{riley, "discount", "10% off, $", terms},
		{riley, "discount", "There is no discount on it.", func(*quoting.Quote, *quoting.Version) {}},
		{riley, "margin", "The margin is good. Exact margins are for your manager.", func(_ *quoting.Quote, v *quoting.Version) {
			v.Priced.Margin = quoting.Margin{Percent: decimal.MustParse("42"), Known: true}
		}},
		{morgan, "margin", "The margin is 42%.\nNet $", func(_ *quoting.Quote, v *quoting.Version) {
			v.Priced.Margin = quoting.Margin{Percent: decimal.MustParse("42"), Known: true}
		}},
		{inRoom(morgan), "margin", "Margins are in your own chat with me alone.", func(*quoting.Quote, *quoting.Version) {}},
		{inRoom(morgan), "approvals", "VP: It is much.", chain},
		{riley, "terms", "Payment: Net 60, the customer's own.", func(_ *quoting.Quote, v *quoting.Version) { v.Customer.Terms = "Net 60" }},
		{riley, "lines", "", func(*quoting.Quote, *quoting.Version) {}},
	} {
		if got := told(row.viewer, row.aspect, row.change); !strings.Contains(got, row.want) {
			t.Errorf("%s to %s:\n%s\nwant\n%s", row.aspect, row.viewer.Name, got, row.want)
		}
	}
}

// whatIf is the draft for a customer of the book.
func whatIf(t testing.TB, r quoting.Request) (*quoting.PriceBook, quoting.Version) {
	t.Helper()
	c := demoCatalogue(t)
	c.Customers = []quoting.Customer{acme}
	book := bookOf(t, c)
	v := quoting.Version{Quote: 1001, Number: 1, State: quoting.Draft, Request: r, Customer: acme, ValidUntil: noon.AddDate(0, 0, 30), CreatedAt: noon}
	if err := v.Work(demoPolicy(t), book); err != nil {
		t.Fatal(err)
	}
	return book, v
}

func TestWhatIfSaysWhoWouldApprove(t *testing.T) {
	t.Parallel()
	p := demoPolicy(t)
	n := func(text string) *quoting.Number { return &quoting.Number{Decimal: decimal.MustParse(text)} }
	large := quoting.Request{Users: 60, Sites: 3, Industry: "construction"}
	small := quoting.Request{Users: 12, Sites: 1, Industry: "retail"}
	discounted := small
	discounted.Terms.Header = &quoting.HeaderDiscount{Percent: n("7")}
	for _, row := range []struct {
		asks    string
		request quoting.Request
		slots   quoting.Slots
		want    []string
	}{
		{"a total that a discount reaches", large, quoting.Slots{TargetTotalMax: n("50000")}, []string{"With $", "it comes to $50,000.00, and it needs", "As it is, at $"}},
		{"a total that is kept", small, quoting.Slots{TargetTotalMax: n("50000")}, []string{"With no discount on the whole", "nobody has to approve it"}},
		{"a percentage", small, quoting.Slots{DiscountPct: n("8")}, []string{"With 8% off", "it needs the sales manager"}},
		{"an amount", small, quoting.Slots{DiscountAmount: n("10")}, []string{"$10.00 off (", "nobody has to approve it"}},
		{"terms", small, quoting.Slots{PaymentTerms: "NET60"}, []string{"it needs the sales manager, then finance"}},
		{"a number of radios", small, quoting.Slots{Users: new(9)}, []string{"nobody"}},
		{"nothing, of a quote within the limits", small, quoting.Slots{}, []string{"nobody has to approve it", "That stays so at 5% off"}},
		{"nothing, of a discount over them", discounted, quoting.Slots{}, []string{"it needs the sales manager", "With 5% off, nobody has to approve it"}},
		{"nothing, of an amount over them", large, quoting.Slots{}, []string{"it needs the sales manager", "No discount alone"}},
	} {
		book, v := whatIf(t, row.request)
		all, err := quoting.Simulate(p, book, v, row.slots)
		if err != nil {
			t.Errorf("%s: %v", row.asks, err)
			continue
		}
		for _, want := range row.want {
			if got := quoting.Verdict(all); !strings.Contains(got, want) {
				t.Errorf("%s: %q, want %q", row.asks, got, want)
			}
		}
	}
	book, v := whatIf(t, large)
	for _, bad := range []quoting.Slots{{TargetTotal: n("9000000")}, {DiscountPct: n("140")}, {Changes: []quoting.Change{{Op: "set", Field: "colour", Value: "red"}}}} {
		if _, err := quoting.Simulate(p, book, v, bad); quoting.KindOf(err) != quoting.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	gone := v
	gone.Customer.ID = 99
	if _, err := quoting.Simulate(p, book, gone, quoting.Slots{}); quoting.KindOf(err) != quoting.Invalid {
		t.Errorf("a customer that is gone: %v", err)
	}
}

// TestAVariantIsWhatARevisionWouldBe: a what-if answers with the price and the people that
// the same change would have, and leaves the version as it was.
func TestAVariantIsWhatARevisionWouldBe(t *testing.T) {
	t.Parallel()
	p := demoPolicy(t)
	book, v := whatIf(t, quoting.Request{Users: 60, Sites: 3, Industry: "construction"})
	before := v.Priced.Total
	rapid.Check(t, func(t *rapid.T) {
		percent := quoting.Number{Decimal: decimal.MustNew(rapid.Int64Range(0, 4000).Draw(t, "hundredths of a percent"), 2)}
		all, err := quoting.Simulate(p, book, v, quoting.Slots{DiscountPct: &percent})
		if err != nil {
			t.Fatal(err)
		}
		revised := v
		revised.Request, err = v.Request.Apply([]quoting.Change{{Op: "set", Field: "discount_pct", Value: percent}}, v.System)
		if err != nil {
			t.Fatal(err)
		}
		if err := revised.Work(p, book); err != nil {
			t.Fatal(err)
		}
		got := all[1].Version
		if !got.Priced.Total.Equal(revised.Priced.Total) || len(got.Approvals) != len(revised.Approvals) || !v.Priced.Total.Equal(before) || v.Request.Terms.Header != nil {
			t.Fatalf("%s%% is %s, revised %s", percent, got.Priced.Total, revised.Priced.Total)
		}
		for _, need := range got.Approvals {
			if why := all[1].Why(quoting.Person{Roles: []quoting.Role{quoting.Rep}}); strings.Contains(why, got.Priced.Margin.String()) {
				t.Fatalf("a rep reads %q (%s)", why, need.Rule)
			}
		}
	})
}

func TestAFigureIsNeverOfNothing(t *testing.T) {
	t.Parallel()
	d := decimal.MustParse
	some := quoting.Figures{
		Quoted: []quoting.QuotedSums{{Count: 3, Total: quoting.MustMoney("1234.5", quoting.USD), Book: d("1000"), Net: d("925"), Known: 2, NetKnown: d("600"), Cost: d("402")}},
		Won:    5, Lost: 3, Decided: 9, ApprovalTime: 130 * time.Minute,
	}
	two := some
	two.Quoted = append(two.Quoted, quoting.QuotedSums{Count: 6, Total: quoting.MustMoney("10", "CAD"), Book: d("10"), Net: d("10"), Known: 6, NetKnown: d("10"), Cost: d("5")})
	for _, row := range []struct {
		metric  string
		figures quoting.Figures
		want    quoting.Metric
	}{
		{"win_rate", some, quoting.Metric{Value: "62.5%", Basis: "5 of 8 quotes"}},
		{"quote_count", some, quoting.Metric{Value: "3", Basis: "3 quotes"}},
		{"quote_value", two, quoting.Metric{Value: "$1,234.50 + CA$10.00", Basis: "9 quotes"}},
		{"average_margin", some, quoting.Metric{Value: "33%", Basis: "2 quotes", Few: true}},
		{"average_discount", two, quoting.Metric{Value: "7.5% in USD, 0% in CAD", Basis: "9 quotes"}},
		{"approval_time", some, quoting.Metric{Value: "2 h 10 min", Basis: "9 decisions"}},
		{"win_rate", quoting.Figures{}, quoting.Metric{Value: "–", Basis: "0 of 0 quotes", Few: true}},
		{"quote_count", quoting.Figures{}, quoting.Metric{Value: "0", Basis: "0 quotes"}},
		{"quote_value", quoting.Figures{}, quoting.Metric{Value: "–", Basis: "0 quotes"}},
		{"average_margin", quoting.Figures{}, quoting.Metric{Value: "–", Basis: "0 quotes", Few: true}},
		{"average_discount", quoting.Figures{Quoted: []quoting.QuotedSums{{Count: 1}}}, quoting.Metric{Value: "–", Basis: "0 quotes", Few: true}},
		{"approval_time", quoting.Figures{}, quoting.Metric{Value: "–", Basis: "0 decisions", Few: true}},
	} {
		if got := row.figures.Metric(row.metric); got != row.want {
			t.Errorf("%s: %+v, want %+v", row.metric, got, row.want)
		}
	}
	for _, metric := range quoting.Metrics {
		if name, how := quoting.MetricName(metric); name == "" || how == "" {
			t.Errorf("%s has no name", metric)
		}
	}
	if name, _ := quoting.MetricName("luck"); name != "" {
		t.Errorf("luck is called %s", name)
	}
}

func TestTheDifferenceOfTotalsIsASentence(t *testing.T) {
	t.Parallel()
	of := func(total, currency string) (v quoting.Version) {
		v.Priced.Total = quoting.MustMoney(total, quoting.Currency(currency))
		return v
	}
	for want, row := range map[string][2]quoting.Version{
		"$100.00 → $125.00: +$25.00 (25%).":    {of("100", "USD"), of("125", "USD")},
		"$300.00 → $200.00: −$100.00 (33.3%).": {of("300", "USD"), of("200", "USD")},
		"Both come to $5.00.":                  {of("5", "USD"), of("5.00", "USD")},
		"$0.00 → $5.00: +$5.00.":               {of("0", "USD"), of("5", "USD")},
		"It was $5.00 and is CA$6.00.":         {of("5", "USD"), of("6", "CAD")},
	} {
		if got := quoting.TotalSince(row[0], row[1]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWhyTheNextStepIsNeeded(t *testing.T) {
	t.Parallel()
	vp := quoting.ApprovalNeed{Branch: quoting.CommercialBranch, Level: 3, Role: quoting.VP, Sentence: "A margin of 7%.", ForRep: "It is much."}
	manager := quoting.ApprovalNeed{Branch: quoting.CommercialBranch, Level: 1, Role: quoting.SalesManager, Sentence: "It is over.", ForRep: "It is over."}
	booster := quoting.ApprovalNeed{Branch: quoting.EngineeringBranch, Level: 1, Role: quoting.Engineering, Sentence: "A booster.", ForRep: "A booster."}
	for want, row := range map[string]struct {
		needs  []quoting.ApprovalNeed
		steps  int
		reader quoting.Role
	}{
		"":                {reader: quoting.Rep},
		"It is over.":     {needs: []quoting.ApprovalNeed{vp, manager, booster}, reader: quoting.Rep},
		"It is much.":     {needs: []quoting.ApprovalNeed{vp, manager}, steps: 1, reader: quoting.Rep},
		"A margin of 7%.": {needs: []quoting.ApprovalNeed{vp}, reader: quoting.VP},
		"A booster.":      {needs: []quoting.ApprovalNeed{vp, manager, booster}, reader: quoting.Engineering},
	} {
		v := quoting.Version{Approvals: row.needs}
		for level := range row.steps {
			v.Steps = append(v.Steps, quoting.StepDecision{Branch: quoting.CommercialBranch, Level: level + 1})
		}
		if got := strings.Join(v.WhyNext(quoting.Person{Roles: []quoting.Role{row.reader}}, quoting.Quote{}), "; "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
