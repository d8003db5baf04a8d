package desk

import (
	"context"
	"errors"
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
	Whole    bool               // every table was read whole, not only prices
	Read     int                // rows that NetSuite sent
	Rows     int                // rows that began or ended with the snapshot
	Held     []quoting.Hold     // items whose new prices now wait for an admin
	Took     time.Duration
}

const (
	// overlap is how far before the last sync began the next one looks for changes: a
	// record may become visible later than it says that it was changed. (netsuite.md, 4.4)
	overlap = 15 * time.Minute

	// wholeAfter is the age of the last whole sync at which the next one is whole. The
	// nightly one comes before.
	wholeAfter = 26 * time.Hour
)

// Sync reads from NetSuite what has changed, prices whole, and publishes it in one
// transaction after it was judged. Whatever goes wrong on the way leaves the snapshot in
// force as it was. The error is quoting.Unavailable while NetSuite does not answer, and
// quoting.Malformed where it says what cannot be true.
func (d *Desk) Sync(ctx context.Context, correlation string) (Synced, error) {
	return d.sync(ctx, correlation, false)
}

// SyncWhole is Sync with every table read whole: what was deleted, or changed without a
// new date, is found too.
func (d *Desk) SyncWhole(ctx context.Context, correlation string) (Synced, error) {
	return d.sync(ctx, correlation, true)
}

func (d *Desk) sync(ctx context.Context, correlation string, whole bool) (Synced, error) {
	started := time.Now()
	s, err := d.stageAll(ctx, whole)
	var out Synced
	if err == nil {
		out, err = d.publish(ctx, s, correlation)
	}
	out.Whole, out.Took = s.since.IsZero(), time.Since(started)
	outcome := "done"
	result := "confirmed"
	switch {
	case err != nil:
		outcome, result = "failed", "failed"
	case out.Changed:
		result = "published"
	}
	d.metrics.syncs.WithLabelValues(result).Inc()
	d.metrics.syncTime.Observe(out.Took.Seconds())
	if err := errors.Join(err, d.endSync(ctx, s, out, outcome, err != nil)); err != nil {
		return Synced{}, fmt.Errorf("sync: %w", err)
	}
	d.metrics.pricesAt.Set(float64(s.taken.Unix()))
	return out, nil
}

// staging fills a snapshot.
type staging struct {
	db       *store.DB
	run      int64
	snapshot quoting.SnapshotID
	taken    time.Time // by NetSuite's clock
	since    time.Time // zero: everything is read
	read     int
}

// stageAll reads NetSuite's tables into a new snapshot that nobody quotes from.
func (d *Desk) stageAll(ctx context.Context, whole bool) (s staging, err error) {
	s.db = d.DB
	if s.taken, err = d.NetSuite.ServerTime(ctx); err != nil {
		return s, err
	}
	err = d.DB.InTx(ctx, store.Sync, func(tx *store.Tx) error {
		if s.since, err = d.readFrom(ctx, tx, whole); err != nil {
			return err
		}
		if s.run, err = tx.BeginSync(ctx, s.since.IsZero(), d.Now()); err != nil {
			return err
		}
		s.snapshot, err = tx.BeginSnapshot(ctx, s.taken)
		return err
	})
	if err != nil {
		return s, err
	}
	n := d.NetSuite
	for _, table := range []func() error{
		func() error { return stage(ctx, &s, "price levels", n.Levels(ctx), (*store.Tx).StageLevels) },
		func() error { return stage(ctx, &s, "prices", n.Prices(ctx), (*store.Tx).StagePrices) },
		func() error {
			return stage(ctx, &s, "customer prices", n.CustomerPrices(ctx), (*store.Tx).StageCustomerPrices)
		},
		func() error { return stage(ctx, &s, "group levels", n.GroupLevels(ctx), (*store.Tx).StageGroupLevels) },
		func() error { return stage(ctx, &s, "items", n.Items(ctx, s.since), (*store.Tx).StageItems) },
		func() error {
			return stage(ctx, &s, "customers", n.Customers(ctx, s.since), (*store.Tx).StageCustomers)
		},
		func() error { return stage(ctx, &s, "stock", n.Stock(ctx, s.since), (*store.Tx).StageStock) },
		func() error { return d.fillUp(ctx, &s) },
	} {
		if err := table(); err != nil {
			return s, err
		}
	}
	return s, nil
}

// readFrom says from which change on items, customers and stock are to be read; zero: all
// of them. While prices are held their items are read again each time: the costs that are
// in force are not those that NetSuite has.
func (d *Desk) readFrom(ctx context.Context, tx *store.Tx, whole bool) (time.Time, error) {
	if whole {
		return time.Time{}, nil
	}
	latest, err := tx.LatestSnapshot(ctx)
	if errors.Is(err, quoting.NotFound) {
		return time.Time{}, nil
	} else if err != nil {
		return time.Time{}, err
	}
	last, found, err := tx.LastSync(ctx, true)
	if err != nil || !found || d.Now().Sub(last.Started) > wholeAfter {
		return time.Time{}, err
	}
	if holds, err := tx.OpenHolds(ctx); err != nil || len(holds) > 0 {
		return time.Time{}, err
	}
	return latest.Confirmed.Add(-overlap), nil
}

// fillUp completes what was read since the last sync by what holds already. Where that is
// not as many rows as NetSuite has, something changed without saying so, and the table is
// read whole; so a list of deletions that cannot be used is done without.
func (d *Desk) fillUp(ctx context.Context, s *staging) error {
	if s.since.IsZero() {
		return nil // everything was read
	}
	var gone quoting.Deletions
	if d.capabilities().Deletions {
		var err error
		if gone, err = d.NetSuite.Deleted(ctx, s.since); err != nil && !errors.Is(err, quoting.Malformed) {
			return fmt.Errorf("deletions: %w", err)
		}
	}
	var staged quoting.Counts
	err := d.DB.InTx(ctx, store.Sync, func(tx *store.Tx) (err error) {
		staged, err = tx.CarryOver(ctx, s.snapshot, gone)
		return err
	})
	if err != nil {
		return err
	}
	there, err := d.NetSuite.Counts(ctx)
	if err != nil {
		return fmt.Errorf("counts: %w", err)
	}
	if staged.Items != there.Items {
		err = again(ctx, s, "items", d.NetSuite.Items(ctx, time.Time{}), (*store.Tx).StageItems)
	}
	if err == nil && staged.Customers != there.Customers {
		err = again(ctx, s, "customers", d.NetSuite.Customers(ctx, time.Time{}), (*store.Tx).StageCustomers)
	}
	return err
}

// again stages a table anew.
func again[T any](ctx context.Context, s *staging, table string, pages iter.Seq2[[]T, error], write func(*store.Tx, context.Context, quoting.SnapshotID, []T) error) error {
	err := s.db.InTx(ctx, store.Sync, func(tx *store.Tx) error { return tx.Unstage(ctx, s.snapshot, table) })
	if err != nil {
		return err
	}
	return stage(ctx, s, table, pages, write)
}

// stage writes the pages of a table into the snapshot, each in a transaction of its own:
// the next page is read from NetSuite with no transaction open.
func stage[T any](ctx context.Context, s *staging, table string, pages iter.Seq2[[]T, error], write func(*store.Tx, context.Context, quoting.SnapshotID, []T) error) error {
	for page, err := range pages {
		if err == nil {
			err = s.db.InQuickTx(ctx, store.Sync, func(tx *store.Tx) error { return write(tx, ctx, s.snapshot, page) })
		}
		if err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
		s.read += len(page)
	}
	return nil
}

// publish judges what was staged and puts it in force, in one transaction.
func (d *Desk) publish(ctx context.Context, s staging, correlation string) (Synced, error) {
	out := Synced{Read: s.read}
	var book *quoting.PriceBook
	err := d.DB.InTx(ctx, store.Sync, func(tx *store.Tx) error {
		if err := tx.BeginPublishing(ctx); err != nil {
			return err
		}
		held, err := d.quarantine(ctx, tx, s.snapshot, correlation)
		if err != nil {
			return err
		}
		done, err := tx.PublishSnapshot(ctx, s.snapshot, s.since.IsZero(), d.Now())
		if err != nil {
			return err
		}
		out.Snapshot, out.Changed, out.Rows, out.Held = done.Snapshot, done.Changed, done.Rows, held
		if out.Changed {
			if err := tx.Enqueue(ctx, river.InsertManyParams{Args: driftArgs{Snapshot: out.Snapshot, Correlation: correlation}}); err != nil {
				return err
			}
		}
		if book, err = d.fit(ctx, tx, done); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			At: d.Now(), Kind: "prices_synced", Snapshot: out.Snapshot, Policy: d.Policy.Version, Correlation: correlation,
			Data: map[string]any{"changed": out.Changed, "rows": out.Rows, "read": s.read, "held": len(held), "whole": s.since.IsZero(), "taken_at": s.taken},
		})
	})
	if err == nil && book != nil {
		d.books.offer(book)
	}
	return out, err
}

// fit refuses a snapshot that nothing could be quoted from, or that a price book cannot be
// made of.
func (d *Desk) fit(ctx context.Context, tx *store.Tx, p store.Publication) (*quoting.PriceBook, error) {
	if !p.Changed {
		return nil, nil
	}
	latest, err := tx.LatestSnapshot(ctx)
	if err != nil {
		return nil, err
	}
	catalogue, err := tx.Catalogue(ctx, latest)
	if err != nil {
		return nil, err
	}
	if len(catalogue.Items) == 0 || len(catalogue.Prices) == 0 {
		return nil, fmt.Errorf("NetSuite shows %d items and %d prices to this role", len(catalogue.Items), len(catalogue.Prices))
	}
	return quoting.NewPriceBook(latest.ID, catalogue)
}

// endSync notes how a sync went, and removes what it has staged unless that was published.
func (d *Desk) endSync(ctx context.Context, s staging, out Synced, outcome string, drop bool) error {
	if s.run == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return d.DB.InTx(ctx, store.Sync, func(tx *store.Tx) error {
		if drop {
			if err := tx.DropSnapshot(ctx, s.snapshot); err != nil {
				return err
			}
		}
		return tx.EndSync(ctx, store.SyncRun{ID: s.run, Took: out.Took, Outcome: outcome, Snapshot: out.Snapshot})
	})
}

// syncWorker works a sync for longer than other jobs may take.
type syncWorker struct {
	river.WorkerDefaults[syncArgs]
	desk *Desk
}

func (w *syncWorker) Timeout(*river.Job[syncArgs]) time.Duration { return syncTimeout }

// Work syncs. A sync is left out when a newer snapshot has been taken since it was asked
// for, or when the next periodic one has: while NetSuite is down they do not pile up. A
// periodic one also waits until four times what the last one took has passed, so that a
// slow account is not read all day long.
func (w *syncWorker) Work(ctx context.Context, job *river.Job[syncArgs]) error {
	if time.Since(job.CreatedAt) > syncEvery {
		return nil
	}
	if book, err := w.desk.Book(); err == nil && !job.Args.Whole && book.TakenAt.After(job.CreatedAt.Add(clockSkew)) {
		return nil
	}
	if job.Args.Periodic {
		if early, err := w.desk.tooEarly(ctx); err != nil || early {
			return err
		}
	}
	s, err := w.desk.sync(ctx, job.Args.Correlation, job.Args.Whole)
	if err == nil {
		w.desk.Log.Info("sync", zap.Int64("snapshot", int64(s.Snapshot)), zap.Bool("changed", s.Changed), zap.Bool("whole", s.Whole),
			zap.Int("read", s.Read), zap.Int("rows", s.Rows), zap.Int("held", len(s.Held)), zap.Duration("took", s.Took))
	}
	return err
}

// tooEarly says whether the last sync took so long that the next one has to wait.
func (d *Desk) tooEarly(ctx context.Context) (early bool, err error) {
	err = d.DB.InTx(ctx, store.Sync, func(tx *store.Tx) error {
		last, found, err := tx.LastSync(ctx, false)
		early = found && d.Now().Before(last.Started.Add(4*last.Took))
		return err
	})
	return early, err
}
