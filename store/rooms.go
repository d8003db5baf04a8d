package store

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// Room is the group chat or the channel of a conversation: the threads of a channel are
// conversations of one room.
func Room(conversation string) string {
	room, _, _ := strings.Cut(conversation, ";messageid=")
	return room
}

// enterRoom notes that the actor was seen in a room, and as whom.
const enterRoom = `
	INSERT INTO room_people (room, person_id, user_id, seen_at)
	SELECT $1, actor(), $2, $3
	WHERE actor() IS NOT NULL
	ON CONFLICT (room, person_id) DO UPDATE
	SET user_id = excluded.user_id, seen_at = excluded.seen_at`

// RoomUsers is how Teams calls the people of a room who may see a quote, as far as they
// were seen there: first the one who asked for the card, then the quote's team, then who was
// seen last.
func (t *Tx) RoomUsers(ctx context.Context, room string, quote quoting.QuoteID, asker int64) ([]string, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT r.user_id
		FROM room_people r
		JOIN people p ON p.id = r.person_id
		JOIN quotes q ON q.id = $2
		WHERE r.room = $1
		  AND may_see(p.id, q.id)
		ORDER BY p.id = $3 DESC, p.team = q.team AND q.team <> '' DESC, r.seen_at DESC
		LIMIT $4`, room, int64(quote), asker, quoting.MaxRoomUsers)
	users, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return users, wrap(err, "people of a room who see %s", quote)
}

// RoomUser is how Teams calls a person in a room; empty where the person was not seen there.
func (t *Tx) RoomUser(ctx context.Context, room string, person int64) (string, error) {
	rows, _ := t.tx.Query(ctx, `SELECT user_id FROM room_people WHERE room = $1 AND person_id = $2`, room, person)
	users, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(users, ""), wrap(err, "person %d in a room", person)
}

// RoomCard is the newest card of a quote in a conversation; the error is of kind NotFound
// where there is none.
func (t *Tx) RoomCard(ctx context.Context, conversation string, quote quoting.QuoteID) (Outgoing, error) {
	var id int64
	err := t.tx.QueryRow(ctx, `
		SELECT m.id
		FROM messages m
		JOIN conversations c ON c.id = m.conversation_id
		WHERE c.teams_id = $1
		  AND m.quote_id = $2
		  AND m.kind = 'room'
		ORDER BY m.id DESC
		LIMIT 1`, conversation, int64(quote)).Scan(&id)
	if err != nil {
		return Outgoing{}, wrap(err, "card of %s in a room", quote)
	}
	return t.message(ctx, id, "")
}

// SealedNotice is the notice of a message that only this person may open, and only in this
// conversation. The error is of kind NotFound for any other message.
func (t *Tx) SealedNotice(ctx context.Context, id, conversation, person int64) (quoting.Notice, error) {
	var n quoting.Notice
	err := t.tx.QueryRow(ctx, `
		SELECT notice
		FROM messages
		WHERE id = $1
		  AND conversation_id = $2
		  AND person_id = $3
		  AND kind = 'sealed'`, id, conversation, person).Scan(&n)
	return n, wrap(err, "sealed message %d", id)
}

// Share is what was shared of a quote in a conversation.
type Share struct {
	Version int
	By      string // display name
	At      time.Time
}

// ShareOf is what was shared of a quote in a conversation last; the zero Share is nothing.
func (t *Tx) ShareOf(ctx context.Context, conversation int64, quote quoting.QuoteID) (Share, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT s.version, p.name, s.shared_at
		FROM shares s
		JOIN people p ON p.id = s.shared_by
		WHERE s.conversation_id = $1
		  AND s.quote_id = $2`, conversation, int64(quote))
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Share])
	if err != nil || len(found) == 0 {
		return Share{}, wrap(err, "share of %s", quote)
	}
	return found[0], nil
}

// Share notes that the actor, a quote's owner, shows a version of it in a conversation.
func (t *Tx) Share(ctx context.Context, conversation int64, quote quoting.QuoteID, version int, at time.Time) error {
	_, err := t.tx.Exec(ctx, `
		INSERT INTO shares (conversation_id, quote_id, version, shared_by, shared_at)
		VALUES ($1, $2, $3, actor(), $4)
		ON CONFLICT (conversation_id, quote_id) DO UPDATE
		SET version = excluded.version, shared_by = excluded.shared_by, shared_at = excluded.shared_at`, conversation, int64(quote), version, at)
	return wrap(err, "share %s", quote)
}

// Unshare ends that; it says false where nothing was shared.
func (t *Tx) Unshare(ctx context.Context, conversation int64, quote quoting.QuoteID) (bool, error) {
	tag, err := t.tx.Exec(ctx, `DELETE FROM shares WHERE conversation_id = $1 AND quote_id = $2`, conversation, int64(quote))
	return tag.RowsAffected() == 1, wrap(err, "unshare %s", quote)
}
