package desk

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"go.uber.org/zap"

	"radioquote/quoting"
	"radioquote/store"
)

// Reconciled is what a comparison with NetSuite came to.
type Reconciled struct {
	Drifts    []quoting.Drift // the first maxDrifts of each kind
	Prices    int             // rows that were compared
	Estimates int
	Sampled   int // lines that NetSuite's engine priced
	Took      time.Duration
}

// maxDrifts is how many drifts of a kind are named; the rest is counted.
const maxDrifts = 100

// Reconcile compares prices, costs, items, customers and Estimates with NetSuite and changes
// nothing there: it names what is not as it should be. An Estimate that is not as its quote
// says is marked as needing attention. Prices that are held count as drifted: NetSuite says
// something else than quotes do.
func (d *Desk) Reconcile(ctx context.Context, correlation string) (Reconciled, error) {
	started := time.Now()
	var out Reconciled
	err := d.compareCatalogue(ctx, &out)
	if err == nil {
		err = d.compareEstimates(ctx, &out, correlation)
	}
	if err == nil {
		var drifts []quoting.Drift
		drifts, out.Sampled, err = d.sample(ctx)
		out.Drifts = append(out.Drifts, drifts...)
	}
	if err != nil {
		return out, fmt.Errorf("reconcile: %w", err)
	}
	out.Took = time.Since(started)
	return out, d.recordDrifts(ctx, out.Drifts, "reconciled", correlation)
}

// compareCatalogue stages NetSuite's tables as a whole sync does, compares, and drops them.
func (d *Desk) compareCatalogue(ctx context.Context, out *Reconciled) error {
	s, err := d.stageAll(ctx, true)
	if err == nil {
		err = d.DB.InTx(ctx, store.Sync, func(tx *store.Tx) error {
			out.Drifts = nil
			_, err := tx.ItemChanges(ctx, s.snapshot, d.Policy.Currency, func(c quoting.ItemChange) error {
				out.Drifts = append(out.Drifts, c.Drifts(d.Policy)...)
				return nil
			})
			if err != nil {
				return err
			}
			customers, err := tx.CustomerDrifts(ctx, s.snapshot, maxDrifts)
			out.Drifts = append(out.Drifts, customers...)
			return err
		})
	}
	out.Prices = s.read
	return errors.Join(err, d.endSync(ctx, s, Synced{}, "compared", true))
}

// compareEstimates reads every Estimate that is said to be synced.
func (d *Desk) compareEstimates(ctx context.Context, out *Reconciled, correlation string) error {
	var synced []quoting.QuoteID
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
		synced, err = tx.QuotesWithEstimate(ctx)
		return err
	})
	if err != nil {
		return err
	}
	book, err := d.Book()
	if err != nil {
		return err
	}
	freight, _ := book.Item(d.Policy.Freight.Item)
	for _, id := range synced {
		q, v, err := d.approved(ctx, id)
		if err != nil {
			return err
		}
		if q.Estimate != quoting.Synced {
			continue // it has moved on since
		}
		want := v.Estimate(d.Prefix+id.String(), freight.ID, v.Decision.At, correlation)
		there, found, err := d.NetSuite.ReadEstimate(ctx, want.ExternalID)
		if err != nil {
			return fmt.Errorf("estimate of %s: %w", id, err)
		}
		out.Estimates++
		if v.Customer.New() {
			want.Customer = there.Customer // the prospect's, which only NetSuite gave
		}
		attention := ""
		switch differences := quoting.CompareEstimates(want, there); {
		case !found:
			attention = "NetSuite does not have the Estimate any more."
		case len(differences) > 0:
			attention = "The Estimate was changed in NetSuite: " + differences[0].String() + "."
		default:
			continue
		}
		out.Drifts = append(out.Drifts, quoting.Drift{Kind: quoting.DriftEstimate, Subject: id.String(), Ours: want.Total.String(), Theirs: attention})
		if err := d.endEstimate(ctx, v, there, attention, correlation, nil); err != nil {
			return err
		}
	}
	return nil
}

// sampleLines is how many random items NetSuite's engine is asked for at a time.
const sampleLines = 20

// sample asks NetSuite's own engine for the prices of random items, for a random customer,
// and compares them with the book in force. Where the account's engine cannot be asked it
// compares nothing. Items whose prices are held drift by intent.
func (d *Desk) sample(ctx context.Context) (drifts []quoting.Drift, lines int, err error) {
	book, err := d.Book()
	if err != nil || !d.capabilities().CreateForm {
		return nil, 0, err
	}
	customers, items := book.Buyers(d.Policy.Currency), book.Sold()
	if len(customers) == 0 || len(items) == 0 {
		return nil, 0, nil
	}
	customer := customers[rand.IntN(len(customers))] //nolint:gosec // a sample, not a secret
	basket := quoting.Basket{Customer: customer.ID, Currency: d.Policy.Currency, Date: d.Now()}
	var want []quoting.UnitPrice
	var skus []string
	for _, i := range rand.Perm(len(items))[:min(sampleLines, len(items))] { //nolint:gosec // likewise
		quantity := 1 + rand.IntN(300) //nolint:gosec // likewise
		price, err := book.UnitPrice(items[i], customer, d.Policy.Currency, quantity)
		if err != nil {
			continue // not sellable to this customer
		}
		basket.Lines = append(basket.Lines, quoting.BasketLine{Item: items[i].ID, Quantity: quantity})
		want, skus = append(want, price), append(skus, items[i].SKU)
	}
	if len(basket.Lines) == 0 {
		return nil, 0, nil
	}
	live, err := d.NetSuite.Check(ctx, basket, quoting.ByCreateForm)
	if err != nil {
		return nil, 0, fmt.Errorf("sample: %w", err)
	}
	for i, line := range live.Lines {
		if line.Unknown || line.Sellable && line.Price.Equal(want[i].Price) {
			continue
		}
		drifts = append(drifts, quoting.Drift{Kind: quoting.DriftEngine, Subject: skus[i], Ours: want[i].Price.String(), Theirs: line.String()})
	}
	return drifts, len(live.Lines), nil
}

// recordDrifts counts drifts and writes them into the audit log.
func (d *Desk) recordDrifts(ctx context.Context, drifts []quoting.Drift, kind, correlation string) error {
	named := map[quoting.DriftKind]int{}
	var shown []quoting.Drift
	for _, drift := range drifts {
		d.metrics.drifts.WithLabelValues(string(drift.Kind)).Inc()
		if named[drift.Kind]++; named[drift.Kind] <= maxDrifts {
			shown = append(shown, drift)
		}
	}
	event := store.Event{
		At: d.Now(), Kind: kind, Policy: d.Policy.Version, Correlation: correlation,
		Data: map[string]any{"counts": named, "drifts": shown},
	}
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error { return tx.Record(ctx, event) })
}

// sampleOnce is the hourly sample. A drift makes the next sync a whole one, now.
func (d *Desk) sampleOnce(ctx context.Context) error {
	drifts, lines, err := d.sample(ctx)
	if err != nil || lines == 0 {
		return err
	}
	if err := d.recordDrifts(ctx, drifts, "prices_sampled", "sample"); err != nil || len(drifts) == 0 {
		return err
	}
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		return tx.Enqueue(ctx, river.InsertManyParams{Args: syncArgs{Correlation: "sample", Whole: true}})
	})
}

// nightlyWorker reads everything anew, probes the account and reconciles.
type nightlyWorker struct {
	river.WorkerDefaults[nightlyArgs]
	desk *Desk
}

func (w *nightlyWorker) Timeout(*river.Job[nightlyArgs]) time.Duration { return 3 * syncTimeout }

// Work is repeated by the next night, not by retries all day long.
func (w *nightlyWorker) Work(ctx context.Context, job *river.Job[nightlyArgs]) error {
	if time.Since(job.CreatedAt) > wholeAfter-24*time.Hour {
		return nil
	}
	if _, err := w.desk.Probe(ctx); err != nil {
		return err
	}
	if _, err := w.desk.SyncWhole(ctx, "nightly"); err != nil {
		return err
	}
	if err := w.desk.RefreshBook(ctx); err != nil {
		return err
	}
	r, err := w.desk.Reconcile(ctx, "nightly")
	if err == nil {
		w.desk.Log.Info("reconciled", zap.Int("drifts", len(r.Drifts)), zap.Int("estimates", r.Estimates), zap.Int("sampled", r.Sampled), zap.Duration("took", r.Took))
	}
	return err
}

// nightly is the schedule of what runs once a night, at three in the morning.
type nightly struct{}

func (nightly) Next(after time.Time) time.Time {
	next := time.Date(after.Year(), after.Month(), after.Day(), 3, 0, 0, 0, after.Location())
	if !next.After(after) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}
