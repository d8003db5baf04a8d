package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// MessageKind says what a message shows.
type MessageKind string

const (
	QuoteMessage    MessageKind = "quote"    // a quote's card
	ApprovalMessage MessageKind = "approval" // the card of somebody who decides
	NoticeMessage   MessageKind = "notice"
	RoomMessage     MessageKind = "room"   // a quote's card that everybody of a room sees
	SealedMessage   MessageKind = "sealed" // a notice in a room that only its person can open
)

// MessageState is how far a message has come.
type MessageState string

const (
	Waiting   MessageState = "waiting" // the person has no chat with us yet
	Queued    MessageState = "queued"
	Sending   MessageState = "sending" // handed to Teams, no answer yet
	Delivered MessageState = "sent"
	Ambiguous MessageState = "ambiguous" // Teams may have it or not; never sent again blindly
	Dead      MessageState = "dead"      // cannot be sent
)

// Message is an entry of the outbox, and afterwards a copy of a card that is out there.
type Message struct {
	RowID        int64
	Conversation int64 // row; 0 while waiting
	Number       int64 // order within the conversation
	Person       int64 // row of whose view it shows, or who asked; 0 for a notice to anybody
	Kind         MessageKind
	Quote        quoting.QuoteID
	Version      int
	Notice       *quoting.Notice
	State        MessageState
	ActivityID   string
	Wanted       int // changes so far
	Shown        int // changes that have reached Teams
	Correlation  string
	CreatedAt    time.Time
}

// Post puts a message into the outbox, as the next of its conversation, and returns its
// row. Without a conversation it waits for the person's first.
func (t *Tx) Post(ctx context.Context, m Message) (int64, error) {
	// A message to somebody else is not visible to the actor, and so nothing is RETURNING.
	const query = `
		WITH drawn AS (
			SELECT nextval('messages_id_seq') AS id
		), numbered AS (
			UPDATE conversations
			SET last_message = last_message + 1
			WHERE id = nullif(@conversation::bigint, 0)
			RETURNING id, last_message
		), posted AS (
			INSERT INTO messages (id, conversation_id, number, person_id, kind, quote_id, version, notice, state, correlation, created_at)
			OVERRIDING SYSTEM VALUE
			SELECT d.id, n.id, n.last_message, nullif(@person::bigint, 0), @kind, nullif(@quote::bigint, 0), nullif(@version::integer, 0), @notice,
			       CASE WHEN n.id IS NULL THEN 'waiting' ELSE 'queued' END, @correlation, @at
			FROM drawn d
			LEFT JOIN numbered n ON true
		)
		SELECT id FROM drawn`
	args := pgx.NamedArgs{
		"conversation": m.Conversation, "person": m.Person, "kind": m.Kind, "quote": int64(m.Quote), "version": m.Version,
		"notice": m.Notice, "correlation": m.Correlation, "at": m.CreatedAt,
	}
	var id int64
	err := t.tx.QueryRow(ctx, query, args).Scan(&id)
	return id, wrap(err, "post message")
}

// Touch notes that every card of a quote has changed and returns the rows of those that
// are to be updated. What waits for a chat needs nothing; it shows the state at the time
// of sending.
func (t *Tx) Touch(ctx context.Context, quote quoting.QuoteID) ([]int64, error) {
	rows, _ := t.tx.Query(ctx, `
		UPDATE messages
		SET wanted = wanted + 1
		WHERE quote_id = $1
		  AND kind <> 'notice'
		  AND state IN ('queued', 'sending', 'sent')
		RETURNING id`, int64(quote))
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return ids, wrap(err, "touch cards of %s", quote)
}

// MoveCards makes the owner's cards that show one version of a quote show another: a quote
// is re-priced in place.
func (t *Tx) MoveCards(ctx context.Context, quote quoting.QuoteID, from, to int) error {
	_, err := t.tx.Exec(ctx, `
		UPDATE messages m
		SET version = $3
		FROM quotes q
		WHERE q.id = m.quote_id
		  AND m.quote_id = $1
		  AND m.person_id = q.owner_id
		  AND m.kind = 'quote'
		  AND m.version = $2`, int64(quote), from, to)
	return wrap(err, "move cards of %s", quote)
}

// ReleaseWaiting queues what waited for somebody's first chat, in that chat, and returns
// the rows.
func (t *Tx) ReleaseWaiting(ctx context.Context, person, conversation int64) ([]int64, error) {
	rows, _ := t.tx.Query(ctx, `
		WITH waiting AS (
			SELECT id, row_number() OVER (ORDER BY id) AS n
			FROM messages
			WHERE person_id = $1
			  AND state = 'waiting'
		), numbered AS (
			UPDATE conversations
			SET last_message = last_message + (SELECT count(*) FROM waiting)
			WHERE id = $2
			RETURNING id, last_message - (SELECT count(*) FROM waiting) AS before
		)
		UPDATE messages m
		SET conversation_id = n.id, number = n.before + w.n, state = 'queued'
		FROM waiting w, numbered n
		WHERE m.id = w.id
		RETURNING m.id`, person, conversation)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return ids, wrap(err, "release waiting messages of person %d", person)
}

const messageColumns = `m.id, coalesce(m.conversation_id, 0), coalesce(m.number, 0), coalesce(m.person_id, 0), m.kind, coalesce(m.quote_id, 0), coalesce(m.version, 0), m.notice, m.state, m.activity_id, m.wanted, m.shown, m.correlation, m.created_at`

// Outgoing is a message with what is needed to send it.
type Outgoing struct {
	Message
	TeamsID    string
	ServiceURL string
	Locale     string // of the conversation
	Gone       bool
	Earlier    bool // an earlier message of the conversation is not out yet
}

// LockMessage reads a message for sending and keeps others from sending it. The error is
// of kind NotFound while it waits for a chat.
func (t *Tx) LockMessage(ctx context.Context, id int64) (Outgoing, error) {
	return t.message(ctx, id, " FOR UPDATE OF m")
}

func (t *Tx) message(ctx context.Context, id int64, lock string) (Outgoing, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT `+messageColumns+`, c.teams_id, c.service_url, c.locale, c.gone,
		       EXISTS (SELECT FROM messages e WHERE e.conversation_id = m.conversation_id AND e.number < m.number AND e.state IN ('queued', 'sending'))
		FROM messages m
		JOIN conversations c ON c.id = m.conversation_id
		WHERE m.id = $1`+lock, id)
	o, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (Outgoing, error) {
		var o Outgoing
		err := row.Scan(&o.RowID, &o.Conversation, &o.Number, &o.Person, &o.Kind, (*int64)(&o.Quote), &o.Version, &o.Notice, &o.State, &o.ActivityID, &o.Wanted, &o.Shown, &o.Correlation, &o.CreatedAt,
			&o.TeamsID, &o.ServiceURL, &o.Locale, &o.Gone, &o.Earlier)
		return o, err
	})
	return o, wrap(err, "message %d", id)
}

// SetMessageState notes how far a message has come.
func (t *Tx) SetMessageState(ctx context.Context, id int64, state MessageState) error {
	_, err := t.tx.Exec(ctx, `UPDATE messages SET state = $2 WHERE id = $1`, id, state)
	return wrap(err, "message %d", id)
}

// MarkShown notes that Teams has a message as it was locked, under which activity id. It
// says whether another update is due: for changes since, or because another call of the
// same message has ended meanwhile. Nobody knows then whose state Teams shows.
func (t *Tx) MarkShown(ctx context.Context, m Outgoing, activity string, at time.Time) (due bool, err error) {
	err = t.tx.QueryRow(ctx, `
		UPDATE messages
		SET state = 'sent', activity_id = $2, shown = CASE WHEN shown IN ($3, $4) THEN $4 ELSE 0 END, sent_at = coalesce(sent_at, $5)
		WHERE id = $1
		RETURNING wanted > shown`, m.RowID, activity, m.Shown, m.Wanted, at).Scan(&due)
	return due, wrap(err, "message %d", m.RowID)
}
