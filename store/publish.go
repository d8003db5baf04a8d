package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// history is the tables whose rows hold from one snapshot to another, in the order in which
// they are published.
var history = [...]historyTable{
	{"items", []string{"item_id"}, []string{"sku", "name", "item_type", "category", "break_group", "tags", "pricing_group", "inactive", "average_cost", "last_cost", "standard_cost", "lead_days", "replaced_by"}},
	{"price_levels", []string{"level_id"}, []string{"name", "inactive"}},
	{"prices", []string{"item_id", "level_id", "currency", "from_qty"}, []string{"row_id", "unit_price"}},
	{"customers", []string{"customer_id"}, []string{"entity_id", "name", "level_id", "currency", "terms", "email", "parent_id", "subsidiary", "credit_hold", "taxable", "inactive"}},
	{"customer_prices", []string{"customer_id", "item_id"}, []string{"level_id", "currency", "unit_price"}},
	{"group_levels", []string{"customer_id", "pricing_group"}, []string{"level_id"}},
}

type historyTable struct {
	name   string
	key    []string
	values []string
}

func (h historyTable) columns() string {
	return strings.Join(append(append([]string{}, h.key...), h.values...), ", ")
}

// same is the condition that a staged row s and a current row t have these columns alike.
func same(columns []string) string {
	s, t := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		s[i], t[i] = "s."+c, "t."+c
	}
	return fmt.Sprintf("(%s) IS NOT DISTINCT FROM (%s)", strings.Join(s, ", "), strings.Join(t, ", "))
}

func equal(columns []string) string {
	terms := make([]string, len(columns))
	for i, c := range columns {
		terms[i] = "s." + c + " = t." + c
	}
	return strings.Join(terms, " AND ")
}

// Publication is what publishing a snapshot came to.
type Publication struct {
	Snapshot quoting.SnapshotID // in force now
	Changed  bool               // it is another one than before
	Rows     int                // that began or ended with it
}

// BeginPublishing makes this transaction the only one that publishes until it ends, and
// lets it take minutes.
func (t *Tx) BeginPublishing(ctx context.Context) error {
	_, err := t.tx.Exec(ctx, `
		SET LOCAL statement_timeout = '10min';
		SET LOCAL idle_in_transaction_session_timeout = '10min';
		SELECT pg_advisory_xact_lock(hashtext('radioquote publish'))`)
	return wrap(err, "begin publishing")
}

// PublishSnapshot makes what is staged for a snapshot the one that quotes are made from,
// and announces it: rows that are as they were stay, others begin or end with it. Where
// none is another than before, the snapshot in force is confirmed instead; one whose sync
// began before that of the snapshot in force, and was slower, is dropped. Stock is taken as
// staged; with whole, what is not staged is gone.
func (t *Tx) PublishSnapshot(ctx context.Context, id quoting.SnapshotID, whole bool, at time.Time) (Publication, error) {
	latest, err := t.LatestSnapshot(ctx)
	if err != nil && !errors.Is(err, quoting.NotFound) {
		return Publication{}, err
	}
	if latest.ID > id {
		return Publication{Snapshot: latest.ID}, t.DropSnapshot(ctx, id)
	}
	if err := t.takeStock(ctx, id, whole); err != nil {
		return Publication{}, err
	}
	rows := 0
	for _, table := range history {
		changed, err := t.publishTable(ctx, table, id)
		if err != nil {
			return Publication{}, err
		}
		rows += changed
	}
	if rows == 0 && latest.ID != 0 {
		_, err := t.tx.Exec(ctx, `
			UPDATE price_snapshots
			SET confirmed_at = greatest(confirmed_at, (SELECT s.taken_at FROM price_snapshots s WHERE s.id = $2))
			WHERE id = $1`, latest.ID, id)
		if err != nil {
			return Publication{}, wrap(err, "confirm price snapshot %d", latest.ID)
		}
		return Publication{Snapshot: latest.ID}, errors.Join(t.DropSnapshot(ctx, id), t.announce(ctx, latest.ID))
	}
	if _, err := t.tx.Exec(ctx, `UPDATE price_snapshots SET published_at = $2 WHERE id = $1`, id, at); err != nil {
		return Publication{}, wrap(err, "publish price snapshot %d", id)
	}
	return Publication{Snapshot: id, Changed: true, Rows: rows}, t.announce(ctx, id)
}

func (t *Tx) publishTable(ctx context.Context, h historyTable, id quoting.SnapshotID) (int, error) {
	ended, err := t.tx.Exec(ctx, fmt.Sprintf(`
		UPDATE %[1]s t
		SET until = $1
		WHERE t.until IS NULL
		  AND NOT EXISTS (SELECT FROM staged_%[1]s s WHERE s.snapshot_id = $1 AND %[2]s AND %[3]s)`, h.name, equal(h.key), same(h.values)), id)
	if err != nil {
		return 0, wrap(err, "end %s", h.name)
	}
	begun, err := t.tx.Exec(ctx, fmt.Sprintf(`
		INSERT INTO %[1]s (%[2]s, since)
		SELECT %[2]s, $1
		FROM staged_%[1]s s
		WHERE s.snapshot_id = $1
		  AND NOT EXISTS (SELECT FROM %[1]s t WHERE t.until IS NULL AND %[3]s)`, h.name, h.columns(), equal(h.key)), id)
	if err != nil {
		return 0, wrap(err, "begin %s", h.name)
	}
	_, err = t.tx.Exec(ctx, `DELETE FROM staged_`+h.name+` WHERE snapshot_id = $1`, id)
	return int(ended.RowsAffected() + begun.RowsAffected()), wrap(err, "clear staged %s", h.name)
}

func (t *Tx) takeStock(ctx context.Context, id quoting.SnapshotID, whole bool) error {
	_, err := t.tx.Exec(ctx, `
		INSERT INTO stock AS t (item_id, available, on_order)
		SELECT item_id, available, on_order
		FROM staged_stock
		WHERE snapshot_id = $1
		ON CONFLICT (item_id) DO UPDATE
		SET available = excluded.available, on_order = excluded.on_order
		WHERE (t.available, t.on_order) IS DISTINCT FROM (excluded.available, excluded.on_order)`, id)
	if err == nil && whole {
		_, err = t.tx.Exec(ctx, `DELETE FROM stock t WHERE NOT EXISTS (SELECT FROM staged_stock s WHERE s.snapshot_id = $1 AND s.item_id = t.item_id)`, id)
	}
	if err == nil {
		_, err = t.tx.Exec(ctx, `DELETE FROM staged_stock WHERE snapshot_id = $1`, id)
	}
	return wrap(err, "take stock")
}

// CarryOver stages the items and customers that hold now, are not staged and were not
// deleted: a sync reads only what has changed. It returns how many of each are staged then.
func (t *Tx) CarryOver(ctx context.Context, id quoting.SnapshotID, gone quoting.Deletions) (staged quoting.Counts, err error) {
	for _, h := range history {
		var deleted any
		var count *int
		switch h.name {
		case "items":
			deleted, count = gone.Items, &staged.Items
		case "customers":
			deleted, count = gone.Customers, &staged.Customers
		default:
			continue
		}
		_, err := t.tx.Exec(ctx, fmt.Sprintf(`
			INSERT INTO staged_%[1]s (snapshot_id, %[2]s)
			SELECT $1, %[2]s
			FROM %[1]s t
			WHERE t.until IS NULL
			  AND NOT t.%[3]s = ANY (coalesce($2::bigint[], '{}'))
			ON CONFLICT (snapshot_id, %[3]s) DO NOTHING`, h.name, h.columns(), h.key[0]), id, deleted)
		if err != nil {
			return quoting.Counts{}, wrap(err, "carry over %s", h.name)
		}
		if err := t.tx.QueryRow(ctx, `SELECT count(*) FROM staged_`+h.name+` WHERE snapshot_id = $1`, id).Scan(count); err != nil {
			return quoting.Counts{}, wrap(err, "count staged %s", h.name)
		}
	}
	return staged, nil
}

// Unstage removes what is staged of a table, which is read again.
func (t *Tx) Unstage(ctx context.Context, id quoting.SnapshotID, table string) error {
	_, err := t.tx.Exec(ctx, `DELETE FROM `+pgx.Identifier{"staged_" + table}.Sanitize()+` WHERE snapshot_id = $1`, id)
	return wrap(err, "clear staged %s", table)
}

// ItemChanges gives each the items whose staged prices or costs are not those that hold
// now, in the order of their ids, and returns how many items hold now. The currency is that
// of the list price. each must not use the transaction.
func (t *Tx) ItemChanges(ctx context.Context, id quoting.SnapshotID, currency quoting.Currency, each func(quoting.ItemChange) error) (items int, err error) {
	changes, err := t.stagedItems(ctx, id, currency)
	if err != nil {
		return 0, err
	}
	byItem := make(map[quoting.ItemID]int, len(changes))
	for i, c := range changes {
		byItem[c.Item.ID] = i
		if c.Known {
			items++
		}
	}
	next := 0
	// flush hands on the changes before an index, of which none has price changes.
	flush := func(before int) error {
		for ; next < before; next++ {
			if c := changes[next]; c.Gone || c.Known && c.Was != c.Item.Costs {
				if err := each(c); err != nil {
					return err
				}
			}
		}
		return nil
	}
	var at = -1
	var change quoting.ItemChange
	done := func() error {
		if at < 0 {
			return nil
		}
		next = at + 1
		return each(change)
	}
	rows, _ := t.tx.Query(ctx, `
		SELECT item_id, 0::bigint AS customer_id, level_id, currency, from_qty, t.unit_price, s.unit_price
		FROM (SELECT * FROM prices WHERE until IS NULL) t
		FULL JOIN (SELECT * FROM staged_prices WHERE snapshot_id = $1) s USING (item_id, level_id, currency, from_qty)
		WHERE t.unit_price IS DISTINCT FROM s.unit_price
		UNION ALL
		SELECT item_id, customer_id, -1, coalesce(s.currency, t.currency), 1, t.unit_price, s.unit_price
		FROM (SELECT * FROM customer_prices WHERE until IS NULL) t
		FULL JOIN (SELECT * FROM staged_customer_prices WHERE snapshot_id = $1) s USING (customer_id, item_id)
		WHERE t.unit_price IS DISTINCT FROM s.unit_price
		ORDER BY 1, 2, 3, 4, 5`, id)
	var item quoting.ItemID
	var p quoting.PriceChange
	_, err = pgx.ForEachRow(rows, []any{&item, &p.Customer, &p.Level, &p.Currency, &p.From, &p.Old, &p.New}, func() error {
		i, known := byItem[item]
		if !known {
			return nil // a price of an item that there is not
		}
		if i != at {
			if err := done(); err != nil {
				return err
			}
			if err := flush(i); err != nil {
				return err
			}
			at, change = i, changes[i]
		}
		change.Prices = append(change.Prices, p)
		return nil
	})
	if err == nil {
		err = errors.Join(done(), flush(len(changes)))
	}
	return items, wrap(err, "changes of price snapshot %d", id)
}

// stagedItems pairs the staged items with those that hold now, in the order of their ids.
func (t *Tx) stagedItems(ctx context.Context, id quoting.SnapshotID, currency quoting.Currency) ([]quoting.ItemChange, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT item_id, coalesce(s.sku, t.sku), coalesce(s.item_type, t.item_type), coalesce(s.tags, t.tags), coalesce(s.inactive, t.inactive),
		       s.average_cost, s.last_cost, s.standard_cost, t.sku IS NOT NULL, s.sku IS NULL, t.average_cost, t.last_cost, t.standard_cost,
		       (SELECT p.unit_price FROM staged_prices p
		        WHERE p.snapshot_id = $1 AND p.item_id = s.item_id AND p.level_id = 1 AND p.currency = $2 AND p.from_qty = 1)
		FROM (SELECT * FROM items WHERE until IS NULL) t
		FULL JOIN (SELECT * FROM staged_items WHERE snapshot_id = $1) s USING (item_id)
		ORDER BY 1`, id, currency)
	changes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (quoting.ItemChange, error) {
		var c quoting.ItemChange
		now, was := &c.Item.Costs, &c.Was
		err := row.Scan(&c.Item.ID, &c.Item.SKU, &c.Item.Type, &c.Item.Tags, &c.Item.Inactive, &now.Average, &now.LastPurchase, &now.Standard,
			&c.Known, &c.Gone, &was.Average, &was.LastPurchase, &was.Standard, &c.List)
		return c, err
	})
	return changes, wrap(err, "staged items")
}

// KeepItems makes what is staged of these items what holds now: their prices, their costs,
// and that they are there at all. An item that was not there before has no price then.
func (t *Tx) KeepItems(ctx context.Context, id quoting.SnapshotID, items []quoting.ItemID) error {
	batch := &pgx.Batch{}
	batch.Queue(`
		UPDATE staged_items s
		SET average_cost = t.average_cost, last_cost = t.last_cost, standard_cost = t.standard_cost
		FROM items t
		WHERE t.until IS NULL
		  AND t.item_id = s.item_id
		  AND s.snapshot_id = $1
		  AND s.item_id = ANY ($2)`, id, items)
	for _, h := range history {
		if h.name != "items" && h.name != "prices" && h.name != "customer_prices" {
			continue
		}
		if h.name != "items" {
			batch.Queue(`DELETE FROM staged_`+h.name+` WHERE snapshot_id = $1 AND item_id = ANY ($2)`, id, items)
		}
		batch.Queue(fmt.Sprintf(`
			INSERT INTO staged_%[1]s (snapshot_id, %[2]s)
			SELECT $1, %[2]s
			FROM %[1]s
			WHERE until IS NULL
			  AND item_id = ANY ($2)
			ON CONFLICT DO NOTHING`, h.name, h.columns()), id, items)
	}
	return wrap(t.tx.SendBatch(ctx, batch).Close(), "keep items of price snapshot %d", id)
}

// PriceChange is one entry of a snapshot's change log.
type PriceChange struct {
	Item quoting.ItemID
	SKU  string
	quoting.PriceChange
}

// PriceChanges is the change log of a published snapshot: the prices that began or ended
// with it, at most limit of them, by item. Costs have their own: CostChanges.
func (t *Tx) PriceChanges(ctx context.Context, id quoting.SnapshotID, limit int) ([]PriceChange, error) {
	rows, _ := t.tx.Query(ctx, `
		WITH changed AS (
			SELECT item_id, 0::bigint AS customer_id, level_id, currency, from_qty, o.unit_price AS old, n.unit_price AS new
			FROM (SELECT * FROM prices WHERE until = $1) o
			FULL JOIN (SELECT * FROM prices WHERE since = $1) n USING (item_id, level_id, currency, from_qty)
			UNION ALL
			SELECT item_id, customer_id, -1, coalesce(n.currency, o.currency), 1, o.unit_price, n.unit_price
			FROM (SELECT * FROM customer_prices WHERE until = $1) o
			FULL JOIN (SELECT * FROM customer_prices WHERE since = $1) n USING (customer_id, item_id)
		)
		SELECT c.item_id, coalesce(i.sku, ''), c.customer_id, c.level_id, c.currency, c.from_qty, c.old, c.new
		FROM changed c
		LEFT JOIN LATERAL (SELECT sku FROM items i WHERE i.item_id = c.item_id ORDER BY i.since DESC LIMIT 1) i ON true
		WHERE c.old IS DISTINCT FROM c.new
		ORDER BY c.item_id, c.customer_id, c.level_id, c.currency, c.from_qty
		LIMIT $2`, id, limit)
	changes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (PriceChange, error) {
		var c PriceChange
		err := row.Scan(&c.Item, &c.SKU, &c.Customer, &c.Level, &c.Currency, &c.From, &c.Old, &c.New)
		return c, err
	})
	return changes, wrap(err, "price changes of snapshot %d", id)
}

// CostChange is an item whose average, last or standard cost is another one than before.
type CostChange struct {
	Item     quoting.ItemID
	SKU      string
	Old, New quoting.Costs
}

// CostChanges are the costs that changed with a published snapshot, by item.
func (t *Tx) CostChanges(ctx context.Context, id quoting.SnapshotID, limit int) ([]CostChange, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT n.item_id, n.sku, o.average_cost, o.last_cost, o.standard_cost, n.average_cost, n.last_cost, n.standard_cost
		FROM items n
		JOIN items o ON o.item_id = n.item_id AND o.until = $1
		WHERE n.since = $1
		  AND (n.average_cost, n.last_cost, n.standard_cost) IS DISTINCT FROM (o.average_cost, o.last_cost, o.standard_cost)
		ORDER BY n.item_id
		LIMIT $2`, id, limit)
	changes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (CostChange, error) {
		var c CostChange
		err := row.Scan(&c.Item, &c.SKU, &c.Old.Average, &c.Old.LastPurchase, &c.Old.Standard, &c.New.Average, &c.New.LastPurchase, &c.New.Standard)
		return c, err
	})
	return changes, wrap(err, "cost changes of snapshot %d", id)
}
