package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

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
		INSERT INTO dialogues (conversation_id, person_id, pending, asked, choices, asked_until)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (conversation_id, person_id) DO UPDATE
		SET pending = excluded.pending, asked = excluded.asked, choices = excluded.choices, asked_until = excluded.asked_until`, conversation, person, d.Pending, d.Asked, choices, until)
	return wrap(err, "keep what was asked in conversation %d", conversation)
}

// WaitingApprovals are the quotes of whose approval cards in a conversation the person has
// not decided: those whose current version is pending. Two are enough to know that there is
// more than one.
func (t *Tx) WaitingApprovals(ctx context.Context, conversation, person int64) ([]quoting.QuoteID, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT DISTINCT m.quote_id
		FROM messages m
		JOIN quotes q ON q.id = m.quote_id AND q.current = m.version AND q.state = 'open'
		JOIN quote_versions v ON v.quote_id = q.id AND v.version = q.current AND v.state = 'pending'
		WHERE m.conversation_id = $1
		  AND m.person_id = $2
		  AND m.kind = 'approval'
		ORDER BY m.quote_id DESC
		LIMIT 2`, conversation, person)
	ids, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (id quoting.QuoteID, err error) {
		err = row.Scan((*int64)(&id))
		return id, err
	})
	return ids, wrap(err, "approvals that wait in conversation %d", conversation)
}
