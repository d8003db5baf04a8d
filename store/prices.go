package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/govalues/decimal"
	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"radioquote/quoting"
)

// newSnapshot is the channel on which a published snapshot is announced.
const newSnapshot = "radioquote_snapshot"

// Snapshot is a published price snapshot.
type Snapshot struct {
	ID        quoting.SnapshotID
	TakenAt   time.Time // NetSuite's clock when its sync began
	Confirmed time.Time // NetSuite's clock when a sync last found the same prices
}

// LatestSnapshot is the newest published snapshot; the error is of kind NotFound before
// the first.
func (t *Tx) LatestSnapshot(ctx context.Context) (Snapshot, error) {
	const query = `
		SELECT id, taken_at, confirmed_at
		FROM price_snapshots
		WHERE published_at IS NOT NULL
		ORDER BY id DESC
		LIMIT 1`
	rows, _ := t.tx.Query(ctx, query)
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Snapshot])
	return s, wrap(err, "latest price snapshot")
}

// BeginSnapshot starts a snapshot that nobody reads until it is published. What a sync of
// an hour ago or more has left unpublished is removed.
func (t *Tx) BeginSnapshot(ctx context.Context, takenAt time.Time) (quoting.SnapshotID, error) {
	if _, err := t.tx.Exec(ctx, `
		DELETE FROM price_snapshots
		WHERE published_at IS NULL
		  AND taken_at < $1::timestamptz - interval '1 hour'`, takenAt); err != nil {
		return 0, wrap(err, "remove unfinished snapshots")
	}
	var id quoting.SnapshotID
	err := t.tx.QueryRow(ctx, `
		INSERT INTO price_snapshots (taken_at, confirmed_at)
		VALUES ($1, $1)
		RETURNING id`, takenAt).Scan(&id)
	return id, wrap(err, "begin price snapshot")
}

// DropSnapshot removes an unpublished snapshot with everything that was staged for it.
func (t *Tx) DropSnapshot(ctx context.Context, id quoting.SnapshotID) error {
	_, err := t.tx.Exec(ctx, `DELETE FROM price_snapshots WHERE id = $1`, id)
	return wrap(err, "drop price snapshot %d", id)
}

// The Stage methods add a page of rows to what is staged for an unpublished snapshot. The
// error is quoting.Malformed where a row says of the same thing what another said already.

// StageItems adds items.
func (t *Tx) StageItems(ctx context.Context, id quoting.SnapshotID, page []quoting.Item) error {
	columns := []string{"snapshot_id", "item_id", "sku", "name", "item_type", "category", "break_group", "tags", "pricing_group", "inactive", "average_cost", "last_cost", "standard_cost", "lead_days", "replaced_by"}
	return stage(ctx, t, "items", columns, page, func(i quoting.Item) []any {
		tags := i.Tags
		if tags == nil {
			tags = []string{}
		}
		return []any{id, i.ID, i.SKU, i.Name, i.Type, i.Category, i.BreakGroup, tags, i.PricingGroup, i.Inactive, i.Costs.Average, i.Costs.LastPurchase, i.Costs.Standard, i.LeadDays, i.ReplacedBy}
	})
}

// StageLevels adds price levels.
func (t *Tx) StageLevels(ctx context.Context, id quoting.SnapshotID, page []quoting.PriceLevel) error {
	return stage(ctx, t, "price_levels", []string{"snapshot_id", "level_id", "name", "inactive"}, page, func(l quoting.PriceLevel) []any {
		return []any{id, l.ID, l.Name, l.Inactive}
	})
}

// StagePrices adds rows of the price matrix.
func (t *Tx) StagePrices(ctx context.Context, id quoting.SnapshotID, page []quoting.PriceRow) error {
	columns := []string{"snapshot_id", "item_id", "level_id", "currency", "from_qty", "row_id", "unit_price"}
	return stage(ctx, t, "prices", columns, page, func(r quoting.PriceRow) []any {
		return []any{id, r.Item, r.Level, r.Price.Currency, r.From, r.ID, r.Price.Amount}
	})
}

// StageCustomers adds customers.
func (t *Tx) StageCustomers(ctx context.Context, id quoting.SnapshotID, page []quoting.Customer) error {
	columns := []string{"snapshot_id", "customer_id", "entity_id", "name", "level_id", "currency", "terms", "email", "parent_id", "subsidiary", "credit_hold", "taxable", "inactive"}
	return stage(ctx, t, "customers", columns, page, func(c quoting.Customer) []any {
		return []any{id, c.ID, c.EntityID, c.Name, c.Level, c.Currency, c.Terms, c.Email, c.Parent, c.Subsidiary, c.CreditHold, c.Taxable, c.Inactive}
	})
}

// StageCustomerPrices adds customers' own prices and levels for items.
func (t *Tx) StageCustomerPrices(ctx context.Context, id quoting.SnapshotID, page []quoting.CustomerPrice) error {
	columns := []string{"snapshot_id", "customer_id", "item_id", "level_id", "currency", "unit_price"}
	return stage(ctx, t, "customer_prices", columns, page, func(p quoting.CustomerPrice) []any {
		own := decimal.NullDecimal{Decimal: p.Price.Amount, Valid: p.Level == quoting.CustomLevel}
		return []any{id, p.Customer, p.Item, p.Level, p.Price.Currency, own}
	})
}

// StageGroupLevels adds customers' levels for pricing groups.
func (t *Tx) StageGroupLevels(ctx context.Context, id quoting.SnapshotID, page []quoting.GroupLevel) error {
	return stage(ctx, t, "group_levels", []string{"snapshot_id", "customer_id", "pricing_group", "level_id"}, page, func(g quoting.GroupLevel) []any {
		return []any{id, g.Customer, g.Group, g.Level}
	})
}

// StageStock adds what is available of items.
func (t *Tx) StageStock(ctx context.Context, id quoting.SnapshotID, page []quoting.Stock) error {
	return stage(ctx, t, "stock", []string{"snapshot_id", "item_id", "available", "on_order"}, page, func(s quoting.Stock) []any {
		return []any{id, s.Item, s.Available, s.OnOrder}
	})
}

func stage[T any](ctx context.Context, t *Tx, table string, columns []string, page []T, values func(T) []any) error {
	source := pgx.CopyFromSlice(len(page), func(i int) ([]any, error) { return values(page[i]), nil })
	_, err := t.tx.CopyFrom(ctx, pgx.Identifier{"staged_" + table}, columns, source)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == pgerrcode.UniqueViolation {
		err = errors.Join(quoting.Malformed, err)
	}
	return wrap(err, "stage %s", table)
}

func (t *Tx) announce(ctx context.Context, id quoting.SnapshotID) error {
	_, err := t.tx.Exec(ctx, `SELECT pg_notify($1, $2::bigint::text)`, newSnapshot, id)
	return wrap(err, "announce price snapshot %d", id)
}

// heldAt is the condition by which a row holds at snapshot $1.
const heldAt = ` WHERE since <= $1 AND (until IS NULL OR until > $1)`

// Catalogue reads a whole snapshot, whenever it was published. Stock has no history: it is
// that of the last sync.
func (t *Tx) Catalogue(ctx context.Context, s Snapshot) (quoting.Catalogue, error) {
	c := quoting.Catalogue{TakenAt: s.Confirmed}
	var err error
	read := func(what string, query string, collect func(pgx.Rows) error) {
		if err != nil {
			return
		}
		rows, _ := t.tx.Query(ctx, query+heldAt, s.ID)
		err = wrap(collect(rows), "%s of price snapshot %d", what, s.ID)
	}
	read("items", `
		SELECT item_id, sku, name, item_type, category, break_group, tags, pricing_group, inactive, average_cost, last_cost, standard_cost, lead_days, replaced_by
		FROM items`, func(rows pgx.Rows) (err error) {
		c.Items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (quoting.Item, error) {
			var i quoting.Item
			err := row.Scan(&i.ID, &i.SKU, &i.Name, &i.Type, &i.Category, &i.BreakGroup, &i.Tags, &i.PricingGroup, &i.Inactive, &i.Costs.Average, &i.Costs.LastPurchase, &i.Costs.Standard, &i.LeadDays, &i.ReplacedBy)
			return i, err
		})
		return err
	})
	read("price levels", `SELECT level_id, name, inactive FROM price_levels`, func(rows pgx.Rows) (err error) {
		c.Levels, err = pgx.CollectRows(rows, pgx.RowToStructByPos[quoting.PriceLevel])
		return err
	})
	read("prices", `SELECT row_id, item_id, level_id, from_qty, unit_price, currency FROM prices`, func(rows pgx.Rows) error {
		currencies := map[string]quoting.Currency{}
		var r quoting.PriceRow
		var currency string
		_, err := pgx.ForEachRow(rows, []any{&r.ID, &r.Item, &r.Level, &r.From, &r.Price.Amount, &currency}, func() error {
			if _, seen := currencies[currency]; !seen {
				currencies[currency] = quoting.Currency(currency)
			}
			r.Price.Currency = currencies[currency] // one string for all rows
			c.Prices = append(c.Prices, r)
			return nil
		})
		return err
	})
	read("customers", `
		SELECT customer_id, entity_id, name, level_id, currency, terms, email, parent_id, subsidiary, credit_hold, taxable, inactive
		FROM customers`, func(rows pgx.Rows) (err error) {
		c.Customers, err = pgx.CollectRows(rows, pgx.RowToStructByPos[quoting.Customer])
		return err
	})
	read("customer prices", `SELECT customer_id, item_id, level_id, currency, unit_price FROM customer_prices`, func(rows pgx.Rows) (err error) {
		c.CustomerPrices, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (quoting.CustomerPrice, error) {
			var p quoting.CustomerPrice
			var own decimal.NullDecimal
			err := row.Scan(&p.Customer, &p.Item, &p.Level, &p.Price.Currency, &own)
			p.Price.Amount = own.Decimal
			return p, err
		})
		return err
	})
	read("group levels", `SELECT customer_id, pricing_group, level_id FROM group_levels`, func(rows pgx.Rows) (err error) {
		c.GroupLevels, err = pgx.CollectRows(rows, pgx.RowToStructByPos[quoting.GroupLevel])
		return err
	})
	if err == nil {
		c.Stock, err = t.Stock(ctx)
	}
	return c, err
}

// Stock is what the last sync found available and on order.
func (t *Tx) Stock(ctx context.Context) ([]quoting.Stock, error) {
	rows, _ := t.tx.Query(ctx, `SELECT item_id, available, on_order FROM stock`)
	stock, err := pgx.CollectRows(rows, pgx.RowToStructByPos[quoting.Stock])
	return stock, wrap(err, "stock")
}

// WaitForSnapshot calls announced once, and then for each snapshot that is published until
// ctx ends, on a connection of its own. It returns the connection's error when that is
// lost: the caller starts it again.
func (db *DB) WaitForSnapshot(ctx context.Context, announced func()) error {
	conn, err := db.jobs.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("listen for price snapshots: %w", err)
	}
	raw := conn.Hijack()
	defer func() { _ = raw.Close(context.WithoutCancel(ctx)) }()
	if _, err := raw.Exec(ctx, "LISTEN "+newSnapshot); err != nil {
		return fmt.Errorf("listen for price snapshots: %w", err)
	}
	announced() // what was published before the LISTEN
	for {
		if _, err := raw.WaitForNotification(ctx); err != nil {
			return fmt.Errorf("listen for price snapshots: %w", err)
		}
		announced()
	}
}
