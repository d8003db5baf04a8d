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
