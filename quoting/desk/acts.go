package desk

import (
	"cmp"
	"context"
	"unicode/utf8"

	"radioquote/quoting"
	"radioquote/store"
)

// openApproval finds out whether one card in this chat waits for the person's decision: a
// bare "approved" is about it then.
func (t *turn) openApproval(ctx context.Context) error {
	if !t.Person.MayDecide() || t.inRoom() {
		return nil
	}
	waiting, err := t.tx.WaitingApprovals(ctx, t.Conversation.RowID, t.Person.RowID)
	if err != nil || len(waiting) != 1 {
		return err
	}
	t.approving = waiting[0]
	if t.Dialogue.Pending == "" {
		t.Dialogue.Pending = quoting.ApproveQuote
	}
	return nil
}

// openDecision posts the card on which a quote is decided: text decides nothing. A condition
// is not an approval, and the person is told so. What was written is kept for the button that
// rejects or sends back, so that nobody types it twice.
func (t *turn) openDecision(ctx context.Context, cmd quoting.Command) error {
	if cmd.Slots.QuoteID == 0 && cmd.Slots.RefText == "" && t.approving != 0 {
		cmd.Slots.QuoteID, cmd.Needs = t.approving, nil
	}
	q, v, cmd, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	if err := t.show(ctx, cmd, store.ApprovalMessage); err != nil {
		return err
	}
	if cmd.Intent != quoting.AskChanges && (cmd.Intent != quoting.RejectQuote || cmd.Slots.Reason == "") {
		return nil
	}
	mine, err := t.myOpen(ctx, q, v)
	if err != nil || len(mine) == 0 {
		return err
	}
	n := quoting.Notice{Quote: q.ID, Version: v.Number}
	s := quoting.Slots{Reason: cmd.Slots.Reason}
	title := "Reject with this reason"
	n.Text = "One tap rejects it with what you wrote:"
	if cmd.Intent == quoting.AskChanges {
		title = "Send it back with this"
		n.Text = "A condition is no approval, so nothing is decided. One tap sends it back with what you wrote:"
		if s.Changes, s.Reason = cmd.Slots.Changes, cmp.Or(s.Reason, cmd.Text); len(s.Changes) > 0 {
			n.Text = "A condition is no approval, so nothing is decided. One tap sends it back with your condition, which the rep takes in one tap:"
		}
	}
	if utf8.RuneCountInString(s.Reason) > quoting.MaxReason {
		return quoting.Errorf(quoting.Invalid, "A reason has at most %d characters. Shorten it and try again.", quoting.MaxReason)
	}
	if s.Reason != "" {
		n.Points = []string{"“" + s.Reason + "”"}
		n.Choices = []quoting.Choice{{Title: title, Command: quoting.Command{
			Intent: cmd.Intent, Slots: s, Click: &quoting.Click{Quote: q.ID, Version: v.Number, Nonce: v.DecisionNonce(mine)},
		}}}
	}
	return t.notice(ctx, n)
}

// insteadOf says that documents are not sent, and shows the quote.
func (t *turn) insteadOf(ctx context.Context, cmd quoting.Command) error {
	q, _, _, ok, err := t.about(ctx, cmd)
	if !ok || err != nil {
		return err
	}
	n := quoting.Notice{Text: "I do not send documents yet, and nothing has been sent.", Quote: q.ID, Version: q.Current}
	if err := t.notice(ctx, n); err != nil {
		return err
	}
	return t.post(ctx, store.Message{Kind: store.QuoteMessage, Quote: q.ID, Version: q.Current})
}
