package desk

import (
	"context"
	"fmt"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// replayMonths is how far back a changed policy is tried.
const replayMonths = 12

// Replay is what a changed policy would have done to the quotes of the last twelve months.
func Replay(ctx context.Context, db *store.DB, old, changed *quoting.Policy, now time.Time) (quoting.Replay, error) {
	var r quoting.Replay
	since := now.AddDate(0, -replayMonths, 0)
	for after := quoting.QuoteID(0); ; {
		var page []store.OpenQuote
		err := db.InTx(ctx, store.Job, func(tx *store.Tx) (err error) {
			page, err = tx.QuotesSince(ctx, since, after, driftPage)
			return err
		})
		if err != nil {
			return r, fmt.Errorf("replay: %w", err)
		}
		if len(page) == 0 {
			return r, nil
		}
		for _, q := range page {
			r.Add(old, changed, q.Quote.Quote, q.Version)
			after = q.ID
		}
	}
}
