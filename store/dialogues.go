package store

import (
	"context"
	"time"

	"radioquote/quoting"
)

// KeepActive notes the quote that a conversation is about for one of its people, until a
// time.
func (t *Tx) KeepActive(ctx context.Context, conversation, person int64, quote quoting.QuoteID, until time.Time) error {
	_, err := t.tx.Exec(ctx, `
		INSERT INTO dialogues (conversation_id, person_id, active_quote, active_until)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (conversation_id, person_id) DO UPDATE
		SET active_quote = excluded.active_quote, active_until = excluded.active_until`, conversation, person, int64(quote), until)
	return wrap(err, "keep the quote that conversation %d is about", conversation)
}

// KeepAsked notes what was asked last, or listed, until a time: it replaces what was asked
// before, and with neither an intent nor choices forgets it.
func (t *Tx) KeepAsked(ctx context.Context, conversation, person int64, d quoting.Dialogue, until time.Time) error {
	choices := d.Choices
	if choices == nil {
		choices = []quoting.Choice{}
	}
	_, err := t.tx.Exec(ctx, `
		INSERT INTO dialogues (conversation_id, person_id, pending, choices, asked_until)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (conversation_id, person_id) DO UPDATE
		SET pending = excluded.pending, choices = excluded.choices, asked_until = excluded.asked_until`, conversation, person, d.Pending, choices, until)
	return wrap(err, "keep what was asked in conversation %d", conversation)
}
