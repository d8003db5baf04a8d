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
	"io"
	"maps"
	"math/rand/v2"
	"net"
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

// DB is the service's database. People and jobs have connections of their own: jobs that
// pile up do not keep a person waiting. (And Postgres plans a statement anew whenever the
// role that runs it on a connection has changed, since row-level security is part of the
// plan.)
type DB struct {
	people *pgxpool.Pool
	jobs   *pgxpool.Pool
	url    string
	river  *river.Client[pgx.Tx] // inserts jobs; the client that works them is Workers'
}

// Connections of each kind that a process holds at most.
const (
	peopleConnections = 12
	jobConnections    = 16
	riverConnections  = 6
)

// notifyEvery is how long an inserted job may wait until its worker is told of it. River's
// own 100 ms would be most of what a person waits for a card.
const notifyEvery = 5 * time.Millisecond

// Open connects to the database. Several hosts may be named in the URL; the one that
// takes writes is used. The error is of kind Internal and names no password.
func Open(ctx context.Context, url string) (*DB, error) {
	db := &DB{url: url}
	var err error
	if db.people, err = db.connect(ctx, peopleConnections, nil); err != nil {
		return nil, err
	}
	if db.jobs, err = db.connect(ctx, jobConnections, nil); err != nil {
		db.people.Close()
		return nil, err
	}
	if db.river, err = river.NewClient(riverpgxv5.New(db.jobs), &river.Config{FetchCooldown: notifyEvery}); err != nil {
		db.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

func (db *DB) connect(ctx context.Context, connections int32, settings map[string]string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(db.url)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	config.MaxConns = connections
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	maps.Copy(config.ConnConfig.RuntimeParams, map[string]string{
		"application_name": "radioquote", "statement_timeout": "30s", "idle_in_transaction_session_timeout": "30s",
		"plan_cache_mode": "force_generic_plan", // every statement looks up by key: one plan serves all values
		"jit":             "off",                // compiling the row-level policies of a search takes longer than the search
	})
	maps.Copy(config.ConnConfig.RuntimeParams, settings)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return pool, nil
}

// Close ends all connections, waiting for those in use.
func (db *DB) Close() {
	db.people.Close()
	db.jobs.Close()
}

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.people.Ping(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// Workers is a River client that works jobs on this database, and what ends its
// connections after it has stopped. River's notes of which job is being worked do not wait
// for the disk: a server that loses the last of them has jobs worked again, which they
// stand.
func (db *DB) Workers(ctx context.Context, config *river.Config) (_ *river.Client[pgx.Tx], end func(), err error) {
	pool, err := db.connect(ctx, riverConnections, map[string]string{"synchronous_commit": "off"})
	if err != nil {
		return nil, nil, err
	}
	client, err := river.NewClient(riverpgxv5.New(pool), config)
	if err != nil {
		pool.Close()
		return nil, nil, fmt.Errorf("work jobs: %w", err)
	}
	return client, pool.Close, nil
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
	return db.inTx(ctx, role, "BEGIN; SET LOCAL ROLE "+string(role), fn)
}

// InQuickTx is InTx for what may be lost with the database server's last moments: it does
// not wait for the disk. A process that is killed loses nothing by it.
func (db *DB) InQuickTx(ctx context.Context, role Role, fn func(*Tx) error) error {
	return db.inTx(ctx, role, "BEGIN; SET LOCAL synchronous_commit = off; SET LOCAL ROLE "+string(role), fn)
}

// InReadTx is InTx for what writes nothing; Postgres refuses it a write.
func (db *DB) InReadTx(ctx context.Context, role Role, fn func(*Tx) error) error {
	return db.inTx(ctx, role, "BEGIN READ ONLY; SET LOCAL ROLE "+string(role), fn)
}

func (db *DB) inTx(ctx context.Context, role Role, begin string, fn func(*Tx) error) error {
	pool := db.jobs
	if role == Service {
		pool = db.people
	}
	for try := 1; ; try++ {
		err := pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{BeginQuery: begin}, func(tx pgx.Tx) error {
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

// Try runs fn so that what it did is undone where it fails, and the transaction goes on: a
// step of several.
func (t *Tx) Try(ctx context.Context, fn func(*Tx) error) error {
	return pgx.BeginFunc(ctx, t.tx, func(inner pgx.Tx) error { return fn(&Tx{tx: inner, river: t.river}) })
}

// retryable says whether a transaction that failed would do if run again: Postgres aborted
// it (serialization_failure, deadlock_detected), somebody's role was taken while it ran, so
// that row-level security refused what the rows had allowed (insufficient_privilege: the next
// run reads the roles anew), or it never got there, as over a connection that has died since
// it was last used.
func retryable(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01" || e.Code == "42501") || pgconn.SafeToRetry(err)
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
	if _, ok := errors.AsType[net.Error](err); ok || errors.Is(err, io.ErrUnexpectedEOF) {
		return true // the connection broke, or took too long
	}
	return pgconn.SafeToRetry(err) || pgconn.Timeout(err)
}

// Enqueue adds jobs that run if, and only if, the transaction is committed.
func (t *Tx) Enqueue(ctx context.Context, jobs ...river.InsertManyParams) error {
	if len(jobs) == 0 {
		return nil
	}
	if _, err := t.river.InsertManyTx(ctx, t.tx, jobs); err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	return nil
}
