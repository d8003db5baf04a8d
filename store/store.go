// Package store keeps everything in Postgres: people, price snapshots, quotes, messages,
// jobs and the audit log. All SQL is here, one file a subject.
//
// It refuses to decide: a method reads, locks or writes what it is told, and the rules
// that must hold whatever the caller does are constraints, triggers, grants and
// row-level policies of the schema. It has no clock; times are arguments. The error of a
// Query is left to pgx's Collect functions, which report it.
package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"radioquote/quoting"
)

// Role is the database role that a transaction works under; see migration 000001. The
// role that the program signs in as owns nothing and has no rights but to take these.
type Role string

const (
	Service Role = "radioquote_service" // for a person: sees what the person may see
	Sync    Role = "radioquote_sync"    // price snapshots, and no quotes
	Job     Role = "radioquote_job"     // jobs: all quotes, for nobody in particular
)

// DB is a pool of connections to the service's database.
type DB struct {
	pool  *pgxpool.Pool
	river *river.Client[pgx.Tx] // inserts jobs; the client that works them is NewWorkers'
}

// Open connects to the database. Several hosts may be named in the URL; the one that
// takes writes is used. The error is of kind Internal and names no password.
func Open(ctx context.Context, url string, connections int32) (*DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	config.MaxConns = connections
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	config.ConnConfig.RuntimeParams["application_name"] = "radioquote"
	config.ConnConfig.RuntimeParams["statement_timeout"] = "30s"
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "30s"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	inserter, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return &DB{pool: pool, river: inserter}, nil
}

// Close ends all connections, waiting for those in use.
func (db *DB) Close() { db.pool.Close() }

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.pool.Ping(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// NewWorkers is a River client that works jobs on this database.
func (db *DB) NewWorkers(config *river.Config) (*river.Client[pgx.Tx], error) {
	return river.NewClient(riverpgxv5.New(db.pool), config)
}

// Tx is a transaction. It is good until the function that it was given to returns.
type Tx struct {
	tx    pgx.Tx
	river *river.Client[pgx.Tx]
}

// maxTries is how often a transaction is run that Postgres aborts for no fault of ours.
const maxTries = 5

// InTx runs fn in a transaction under the role and commits it if fn returns nil. It is
// read committed; what must not race is locked. fn may run more than once, when Postgres
// reports a deadlock or a serialization failure, so it must not touch anything but tx.
func (db *DB) InTx(ctx context.Context, role Role, fn func(*Tx) error) error {
	return db.inTx(ctx, "BEGIN; SET LOCAL ROLE "+string(role), fn)
}

// InQuickTx is InTx for what may be lost with the database server's last moments: it does
// not wait for the disk. A process that is killed loses nothing by it.
func (db *DB) InQuickTx(ctx context.Context, role Role, fn func(*Tx) error) error {
	return db.inTx(ctx, "BEGIN; SET LOCAL synchronous_commit = off; SET LOCAL ROLE "+string(role), fn)
}

func (db *DB) inTx(ctx context.Context, begin string, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		err := pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{BeginQuery: begin}, func(tx pgx.Tx) error {
			return fn(&Tx{tx: tx, river: db.river})
		})
		if !retryable(err) || try == maxTries {
			return err
		}
		pause := time.NewTimer(time.Duration(1+rand.IntN(10*try)) * time.Millisecond) //nolint:gosec // jitter, not a secret
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		}
	}
}

// retryable says whether Postgres aborted a transaction that would do if run again:
// serialization_failure and deadlock_detected.
func retryable(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}

// wrap turns a driver's error into one of the domain: no row is NotFound, everything else
// stays internal and is told what was being done.
func wrap(err error, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return &quoting.Error{Kind: quoting.NotFound, Sentence: "There is no such thing, or none that you may see.", Err: fmt.Errorf("%s: %w", what, err)}
	default:
		return fmt.Errorf("%s: %w", what, err)
	}
}

// Unavailable says whether the error means that the database could not be reached, or
// went away, as opposed to having refused something.
func Unavailable(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return len(e.Code) == 5 && (e.Code[:2] == "08" || e.Code[:2] == "57" || e.Code[:2] == "53")
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	return pgconn.SafeToRetry(err) || errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err)
}

// Enqueue adds jobs that run if, and only if, the transaction is committed.
func (t *Tx) Enqueue(ctx context.Context, jobs ...river.InsertManyParams) error {
	if len(jobs) == 0 {
		return nil
	}
	if _, err := t.river.InsertManyFastTx(ctx, t.tx, jobs); err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}

// EnqueueUnique adds a job unless an equal one waits already.
func (t *Tx) EnqueueUnique(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) error {
	if _, err := t.river.InsertTx(ctx, t.tx, args, opts); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}
