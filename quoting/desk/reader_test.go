package desk_test

import (
	"strings"
	"testing"

	"radioquote/quoting"
)

// guessed is a command that the second reader had a part in.
func guessed(intent quoting.Intent, s quoting.Slots) quoting.Command {
	return quoting.Command{Intent: intent, Slots: s, Guessed: true}
}

func users(op string, n int) quoting.Slots {
	return quoting.Slots{Changes: []quoting.Change{{Op: op, Field: "users", Value: n}}}
}

func TestWhatWasGuessedIsRepeated(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.say(riley, guessed(quoting.CreateQuote, small.Slots)).content.View
	if v == nil || v.Reading != "12 radios, 1 site, retail, for Acme Construction" {
		t.Fatalf("a new quote: %+v", v)
	}
	if v := o.say(riley, guessed(quoting.ReviseQuote, users("set", 14))).content.View; v == nil || v.Reading != "users to 14" {
		t.Errorf("a change: %+v", v)
	}
	if v := o.say(riley, quoting.Command{Intent: quoting.ReviseQuote, Slots: users("set", 15)}).content.View; v == nil || v.Reading != "" {
		t.Errorf("a change that was plain: %+v", v)
	}
	if n := o.notice(riley, guessed(quoting.QuoteStatus, quoting.Slots{QuoteID: v.Quote})); n.Text != "I read: quote status, "+v.Quote.String()+"." {
		t.Errorf("a question: %q", n.Text)
	}
}

func TestTwoReadingsAreAQuestion(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	either := func(intent quoting.Intent, a, b quoting.Slots) quoting.Command {
		return quoting.Command{Intent: intent, Slots: a, Either: []quoting.Command{{Intent: intent, Slots: a}, {Intent: intent, Slots: b}}}
	}
	if n := o.notice(riley, either(quoting.ReviseQuote, users("set", 14), users("inc", 14))); !strings.Contains(n.Text, "There is no quote yet") {
		t.Errorf("of a quote that is not there: %q", n.Text)
	}
	other := large.Slots
	other.Users = new(12)
	n := o.notice(riley, either(quoting.CreateQuote, large.Slots, other))
	if len(n.Choices) != 2 || !strings.HasPrefix(n.Choices[0].Title, "60 radios") || !strings.HasPrefix(n.Choices[1].Title, "12 radios") || o.count(`SELECT count(*) FROM quotes`) != 0 {
		t.Fatalf("%q: %+v", n.Text, n.Choices)
	}
	if made := o.click(riley, n.Choices[1].Command); made.Notice == nil || made.Notice.Quote == 0 {
		t.Fatalf("the choice comes to %+v", made)
	}
	quote := o.shown(riley, "the quote", func(v quoting.View) bool { return v.Request.Users == 12 })

	n = o.notice(riley, either(quoting.ReviseQuote, users("set", 14), users("inc", 14)))
	var kept quoting.Dialogue
	if err := o.Message(t.Context(), o.arrival(riley), func(d quoting.Dialogue) quoting.Command {
		kept = d
		return quoting.Command{Intent: quoting.Help}
	}); err != nil {
		t.Fatal(err)
	}
	if answer, ok := kept.Answer("2"); kept.Pending != quoting.ReviseQuote || !ok || answer.Slots.Changes[0].Op != "inc" {
		t.Errorf("the question is kept as %+v", kept)
	}
	after := o.click(riley, n.Choices[1].Command).View
	if after == nil || after.Quote != quote.Quote || after.Request.Users != 26 {
		t.Errorf("14 more than 12 are %+v", after)
	}
	if _, err := o.Click(t.Context(), o.arrival(riley), n.Choices[0].Command); err != nil {
		t.Error(err)
	}
	if v := o.click(riley, n.Choices[0].Command).View; v.Banner == "" || v.Request.Users != 26 {
		t.Errorf("the other choice, of a version that is past: %q, %d", v.Banner, v.Request.Users)
	}
}

func TestWhoseMessageIsExpected(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.say(riley, small).content.View
	if d, ok, err := o.Expected(t.Context(), o.arrival(riley)); err != nil || !ok || d.Active != v.Quote {
		t.Errorf("of a rep: %+v, %t, %v", d, ok, err)
	}
	if _, ok, err := o.Expected(t.Context(), o.arrival(quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "nobody"}})); err != nil || ok {
		t.Errorf("of nobody: %t, %v", ok, err)
	}
}
