package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// StoredEstimate is what NetSuite has of a quote, as it was last read back.
type StoredEstimate struct {
	Version    int
	NetSuiteID int64 // 0: read before it was kept
	Number     string
	Modified   time.Time // by NetSuite's clock; zero: not known
	SalesOrder string    // its number; empty: none
}

// SaveEstimate keeps what was read back of a quote's Estimate, line by line.
func (t *Tx) SaveEstimate(ctx context.Context, quote quoting.QuoteID, version int, e quoting.Estimate, at time.Time) error {
	modified := &e.Modified
	if e.Modified.IsZero() {
		modified = nil
	}
	lines := e.Lines
	if lines == nil {
		lines = []quoting.EstimateLine{}
	}
	_, err := t.tx.Exec(ctx, `
		INSERT INTO estimates (quote_id, version, external_id, number, total, tax, read_at, netsuite_id, lines, modified_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (quote_id) DO UPDATE
		SET version = excluded.version, number = excluded.number, total = excluded.total, tax = excluded.tax, read_at = excluded.read_at,
		    netsuite_id = excluded.netsuite_id, lines = excluded.lines, modified_at = excluded.modified_at`,
		int64(quote), version, e.ExternalID, e.Number, e.Total.Amount, e.Tax.Amount, at, e.ID, lines, modified)
	return wrap(err, "estimate of %s", quote)
}

// EstimateOf is what was last read back of a quote's Estimate; false where nothing was.
func (t *Tx) EstimateOf(ctx context.Context, quote quoting.QuoteID) (StoredEstimate, bool, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT version, netsuite_id, number, coalesce(modified_at, '0001-01-01T00:00:00Z'), sales_order
		FROM estimates
		WHERE quote_id = $1`, int64(quote))
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[StoredEstimate])
	if err != nil || len(found) == 0 {
		return StoredEstimate{}, false, wrap(err, "estimate of %s", quote)
	}
	return found[0], true, nil
}

// SaveSalesOrder keeps the number of the sales order that a quote's Estimate became.
func (t *Tx) SaveSalesOrder(ctx context.Context, quote quoting.QuoteID, number string) error {
	_, err := t.tx.Exec(ctx, `UPDATE estimates SET sales_order = $2 WHERE quote_id = $1`, int64(quote), number)
	return wrap(err, "sales order of %s", quote)
}

// ClaimEstimate makes the caller the only one that writes a quote's Estimate until a time;
// false while another does.
func (t *Tx) ClaimEstimate(ctx context.Context, quote quoting.QuoteID, now, until time.Time) (bool, error) {
	tag, err := t.tx.Exec(ctx, `
		UPDATE quotes
		SET claimed_until = $3
		WHERE id = $1
		  AND (claimed_until IS NULL OR claimed_until < $2)`, int64(quote), now, until)
	return tag.RowsAffected() == 1, wrap(err, "claim the estimate of %s", quote)
}

// ReleaseEstimate ends a claim.
func (t *Tx) ReleaseEstimate(ctx context.Context, quote quoting.QuoteID) error {
	_, err := t.tx.Exec(ctx, `UPDATE quotes SET claimed_until = NULL WHERE id = $1`, int64(quote))
	return wrap(err, "release the estimate of %s", quote)
}

// SaveEnding notes why a quote ended.
func (t *Tx) SaveEnding(ctx context.Context, quote quoting.QuoteID, reason string) error {
	_, err := t.tx.Exec(ctx, `UPDATE quotes SET end_reason = $2 WHERE id = $1`, int64(quote), reason)
	return wrap(err, "end %s", quote)
}

// Prospect is a company that was quoted to before NetSuite knew it.
type Prospect struct {
	ID        int64
	Name      string
	Customer  quoting.CustomerID // 0: NetSuite does not have it yet
	Confirmed bool               // it is none of the customers of a similar name
}

// TakeProspect is the prospect of a name, made now where there is none.
func (t *Tx) TakeProspect(ctx context.Context, name string, at time.Time) (Prospect, error) {
	if _, err := t.tx.Exec(ctx, `
		INSERT INTO prospects (name, name_key, created_at)
		VALUES ($1, $2, $3)
		ON CONFLICT (name_key) DO NOTHING`, name, quoting.NameKey(name), at); err != nil {
		return Prospect{}, wrap(err, "take prospect")
	}
	return t.prospect(ctx, name)
}

func (t *Tx) prospect(ctx context.Context, name string) (Prospect, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT id, name, coalesce(customer_id, 0), confirmed
		FROM prospects
		WHERE name_key = $1`, quoting.NameKey(name))
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Prospect])
	return p, wrap(err, "prospect")
}

// KnowProspect notes which customer of NetSuite's a prospect has become.
func (t *Tx) KnowProspect(ctx context.Context, id int64, customer quoting.CustomerID) error {
	_, err := t.tx.Exec(ctx, `UPDATE prospects SET customer_id = $2 WHERE id = $1`, id, int64(customer))
	return wrap(err, "prospect %d", id)
}

// DecideProspect notes that a prospect is that customer, or, with 0, a new one. It says
// false where NetSuite knows it already, or the actor may not decide.
func (t *Tx) DecideProspect(ctx context.Context, name string, customer quoting.CustomerID, who int64) (bool, error) {
	tag, err := t.tx.Exec(ctx, `
		UPDATE prospects
		SET customer_id = nullif($2::bigint, 0), confirmed = true, decided_by = $3
		WHERE name_key = $1
		  AND customer_id IS NULL`, quoting.NameKey(name), int64(customer), who)
	return tag.RowsAffected() == 1, wrap(err, "decide prospect")
}
