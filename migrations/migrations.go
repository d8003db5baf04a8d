// Package migrations holds the database's schema as numbered SQL files and brings a
// database to it: our own files through golang-migrate, then River's tables through
// River's migrator, then the rights on both.
//
// It refuses to touch a database whose state it does not know: one that an interrupted
// migration left marked dirty. It reads and writes no data of the service.
package migrations

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
	pgxmigrate "github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed [0-9]*.sql
var files embed.FS

// State is how far the schema of a database is.
type State struct {
	Version     int  // of our schema, 0 before the first migration
	Latest      int  // the newest version that this program knows
	Dirty       bool // a migration was interrupted; see Up
	River       int  // version of River's tables, 0 before the first migration
	RiverLatest int
}

// Current reports whether a program with these migrations can run on the database.
// A newer schema is fine: migrations add first and drop in a later release.
func (s State) Current() bool {
	return !s.Dirty && s.Version >= s.Latest && s.River >= s.RiverLatest
}

// Up brings the database of ownerURL to the newest schema and lets loginRole, the role
// that the service signs in as, take the service's roles and run River. It needs the
// owner of the database, with CREATEROLE. A database that is newer than this program
// is left as it is.
//
// Each file runs in one transaction: a file that fails leaves nothing behind and is
// tried again by the next Up. Only a run that was killed leaves the schema marked dirty.
// Two runs at once are safe; the second waits up to ten seconds for the first. When ctx
// ends, Up stops after the file in progress.
func Up(ctx context.Context, ownerURL, loginRole string) error {
	return up(ctx, files, ownerURL, loginRole)
}

func up(ctx context.Context, files fs.FS, ownerURL, loginRole string) error {
	return withSchema(ctx, files, ownerURL, "migrate up", func(s *schema) error {
		state, err := s.state(ctx)
		if err != nil {
			return err
		}
		if state.Version < state.Latest || state.Dirty {
			if err := s.run(ctx, state.Latest); err != nil {
				return err
			}
		}
		if state.River < state.RiverLatest {
			if _, err := s.river.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
				return err
			}
		}
		return grant(ctx, s.pool, loginRole)
	})
}

// Down removes everything that Up made in the database of ownerURL, data included.
func Down(ctx context.Context, ownerURL string) error {
	return down(ctx, files, ownerURL)
}

func down(ctx context.Context, files fs.FS, ownerURL string) error {
	return withSchema(ctx, files, ownerURL, "migrate down", func(s *schema) error {
		state, err := s.state(ctx)
		if err != nil {
			return err
		}
		if state.Version > state.Latest {
			return fmt.Errorf("the database has schema %d and this program knows %d: use the newer program", state.Version, state.Latest)
		}
		if state.River > 0 {
			all := &rivermigrate.MigrateOpts{TargetVersion: -1}
			if _, err := s.river.Migrate(ctx, rivermigrate.DirectionDown, all); err != nil {
				return err
			}
		}
		return s.run(ctx, 0)
	})
}

// Status reads how far the database of url is. The service's login role may call it.
func Status(ctx context.Context, url string) (State, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return State{}, fmt.Errorf("migrate status: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	s, err := readState(ctx, conn, files)
	if err != nil {
		return State{}, fmt.Errorf("migrate status: %w", err)
	}
	return s, nil
}

// Hash identifies the schema that Up makes: our files, River's and the grants.
func Hash() string {
	h := sha256.New()
	for _, name := range names(files) {
		text, _ := files.ReadFile(name) // it is embedded and has just been listed
		fmt.Fprintf(h, "%s\n%s\n", name, text)
	}
	for _, m := range riverMigrator(nil).AllVersions() {
		fmt.Fprintf(h, "river %d\n%s\n", m.Version, m.SQLUp)
	}
	h.Write([]byte(grants))
	return hex.EncodeToString(h.Sum(nil))
}

// names lists the migration files in order. A name that golang-migrate does not
// recognise is left out, as golang-migrate does.
func names(files fs.FS) []string {
	all, _ := fs.Glob(files, "[0-9]*_*.*.sql") // only a malformed pattern is an error
	slices.Sort(all)
	return all
}

// latest returns the newest version among files.
func latest(files fs.FS) int {
	n := 0
	for _, name := range names(files) {
		digits, _, _ := strings.Cut(name, "_")
		v, _ := strconv.Atoi(digits) // a name without a number is no migration
		n = max(n, v)
	}
	return n
}

func riverMigrator(pool *pgxpool.Pool) *rivermigrate.Migrator[pgx.Tx] {
	m, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		panic(err) // only for a line of migrations other than the default
	}
	return m
}

// rowQuerier is a connection or a pool.
type rowQuerier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func readState(ctx context.Context, db rowQuerier, files fs.FS) (State, error) {
	versions := riverMigrator(nil).AllVersions()
	s := State{Latest: latest(files), RiverLatest: versions[len(versions)-1].Version}

	var ours, rivers bool
	err := db.QueryRow(ctx, `
		SELECT to_regclass('schema_migrations') IS NOT NULL,
		       to_regclass('river_migration') IS NOT NULL`).Scan(&ours, &rivers)
	if err != nil {
		return State{}, err
	}
	if ours {
		err := db.QueryRow(ctx, `SELECT version, dirty FROM schema_migrations`).Scan(&s.Version, &s.Dirty)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return State{}, err
		}
	}
	if rivers {
		err := db.QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM river_migration`).Scan(&s.River)
		if err != nil {
			return State{}, err
		}
	}
	return s, nil
}

// schema is a database that is being migrated, locked against others who would.
type schema struct {
	files  fs.FS
	pool   *pgxpool.Pool
	driver database.Driver // golang-migrate's view of the pool
	river  *rivermigrate.Migrator[pgx.Tx]
}

// withSchema opens the database of url for one piece of work, named for errors.
func withSchema(ctx context.Context, files fs.FS, url, work string, fn func(*schema) error) error {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("%s: %w", work, err)
	}
	// A statement that waits longer for a table in use would make every reader that
	// comes after it wait too. It also bounds the wait for a migration by somebody else.
	params := config.ConnConfig.RuntimeParams
	params["lock_timeout"] = cmp.Or(params["lock_timeout"], "10s")
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("%s: %w", work, err)
	}
	defer pool.Close()

	// golang-migrate has a lock of its own, which does not cover River and the grants.
	err = pool.AcquireFunc(ctx, func(locked *pgxpool.Conn) error {
		const key = `hashtext('radioquote migrations')`
		if _, err := locked.Exec(ctx, `SELECT pg_advisory_lock(`+key+`)`); err != nil {
			return err
		}
		defer locked.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(`+key+`)`) //nolint:errcheck // the lock goes with the connection anyway

		// Not from the pool: when WithInstance fails it keeps a connection, for which the
		// pool's Close would wait forever.
		db := stdlib.OpenDB(*config.ConnConfig)
		driver, err := pgxmigrate.WithInstance(db, &pgxmigrate.Config{})
		if err != nil {
			return errors.Join(err, db.Close())
		}
		s := &schema{files: files, pool: pool, driver: driver, river: riverMigrator(pool)}
		return errors.Join(fn(s), driver.Close())
	})
	if err != nil {
		return fmt.Errorf("%s: %w", work, explain(err))
	}
	return nil
}

func (s *schema) state(ctx context.Context) (State, error) {
	return readState(ctx, s.pool, s.files)
}

// run brings our schema to a version, file by file.
func (s *schema) run(ctx context.Context, to int) error {
	source, err := iofs.New(s.files, ".")
	if err != nil {
		return err
	}
	m, err := migrate.NewWithInstance("iofs", source, "postgres", s.driver)
	if err != nil {
		return err
	}
	state, err := s.state(ctx)
	if err != nil {
		return err
	}
	if state.Dirty {
		return fmt.Errorf("an earlier run was killed in %06d: look whether its change is there, then set version and dirty in schema_migrations to match", state.Version)
	}
	step, file, direction := 1, 1, "up" // file is relative to the version before the step
	if to < state.Version {
		step, file, direction = -1, 0, "down"
	}
	// One step at a time: golang-migrate's own way to stop between files has a data race.
	for v := state.Version; v != to; v += step {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := m.Steps(step); err != nil {
			return s.undo(v, fmt.Sprintf("%06d_*.%s.sql", v+file, direction), err)
		}
	}
	return nil
}

// undo says which file failed and puts the version back to what the schema really is:
// golang-migrate has written the one after the file, and marked it dirty, but the file's
// transaction was rolled back.
func (s *schema) undo(version int, file string, err error) error {
	sqlErr, ok := errors.AsType[database.Error](err)
	if !ok {
		return err
	}
	if pgErr, ok := errors.AsType[*pgconn.PgError](sqlErr.OrigErr); ok && pgErr.Position > 0 {
		file += fmt.Sprintf(", line %d", sqlErr.Line)
	}
	if version == 0 {
		version = database.NilVersion
	}
	return errors.Join(fmt.Errorf("%s: %w", file, sqlErr.OrigErr), s.driver.SetVersion(version, false))
}

// explain adds what to do to the errors that pass by themselves.
func explain(err error) error {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if ok && pgErr.Code == pgerrcode.LockNotAvailable {
		return fmt.Errorf("another migration or a long transaction holds a lock, try again later: %w", err)
	}
	return err
}
