package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// Ask notes that somebody was asked for a step, and why; by is the row of who passed it on,
// or in whose place; 0: of nobody. It says whether that person was asked for the first time.
func (t *Tx) Ask(ctx context.Context, v quoting.Version, step quoting.ApprovalStep, person int64, via quoting.Via, by int64, at Time) (first bool, err error) {
	tag, err := t.tx.Exec(ctx, `
		INSERT INTO approval_requests (quote_id, version, branch, level, person_id, via, by_id, asked_at)
		VALUES ($1, $2, $3, $4, $5, $6, nullif($7::bigint, 0), $8)
		ON CONFLICT DO NOTHING`, int64(v.Quote), v.Number, step.Branch, step.Level, person, via, by, at)
	return tag.RowsAffected() == 1, wrap(err, "ask for a step of %s v%d", v.Quote, v.Number)
}

// AskedOf are the quotes that wait for a step that somebody was asked for and nobody has
// taken, beside one, who waits longest first.
func (t *Tx) AskedOf(ctx context.Context, person int64, beside quoting.QuoteID) ([]quoting.QuoteID, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT q.id
		FROM approval_requests r
		JOIN quotes q ON q.id = r.quote_id AND q.current = r.version
		JOIN quote_versions v ON v.quote_id = r.quote_id AND v.version = r.version
		WHERE r.person_id = $1
		  AND q.id <> $2
		  AND q.state = 'open'
		  AND v.state = 'pending'
		  AND NOT EXISTS (SELECT FROM approval_steps s WHERE s.quote_id = r.quote_id AND s.version = r.version AND s.branch = r.branch AND s.level = r.level)
		GROUP BY q.id, v.submitted_at
		ORDER BY v.submitted_at, q.id
		LIMIT `+maxPending, person, int64(beside))
	asked, err := pgx.CollectRows(rows, scanQuoteID)
	return asked, wrap(err, "what person %d was asked for", person)
}

// SaveWaits notes that the customer of a version is waiting.
func (t *Tx) SaveWaits(ctx context.Context, v quoting.Version) error {
	_, err := t.tx.Exec(ctx, `UPDATE quote_versions SET customer_waits = $3 WHERE quote_id = $1 AND version = $2`, int64(v.Quote), v.Number, v.Waits)
	return wrap(err, "customer of %s waits", v.Quote)
}

// Delegate lets somebody decide in the actor's place, from one time to another.
func (t *Tx) Delegate(ctx context.Context, from, to int64, since, until Time) error {
	_, err := t.tx.Exec(ctx, `INSERT INTO delegations (from_id, to_id, since, until) VALUES ($1, $2, $3, $4)`, from, to, since, until)
	return wrap(err, "delegate")
}

// DelegatorsOf are those in whose place somebody may decide at a time.
func (t *Tx) DelegatorsOf(ctx context.Context, id quoting.PersonID, at Time) ([]quoting.PersonID, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT f.tenant, f.object_id
		FROM delegations d
		JOIN people f ON f.id = d.from_id
		JOIN people g ON g.id = d.to_id
		WHERE g.tenant = $1
		  AND g.object_id = $2
		  AND d.since <= $3
		  AND d.until > $3
		  AND d.ended_at IS NULL
		ORDER BY d.id`, id.Tenant, id.Object, at)
	found, err := pgx.CollectRows(rows, scanPersonID)
	return found, wrap(err, "delegators")
}

// EndDelegations takes the actor's delegations back and says how many there were.
func (t *Tx) EndDelegations(ctx context.Context, from int64, at Time) (int64, error) {
	tag, err := t.tx.Exec(ctx, `
		UPDATE delegations
		SET ended_at = $2
		WHERE from_id = $1
		  AND until > $2
		  AND ended_at IS NULL`, from, at)
	return tag.RowsAffected(), wrap(err, "end delegations")
}

// Delegations are those in force at a time, of everybody. The lock keeps two that are made
// at once from making a chain.
func (t *Tx) Delegations(ctx context.Context, at Time) ([]quoting.Delegation, error) {
	if _, err := t.tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('radioquote.delegations'))`); err != nil {
		return nil, wrap(err, "delegations")
	}
	rows, _ := t.tx.Query(ctx, `
		SELECT d.id, f.tenant, f.object_id, g.tenant, g.object_id, d.since, d.until
		FROM delegations d
		JOIN people f ON f.id = d.from_id
		JOIN people g ON g.id = d.to_id
		WHERE d.until > $1
		  AND d.ended_at IS NULL
		ORDER BY d.id`, at)
	all, err := pgx.CollectRows(rows, scanDelegation)
	return all, wrap(err, "delegations")
}

// SayAway notes that somebody is out of office until a time, or until it is said otherwise
// where that is zero.
func (t *Tx) SayAway(ctx context.Context, person int64, source string, since, until, at Time) error {
	var end *time.Time
	if !until.IsZero() {
		end = &until
	}
	_, err := t.tx.Exec(ctx, `
		INSERT INTO absences (person_id, source, since, until, seen_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person_id, source) DO UPDATE
		SET since = excluded.since, until = excluded.until, seen_at = excluded.seen_at`, person, source, since, end, at)
	return wrap(err, "absence of person %d", person)
}

// SayBack notes that somebody is back, and says whether that person was away.
func (t *Tx) SayBack(ctx context.Context, person int64, source string) (bool, error) {
	tag, err := t.tx.Exec(ctx, `DELETE FROM absences WHERE person_id = $1 AND source = $2`, person, source)
	return tag.RowsAffected() > 0, wrap(err, "return of person %d", person)
}

// SaveShown keeps what an approver was shown of a version, once for each content. The hash is
// of the data as Postgres writes it, so that it can be made again of what is stored.
func (t *Tx) SaveShown(ctx context.Context, v quoting.View, person int64, data json.RawMessage, at Time) error {
	_, err := t.tx.Exec(ctx, `
		INSERT INTO shown_cards (quote_id, version, person_id, hash, data, shown_at)
		VALUES ($1, $2, $3, encode(sha256(convert_to(($4::jsonb)::text, 'UTF8')), 'hex'), $4::jsonb, $5)
		ON CONFLICT DO NOTHING`, int64(v.Quote), v.Version, person, data, at)
	return wrap(err, "card of %s that was shown", v.Quote)
}

// Consult asks somebody for an opinion on a version; asked before, it is not asked again.
func (t *Tx) Consult(ctx context.Context, v quoting.Version, by, person int64, at Time) (first bool, err error) {
	tag, err := t.tx.Exec(ctx, `
		INSERT INTO consults (quote_id, version, asked_by, person_id, asked_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`, int64(v.Quote), v.Number, by, person, at)
	return tag.RowsAffected() == 1, wrap(err, "consult on %s", v.Quote)
}

// AnswerConsult notes an opinion and returns the rows of those who asked for it; none: nobody
// did, or it was given.
func (t *Tx) AnswerConsult(ctx context.Context, quote quoting.QuoteID, version int, person int64, answer string, at Time) ([]int64, error) {
	rows, _ := t.tx.Query(ctx, `
		UPDATE consults
		SET answer = $4, answered_at = $5
		WHERE quote_id = $1
		  AND version = $2
		  AND person_id = $3
		  AND answer = ''
		RETURNING asked_by`, int64(quote), version, person, answer, at)
	asked, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return asked, wrap(err, "opinion on %s", quote)
}

// Opinions are what was asked about a version, and answered.
func (t *Tx) Opinions(ctx context.Context, quote quoting.QuoteID, version int) ([]quoting.Opinion, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT p.tenant, p.object_id, p.name, b.tenant, b.object_id, b.name, c.answer, c.asked_at
		FROM consults c
		JOIN people p ON p.id = c.person_id
		JOIN people b ON b.id = c.asked_by
		WHERE c.quote_id = $1
		  AND c.version = $2
		ORDER BY c.id`, int64(quote), version)
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (quoting.Opinion, error) {
		var o quoting.Opinion
		err := row.Scan(&o.Of.Tenant, &o.Of.Object, &o.Name, &o.By.Tenant, &o.By.Object, &o.AskedBy, &o.Text, &o.AskedAt)
		return o, err
	})
	return all, wrap(err, "opinions on %s", quote)
}
