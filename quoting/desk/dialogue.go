package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"radioquote/quoting"
	"radioquote/store"
)

// ask posts a question and keeps it: the next message may answer it by a number, a name or
// words. asked is what the answer completes.
func (t *turn) ask(ctx context.Context, n quoting.Notice, asked quoting.Command) error {
	t.asked = quoting.Dialogue{Pending: asked.Intent, Asked: &asked, Choices: n.Choices}
	return t.notice(ctx, n)
}

// askMissing notes that a draft's card asks for what is missing. Where that is the customer
// alone, the ones that the name may mean are numbered there.
func (t *turn) askMissing(v quoting.Version) {
	missing := v.Missing()
	if len(missing) == 0 || v.System.Review != "" {
		return
	}
	slots := quoting.Slots{QuoteID: v.Quote}
	t.asked = quoting.Dialogue{Pending: quoting.ReviseQuote, Asked: &quoting.Command{Intent: quoting.ReviseQuote, Slots: slots, Needs: missing}}
	if book := t.books.current.Load(); book != nil && slices.Equal(missing, []quoting.Need{quoting.NeedCustomer}) {
		for _, c := range t.candidates(book, v) {
			slots.CustomerID = c.ID
			t.asked.Choices = append(t.asked.Choices, quoting.Choice{Title: c.Name, Command: quoting.Command{Intent: quoting.ReviseQuote, Slots: slots}})
		}
	}
}

// keepAsked keeps what this turn has asked instead of what was asked before.
func (t *turn) keepAsked(ctx context.Context) error {
	was := t.Dialogue
	if t.asked.Asked == nil && len(t.asked.Choices) == 0 && was.Asked == nil && len(was.Choices) == 0 {
		return nil
	}
	return t.tx.KeepAsked(ctx, t.Conversation.RowID, t.Person.RowID, t.asked, t.arrival.At.Add(quoting.AskedFor))
}

// leavesQuestion says whether the pending question stands after the command: small talk,
// help and what was not understood answer nothing.
func leavesQuestion(cmd quoting.Command) bool {
	return slices.Contains([]quoting.Intent{quoting.SmallTalk, quoting.Help, quoting.OutOfScope, quoting.RefuseCommand}, cmd.Intent)
}

// confirm answers a yes. It is never a decision: where an act waits for its button, the
// card with the button is shown.
func (t *turn) confirm(ctx context.Context) error {
	d := t.Dialogue
	switch {
	case quoting.NeedsButton(d.Pending):
		return t.do(ctx, quoting.Command{Intent: d.Pending, Slots: quoting.Slots{QuoteID: t.questioned()}})
	case len(d.Choices) == 1:
		return t.do(ctx, d.Choices[0].Command)
	}
	return t.askAgain(ctx, "Yes to which?")
}

// deny answers a no, and cancelDialog drops the question. No quote is touched by either.
func (t *turn) deny(ctx context.Context) error {
	if quoting.NeedsButton(t.Dialogue.Pending) {
		return t.notice(ctx, t.regarding(quoting.Notice{Text: "All right: nothing is decided and nothing is sent."}))
	}
	return t.notice(ctx, t.regarding(quoting.Notice{Text: "All right, I leave it as it is. Tell me what to change."}))
}

func (t *turn) cancelDialog(ctx context.Context) error {
	if a := t.Dialogue.Asked; a != nil && a.Intent == quoting.CreateQuote {
		return t.notice(ctx, quoting.Notice{Text: "Dropped: I made no quote of it."})
	}
	return t.notice(ctx, t.regarding(quoting.Notice{Text: "Dropped. The quote is as it was; \"cancel\" with its number ends it."}))
}

// regarding names the quote that the conversation is about, with its number.
func (t *turn) regarding(n quoting.Notice) quoting.Notice {
	n.Quote = t.questioned()
	return n
}

// questioned is the quote that the pending question is about; 0 where it is about none.
func (t *turn) questioned() quoting.QuoteID {
	if a := t.Dialogue.Asked; a != nil && a.Slots.QuoteID != 0 {
		return a.Slots.QuoteID
	}
	return t.Dialogue.Active
}

// askAgain repeats the pending question's choices.
func (t *turn) askAgain(ctx context.Context, text string) error {
	n := t.regarding(quoting.Notice{Text: text, Choices: t.Dialogue.Choices})
	if len(n.Choices) == 0 {
		n = t.notUnderstood()
	}
	t.asked = t.Dialogue
	return t.notice(ctx, n)
}

// plainNumber asks what a bare number is where the draft's card asks for the number of
// sites: three radios are not three sites. False where it can only be radios.
func (t *turn) plainNumber(ctx context.Context, cmd quoting.Command) (bool, error) {
	a := t.Dialogue.Asked
	text := strings.TrimRight(strings.TrimSpace(cmd.Text), ".!")
	if cmd.Intent != quoting.ReviseQuote || a == nil || !slices.Contains(a.Needs, quoting.NeedSites) || text == "" || strings.Trim(text, "0123456789") != "" || len(cmd.Slots.Changes) != 1 || cmd.Slots.Changes[0].Field != "users" {
		return false, nil
	}
	n, ok := cmd.Slots.Changes[0].Whole()
	if !ok {
		return false, nil
	}
	radios := cmd
	radios.Slots.QuoteID = a.Slots.QuoteID
	sites := radios
	sites.Slots.Changes = slices.Clone(radios.Slots.Changes)
	sites.Slots.Changes[0].Field = "sites"
	return true, t.ask(ctx, quoting.Notice{
		Text: fmt.Sprintf("%s what?", text), Quote: a.Slots.QuoteID,
		Choices: []quoting.Choice{{Title: quoting.Count(n, "site"), Command: sites}, {Title: quoting.Count(n, "radio"), Command: radios}},
	}, *a)
}

// several does the acts of a message one after the other: questions are answered, drafts
// are made and changed, and what needs a button opens its card. At the first that fails it
// stops; what was done before stands.
func (t *turn) several(ctx context.Context, steps []quoting.Step) error {
	for i, s := range steps {
		cmd := quoting.Command{Intent: s.Intent, Slots: s.Slots, Needs: s.Needs, Errors: s.Errors}
		if err := t.sameCustomer(ctx, &cmd); err != nil {
			return err
		}
		whole, jobs := t.tx, len(t.jobs)
		err := whole.Try(ctx, func(tx *store.Tx) error {
			t.tx = tx
			return t.do(ctx, cmd)
		})
		t.tx = whole
		sentence, refused := quoting.Sentence(err)
		switch {
		case err == nil:
			continue
		case !refused:
			return err
		}
		t.jobs = t.jobs[:jobs]
		if rest := len(steps) - i - 1; rest > 0 {
			sentence += fmt.Sprintf(" I stopped there; %s.", leftUndone(rest))
		}
		return t.notice(ctx, quoting.Notice{Text: sentence})
	}
	return nil
}

func leftUndone(n int) string {
	if n == 1 {
		return "what came after it is not done"
	}
	return fmt.Sprintf("the %d things after it are not done", n)
}

// sameCustomer puts in the customer of the quote before it, for "the same customer".
func (t *turn) sameCustomer(ctx context.Context, cmd *quoting.Command) error {
	if cmd.Slots.CustomerRef != "same" || cmd.Slots.Customer != "" || t.Dialogue.Active == 0 {
		return nil
	}
	q, err := t.tx.Quote(ctx, t.Dialogue.Active)
	if err != nil {
		return err
	}
	v, err := t.tx.Version(ctx, q.ID, q.Current)
	cmd.Slots.CustomerID, cmd.Slots.Customer = v.Customer.ID, v.Customer.Name
	if v.Customer.ID == 0 && cmd.Slots.Customer == "" {
		cmd.Slots.Customer = v.CustomerText
	}
	return err
}
