package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// Evidence is what is kept of a quote, row by row as it is stored. What is a secret of a
// round is left out: nonces, and what belongs to a round of signing in.
type Evidence struct {
	Quote    json.RawMessage
	Versions []VersionEvidence
	Policies []PolicyText
	Estimate json.RawMessage
	Events   json.RawMessage
	StepUps  json.RawMessage
	People   json.RawMessage
}

// VersionEvidence is what is kept of a version. Rows are JSON lists.
type VersionEvidence struct {
	Number   int
	Version  quoting.Version // as the service reads it
	Policy   string
	Hash     string // as stored
	Row      json.RawMessage
	Lines    json.RawMessage
	Prices   json.RawMessage // the rows that the lines were priced of, in the snapshot
	Snapshot json.RawMessage
	Requests json.RawMessage
	Nudges   json.RawMessage
	Opinions json.RawMessage
	Steps    []StepEvidence
	Decision *StepEvidence
	Shown    []ShownEvidence
	Again    *Recomputed // nil: not recomputed
}

// StepEvidence is an approval of a step, or a decision, and the content that it was given on.
type StepEvidence struct {
	Row     json.RawMessage
	Hash    string
	Carried int // the version on which it was given; 0: this one
}

// ShownEvidence is what somebody was shown, and the hash of it, stored and made again.
type ShownEvidence struct {
	Row   json.RawMessage
	Hash  string
	Again string
}

// PolicyText is a policy as it was taken.
type PolicyText struct {
	Version string
	Text    string
}

// Evidence reads what is kept of a quote, all of one moment. recompute says by which policy
// the second engine is to price a version again; nil: it is not. The error is of kind NotFound
// where there is no such quote.
func (db *DB) Evidence(ctx context.Context, id quoting.QuoteID, recompute func(PolicyText) *quoting.Policy) (Evidence, error) {
	var e Evidence
	err := db.inTx(ctx, Job, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE "+string(Job), func(tx *Tx) (err error) {
		e, err = tx.evidence(ctx, id, recompute)
		return err
	})
	return e, err
}

// The rows of a quote as JSON: $1 is the quote.
const (
	evidenceQuote = `SELECT to_jsonb(q) - 'claimed_until' FROM quotes q WHERE q.id = $1`

	evidenceEstimate = `SELECT to_jsonb(e) FROM estimates e WHERE e.quote_id = $1`

	evidenceEvents = `SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY e.id), '[]') FROM audit_events e WHERE e.quote_id = $1`

	evidenceStepUps = `
		SELECT coalesce(jsonb_agg(jsonb_build_object(
		           'person_id', s.person_id, 'purpose', s.purpose, 'version', s.version, 'intent', s.command ->> 'intent',
		           'created_at', s.created_at, 'expires_at', s.expires_at, 'used_at', s.used_at) ORDER BY s.created_at, s.person_id), '[]')
		FROM step_ups s
		WHERE s.quote_id = $1`

	evidencePeople = `
		SELECT coalesce(jsonb_agg(jsonb_build_object(
		           'id', p.id, 'tenant', p.tenant, 'object_id', p.object_id, 'name', p.name, 'roles', p.roles, 'team', p.team, 'manager_id', p.manager_id) ORDER BY p.id), '[]')
		FROM people p
		WHERE p.id IN (
			SELECT owner_id FROM quotes WHERE id = $1
			UNION SELECT actor_id FROM audit_events WHERE quote_id = $1
			UNION SELECT unnest(ARRAY[decided_by, for_id]) FROM approval_steps WHERE quote_id = $1
			UNION SELECT unnest(ARRAY[decided_by, for_id]) FROM decisions WHERE quote_id = $1
			UNION SELECT unnest(ARRAY[person_id, by_id]) FROM approval_requests WHERE quote_id = $1
			UNION SELECT unnest(ARRAY[person_id, asked_by]) FROM consults WHERE quote_id = $1
			UNION SELECT person_id FROM shown_cards WHERE quote_id = $1
			UNION SELECT person_id FROM step_ups WHERE quote_id = $1
			UNION SELECT s.id
			      FROM quote_versions v
			      CROSS JOIN jsonb_to_recordset(v.setters) AS set_by (by jsonb)
			      JOIN people s ON s.tenant = set_by.by ->> 'Tenant' AND s.object_id = set_by.by ->> 'Object'
			      WHERE v.quote_id = $1)`

	evidencePolicies = `
		SELECT p.version, p.text
		FROM policies p
		WHERE p.version IN (SELECT v.policy FROM quote_versions v WHERE v.quote_id = $1)
		ORDER BY p.taken_at, p.version`

	evidenceVersions = `
		SELECT v.version, v.policy, v.content_hash, to_jsonb(v) - 'nonce', to_jsonb(s)
		FROM quote_versions v
		JOIN price_snapshots s ON s.id = v.snapshot_id
		WHERE v.quote_id = $1
		ORDER BY v.version`
)

// The rows of a version: $2 is its number.
const (
	evidenceLines = `SELECT coalesce(jsonb_agg(to_jsonb(l) ORDER BY l.position), '[]') FROM quote_lines l WHERE l.quote_id = $1 AND l.version = $2`

	evidencePrices = `
		SELECT coalesce(jsonb_agg(jsonb_build_object(
		           'position', l.position, 'sku', l.sku,
		           'item', (SELECT to_jsonb(i) FROM items i WHERE i.item_id = l.item_id AND i.since <= v.snapshot_id AND (i.until IS NULL OR i.until > v.snapshot_id)),
		           'list', (SELECT to_jsonb(p)
		                    FROM prices p
		                    WHERE p.item_id = l.item_id AND p.level_id = 1 AND p.currency = v.currency AND p.from_qty <= 1
		                      AND p.since <= v.snapshot_id AND (p.until IS NULL OR p.until > v.snapshot_id)
		                    ORDER BY p.from_qty DESC
		                    LIMIT 1),
		           'price', (SELECT to_jsonb(p)
		                     FROM prices p
		                     WHERE p.item_id = l.item_id AND p.row_id = l.price_row
		                       AND p.since <= v.snapshot_id AND (p.until IS NULL OR p.until > v.snapshot_id)
		                     LIMIT 1),
		           'customer_price', (SELECT to_jsonb(c)
		                              FROM customer_prices c
		                              WHERE c.item_id = l.item_id AND c.customer_id = v.customer_id
		                                AND c.since <= v.snapshot_id AND (c.until IS NULL OR c.until > v.snapshot_id))) ORDER BY l.position), '[]')
		FROM quote_lines l
		JOIN quote_versions v ON v.quote_id = l.quote_id AND v.version = l.version
		WHERE l.quote_id = $1
		  AND l.version = $2`

	evidenceRequests = `SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.id), '[]') FROM approval_requests r WHERE r.quote_id = $1 AND r.version = $2`
	evidenceNudges   = `SELECT coalesce(jsonb_agg(to_jsonb(n) ORDER BY n.at, n.branch, n.level, n.kind, n.number), '[]') FROM nudges n WHERE n.quote_id = $1 AND n.version = $2`
	evidenceOpinions = `SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.id), '[]') FROM consults c WHERE c.quote_id = $1 AND c.version = $2`

	evidenceSteps = `
		SELECT to_jsonb(s), s.content_hash, coalesce(s.carried_from, 0)
		FROM approval_steps s
		WHERE s.quote_id = $1
		  AND s.version = $2
		ORDER BY s.branch, s.level`

	evidenceDecision = `SELECT to_jsonb(d), d.content_hash, 0 FROM decisions d WHERE d.quote_id = $1 AND d.version = $2`

	evidenceShown = `
		SELECT to_jsonb(s), s.hash, encode(sha256(convert_to(s.data::text, 'UTF8')), 'hex')
		FROM shown_cards s
		WHERE s.quote_id = $1
		  AND s.version = $2
		ORDER BY s.id`
)

func (t *Tx) evidence(ctx context.Context, id quoting.QuoteID, recompute func(PolicyText) *quoting.Policy) (Evidence, error) {
	var e Evidence
	batch := &pgx.Batch{}
	one := func(query string, into *json.RawMessage) {
		batch.Queue(query, int64(id)).QueryRow(func(row pgx.Row) error { return row.Scan(into) })
	}
	one(evidenceQuote, &e.Quote)
	batch.Queue(evidenceEstimate, int64(id)).QueryRow(func(row pgx.Row) error {
		if err := row.Scan(&e.Estimate); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		return nil
	})
	one(evidenceEvents, &e.Events)
	one(evidenceStepUps, &e.StepUps)
	one(evidencePeople, &e.People)
	batch.Queue(evidencePolicies, int64(id)).Query(func(rows pgx.Rows) (err error) {
		e.Policies, err = pgx.CollectRows(rows, pgx.RowToStructByPos[PolicyText])
		return err
	})
	batch.Queue(evidenceVersions, int64(id)).Query(func(rows pgx.Rows) (err error) {
		e.Versions, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (v VersionEvidence, err error) {
			err = row.Scan(&v.Number, &v.Policy, &v.Hash, &v.Row, &v.Snapshot)
			v.Version = quoting.Version{Quote: id, Number: v.Number}
			return v, err
		})
		return err
	})
	err := t.tx.SendBatch(ctx, batch).Close()
	if errors.Is(err, pgx.ErrNoRows) {
		return e, quoting.Errorf(quoting.NotFound, "There is no quote %s.", id)
	}
	if err != nil {
		return e, wrap(err, "evidence of %s", id)
	}
	policies := map[string]*quoting.Policy{}
	for _, p := range e.Policies {
		policies[p.Version] = recompute(p)
	}
	batch = &pgx.Batch{}
	for i := range e.Versions {
		queueVersionEvidence(batch, &e.Versions[i], id, policies[e.Versions[i].Policy])
	}
	err = t.tx.SendBatch(ctx, batch).Close()
	for i := range e.Versions {
		e.Versions[i].Version.Nonce = ""
	}
	return e, wrap(err, "evidence of %s", id)
}

// queueVersionEvidence has a batch fill what is kept of a version.
func queueVersionEvidence(batch *pgx.Batch, v *VersionEvidence, id quoting.QuoteID, p *quoting.Policy) {
	queueVersion(batch, &v.Version)
	for query, into := range map[string]*json.RawMessage{
		evidenceLines: &v.Lines, evidencePrices: &v.Prices, evidenceRequests: &v.Requests, evidenceNudges: &v.Nudges, evidenceOpinions: &v.Opinions,
	} {
		batch.Queue(query, int64(id), v.Number).QueryRow(func(row pgx.Row) error { return row.Scan(into) })
	}
	batch.Queue(evidenceSteps, int64(id), v.Number).Query(func(rows pgx.Rows) (err error) {
		v.Steps, err = pgx.CollectRows(rows, pgx.RowToStructByPos[StepEvidence])
		return err
	})
	batch.Queue(evidenceDecision, int64(id), v.Number).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByPos[StepEvidence])
		if len(found) > 0 {
			v.Decision = found[0]
		}
		return err
	})
	batch.Queue(evidenceShown, int64(id), v.Number).Query(func(rows pgx.Rows) (err error) {
		v.Shown, err = pgx.CollectRows(rows, pgx.RowToStructByPos[ShownEvidence])
		return err
	})
	if p == nil {
		return
	}
	batch.Queue(`SELECT * FROM recompute_traced($1, $2, $3, $4, $5)`, int64(id), v.Number, p.CostOrder, p.Freight.Percent, p.Freight.Minimum).
		QueryRow(func(row pgx.Row) error {
			v.Again = &Recomputed{}
			if err := v.Again.scan(row); err != nil {
				return fmt.Errorf("v%d again: %w", v.Number, err)
			}
			return nil
		})
}
