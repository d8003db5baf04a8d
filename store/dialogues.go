package store

import (
	"context"
	"errors"
	"fmt"
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
	ids, err := pgx.CollectRows(rows, scanQuoteID)
	return ids, wrap(err, "approvals that wait in conversation %d", conversation)
}

func scanQuoteID(row pgx.CollectableRow) (id quoting.QuoteID, err error) {
	err = row.Scan((*int64)(&id))
	return id, err
}

// dialogue is what a conversation, by Teams' id, is about for the actor at a time.
const dialogue = `
	SELECT CASE WHEN d.active_until > $2 THEN d.active_quote ELSE 0 END, CASE WHEN d.asked_until > $2 THEN d.pending ELSE '' END,
	       CASE WHEN d.asked_until > $2 THEN d.asked END, CASE WHEN d.asked_until > $2 THEN d.choices ELSE '[]' END
	FROM dialogues d
	JOIN conversations c ON c.id = d.conversation_id
	WHERE c.teams_id = $1
	  AND d.person_id = actor()`

func scanDialogue(row pgx.Row, d *quoting.Dialogue) error {
	err := row.Scan((*int64)(&d.Active), &d.Pending, &d.Asked, &d.Choices)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

// Expected is the dialogue that an arrival would be taken in, which it is not yet: nothing
// is locked or noted. It is false where the arrival was taken before, or the person has no
// role.
func (t *Tx) Expected(ctx context.Context, a Arrival) (d quoting.Dialogue, ok bool, err error) {
	batch := &pgx.Batch{}
	batch.Queue(`
		SELECT set_config('radioquote.actor', id::text, true), cardinality(roles) > 0
		FROM people
		WHERE tenant = $1
		  AND object_id = $2`, a.Person.Tenant, a.Person.Object).QueryRow(func(row pgx.Row) error {
		actor := ""
		if err := row.Scan(&actor, &ok); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		return nil
	})
	batch.Queue(dialogue, a.Conversation, a.At).QueryRow(func(row pgx.Row) error { return scanDialogue(row, &d) })
	taken := false
	batch.Queue(`SELECT EXISTS (SELECT FROM inbox WHERE conversation = $1 AND activity_id = $2)`, a.Conversation, a.Activity).QueryRow(func(row pgx.Row) error {
		return row.Scan(&taken)
	})
	if err := t.tx.SendBatch(ctx, batch).Close(); err != nil {
		return quoting.Dialogue{}, false, fmt.Errorf("look at the dialogue: %w", err)
	}
	return d, ok && !taken, nil
}
