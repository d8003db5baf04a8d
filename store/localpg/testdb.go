package localpg

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/migrations"
)

// testURLVariable names a running server to test on, by the URL of a superuser. The
// server must let every role in without a password. Without it Main starts one.
const testURLVariable = "RADIOQUOTE_TEST_DATABASE_URL"

// stopTimeout bounds the end of a server that keeps nothing.
const stopTimeout = 10 * time.Second

// Main runs a package's tests with a server for NewDatabase and exits:
//
//	func TestMain(m *testing.M) { localpg.Main(m) }
//
// No server means a failure; tests are not skipped for want of one. m is an interface so
// that the program does not link package testing, and so that goleak can wrap it.
func Main(m interface{ Run() int }) {
	os.Exit(run(m, os.Stderr)) //nolint:forbidigo // it stands in for a TestMain, as goleak.VerifyTestMain does
}

func run(m interface{ Run() int }, stderr io.Writer) (code int) {
	if os.Getenv(testURLVariable) != "" {
		return m.Run()
	}
	failed := func(err error) int {
		fmt.Fprintln(stderr, err)
		return 1
	}
	s, err := Start(context.Background(), Options{})
	if err != nil {
		return failed(err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			code = failed(err)
		}
	}()
	if err := os.Setenv(testURLVariable, s.URL(superuser, "postgres")); err != nil {
		return failed(err)
	}
	return m.Run()
}

// TB is what NewDatabase needs of *testing.T, *testing.B or *rapid.T.
type TB interface {
	Helper()
	Context() context.Context
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// NewDatabase returns a migrated, empty database of the test's own, dropped when the
// test ends. It takes some 30 ms, so every test can have one.
func NewDatabase(t TB) Database {
	t.Helper()
	super, err := url.Parse(os.Getenv(testURLVariable))
	if err != nil || super.Scheme == "" {
		t.Fatalf("%s is %q: call localpg.Main from TestMain", testURLVariable, super)
	}
	ctx := t.Context()
	template, err := newTemplate(ctx, super)
	if err != nil {
		t.Fatalf("make the template database: %v", err)
	}
	name := "radioquote_test_" + rand.Text()
	if err := createDatabase(ctx, super.String(), name, template); err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(func() {
		if err := dropDatabase(context.WithoutCancel(ctx), super.String(), name); err != nil {
			t.Fatalf("%v", err)
		}
	})
	return Database{
		URL:      withRole(super, loginRole, name),
		OwnerURL: withRole(super, ownerRole, name),
		SuperURL: withRole(super, super.User.Username(), name),
	}
}

// newTemplate makes the database that tests copy, once for each server and schema. It
// has its name only when it is whole.
func newTemplate(ctx context.Context, super *url.URL) (string, error) {
	name := "radioquote_template_" + migrations.Hash()[:16]
	unfinished := name + "_unfinished"
	return name, withConn(ctx, super.String(), func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtext('radioquote template'))`); err != nil {
			return err
		}
		if found, err := exists(ctx, conn, name); err != nil || found {
			return err
		}
		if err := dropDatabase(ctx, super.String(), unfinished); err != nil {
			return err
		}
		if err := createDatabase(ctx, super.String(), unfinished, ""); err != nil {
			return err
		}
		if err := migrations.Up(ctx, withRole(super, ownerRole, unfinished), loginRole); err != nil {
			return err
		}
		// A database that is connected to, even by autovacuum, cannot be copied.
		_, err := conn.Exec(ctx, `
			ALTER DATABASE `+unfinished+` ALLOW_CONNECTIONS false;
			ALTER DATABASE `+unfinished+` RENAME TO `+name)
		return err
	})
}

func dropDatabase(ctx context.Context, superURL, name string) error {
	err := withConn(ctx, superURL, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `DROP DATABASE IF EXISTS `+pgx.Identifier{name}.Sanitize()+` WITH (FORCE)`)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop database %s: %w", name, err)
	}
	return nil
}

// withRole is the URL of the same server for another role and database.
func withRole(server *url.URL, role, db string) string {
	u := *server
	u.User = url.User(role)
	u.Path = "/" + db
	return u.String()
}
