package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

const holdColumns = `id, item_id, sku, content, state, reasons, prices`

func scanHold(row pgx.CollectableRow) (quoting.Hold, error) {
	var h quoting.Hold
	err := row.Scan(&h.ID, &h.Item, &h.SKU, &h.Content, &h.State, &h.Reasons, &h.Prices)
	return h, err
}

// OpenHolds are the items whose new prices are not published, or not yet.
func (t *Tx) OpenHolds(ctx context.Context) ([]quoting.Hold, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT `+holdColumns+`
		FROM holds
		WHERE state IN ('held', 'released', 'refused')
		ORDER BY sku`)
	holds, err := pgx.CollectRows(rows, scanHold)
	return holds, wrap(err, "open holds")
}

// Holds reads holds by their ids, by SKU. Those that the actor may not see are left out.
func (t *Tx) Holds(ctx context.Context, ids []int64) ([]quoting.Hold, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT `+holdColumns+`
		FROM holds
		WHERE id = ANY ($1)
		ORDER BY sku`, ids)
	holds, err := pgx.CollectRows(rows, scanHold)
	return holds, wrap(err, "holds")
}

// AddHolds writes new holds and gives them their ids.
func (t *Tx) AddHolds(ctx context.Context, holds []quoting.Hold, at time.Time, correlation string) error {
	batch := &pgx.Batch{}
	for i := range holds {
		h := &holds[i]
		batch.Queue(`
			INSERT INTO holds (item_id, sku, content, state, reasons, prices, held_at, correlation)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			RETURNING id`, h.Item, h.SKU, h.Content, h.State, h.Reasons, h.Prices, at, correlation).
			QueryRow(func(row pgx.Row) error { return row.Scan(&h.ID) })
	}
	return wrap(t.tx.SendBatch(ctx, batch).Close(), "add holds")
}

// EndHolds notes what became of open holds.
func (t *Tx) EndHolds(ctx context.Context, ids []int64, state quoting.HoldState) error {
	_, err := t.tx.Exec(ctx, `UPDATE holds SET state = $2 WHERE id = ANY ($1)`, ids, state)
	return wrap(err, "end holds")
}

// ofCard are the holds that a button names: by their ids, or those from the first id up to
// another.
const ofCard = `(id = ANY ($1) OR id BETWEEN ($1::bigint[])[1] AND $2)`

// DecideHolds notes an admin's decision on those of the holds that still wait for one, and
// returns them by SKU. With to, the holds are those from the first id up to it.
func (t *Tx) DecideHolds(ctx context.Context, ids []int64, to int64, state quoting.HoldState, who int64, at time.Time) ([]quoting.Hold, error) {
	rows, _ := t.tx.Query(ctx, `
		WITH decided AS (
			UPDATE holds
			SET state = $3, decided_by = $4, decided_at = $5
			WHERE `+ofCard+`
			  AND state = 'held'
			RETURNING `+holdColumns+`)
		SELECT `+holdColumns+`
		FROM decided
		ORDER BY sku`, ids, to, state, who, at)
	decided, err := pgx.CollectRows(rows, scanHold)
	return decided, wrap(err, "decide holds")
}

// HoldsDecided are those of the holds, named as for DecideHolds, that somebody decided so,
// by SKU.
func (t *Tx) HoldsDecided(ctx context.Context, ids []int64, to int64, state quoting.HoldState, who int64) ([]quoting.Hold, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT `+holdColumns+`
		FROM holds
		WHERE `+ofCard+`
		  AND (state = $3 OR $3 = 'released' AND state = 'published')
		  AND decided_by = $4
		ORDER BY sku`, ids, to, state, who)
	decided, err := pgx.CollectRows(rows, scanHold)
	return decided, wrap(err, "decided holds")
}

// SyncRun is a sync as it went.
type SyncRun struct {
	ID       int64
	Whole    bool
	Started  time.Time
	Took     time.Duration // 0: it did not end
	Outcome  string        // running, done, or why not
	Snapshot quoting.SnapshotID
}

// BeginSync notes that a sync begins, and forgets those of over a month ago.
func (t *Tx) BeginSync(ctx context.Context, whole bool, at time.Time) (id int64, err error) {
	if _, err := t.tx.Exec(ctx, `DELETE FROM sync_runs WHERE started_at < $1::timestamptz - interval '31 days'`, at); err != nil {
		return 0, wrap(err, "forget syncs")
	}
	err = t.tx.QueryRow(ctx, `INSERT INTO sync_runs (whole, started_at) VALUES ($1, $2) RETURNING id`, whole, at).Scan(&id)
	return id, wrap(err, "begin sync")
}

// EndSync notes how a sync ended.
func (t *Tx) EndSync(ctx context.Context, r SyncRun) error {
	_, err := t.tx.Exec(ctx, `
		UPDATE sync_runs
		SET took_ms = $2, outcome = $3, snapshot_id = nullif($4::bigint, 0)
		WHERE id = $1`, r.ID, r.Took.Milliseconds(), r.Outcome, r.Snapshot)
	return wrap(err, "end sync %d", r.ID)
}

// LastSync is the newest sync that ended well, of whole tables where whole is asked for;
// false where there is none.
func (t *Tx) LastSync(ctx context.Context, whole bool) (SyncRun, bool, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT id, whole, started_at, coalesce(took_ms, 0) * 1000000, outcome, coalesce(snapshot_id, 0)
		FROM sync_runs
		WHERE outcome = 'done'
		  AND (whole OR NOT $1)
		ORDER BY id DESC
		LIMIT 1`, whole)
	runs, err := pgx.CollectRows(rows, pgx.RowToStructByPos[SyncRun])
	if err != nil || len(runs) == 0 {
		return SyncRun{}, false, wrap(err, "last sync")
	}
	return runs[0], true, nil
}

// SaveProbes keeps what was found out about the NetSuite account.
func (t *Tx) SaveProbes(ctx context.Context, c quoting.Capabilities, probes []quoting.Probe) error {
	_, err := t.tx.Exec(ctx, `INSERT INTO account_probes (at, capabilities, probes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, c.At, c, probes)
	return wrap(err, "save probes")
}

// Capabilities are what was last found out about the NetSuite account; the zero value where
// nobody has probed it.
func (t *Tx) Capabilities(ctx context.Context) (quoting.Capabilities, error) {
	rows, _ := t.tx.Query(ctx, `SELECT capabilities FROM account_probes ORDER BY at DESC LIMIT 1`)
	found, err := pgx.CollectRows(rows, pgx.RowTo[quoting.Capabilities])
	if err != nil || len(found) == 0 {
		return quoting.Capabilities{}, wrap(err, "capabilities")
	}
	return found[0], nil
}

// Holding are the people of a role.
func (t *Tx) Holding(ctx context.Context, role quoting.Role) ([]Person, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT `+personColumns+`
		FROM people p
		LEFT JOIN people m ON m.id = p.manager_id
		WHERE $1 = ANY (p.roles)
		ORDER BY p.id`, role)
	people, err := pgx.CollectRows(rows, scanPerson)
	return people, wrap(err, "people with the role %s", role)
}
