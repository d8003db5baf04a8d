package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// Conversation is a chat with Teams, and what is needed to send to it.
type Conversation struct {
	RowID      int64
	TeamsID    string
	Kind       string // personal, groupChat, channel
	ServiceURL string
	Tenant     string
	Locale     string // BCP 47, as Teams said last; empty: it did not
	Welcomed   bool
}

// Arrival is where an activity comes from, by its validated token and envelope.
type Arrival struct {
	Person       quoting.PersonID
	UserID       string // Teams' name of the person towards this bot (29:…)
	Conversation string // Teams' id
	Kind         string // personal, groupChat, channel
	Click        bool   // on a card, which a person may have carried into a chat without us
	ServiceURL   string
	Activity     string
	Locale       string // BCP 47, as the activity says; empty: it does not
	Correlation  string
	At           time.Time
}

// Turn is what is known of an arrival.
type Turn struct {
	Fresh        bool   // false: this activity was taken before
	Waited       bool   // messages have waited for the person to have a chat
	Known        bool   // the person is in the directory
	Person       Person // the zero Person where not known
	Conversation Conversation
	Dialogue     quoting.Dialogue // of this person in this conversation, what has ended left out
}

// Arrive takes an activity, once: it notes it in the inbox, locks the conversation, makes
// the person the actor of the transaction, and says who and where that is. The lock puts
// messages of one conversation in order. A click makes no chat that was not known the
// personal one of anybody: Teams calls a chat of two people personal, too, and what waits
// for a person would be sent there.
func (t *Tx) Arrive(ctx context.Context, a Arrival) (Turn, error) {
	var turn Turn
	batch := &pgx.Batch{}
	batch.Queue(`
		SELECT `+personColumns+`, set_config('radioquote.actor', p.id::text, true)
		FROM people p
		LEFT JOIN people m ON m.id = p.manager_id
		WHERE p.tenant = $1
		  AND p.object_id = $2`, a.Person.Tenant, a.Person.Object).QueryRow(func(row pgx.Row) error {
		p, actor := &turn.Person, ""
		err := row.Scan(&p.RowID, &p.ID.Tenant, &p.ID.Object, &p.Name, &p.Roles, &p.Team, &p.Manager.Tenant, &p.Manager.Object, &actor)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		turn.Known = err == nil
		return err
	})
	batch.Queue(`
		INSERT INTO conversations (teams_id, kind, service_url, tenant, person_id, user_id, locale)
		SELECT $1, k.kind, $3, $4, CASE WHEN k.kind = 'personal' THEN actor() END, CASE WHEN k.kind = 'personal' THEN $5 ELSE '' END, $6
		FROM (SELECT CASE WHEN $2 = 'personal' AND $7 THEN 'groupChat' ELSE $2 END AS kind) k
		ON CONFLICT (teams_id) DO UPDATE
		SET service_url = excluded.service_url, gone = false, locale = coalesce(nullif(excluded.locale, ''), conversations.locale),
		    kind = CASE WHEN $7 THEN conversations.kind ELSE excluded.kind END,
		    person_id = CASE WHEN $7 THEN conversations.person_id ELSE excluded.person_id END,
		    user_id = CASE WHEN $7 THEN conversations.user_id ELSE excluded.user_id END
		RETURNING id, teams_id, kind, service_url, tenant, locale, welcomed`,
		a.Conversation, a.Kind, a.ServiceURL, a.Person.Tenant, a.UserID, a.Locale, a.Click).QueryRow(func(row pgx.Row) error {
		c := &turn.Conversation
		return row.Scan(&c.RowID, &c.TeamsID, &c.Kind, &c.ServiceURL, &c.Tenant, &c.Locale, &c.Welcomed)
	})
	if a.Kind != "personal" {
		batch.Queue(enterRoom, Room(a.Conversation), a.UserID, a.At)
	}
	batch.Queue(dialogue, a.Conversation, a.At).QueryRow(func(row pgx.Row) error { return scanDialogue(row, &turn.Dialogue) })
	batch.Queue(`SELECT EXISTS (SELECT FROM messages WHERE person_id = actor() AND state = 'waiting')`).QueryRow(func(row pgx.Row) error {
		return row.Scan(&turn.Waited)
	})
	batch.Queue(`
		INSERT INTO inbox (conversation, activity_id, received_at, correlation)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING
		RETURNING true`, a.Conversation, a.Activity, a.At, a.Correlation).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&turn.Fresh)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	if err := t.tx.SendBatch(ctx, batch).Close(); err != nil {
		return Turn{}, fmt.Errorf("take activity: %w", err)
	}
	turn.Person.ID = a.Person
	return turn, nil
}

// Welcome notes that the conversation has been greeted; false where it was before.
func (t *Tx) Welcome(ctx context.Context, conversation int64) (first bool, err error) {
	tag, err := t.tx.Exec(ctx, `UPDATE conversations SET welcomed = true WHERE id = $1 AND NOT welcomed`, conversation)
	return tag.RowsAffected() == 1, wrap(err, "welcome conversation %d", conversation)
}

// Leave notes that nothing can be sent to a conversation any more.
func (t *Tx) Leave(ctx context.Context, teamsID string) error {
	_, err := t.tx.Exec(ctx, `UPDATE conversations SET gone = true WHERE teams_id = $1`, teamsID)
	return wrap(err, "leave conversation")
}

// PersonalChat is the chat in which a person can be written to; the error is of kind
// NotFound where there is none yet.
func (t *Tx) PersonalChat(ctx context.Context, person int64) (int64, error) {
	var id int64
	err := t.tx.QueryRow(ctx, `
		SELECT id
		FROM conversations
		WHERE person_id = $1
		  AND kind = 'personal'
		  AND NOT gone
		ORDER BY id DESC
		LIMIT 1`, person).Scan(&id)
	return id, wrap(err, "personal chat of person %d", person)
}

// ForgetArrivals removes the notes of activities that came in before a time: Teams does
// not send again what is that old.
func (t *Tx) ForgetArrivals(ctx context.Context, before time.Time) (int64, error) {
	tag, err := t.tx.Exec(ctx, `DELETE FROM inbox WHERE received_at < $1`, before)
	return tag.RowsAffected(), wrap(err, "forget arrivals")
}
