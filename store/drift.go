package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// CustomerDrifts are the customers that are staged otherwise than they hold now, by id, at
// most limit of them.
func (t *Tx) CustomerDrifts(ctx context.Context, id quoting.SnapshotID, limit int) ([]quoting.Drift, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT customer_id, t.entity_id IS NULL, s.entity_id IS NULL,
		       concat_ws(' ', t.level_id, t.currency, t.terms, t.credit_hold, t.taxable, t.inactive),
		       concat_ws(' ', s.level_id, s.currency, s.terms, s.credit_hold, s.taxable, s.inactive)
		FROM (SELECT * FROM customers WHERE until IS NULL) t
		FULL JOIN (SELECT * FROM staged_customers WHERE snapshot_id = $1) s USING (customer_id)
		WHERE (t.level_id, t.currency, t.terms, t.credit_hold, t.taxable, t.inactive, t.name) IS DISTINCT FROM
		      (s.level_id, s.currency, s.terms, s.credit_hold, s.taxable, s.inactive, s.name)
		ORDER BY customer_id
		LIMIT $2`, id, limit)
	drifts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (quoting.Drift, error) {
		var customer int64
		var fresh, gone bool
		drift := quoting.Drift{Kind: quoting.DriftCustomer}
		err := row.Scan(&customer, &fresh, &gone, &drift.Ours, &drift.Theirs)
		drift.Subject = fmt.Sprintf("customer %d", customer)
		switch {
		case fresh:
			drift.Ours = "not there"
		case gone:
			drift.Theirs = "gone"
		case drift.Ours == drift.Theirs:
			drift.Ours, drift.Theirs = "a name", "another name" // names are not for logs
		}
		return drift, err
	})
	return drifts, wrap(err, "drifts of customers")
}

// QuotesWithEstimate are the quotes whose Estimate is said to be synced.
func (t *Tx) QuotesWithEstimate(ctx context.Context) ([]quoting.QuoteID, error) {
	rows, _ := t.tx.Query(ctx, `SELECT id FROM quotes WHERE estimate = 'synced' ORDER BY id`)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	quotes := make([]quoting.QuoteID, len(ids))
	for i, id := range ids {
		quotes[i] = quoting.QuoteID(id)
	}
	return quotes, wrap(err, "quotes with an estimate")
}
