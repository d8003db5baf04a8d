package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// PastMeasures are the past quotes that others are compared with: the newest current
// versions of each technology and of parts alone, at most limit of each, that were made
// since a time and were approved, or whose quote was won or lost. It is for the role Job,
// which sees the quotes of all teams.
func (t *Tx) PastMeasures(ctx context.Context, since time.Time, limit int) ([]quoting.Profile, error) {
	priced := []quoting.Technology{"", quoting.AnalogSimplex, quoting.DMRSimplex, quoting.DMR, quoting.PoC}
	rows, _ := t.tx.Query(ctx, `
		SELECT o.tenant, o.object_id, wanted.technology, v.currency, v.measures
		FROM unnest($1::text[]) AS wanted (technology)
		CROSS JOIN LATERAL (
			SELECT q.owner_id, v.currency, v.measures
			FROM quote_versions v
			JOIN quotes q ON q.id = v.quote_id AND q.current = v.version
			WHERE v.system ->> 'technology' = wanted.technology
			  AND v.measures <> '{}'
			  AND v.created_at >= $2
			  AND (v.state = 'approved' OR q.state IN ('won', 'lost'))
			ORDER BY v.created_at DESC
			LIMIT $3
		) v
		JOIN people o ON o.id = v.owner_id`, priced, since, limit)
	past, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (quoting.Profile, error) {
		var p quoting.Profile
		err := row.Scan(&p.Owner.Tenant, &p.Owner.Object, &p.Technology, &p.Currency, &p.Measures)
		return p, err
	})
	return past, wrap(err, "measures of past quotes")
}

// lastQuotes is how many of a customer's quotes are looked through for its last prices.
const lastQuotes = "50"

// LastPaid is what a customer last paid for each of the items after every discount, or was
// last quoted with an Estimate in NetSuite, since a time; an item that is not there was not.
// It looks through the customer's newest 50 such quotes, those that the actor may see: the
// role Job sees them all. OFFSET 0 keeps the look-up of a quote one by key, so that the
// newest are found along the index on customers.
func (t *Tx) LastPaid(ctx context.Context, customer quoting.CustomerID, items []quoting.ItemID, since time.Time) (map[quoting.ItemID]quoting.LastPaid, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT DISTINCT ON (l.item_id) l.item_id, CASE l.share WHEN 0 THEN l.unit_price ELSE round((l.extended - l.share) / l.qty, 2) END, v.currency, v.created_at, v.quote_id, v.won
		FROM (
			SELECT v.quote_id, v.version, v.currency, v.created_at, q.state = 'won' AS won
			FROM quote_versions v
			CROSS JOIN LATERAL (
				SELECT q.state, q.estimate
				FROM quotes q
				WHERE q.id = v.quote_id -- of which an approved version is the current one
				OFFSET 0
			) q
			WHERE v.customer_id = $1
			  AND v.created_at >= $2
			  AND v.state = 'approved'
			  AND (q.state = 'won' OR q.state IN ('open', 'sent') AND q.estimate = 'synced')
			ORDER BY v.created_at DESC
			LIMIT `+lastQuotes+`
		) v
		JOIN quote_lines l ON l.quote_id = v.quote_id AND l.version = v.version
		WHERE l.item_id = ANY ($3)
		ORDER BY l.item_id, v.created_at DESC, v.quote_id DESC, l.position`, int64(customer), since, items)
	last := map[quoting.ItemID]quoting.LastPaid{}
	var item quoting.ItemID
	var paid quoting.LastPaid
	_, err := pgx.ForEachRow(rows, []any{&item, &paid.Price.Amount, &paid.Price.Currency, &paid.At, (*int64)(&paid.Quote), &paid.Won}, func() error {
		last[item] = paid
		return nil
	})
	return last, wrap(err, "last prices of customer %d", customer)
}

// PricePeriod is a price of the price matrix and the time in which it held, by NetSuite's
// clock: from the sync that found it on, until the one that found another or none.
type PricePeriod struct {
	From     time.Time
	Until    time.Time // zero: it still holds
	Quantity int       // from which on
	Price    quoting.Money
}

// maxPeriods bounds the rows of a price history.
const maxPeriods = "1000"

// PriceHistory is how an item's prices at a level moved: those that held at some time since
// then, by quantity and time, of the newest 1,000 rows. Rows that follow each other with the
// same price are one period.
func (t *Tx) PriceHistory(ctx context.Context, item quoting.ItemID, level quoting.LevelID, currency quoting.Currency, since time.Time) ([]PricePeriod, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT from_at, coalesce(until_at, '0001-01-01T00:00:00Z'), from_qty, unit_price
		FROM (
			SELECT b.taken_at AS from_at, e.taken_at AS until_at, p.from_qty, p.unit_price
			FROM prices p
			JOIN price_snapshots b ON b.id = p.since
			LEFT JOIN price_snapshots e ON e.id = p.until
			WHERE p.item_id = $1
			  AND p.level_id = $2
			  AND p.currency = $3
			ORDER BY p.since DESC, p.from_qty
			LIMIT `+maxPeriods+`
		) p
		ORDER BY from_qty, from_at`, item, level, currency)
	var periods []PricePeriod
	p := PricePeriod{Price: quoting.Money{Currency: currency}}
	_, err := pgx.ForEachRow(rows, []any{&p.From, &p.Until, &p.Quantity, &p.Price.Amount}, func() error {
		if n := len(periods); n > 0 {
			last := &periods[n-1]
			if last.Quantity == p.Quantity && last.Price.Equal(p.Price) && last.Until.Equal(p.From) {
				last.Until = p.Until
				return nil
			}
		}
		periods = append(periods, p)
		return nil
	})
	periods = slices.DeleteFunc(periods, func(p PricePeriod) bool { return !p.Until.IsZero() && !p.Until.After(since) })
	return periods, wrap(err, "price history of item %d", item)
}
