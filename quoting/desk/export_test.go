package desk

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"radioquote/quoting"
	"radioquote/store"
)

// What jobs do, for tests that choose the order in which it is done.

func (d *Desk) VerifyNow(ctx context.Context, id quoting.QuoteID, version int) error {
	return d.verify(ctx, id, version, "test")
}

func (d *Desk) WriteEstimateNow(ctx context.Context, id quoting.QuoteID) error {
	return d.claimed(ctx, id, func() error { return d.writeEstimate(ctx, id, "test") })
}

func (d *Desk) TellEndingNow(ctx context.Context, id quoting.QuoteID) error {
	return d.claimed(ctx, id, func() error { return d.tellEnding(ctx, id, "test") })
}

func (d *Desk) Expire(ctx context.Context) error { return d.expire(ctx) }

func (d *Desk) Learn(ctx context.Context) error { return d.learn(ctx) }

func (d *Desk) Drift(ctx context.Context, id quoting.SnapshotID) error {
	return d.drift(ctx, id, "test")
}

// Enter takes people as they are, as the first start takes those of a file.
func (d *Desk) Enter(ctx context.Context, people ...quoting.Person) error {
	return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		return d.takePeople(ctx, tx, people, "", store.Event{Correlation: "test", Data: map[string]any{}})
	})
}

func (d *Desk) Apply(ctx context.Context, proposal int64) error {
	return d.apply(ctx, proposal, "test")
}

func (d *Desk) LookAtClocks(ctx context.Context) error { return d.lookAtClocks(ctx) }

func (d *Desk) ReadAbsences(ctx context.Context) error { return d.readAbsences(ctx) }

func (d *Desk) WatchClocks(ctx context.Context, lapsed bool) bool { return d.watchOnce(ctx, lapsed) }

func (d *Desk) SampleOnce(ctx context.Context) error { return d.sampleOnce(ctx) }

// Nightly works the job of a night, which began some time ago.
func (d *Desk) Nightly(ctx context.Context, ago time.Duration) error {
	w := &nightlyWorker{desk: d}
	return w.Work(ctx, &river.Job[nightlyArgs]{JobRow: &rivertype.JobRow{CreatedAt: time.Now().Add(-ago)}})
}
