package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"go.uber.org/zap"
	"go.uber.org/zap/exp/zapslog"

	"radioquote/quoting"
	"radioquote/store"
)

// Queues, one for each remote system and urgency. A person waits for what is delivered;
// an update may come a moment later; the sync yields to both.
const (
	queueDeliver  = "deliver"
	queueUpdate   = "update"
	queueNetSuite = "netsuite"
	queueSync     = "sync"
)

// The arguments of the jobs. Each carries the correlation id of the request that made it.
type (
	deliverArgs struct {
		Message     int64  `json:"message"`
		Correlation string `json:"correlation"`
	}
	updateArgs struct {
		Message     int64  `json:"message"`
		Correlation string `json:"correlation"`
	}
	verifyArgs struct {
		Quote       quoting.QuoteID `json:"quote"`
		Version     int             `json:"version"`
		Correlation string          `json:"correlation"`
	}
	repriceArgs struct {
		Quote       quoting.QuoteID `json:"quote"`
		Version     int             `json:"version"`
		Correlation string          `json:"correlation"`
	}
	estimateArgs struct {
		Quote       quoting.QuoteID `json:"quote"`
		Correlation string          `json:"correlation"`
	}
	endArgs struct {
		Quote       quoting.QuoteID `json:"quote"`
		Correlation string          `json:"correlation"`
	}
	syncArgs struct {
		Correlation string `json:"correlation"`
		Periodic    bool   `json:"periodic,omitempty"`
		Whole       bool   `json:"whole,omitempty"`
	}
	heldArgs struct {
		Holds       []int64 `json:"holds"`
		Correlation string  `json:"correlation"`
	}
	driftArgs struct {
		Snapshot    quoting.SnapshotID `json:"snapshot"`
		Correlation string             `json:"correlation"`
	}
	conflictArgs struct {
		Quote       quoting.QuoteID `json:"quote"`
		Correlation string          `json:"correlation"`
	}
	installArgs struct {
		Person      int64  `json:"person"`
		Correlation string `json:"correlation"`
	}
	directoryArgs struct{}
	nightlyArgs   struct{}
	clocksArgs    struct{}
	awayArgs      struct{}
	expiryArgs    struct{}
	sampleArgs    struct{}
	probeArgs     struct{}
	tidyArgs      struct{}
)

func (deliverArgs) Kind() string   { return "deliver" }
func (updateArgs) Kind() string    { return "update" }
func (verifyArgs) Kind() string    { return "verify" }
func (repriceArgs) Kind() string   { return "reprice" }
func (estimateArgs) Kind() string  { return "estimate" }
func (endArgs) Kind() string       { return "end" }
func (syncArgs) Kind() string      { return "sync" }
func (heldArgs) Kind() string      { return "held" }
func (driftArgs) Kind() string     { return "drift" }
func (expiryArgs) Kind() string    { return "expiry" }
func (clocksArgs) Kind() string    { return "clocks" }
func (awayArgs) Kind() string      { return "away" }
func (conflictArgs) Kind() string  { return "conflict" }
func (nightlyArgs) Kind() string   { return "nightly" }
func (installArgs) Kind() string   { return "install" }
func (directoryArgs) Kind() string { return "directory" }
func (sampleArgs) Kind() string    { return "sample" }
func (probeArgs) Kind() string     { return "probe" }
func (tidyArgs) Kind() string      { return "tidy" }

// forever is a number of attempts that is not reached: these jobs end by succeeding, or
// by deciding themselves that there is nothing left to do.
const forever = 10_000

func (deliverArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueDeliver, MaxAttempts: forever}
}
func (updateArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueUpdate, MaxAttempts: forever}
}
func (verifyArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueNetSuite, MaxAttempts: forever, Priority: 2}
}
func (repriceArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueNetSuite, MaxAttempts: forever, Priority: 2}
}
func (estimateArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueNetSuite, MaxAttempts: forever}
}
func (endArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueNetSuite, MaxAttempts: forever}
}
func (syncArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueSync, MaxAttempts: forever}
}
func (heldArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueUpdate, MaxAttempts: forever}
}
func (driftArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueUpdate, MaxAttempts: forever}
}
func (conflictArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueUpdate, MaxAttempts: forever}
}
func (expiryArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: queueUpdate} }
func (clocksArgs) InsertOpts() river.InsertOpts { // the next one comes in a minute
	return river.InsertOpts{Queue: queueUpdate, MaxAttempts: 1}
}
func (awayArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueUpdate, MaxAttempts: 1, Priority: 4}
}
func (installArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueUpdate, MaxAttempts: forever, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: tidyEvery}}
}
func (directoryArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueUpdate, MaxAttempts: 3}
}
func (nightlyArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueSync, MaxAttempts: forever}
}
func (sampleArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueNetSuite, Priority: 4}
}
func (probeArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueNetSuite, Priority: 4}
}
func (tidyArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: queueSync} }

const (
	syncEvery      = 15 * time.Minute
	tidyEvery      = time.Hour
	directoryEvery = 5 * time.Minute
	sampleEvery    = time.Hour
	jobTimeout     = 25 * time.Second
	syncTimeout    = 55 * time.Minute
	rememberFor    = 72 * time.Hour // how long an activity is recognised when it comes again
	retryNetwork   = 5 * time.Second
)

// New is a desk that takes use cases at once and works jobs when Run is called.
func New(config Config) *Desk {
	return &Desk{Config: config, budget: newBudget(config.Policy.Limits.QuotesAMinute), metrics: newMetrics(config.Metrics), started: config.Now()}
}

// Prepare takes the policy and the directory of the first start into the database, proposes
// those of a changed file, and loads the newest price book, before anybody is served.
func (d *Desk) Prepare(ctx context.Context, people []quoting.Person, directory string) error {
	err := d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
		if err := tx.LockAdministration(ctx); err != nil {
			return err
		}
		if err := tx.TakePolicy(ctx, d.Policy, d.Now()); err != nil {
			return err
		}
		if err := d.takeFile(ctx, tx, people, directory); err != nil {
			return err
		}
		return d.takePolicyFile(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	return d.Load(ctx)
}

// Load takes what is known of the NetSuite account and the newest price book from the
// database.
func (d *Desk) Load(ctx context.Context) error {
	if err := errors.Join(d.loadAccount(ctx), d.loadPolicyChange(ctx)); err != nil {
		return err
	}
	return d.RefreshBook(ctx)
}

// learnEvery is how often a process looks again at what is usual of past quotes.
const learnEvery = time.Hour

// keepLearning learns what is usual, at once and then hourly, until ctx ends.
func (d *Desk) keepLearning(ctx context.Context) {
	for ; ctx.Err() == nil; wait(ctx, learnEvery) {
		if err := d.learn(ctx); err != nil && ctx.Err() == nil {
			d.logFailure("learn", "", err)
		}
	}
}

// Run works jobs and follows price snapshots until ctx ends, then finishes the jobs in
// progress, for at most ten seconds.
func (d *Desk) Run(ctx context.Context) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[deliverArgs]) error {
		return d.deliver(ctx, job.Args.Message)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[updateArgs]) error {
		return d.update(ctx, job.Args.Message)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[verifyArgs]) error {
		return d.verify(ctx, job.Args.Quote, job.Args.Version, job.Args.Correlation)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[repriceArgs]) error {
		done, err := d.reprice(ctx, job.Args.Quote, job.Args.Version, job.Args.Correlation)
		if err == nil && !done { // longer each time: prices may be held, or never come
			return river.JobSnooze(min(time.Minute, time.Second+time.Since(job.CreatedAt)/4))
		}
		return err
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[estimateArgs]) error {
		return d.claimed(ctx, job.Args.Quote, func() error { return d.writeEstimate(ctx, job.Args.Quote, job.Args.Correlation) })
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[endArgs]) error {
		return d.claimed(ctx, job.Args.Quote, func() error { return d.tellEnding(ctx, job.Args.Quote, job.Args.Correlation) })
	}))
	river.AddWorker(workers, &syncWorker{desk: d})
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[heldArgs]) error {
		return d.tellHeld(ctx, job.Args.Holds, job.Args.Correlation)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[applyArgs]) error {
		return d.apply(ctx, job.Args.Proposal, job.Args.Correlation)
	}))
	river.AddWorker(workers, &driftWorker{desk: d})
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[conflictArgs]) error {
		return d.conflict(ctx, job.Args.Quote, job.Args.Correlation)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[expiryArgs]) error { return d.expire(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[clocksArgs]) error { return d.lookAtClocks(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[awayArgs]) error { return d.readAbsences(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[tidyArgs]) error {
		return d.DB.InTx(ctx, store.Job, func(tx *store.Tx) error {
			_, err := tx.ForgetArrivals(ctx, d.Now().Add(-rememberFor))
			return err
		})
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[installArgs]) error {
		return d.install(ctx, job.Args.Person, job.Args.Correlation)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[directoryArgs]) error { return d.syncDirectory(ctx) }))
	river.AddWorker(workers, &nightlyWorker{desk: d})
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[sampleArgs]) error { return d.sampleOnce(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[probeArgs]) error {
		if !d.capabilities().At.IsZero() {
			return nil // the nightly one does it again
		}
		_, err := d.Probe(ctx)
		return err
	}))
	client, end, err := d.DB.Workers(ctx, &river.Config{
		Queues: map[string]river.QueueConfig{
			queueDeliver:  {MaxWorkers: 16, FetchCooldown: 5 * time.Millisecond},
			queueUpdate:   {MaxWorkers: 8},
			queueNetSuite: {MaxWorkers: 4},
			queueSync:     {MaxWorkers: 1},
		},
		Workers:                     workers,
		FetchCooldown:               30 * time.Millisecond,
		FetchPollInterval:           250 * time.Millisecond,
		JobTimeout:                  jobTimeout,
		RescueStuckJobsAfter:        jobTimeout + 5*time.Second,
		CompletedJobRetentionPeriod: 10 * time.Minute,
		RetryPolicy:                 steadyRetry{},
		Plugins:                     []rivertype.Plugin{&jobLog{desk: d}},
		Logger:                      slog.New(zapslog.NewHandler(d.Log.Core(), zapslog.WithName("river"))),
		PeriodicJobs: []*river.PeriodicJob{
			river.NewPeriodicJob(river.PeriodicInterval(syncEvery), func() (river.JobArgs, *river.InsertOpts) {
				return syncArgs{Correlation: "periodic", Periodic: true}, nil
			}, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(directoryEvery), func() (river.JobArgs, *river.InsertOpts) { return directoryArgs{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(nightly{}, func() (river.JobArgs, *river.InsertOpts) { return nightlyArgs{}, nil }, nil),
			river.NewPeriodicJob(river.PeriodicInterval(sampleEvery), func() (river.JobArgs, *river.InsertOpts) { return sampleArgs{}, nil }, nil),
			river.NewPeriodicJob(river.PeriodicInterval(sampleEvery), func() (river.JobArgs, *river.InsertOpts) { return probeArgs{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(expiryEvery), func() (river.JobArgs, *river.InsertOpts) { return expiryArgs{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(clocksEvery), func() (river.JobArgs, *river.InsertOpts) { return clocksArgs{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(awayEvery), func() (river.JobArgs, *river.InsertOpts) { return awayArgs{}, nil },
				&river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(tidyEvery), func() (river.JobArgs, *river.InsertOpts) {
				return tidyArgs{}, nil
			}, nil),
		},
	})
	if err != nil {
		return err
	}
	defer end()
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("work jobs: %w", err)
	}
	var learning sync.WaitGroup
	learning.Go(func() { d.keepLearning(ctx) })
	learning.Go(func() { d.watchClocks(ctx) })
	d.followSnapshots(ctx)
	learning.Wait()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := client.Stop(stopping); err == nil {
		return nil
	}
	// What does not end by itself is cancelled; it is worked again after the next start.
	last, cancelLast := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancelLast()
	return client.StopAndCancel(last)
}

// steadyRetry waits a few seconds more with each attempt, up to a minute: what a job waits
// for is another system, and people look at the card.
type steadyRetry struct{}

func (steadyRetry) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(min(time.Duration(len(job.Errors)+1)*retryNetwork, time.Minute))
}

// retryIn is when a job whose remote system does not answer is worked again: when that
// system asks for it, within a minute.
func retryIn(err error) time.Duration {
	var asks interface{ RetryAfter() time.Duration }
	if !errors.As(err, &asks) {
		return retryNetwork
	}
	return max(retryNetwork, min(asks.RetryAfter(), time.Minute))
}

// jobLog writes the one line of each job, and turns "not now" into a snooze: a remote
// system that does not answer is no failure of the job.
type jobLog struct {
	river.MiddlewareDefaults
	desk *Desk
}

func (l *jobLog) Work(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) error {
	started := time.Now()
	err := work(ctx)
	outcome := "done"
	snooze, snoozed := errors.AsType[*rivertype.JobSnoozeError](err)
	later, isLater := errors.AsType[*Later](err)
	switch {
	case err == nil:
	case snoozed:
		outcome = "not yet"
	case isLater:
		outcome = "later"
		snooze = &rivertype.JobSnoozeError{Duration: max(later.After, 10*time.Millisecond)}
	case errors.Is(err, quoting.Unavailable):
		outcome = "unavailable"
		snooze = &rivertype.JobSnoozeError{Duration: retryIn(err)}
	default:
		outcome = "failed"
	}
	l.desk.metrics.jobs.WithLabelValues(job.Kind, outcome).Inc()
	l.desk.metrics.jobTime.WithLabelValues(job.Kind).Observe(time.Since(started).Seconds())
	fields := []zap.Field{
		zap.String("kind", job.Kind), zap.Int64("job", job.ID), zap.Int("attempt", job.Attempt), zap.String("outcome", outcome),
		zap.Duration("took", time.Since(started)), zap.ByteString("args", job.EncodedArgs),
	}
	switch outcome {
	case "done":
		l.desk.Log.Info("job", fields...)
	case "failed":
		l.desk.Log.Error("job", append(fields, zap.Error(err))...)
	default:
		l.desk.Log.Debug("job", append(fields, zap.Error(err))...)
	}
	if snooze != nil {
		return snooze
	}
	return err
}
