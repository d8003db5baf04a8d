package desk

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/riverqueue/river"
	"go.uber.org/zap"

	"radioquote/quoting"
	"radioquote/store"
)

// Synced is what a sync from NetSuite did.
type Synced struct {
	Snapshot quoting.SnapshotID // in force now
	Changed  bool               // it is another one than before
	Items    int
	Prices   int
	Rows     int // of all tables
	Took     time.Duration
}

// Sync reads NetSuite's items, prices, customers and stock into a snapshot, checks it as a
// whole, and publishes it in one transaction. Whatever goes wrong on the way leaves the
// snapshot in force as it was.
func (d *Desk) Sync(ctx context.Context, correlation string) (Synced, error) {
	started := time.Now()
	taken, err := d.NetSuite.ServerTime(ctx)
	if err != nil {
		return Synced{}, fmt.Errorf("sync: %w", err)
	}
	var id quoting.SnapshotID
	err = d.DB.InTx(ctx, store.Sync, func(tx *store.Tx) (err error) {
		id, err = tx.BeginSnapshot(ctx, taken)
		return err
	})
	if err != nil {
		return Synced{}, fmt.Errorf("sync: %w", err)
	}
	s := staging{db: d.DB, snapshot: id}
	out := Synced{}
	out.Items = stage(ctx, &s, "items", d.NetSuite.Items(ctx), (*store.Tx).StageItems)
	stage(ctx, &s, "price levels", d.NetSuite.Levels(ctx), (*store.Tx).StageLevels)
	out.Prices = stage(ctx, &s, "prices", d.NetSuite.Prices(ctx), (*store.Tx).StagePrices)
	stage(ctx, &s, "customers", d.NetSuite.Customers(ctx), (*store.Tx).StageCustomers)
	stage(ctx, &s, "customer prices", d.NetSuite.CustomerPrices(ctx), (*store.Tx).StageCustomerPrices)
	stage(ctx, &s, "group levels", d.NetSuite.GroupLevels(ctx), (*store.Tx).StageGroupLevels)
	stage(ctx, &s, "stock", d.NetSuite.Stock(ctx), (*store.Tx).StageStock)
	if s.err != nil {
		return Synced{}, fmt.Errorf("sync: %w", s.err)
	}
	out.Rows = s.rows
	err = d.DB.InTx(ctx, store.Sync, func(tx *store.Tx) error {
		if err := d.fitToPublish(ctx, tx, store.Snapshot{ID: id, TakenAt: taken, Confirmed: taken}); err != nil {
			return err
		}
		var err error
		if out.Snapshot, out.Changed, err = tx.PublishSnapshot(ctx, id, d.Now()); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			At: d.Now(), Kind: "prices_synced", Snapshot: out.Snapshot, Policy: d.Policy.Version, Correlation: correlation,
			Data: map[string]any{"changed": out.Changed, "items": out.Items, "prices": out.Prices, "rows": out.Rows, "taken_at": taken},
		})
	})
	if err != nil {
		return Synced{}, fmt.Errorf("sync: %w", err)
	}
	d.metrics.pricesAt.Set(float64(taken.Unix()))
	out.Took = time.Since(started)
	return out, nil
}

// staging fills a snapshot and remembers the first error.
type staging struct {
	db       *store.DB
	snapshot quoting.SnapshotID
	rows     int
	err      error
}

// stage writes the pages of a table into the snapshot, each in a transaction of its own:
// the next page is read from NetSuite with no transaction open.
func stage[T any](ctx context.Context, s *staging, table string, pages iter.Seq2[[]T, error], write func(*store.Tx, context.Context, quoting.SnapshotID, []T) error) (rows int) {
	if s.err != nil {
		return 0
	}
	for page, err := range pages {
		if err == nil {
			err = s.db.InQuickTx(ctx, store.Sync, func(tx *store.Tx) error { return write(tx, ctx, s.snapshot, page) })
		}
		if err != nil {
			s.err = fmt.Errorf("%s: %w", table, err)
			return rows
		}
		rows += len(page)
	}
	s.rows += rows
	return rows
}

// fitToPublish refuses a snapshot that nothing could be quoted from, or that a price book
// cannot be made of.
func (d *Desk) fitToPublish(ctx context.Context, tx *store.Tx, s store.Snapshot) error {
	catalogue, err := tx.Catalogue(ctx, s)
	if err != nil {
		return err
	}
	if len(catalogue.Items) == 0 || len(catalogue.Prices) == 0 {
		return fmt.Errorf("NetSuite shows %d items and %d prices to this role", len(catalogue.Items), len(catalogue.Prices))
	}
	_, err = quoting.NewPriceBook(s.ID, catalogue)
	return err
}

// syncWorker works a sync for longer than other jobs may take.
type syncWorker struct {
	river.WorkerDefaults[syncArgs]
	desk *Desk
}

func (w *syncWorker) Timeout(*river.Job[syncArgs]) time.Duration { return syncTimeout }

// Work syncs. A sync is left out when a newer snapshot has been taken since it was asked
// for, or when the next periodic one has: while NetSuite is down they do not pile up.
func (w *syncWorker) Work(ctx context.Context, job *river.Job[syncArgs]) error {
	if time.Since(job.CreatedAt) > syncEvery {
		return nil
	}
	if book, err := w.desk.Book(); err == nil && book.TakenAt.After(job.CreatedAt.Add(clockSkew)) {
		return nil
	}
	s, err := w.desk.Sync(ctx, job.Args.Correlation)
	if err == nil {
		w.desk.Log.Info("sync", zap.Int64("snapshot", int64(s.Snapshot)), zap.Bool("changed", s.Changed), zap.Int("rows", s.Rows), zap.Duration("took", s.Took))
	}
	return err
}
