package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"radioquote/quoting"
	"radioquote/store"
)

// expiryEvery is how often quotes are looked at that end of themselves.
const expiryEvery = time.Hour

// expire tells owners of quotes that will soon not be valid any more, and ends those whose
// days of grace are over.
func (d *Desk) expire(ctx context.Context) error {
	now, limits := d.Now(), d.Policy.Expiry
	for after := quoting.QuoteID(0); ; {
		last := after
		err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
			last = after
			page, err := tx.ExpiringQuotes(ctx, now.AddDate(0, 0, limits.TellDays), after, driftPage)
			if err != nil {
				return err
			}
			for _, open := range page {
				over := open.Version.ValidUntil.AddDate(0, 0, limits.GraceDays).Before(now)
				if over {
					err = d.expireOne(ctx, tx, open)
				} else {
					err = d.tellExpiry(ctx, tx, open, now)
				}
				if err != nil {
					return err
				}
				last = open.ID
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("expire: %w", err)
		}
		if last == after {
			return nil
		}
		after = last
	}
}

func (d *Desk) tellExpiry(ctx context.Context, tx *store.Tx, open store.OpenQuote, now time.Time) error {
	first, err := tx.TakeExpiryNotice(ctx, open.ID, open.Current)
	if err != nil || !first {
		return err
	}
	v := open.Version
	text := fmt.Sprintf("%s v%d is valid until %s.", open.ID, v.Number, v.ValidUntil.Format("2 January"))
	if v.ValidUntil.Before(now) {
		text = fmt.Sprintf("%s v%d was valid until %s. For %d days the old price may still be honoured, where prices have hardly moved.",
			open.ID, v.Number, v.ValidUntil.Format("2 January"), d.Policy.Expiry.GraceDays)
	}
	return d.notify(ctx, tx, open.OwnerRow, quoting.Notice{
		Text: text + " Extending it takes today's prices:", Quote: open.ID, Version: v.Number, Examples: []string{"extend " + open.ID.String() + " by 30 days"},
	}, "expiry")
}

// expireOne ends a quote of which nothing came.
func (d *Desk) expireOne(ctx context.Context, tx *store.Tx, open store.OpenQuote) error {
	q, err := tx.LockQuote(ctx, open.ID)
	if err != nil || q.Current != open.Current || q.State.Ended() {
		return err
	}
	q.State = quoting.Expired
	if err := tx.SaveQuote(ctx, q.Quote); err != nil {
		return err
	}
	err = tx.Record(ctx, store.Event{
		At: d.Now(), Kind: "quote_expired", Quote: q.ID, Version: q.Current, Policy: open.Version.Policy, Correlation: "expiry",
		Data: map[string]any{"valid_until": open.Version.ValidUntil, "total": open.Version.Priced.Total},
	})
	if err != nil {
		return err
	}
	d.metrics.decisions.WithLabelValues(string(quoting.Expired)).Inc()
	jobs, err := touch(ctx, tx, q.ID, "expiry")
	if err != nil {
		return err
	}
	if q.Estimate != quoting.NoEstimate {
		jobs = append(jobs, river.InsertManyParams{Args: endArgs{Quote: q.ID, Correlation: "expiry"}})
	}
	return tx.Enqueue(ctx, jobs...)
}
