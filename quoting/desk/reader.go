package desk

import (
	"context"

	"radioquote/quoting"
	"radioquote/store"
)

// Expected is what a message of an arrival would be read in, as far as is known before its
// turn; false where nobody would read it: the person has no role, or it was taken before. It
// is for whoever has to ask about a message first, outside of the turn.
func (d *Desk) Expected(ctx context.Context, a Arrival) (dialogue quoting.Dialogue, ok bool, err error) {
	err = d.DB.InTx(ctx, store.Service, func(tx *store.Tx) error {
		dialogue, ok, err = tx.Expected(ctx, a)
		return err
	})
	return dialogue, ok, err
}

// repeat says what a question was taken for that the grammar did not understand. A quote's
// card says it itself.
func (t *turn) repeat(ctx context.Context, cmd quoting.Command) error {
	if !cmd.Guessed || cmd.Intent == quoting.CreateQuote || cmd.Intent == quoting.ReviseQuote {
		return nil
	}
	return t.notice(ctx, quoting.Notice{Text: "I read: " + cmd.Words() + "."})
}

// either asks which of two readings is meant. Each is a button, and an answer by its number
// or its words.
func (t *turn) either(ctx context.Context, cmd quoting.Command) error {
	n := quoting.Notice{Text: "I can read that in two ways. Which is it?"}
	for _, c := range cmd.Either {
		choice := quoting.Command{Intent: c.Intent, Slots: c.Slots}
		if c.Intent == quoting.ReviseQuote {
			settled, ok, err := t.settle(ctx, c)
			if !ok || err != nil {
				return err
			}
			q, err := t.tx.Quote(ctx, settled.Slots.QuoteID)
			if err != nil {
				return err
			}
			choice.Click = &quoting.Click{Quote: q.ID, Version: q.Current}
		}
		n.Choices = append(n.Choices, quoting.Choice{Title: c.Words(), Command: choice})
	}
	return t.list(ctx, n, cmd.Intent)
}
