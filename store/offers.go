package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// maxOffers bounds how many earlier quotes a new one is compared with: the newest.
const maxOffers = 500

// maxFamily bounds how many of them, of one family of customers, are read with their lines.
const maxFamily = 50

// Offers are somebody's open quotes (the zero PersonID: everybody's) made since a time that match
// wants, by their customers; with their lines, the newest first.
func (t *Tx) Offers(ctx context.Context, owner quoting.PersonID, since time.Time, wanted func(quoting.Offer) bool) ([]quoting.Offer, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT q.id, q.current, o.tenant, o.object_id, v.customer, f.created_at, coalesce((v.request ->> 'sites')::integer, 0), v.total, v.amount, v.currency, coalesce(v.request -> 'terms', '{}')
		FROM quotes q
		JOIN people o ON o.id = q.owner_id
		JOIN quote_versions v ON v.quote_id = q.id AND v.version = q.current
		JOIN quote_versions f ON f.quote_id = q.id AND f.version = 1
		WHERE q.state IN ('open', 'sent')
		  AND q.created_at >= $1
		  AND ($3 = '' OR o.tenant = $3 AND o.object_id = $4)
		  AND v.customer IS NOT NULL
		ORDER BY q.id DESC
		LIMIT $2`, since, maxOffers, owner.Tenant, owner.Object)
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (quoting.Offer, error) {
		o := quoting.Offer{Open: true}
		err := row.Scan((*int64)(&o.Quote), &o.Version, &o.Owner.Tenant, &o.Owner.Object, &o.Customer, &o.CreatedAt, &o.Sites, &o.Total.Amount, &o.Amount.Amount, &o.Total.Currency, &o.Terms)
		o.Amount.Currency = o.Total.Currency
		return o, err
	})
	if err != nil {
		return nil, wrap(err, "offers")
	}
	var offers []quoting.Offer
	for _, o := range all {
		if len(offers) < maxFamily && wanted(o) {
			offers = append(offers, o)
		}
	}
	batch := &pgx.Batch{}
	for i := range offers {
		o := &offers[i]
		batch.Queue(`SELECT sku, qty, extended FROM quote_lines WHERE quote_id = $1 AND version = $2 ORDER BY position`, int64(o.Quote), o.Version).Query(func(rows pgx.Rows) error {
			var l quoting.OfferLine
			_, err := pgx.ForEachRow(rows, []any{&l.SKU, &l.Qty, &l.Extended.Amount}, func() error {
				l.Extended.Currency = o.Total.Currency
				o.Lines = append(o.Lines, l)
				return nil
			})
			return err
		})
	}
	return offers, wrap(t.tx.SendBatch(ctx, batch).Close(), "lines of offers")
}

// TakeConflict says whether two reps are still to be told that their quotes are for one
// need, and that they are now. The other quote is the earlier one.
func (t *Tx) TakeConflict(ctx context.Context, quote, other quoting.QuoteID, at time.Time) (bool, error) {
	tag, err := t.tx.Exec(ctx, `INSERT INTO quote_conflicts (quote_id, other_id, told_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, int64(quote), int64(other), at)
	return tag.RowsAffected() > 0, wrap(err, "conflict of %s", quote)
}
