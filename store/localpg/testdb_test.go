package localpg

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"radioquote/migrations"
)

func TestTheLoginRoleOwnsAndInheritsNothing(t *testing.T) {
	t.Parallel()
	db := NewDatabase(t)
	for what, want := range map[string]string{
		`SELECT current_user::text`: "radioquote_app",
		`SELECT rolinherit::text FROM pg_roles WHERE rolname = current_user`:                                                         "false",
		`SELECT (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls)::text FROM pg_roles WHERE rolname = current_user`:         "false",
		`SELECT count(*)::text FROM pg_class WHERE relowner = current_user::regrole`:                                                 "0",
		`SELECT has_database_privilege('public', current_database(), 'CONNECT')::text`:                                               "false",
		`SELECT (has_schema_privilege('public', 'CREATE') OR has_database_privilege(current_database(), 'CREATE, TEMPORARY'))::text`: "false",
		`SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = current_database()`:                                   "radioquote_owner",
	} {
		if got := query(t, db.URL, what); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
}

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	var gone Database
	t.Run("inner", func(t *testing.T) {
		db, other := NewDatabase(t), NewDatabase(t)
		execute(t, db.OwnerURL, `CREATE TABLE mine ()`)
		if got := query(t, other.OwnerURL, `SELECT (to_regclass('mine') IS NULL)::text`); got != "true" {
			t.Error("a table of one test's database is in another's")
		}
		gone = db
	})
	if conn, err := pgx.Connect(t.Context(), gone.URL); err == nil {
		conn.Close(t.Context())
		t.Error("the database is still there when its test has ended")
	}
}

// fakeTB is a test whose end and failure can be seen.
type fakeTB struct {
	ctx      context.Context
	cleanups []func()
}

func (*fakeTB) Helper()                    {}
func (f *fakeTB) Context() context.Context { return f.ctx }
func (f *fakeTB) Cleanup(fn func())        { f.cleanups = append(f.cleanups, fn) }
func (*fakeTB) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf(format, args...))
}

// failure returns what a test says when it fails.
func failure(fn func(TB)) (said string) {
	defer func() { said = fmt.Sprint(recover()) }()
	fn(&fakeTB{ctx: context.Background()})
	return ""
}

func TestNoServerIsAFailure(t *testing.T) {
	for _, tc := range []struct{ name, url, want string }{
		{"Main was not called", "", "call localpg.Main from TestMain"},
		{"the server is away", "postgres://postgres@/postgres?host=/nonexistent", "make the template database"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv(testURLVariable, tc.url)
			if got := failure(func(tb TB) { NewDatabase(tb) }); !strings.Contains(got, tc.want) {
				t.Errorf("the test says %q, want %q", got, tc.want)
			}
		})
	}
	if got := failure(func(tb TB) { NewProxy(tb, "postgres://:port") }); !strings.Contains(got, "proxy: ") {
		t.Errorf("the test says %q, want something about the proxy", got)
	}
}

func TestATemplateThatCannotBeMadeIsAFailureUntilItCan(t *testing.T) {
	s, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, s)
	super := s.URL(superuser, "postgres")
	unfinished := "radioquote_template_" + migrations.Hash()[:16] + "_unfinished"

	execute(t, super, `CREATE ROLE plain LOGIN`)
	t.Setenv(testURLVariable, s.URL("plain", "postgres"))
	if got := failure(func(tb TB) { NewDatabase(tb) }); !strings.Contains(got, "permission denied to create role") {
		t.Errorf("without a superuser the test says %q, want that it may not", got)
	}

	t.Setenv(testURLVariable, super)
	for _, step := range []struct{ prepare, want string }{
		{`CREATE ROLE radioquote_owner NOLOGIN CREATEROLE`, `role "radioquote_owner" is not permitted to log in`},
		{`ALTER DATABASE ` + unfinished + ` IS_TEMPLATE true`, `cannot drop a template database`},
	} {
		execute(t, super, step.prepare)
		if got := failure(func(tb TB) { NewDatabase(tb) }); !strings.Contains(got, step.want) {
			t.Errorf("after %s the test says %q, want %q", step.prepare, got, step.want)
		}
	}
	_, err = s.CreateDatabase(t.Context(), "demo")
	wantError(t, err, "create database demo: migrate up: ")
	_, err = s.CreateDatabase(t.Context(), "")
	wantError(t, err, `create database : ERROR: zero-length delimited identifier`)

	execute(t, super, `ALTER ROLE radioquote_owner LOGIN`)
	execute(t, super, `ALTER DATABASE `+unfinished+` IS_TEMPLATE false`)
	tb := &fakeTB{ctx: t.Context()}
	db := NewDatabase(tb)
	execute(t, db.OwnerURL, `CREATE TABLE mine ()`)

	t.Setenv(testURLVariable, db.URL)
	if got := failure(func(tb TB) { NewDatabase(tb) }); !strings.Contains(got, "permission denied") {
		t.Errorf("without a superuser the test says %q, want that it may not", got)
	}
	execute(t, super, `ALTER DATABASE `+pgxDatabase(t, db.SuperURL)+` IS_TEMPLATE true`)
	said := func() (said string) {
		defer func() { said = fmt.Sprint(recover()) }()
		tb.cleanups[0]()
		return ""
	}()
	if !strings.Contains(said, "cannot drop a template database") {
		t.Errorf("a test whose database stays says %q, want why", said)
	}
}

func pgxDatabase(t *testing.T, url string) string {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	return pgx.Identifier{config.Database}.Sanitize()
}

// tests are a package's tests, as Main sees them.
type tests func() int

func (run tests) Run() int { return run() }

func TestMainStartsAServerForThePackage(t *testing.T) {
	t.Setenv(testURLVariable, "")
	code := run(tests(func() int {
		if got := query(t, os.Getenv(testURLVariable), `SHOW fsync`); got != "off" {
			t.Errorf("fsync = %s, want off", got)
		}
		return 7
	}), t.Output())
	if code != 7 {
		t.Errorf("code = %d, want the tests' own, 7", code)
	}
	if conn, err := pgx.Connect(t.Context(), os.Getenv(testURLVariable)); err == nil {
		conn.Close(t.Context())
		t.Error("the server still runs")
	}
}

func TestMainFailsWithoutAServer(t *testing.T) {
	t.Setenv(testURLVariable, "")
	badInstallation(t, "echo no space left; exit 1", "")
	var stderr strings.Builder
	code := run(tests(func() int {
		t.Error("the tests run")
		return 0
	}), &stderr)
	if code != 1 {
		t.Errorf("code = %d, want 1", code)
	}
	if got, want := stderr.String(), "start postgres: initdb: exit status 1: no space left\n"; got != want {
		t.Errorf("stderr = %q, want %q", got, want)
	}
}

func TestMainUsesTheServerThatItIsGiven(t *testing.T) {
	t.Setenv(testURLVariable, "postgres://given")
	code := run(tests(func() int {
		if got := os.Getenv(testURLVariable); got != "postgres://given" {
			t.Errorf("server = %s", got)
		}
		return 3
	}), t.Output())
	if code != 3 {
		t.Errorf("code = %d, want the tests' own, 3", code)
	}
}
