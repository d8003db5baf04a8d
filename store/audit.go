package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/govalues/decimal"
	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// Time is a moment that the caller gives: SQL never decides by its own clock.
type Time = time.Time

// Event is an entry of the audit log. Its data holds ids, numbers and codes; no names, no
// chat text.
type Event struct {
	At          time.Time
	Kind        string
	Actor       int64 // row of people; 0: the service itself
	Quote       quoting.QuoteID
	Version     int
	Policy      string
	Snapshot    quoting.SnapshotID
	Correlation string
	Activity    string
	Data        map[string]any
}

const insertEvent = `
	INSERT INTO audit_events (at, kind, actor_id, quote_id, version, policy, snapshot_id, correlation, activity_id, data)
	VALUES (@at, @kind, nullif(@actor::bigint, 0), nullif(@quote::bigint, 0), nullif(@version::integer, 0), nullif(@policy, ''),
	        nullif(@snapshot::bigint, 0), @correlation, @activity, @data)`

func (e Event) arguments() (pgx.NamedArgs, error) {
	data := e.Data
	if data == nil {
		data = map[string]any{}
	}
	text, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", e.Kind, err)
	}
	return pgx.NamedArgs{
		"at": e.At, "kind": e.Kind, "actor": e.Actor, "quote": int64(e.Quote), "version": e.Version, "policy": e.Policy,
		"snapshot": int64(e.Snapshot), "correlation": e.Correlation, "activity": e.Activity, "data": text,
	}, nil
}

// Record appends events to the audit log, in this transaction.
func (t *Tx) Record(ctx context.Context, events ...Event) error {
	batch := &pgx.Batch{}
	for _, e := range events {
		args, err := e.arguments()
		if err != nil {
			return err
		}
		batch.Queue(insertEvent, args)
	}
	return wrap(t.tx.SendBatch(ctx, batch).Close(), "record events")
}

// maxEvents bounds how much of a quote's history is read: the newest.
const maxEvents = "500"

// Happened are the events of a quote, the newest first, for whom may see the quote.
func (t *Tx) Happened(ctx context.Context, quote quoting.QuoteID) ([]quoting.Event, error) {
	rows, _ := t.tx.Query(ctx, `
		SELECT e.at, e.kind, coalesce(p.name, ''), coalesce(e.version, 0), e.data, coalesce(v.changes, '{}'), v.total, v.margin, coalesce(v.currency, ''),
		       coalesce(CASE e.kind WHEN 'quote_rejected' THEN d.reason WHEN 'quote_lost' THEN q.end_reason WHEN 'quote_cancelled' THEN q.end_reason END, '')
		FROM audit_events e
		JOIN quotes q ON q.id = e.quote_id
		LEFT JOIN people p ON p.id = e.actor_id
		LEFT JOIN quote_versions v ON v.quote_id = e.quote_id AND v.version = e.version
		LEFT JOIN decisions d ON d.quote_id = e.quote_id AND d.version = e.version
		WHERE e.quote_id = $1
		ORDER BY e.id DESC
		LIMIT `+maxEvents, int64(quote))
	events, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (quoting.Event, error) {
		var e quoting.Event
		var total, margin decimal.NullDecimal
		err := row.Scan(&e.At, &e.Kind, &e.Who, &e.Version, &e.Data, &e.Changes, &total, &margin, &e.Total.Currency, &e.Reason)
		e.Total.Amount, e.Margin = total.Decimal, quoting.Margin{Percent: margin.Decimal, Known: margin.Valid}
		return e, err
	})
	return events, wrap(err, "history of %s", quote)
}
