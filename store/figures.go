package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

func sortSums(sums []quoting.Money) {
	slices.SortFunc(sums, func(a, b quoting.Money) int { return cmp.Compare(a.Currency, b.Currency) })
}

// Figures are the figures of a period over the quotes that the actor may see, of the owners
// that are named (none: of all) and not of another.
func (t *Tx) Figures(ctx context.Context, p quoting.Period, owners []int64, notOwner int64) (quoting.Figures, error) {
	until := p.Until
	if p.All() {
		until = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	args := pgx.NamedArgs{"from": p.From, "until": until, "owners": owners, "not_owner": notOwner}
	const whose = ` AND (@owners::bigint[] IS NULL OR q.owner_id = ANY (@owners)) AND q.owner_id <> @not_owner`
	var f quoting.Figures
	batch := &pgx.Batch{}
	batch.Queue(`
		SELECT v.currency, count(*), sum(v.total), sum(v.book_total), sum(v.net_total - v.discount),
		       count(*) FILTER (WHERE v.margin IS NOT NULL), coalesce(sum(v.net_total - v.discount) FILTER (WHERE v.margin IS NOT NULL), 0),
		       coalesce(sum(v.cost_total) FILTER (WHERE v.margin IS NOT NULL), 0)
		FROM quotes q
		JOIN quote_versions v ON v.quote_id = q.id AND v.version = q.current
		WHERE q.created_at >= @from
		  AND q.created_at < @until`+whose+`
		GROUP BY v.currency
		ORDER BY v.currency`, args).Query(func(rows pgx.Rows) error {
		var s quoting.QuotedSums
		_, err := pgx.ForEachRow(rows, []any{&s.Total.Currency, &s.Count, &s.Total.Amount, &s.Book, &s.Net, &s.Known, &s.NetKnown, &s.Cost}, func() error {
			f.Quoted = append(f.Quoted, s)
			return nil
		})
		return err
	})
	batch.Queue(`
		SELECT count(*) FILTER (WHERE e.kind = 'quote_won'), count(*) FILTER (WHERE e.kind = 'quote_lost')
		FROM audit_events e
		JOIN quotes q ON q.id = e.quote_id
		WHERE e.kind IN ('quote_won', 'quote_lost', 'quote_expired', 'quote_cancelled')
		  AND e.at >= @from
		  AND e.at < @until`+whose, args).QueryRow(func(row pgx.Row) error { return row.Scan(&f.Won, &f.Lost) })
	batch.Queue(`
		SELECT count(*), coalesce(extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY d.decided_at - v.submitted_at))::bigint, 0)
		FROM decisions d
		JOIN quote_versions v ON v.quote_id = d.quote_id AND v.version = d.version
		JOIN quotes q ON q.id = d.quote_id
		WHERE d.decided_by IS NOT NULL
		  AND d.decided_at >= @from
		  AND d.decided_at < @until`+whose, args).QueryRow(func(row pgx.Row) error {
		var seconds int64
		err := row.Scan(&f.Decided, &seconds)
		f.ApprovalTime = time.Duration(seconds) * time.Second
		return err
	})
	return f, wrap(t.tx.SendBatch(ctx, batch).Close(), "figures")
}
