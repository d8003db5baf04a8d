package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

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
