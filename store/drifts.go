package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// OpenQuote is a quote with its current version.
type OpenQuote struct {
	Quote
	Version quoting.Version
}

// OpenQuotesOf are the open quotes after one, by number, at most limit, that a snapshot has
// changed something for: an item of theirs, or what their customer pays.
func (t *Tx) OpenQuotesOf(ctx context.Context, id quoting.SnapshotID, after quoting.QuoteID, limit int) ([]OpenQuote, error) {
	return t.openQuotes(ctx, `
		WITH changed AS MATERIALIZED (
			SELECT item_id FROM prices WHERE since = $3 OR until = $3
			UNION SELECT item_id FROM items WHERE since = $3 OR until = $3
		), buyers AS MATERIALIZED (
			SELECT customer_id FROM customers WHERE since = $3 OR until = $3
			UNION SELECT customer_id FROM customer_prices WHERE since = $3 OR until = $3
			UNION SELECT customer_id FROM group_levels WHERE since = $3 OR until = $3
		)
		SELECT `+quoteColumns+`
		FROM quotes q
		JOIN people o ON o.id = q.owner_id
		JOIN quote_versions v ON v.quote_id = q.id AND v.version = q.current
		WHERE q.state IN ('open', 'sent')
		  AND q.id > $1
		  AND v.snapshot_id < $3
		  AND (v.customer_id IN (SELECT customer_id FROM buyers)
		       OR EXISTS (SELECT FROM quote_lines l WHERE l.quote_id = q.id AND l.version = q.current AND l.item_id IN (SELECT item_id FROM changed)))
		ORDER BY q.id
		LIMIT $2`, after, limit, id)
}

// ExpiringQuotes are the open quotes after one, by number, at most limit, whose validity
// ends before a time.
func (t *Tx) ExpiringQuotes(ctx context.Context, before time.Time, after quoting.QuoteID, limit int) ([]OpenQuote, error) {
	return t.openQuotes(ctx, `
		SELECT `+quoteColumns+`
		FROM quotes q
		JOIN people o ON o.id = q.owner_id
		JOIN quote_versions v ON v.quote_id = q.id AND v.version = q.current
		WHERE q.state IN ('open', 'sent')
		  AND q.id > $1
		  AND v.valid_until < $3
		ORDER BY q.id
		LIMIT $2`, after, limit, before)
}

// QuotesSince are the quotes after one, by number, at most limit, that were made since a
// time, whatever became of them.
func (t *Tx) QuotesSince(ctx context.Context, since time.Time, after quoting.QuoteID, limit int) ([]OpenQuote, error) {
	return t.openQuotes(ctx, `
		SELECT `+quoteColumns+`
		FROM quotes q
		JOIN people o ON o.id = q.owner_id
		WHERE q.id > $1
		  AND q.created_at >= $3
		ORDER BY q.id
		LIMIT $2`, after, limit, since)
}

func (t *Tx) openQuotes(ctx context.Context, query string, after quoting.QuoteID, limit int, arg any) ([]OpenQuote, error) {
	rows, _ := t.tx.Query(ctx, query, int64(after), limit, arg)
	quotes, err := pgx.CollectRows(rows, scanQuote)
	if err != nil {
		return nil, wrap(err, "open quotes")
	}
	open := make([]OpenQuote, len(quotes))
	batch := &pgx.Batch{}
	for i, q := range quotes {
		open[i] = OpenQuote{Quote: q, Version: quoting.Version{Quote: q.ID, Number: q.Current}}
		queueVersion(batch, &open[i].Version)
	}
	return open, wrap(t.tx.SendBatch(ctx, batch).Close(), "versions of open quotes")
}

// SaveDrift notes what a snapshot does to a quote; once.
func (t *Tx) SaveDrift(ctx context.Context, id quoting.SnapshotID, d quoting.PriceDrift, at time.Time) error {
	_, err := t.tx.Exec(ctx, `
		INSERT INTO price_drifts (snapshot_id, quote_id, version, class, before, now, currency, why, found_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT DO NOTHING`, id, int64(d.Quote), d.Version, d.Class, d.Before.Amount, d.Now.Amount, d.Now.Currency, d.Why, at)
	return wrap(err, "drift of %s", d.Quote)
}

// OwnedDrift is a drift and the row of the quote's owner.
type OwnedDrift struct {
	Owner int64
	quoting.PriceDrift
}

// Drifts are what a snapshot did to open quotes, by owner, the largest first.
func (t *Tx) Drifts(ctx context.Context, id quoting.SnapshotID) ([]OwnedDrift, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT q.owner_id, d.quote_id, d.version, d.class, d.before, d.now, d.currency, d.why
		FROM price_drifts d
		JOIN quotes q ON q.id = d.quote_id
		WHERE d.snapshot_id = $1
		ORDER BY q.owner_id, abs(d.now - d.before) DESC, d.quote_id`, id)
	drifts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (OwnedDrift, error) {
		var d OwnedDrift
		err := row.Scan(&d.Owner, (*int64)(&d.Quote), &d.Version, &d.Class, &d.Before.Amount, &d.Now.Amount, &d.Now.Currency, &d.Why)
		d.Before.Currency = d.Now.Currency
		return d, err
	})
	return drifts, wrap(err, "drifts of snapshot %d", id)
}

// TakeDriftAlert says whether the people of a snapshot's drifts are still to be told, and
// that they are now.
func (t *Tx) TakeDriftAlert(ctx context.Context, id quoting.SnapshotID, at time.Time) (bool, error) {
	tag, err := t.tx.Exec(ctx, `INSERT INTO drift_alerts (snapshot_id, told_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, id, at)
	return tag.RowsAffected() > 0, wrap(err, "alert of snapshot %d", id)
}

// TakeExpiryNotice says whether the owner is still to be told that a version expires, and
// that it is done now.
func (t *Tx) TakeExpiryNotice(ctx context.Context, id quoting.QuoteID, version int) (bool, error) {
	tag, err := t.tx.Exec(ctx, `UPDATE quotes SET expiry_told = $2 WHERE id = $1 AND expiry_told < $2`, int64(id), version)
	return tag.RowsAffected() > 0, wrap(err, "expiry notice of %s", id)
}
