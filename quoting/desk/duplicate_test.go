package desk_test

import (
	"strings"
	"testing"

	"radioquote/quoting"
)

func TestTheSameQuoteIsShownInsteadOfMadeAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, small)
	n := o.notice(riley, small)
	if n.Quote != v.Quote || len(n.Choices) != 2 || o.count(`SELECT count(*) FROM quotes`) != 1 {
		t.Fatalf("%+v", n)
	}
	if c := o.click(riley, n.Choices[0].Command); c.View == nil || c.View.Quote != v.Quote {
		t.Errorf("Open shows %+v", c)
	}
	o.click(riley, n.Choices[1].Command)
	o.eventually(2, `SELECT count(*) FROM quotes`)
}

func TestAProbableDuplicateIsAskedAboutBeforeItIsSubmitted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first := o.verified(riley, create(60, 3, "construction", "Acme Construction"))
	second := o.verified(riley, create(64, 3, "construction", "Acme Construction LLC"))
	blocking := quoting.Version{System: second.System}.Blocking()
	if len(blocking) != 1 || !strings.Contains(blocking[0].Sentence, "This looks like "+first.Quote.String()) || second.CanSubmit {
		t.Fatalf("%+v", blocking)
	}
	if third := o.verified(riley, create(62, 3, "construction", "Acme Construction")); len(quoting.Version{System: third.System}.Blocking()) != 2 {
		t.Errorf("a third for the first's customer: %+v", third.System.Findings)
	} else {
		o.click(riley, outcome(third, quoting.Lost, "a slip"))
	}
	other := on(second, quoting.ReviseQuote)
	other.Slots.Changes = blocking[0].Remedies[1].Changes
	after := o.click(riley, other).View
	if len(quoting.Version{System: after.System}.Blocking()) != 0 || !strings.Contains(strings.Join(after.Changes, " "), "Another site") {
		t.Errorf("after saying that it is another: %+v, %q", after.System.Findings, after.Changes)
	}
	more := on(*after, quoting.ReviseQuote)
	more.Slots.Changes = []quoting.Change{{Op: "set", Field: "users", Value: 66}}
	kept := o.click(riley, more).View
	if len(quoting.Version{System: kept.System}.Blocking()) != 0 {
		t.Errorf("the reason is forgotten by the next change: %+v", kept.System.Findings)
	}
	for name, cmd := range map[string]quoting.Command{
		"another company of a similar name": create(60, 3, "construction", "Acme Concrete"),
		"another need of the same customer": create(10, 1, "retail", "Acme Construction"),
		"somebody else's":                   create(60, 3, "construction", "Acme Construction"),
	} {
		who := riley
		if name == "somebody else's" {
			who = morgan
		}
		if v := o.say(who, cmd).content.View; v == nil || len(quoting.Version{System: v.System}.Blocking()) != 0 {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestADealInPartsIsApprovedAsOneAmount(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if v := o.verified(riley, create(30, 1, "construction", "Crestview Hotels")); len(v.Approvals) != 0 {
		t.Fatalf("%+v", v.Approvals)
	}
	v := o.verified(riley, create(55, 1, "construction", "Crestview Hotels"))
	if v.Priced.Amount.Cmp(quoting.MustMoney("50000", quoting.USD)) > 0 {
		t.Fatalf("the second alone comes to %s", v.Priced.Amount)
	}
	found := false
	for _, n := range v.Approvals {
		found = found || n.Rule == "splitting" && strings.Contains(n.Sentence, "With Q-1001 it comes to $")
	}
	if !found {
		t.Errorf("%s after %+v", v.Priced.Amount, v.Approvals)
	}
}

func TestTwoRepsWhoQuoteOneNeedAreToldOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, p := range []quoting.Person{morgan, sam} {
		if err := o.Installed(t.Context(), o.arrival(p)); err != nil {
			t.Fatal(err)
		}
	}
	first := o.verified(riley, create(60, 3, "construction", "Acme Construction"))
	second := o.verified(sam, create(63, 3, "construction", "ACME Construction"))
	told := func(who quoting.Person) string {
		m := o.teams.wait(t, "that there are two quotes", func(m sent) bool {
			return m.chat == "a:"+who.ID.Object && m.content.Notice != nil && m.content.Notice.Title == "Two quotes for one customer"
		})
		return m.content.Notice.Text
	}
	for who, want := range map[string][]string{
		told(sam):    {"Riley Rep has a quote for Acme Construction too: " + first.Quote.String()},
		told(riley):  {"Sam", second.Quote.String()},
		told(morgan): {"both quote Acme Construction: " + first.Quote.String() + " and " + second.Quote.String()},
	} {
		for _, w := range want {
			if !strings.Contains(who, w) || strings.Contains(who, "$") {
				t.Errorf("%q, want %q and no price", who, w)
			}
		}
	}
	o.revisedBy(sam, second, 64)
	o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'conflict' AND state <> 'completed'`)
	if n := o.count(`SELECT count(*) FROM messages WHERE notice ->> 'title' = 'Two quotes for one customer'`); n != 3 {
		t.Errorf("%d messages, want one each", n)
	}
	// Another company, or another need, is nobody's conflict.
	o.verified(sam, create(60, 3, "construction", "Acme Concrete"))
	o.verified(sam, create(10, 1, "retail", "Acme Construction"))
	o.eventually(0, `SELECT count(*) FROM river_job WHERE kind = 'conflict' AND state <> 'completed'`)
	if n := o.count(`SELECT count(*) FROM quote_conflicts`); n != 1 {
		t.Errorf("%d conflicts", n)
	}
}

// revisedBy is a quote after its owner has changed the number of radios on its card.
func (o *office) revisedBy(who quoting.Person, v quoting.View, users int) {
	o.t.Helper()
	cmd := on(v, quoting.ReviseQuote)
	cmd.Slots.Users = &users
	if c := o.click(who, cmd); c.View.Banner != "" {
		o.t.Fatal(c.View.Banner)
	}
}
