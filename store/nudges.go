package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// WaitingQuote is a quote that waits for somebody's approval, with what its clocks are read
// from.
type WaitingQuote struct {
	Found
	Timing quoting.Timing
}

const selectWaiting = `
	SELECT ` + foundColumns + `, v.customer_waits,
	       coalesce((SELECT jsonb_agg(jsonb_build_object('Branch', r.branch, 'Level', r.level, 'At', r.asked_at))
	                 FROM approval_requests r WHERE r.quote_id = v.quote_id AND r.version = v.version), '[]'),
	       coalesce((SELECT jsonb_agg(jsonb_build_object('Version', n.version, 'Branch', n.branch, 'Level', n.level, 'Kind', n.kind, 'Number', n.number, 'At', n.at))
	                 FROM nudges n WHERE n.quote_id = v.quote_id), '[]')
	FROM quote_versions v
	JOIN quotes q ON q.id = v.quote_id AND q.current = v.version
	JOIN people o ON o.id = q.owner_id
	WHERE v.state = 'pending'
	  AND q.state = 'open'
	  AND v.approvals <> '[]'`

func scanWaiting(row pgx.CollectableRow) (WaitingQuote, error) {
	var w WaitingQuote
	var waits bool
	var err error
	w.Found, err = scanFound(row, &waits, &w.Timing.Asked, &w.Timing.Sent)
	w.Version.Waits = waits
	return w, err
}

// WaitingQuotes are the quotes after one, by number, at most limit, that wait for somebody's
// approval.
func (t *Tx) WaitingQuotes(ctx context.Context, after quoting.QuoteID, limit int) ([]WaitingQuote, error) {
	rows, _ := t.tx.Query(ctx, selectWaiting+` AND q.id > $1 ORDER BY q.id LIMIT $2`, int64(after), limit)
	waiting, err := pgx.CollectRows(rows, scanWaiting)
	return waiting, wrap(err, "quotes that wait")
}

// WaitingQuote is one quote that waits for somebody's approval; false where it does not.
func (t *Tx) WaitingQuote(ctx context.Context, quote quoting.QuoteID) (WaitingQuote, bool, error) {
	rows, _ := t.tx.Query(ctx, selectWaiting+` AND q.id = $1`, int64(quote))
	w, err := pgx.CollectExactlyOneRow(rows, scanWaiting)
	if errors.Is(err, pgx.ErrNoRows) {
		return w, false, nil
	}
	return w, err == nil, wrap(err, "waiting of %s", quote)
}

// SaveNudge notes that something is sent about a step, or wished for, and says whether it was
// not before.
func (t *Tx) SaveNudge(ctx context.Context, quote quoting.QuoteID, s quoting.SentNudge) (first bool, err error) {
	tag, err := t.tx.Exec(ctx, `
		INSERT INTO nudges (quote_id, version, branch, level, kind, number, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING`, int64(quote), s.Version, s.Branch, s.Level, s.Kind, s.Number, s.At)
	return tag.RowsAffected() == 1, wrap(err, "nudge about %s v%d", quote, s.Version)
}

// Beat notes that something which has to be done again and again was done at a time.
func (t *Tx) Beat(ctx context.Context, name string, at Time) error {
	_, err := t.tx.Exec(ctx, `
		INSERT INTO heartbeats (name, at)
		VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE
		SET at = excluded.at`, name, at)
	return wrap(err, "heartbeat of %s", name)
}

// LastBeat is when something was last done; zero: never.
func (t *Tx) LastBeat(ctx context.Context, name string) (Time, error) {
	var at Time
	err := t.tx.QueryRow(ctx, `SELECT at FROM heartbeats WHERE name = $1`, name).Scan(&at)
	if errors.Is(err, pgx.ErrNoRows) {
		return Time{}, nil
	}
	return at, wrap(err, "heartbeat of %s", name)
}

// InOffice are the people who decide, those first who have most to decide, at most limit: of
// whom it matters whether they are there.
func (t *Tx) InOffice(ctx context.Context, limit int) ([]Person, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT `+personColumns+`
		FROM people p
		LEFT JOIN people m ON m.id = p.manager_id
		LEFT JOIN LATERAL (
			SELECT count(*) AS asked
			FROM approval_requests r
			JOIN quotes q ON q.id = r.quote_id AND q.current = r.version AND q.state = 'open'
			JOIN quote_versions v ON v.quote_id = r.quote_id AND v.version = r.version AND v.state = 'pending'
			WHERE r.person_id = p.id
		) a ON true
		WHERE p.roles && ARRAY['sales_manager', 'finance', 'vp', 'owner', 'engineering']
		ORDER BY a.asked DESC, p.id
		LIMIT $1`, limit)
	people, err := pgx.CollectRows(rows, scanPerson)
	return people, wrap(err, "people who decide")
}
