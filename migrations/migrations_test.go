package migrations_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"radioquote/migrations"
	"radioquote/store/localpg"
)

var update = flag.Bool("update", false, "write the golden files")

const loginRole = "radioquote_app"

func TestMain(m *testing.M) { localpg.Main(m) }

// emptyDatabase returns a database without any schema.
func emptyDatabase(t *testing.T) localpg.Database {
	t.Helper()
	db := localpg.NewDatabase(t)
	if err := migrations.Down(t.Context(), db.OwnerURL); err != nil {
		t.Fatal(err)
	}
	return db
}

func execute(t *testing.T, url, sql string) {
	t.Helper()
	conn := connect(t, url)
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// dump is the schema of a database in SQL, without what depends on pg_dump's version.
func dump(t *testing.T, url string, args ...string) string {
	t.Helper()
	program, err := localpg.Binary(t.Context(), "pg_dump")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, append([]string{"--schema-only", "--dbname", url}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pg_dump: %v: %s", err, &stderr)
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		setting := strings.HasPrefix(line, "SET ") || strings.HasPrefix(line, "SELECT pg_catalog.set_config")
		comment := strings.HasPrefix(line, "--") || strings.HasPrefix(line, `\`)
		blank := line == "\n" && (len(lines) == 0 || lines[len(lines)-1] == "\n")
		if !setting && !comment && !blank {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "")) + "\n"
}

func TestUpDownUpLeavesTheSameSchema(t *testing.T) {
	t.Parallel()
	db := localpg.NewDatabase(t)
	first := dump(t, db.SuperURL)

	if err := migrations.Down(t.Context(), db.OwnerURL); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(dump(t, db.SuperURL)) {
		if strings.HasPrefix(line, "CREATE ") && !strings.Contains(line, "schema_migrations") {
			t.Errorf("down leaves behind: %s", line)
		}
	}

	if err := migrations.Up(t.Context(), db.OwnerURL, loginRole); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, dump(t, db.SuperURL)); diff != "" {
		t.Errorf("schema after down and up (-first +second):\n%s", diff)
	}
}

func TestSchemaFileIsTheSchema(t *testing.T) {
	t.Parallel()
	const head = "-- The whole schema, for reading: `make golden` writes it from the migrations, and a test\n-- compares. River's own tables are left out.\n\n"
	got := head + dump(t, localpg.NewDatabase(t).SuperURL, "--exclude-table=river_*")
	if *update {
		if err := os.WriteFile("schema.sql", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("schema.sql (-want +got); renew it with make golden:\n%s", diff)
	}
}

func TestFilesAreNumberedWithoutGapsAndSayWhy(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		direction := []string{"down", "up"}[i%2]
		if !strings.HasPrefix(name, fmt.Sprintf("%06d_", i/2+1)) || !strings.HasSuffix(name, "."+direction+".sql") {
			t.Errorf("file %d is %s, want %06d_*.%s.sql", i+1, name, i/2+1, direction)
		}
		text, err := fs.ReadFile(migrations.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(text, []byte("-- ")) {
			t.Errorf("%s has no comment on top", name)
		}
	}
}

func TestStatusTellsHowFarTheSchemaIs(t *testing.T) {
	t.Parallel()
	status := func(url string) migrations.State {
		t.Helper()
		s, err := migrations.Status(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	db := localpg.NewDatabase(t)

	full := status(db.URL)
	if !full.Current() || full.Version != full.Latest || full.River != full.RiverLatest || full.Latest == 0 {
		t.Errorf("state after up = %+v", full)
	}

	if err := migrations.Down(t.Context(), db.OwnerURL); err != nil {
		t.Fatal(err)
	}
	want := migrations.State{Latest: full.Latest, RiverLatest: full.RiverLatest}
	if got := status(db.OwnerURL); got != want || got.Current() {
		t.Errorf("state after down = %+v, want %+v", got, want)
	}

	execute(t, db.OwnerURL, `INSERT INTO schema_migrations VALUES (3, true)`)
	want.Version, want.Dirty = 3, true
	if got := status(db.OwnerURL); got != want || got.Current() {
		t.Errorf("state after a killed run = %+v, want %+v", got, want)
	}
}

func TestNobodyToAskIsAnError(t *testing.T) {
	t.Parallel()
	const nowhere = "postgres://nobody@/none?host=/nonexistent"
	_, statusErr := migrations.Status(t.Context(), nowhere)
	for name, err := range map[string]error{
		"status": statusErr,
		"up":     migrations.Up(t.Context(), nowhere, loginRole),
		"down":   migrations.Down(t.Context(), nowhere),
		"url":    migrations.Up(t.Context(), "postgres://:port", loginRole),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTwoRunsAtOnceAreOne(t *testing.T) {
	t.Parallel()
	db := emptyDatabase(t)
	var runs errgroup.Group
	for range 4 {
		runs.Go(func() error { return migrations.Up(t.Context(), db.OwnerURL, loginRole) })
	}
	if err := runs.Wait(); err != nil {
		t.Error(err)
	}
}

func TestANewerDatabaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	db := localpg.NewDatabase(t)
	execute(t, db.OwnerURL, `UPDATE schema_migrations SET version = version + 1`)

	if err := migrations.Up(t.Context(), db.OwnerURL, loginRole); err != nil {
		t.Errorf("up: %v", err)
	}
	if err := migrations.Down(t.Context(), db.OwnerURL); err == nil || !strings.Contains(err.Error(), "use the newer program") {
		t.Errorf("down: error = %v, want one that sends to the newer program", err)
	}
	s, err := migrations.Status(t.Context(), db.URL)
	if err != nil || !s.Current() {
		t.Errorf("state = %+v, %v; want current", s, err)
	}
}

func TestAnErrorIsOneLineThatSaysWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	up := func(login string) func(context.Context, string) error {
		return func(ctx context.Context, url string) error { return migrations.Up(ctx, url, login) }
	}
	status := func(ctx context.Context, url string) error {
		_, err := migrations.Status(ctx, url)
		return err
	}
	for _, tc := range []struct {
		name    string
		prepare string
		run     func(ctx context.Context, ownerURL string) error
		want    string
	}{
		{"an earlier run was killed", `UPDATE schema_migrations SET dirty = true, version = 3`, up(loginRole), "an earlier run was killed in 000003"},
		{"there is no login role", `SELECT`, up(`"; DROP ROLE radioquote_app`), `role ""; DROP ROLE radioquote_app" does not exist`},
		{"somebody else's table has River's name", `DROP TABLE river_migration`, up(loginRole), `type "river_job_state" already exists`},
		{"up as somebody who is not the owner", `ALTER TABLE schema_migrations OWNER TO postgres`, up(loginRole), "permission denied for table schema_migrations"},
		{"up as the login role", `DROP TABLE schema_migrations`, func(ctx context.Context, url string) error {
			return migrations.Up(ctx, strings.Replace(url, "radioquote_owner", loginRole, 1), loginRole)
		}, "permission denied for schema public"},
		{"two files with one number", `UPDATE schema_migrations SET version = 1`, func(ctx context.Context, url string) error {
			twice := files("SELECT 1", "SELECT 2")
			twice["000002_y.up.sql"] = twice["000002_x.up.sql"]
			return migrations.UpFiles(ctx, twice, url, loginRole)
		}, "duplicate migration file: 000002_y.up.sql"},
		{"down as somebody who is not the owner", `ALTER TABLE schema_migrations OWNER TO postgres`, migrations.Down, "permission denied for table schema_migrations"},
		{"a view needs River's tables", `CREATE VIEW jobs AS SELECT * FROM river_job`, migrations.Down, "other objects depend on it"},
		{"status without the right to read our version", `REVOKE ALL ON schema_migrations FROM radioquote_owner`, status, "permission denied for table schema_migrations"},
		{"status without the right to read River's", `REVOKE ALL ON river_migration FROM radioquote_owner`, status, "permission denied for table river_migration"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			db := localpg.NewDatabase(t)
			execute(t, db.SuperURL, tc.prepare)
			err := tc.run(t.Context(), db.OwnerURL)
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error = %v, want one line with %q", err, tc.want)
			}
		})
	}
}

func TestUpDoesNotWaitForeverForALock(t *testing.T) {
	t.Parallel()
	db := localpg.NewDatabase(t)
	execute(t, db.OwnerURL, `UPDATE schema_migrations SET version = 6`)
	blocker := connect(t, db.OwnerURL)
	if _, err := blocker.Exec(t.Context(), `SELECT pg_advisory_lock(hashtext('radioquote migrations'))`); err != nil {
		t.Fatal(err)
	}
	err := migrations.Up(t.Context(), db.OwnerURL+"&lock_timeout=20ms", loginRole)
	if err == nil || !strings.Contains(err.Error(), "try again later") {
		t.Errorf("error = %v, want one that says to try again", err)
	}
}

// files are migrations of the tests' own.
func files(text ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i, sql := range text {
		m[fmt.Sprintf("%06d_x.up.sql", i+1)] = &fstest.MapFile{Data: []byte(sql)}
		m[fmt.Sprintf("%06d_x.down.sql", i+1)] = &fstest.MapFile{Data: fmt.Appendf(nil, "DROP TABLE t%d", i+1)}
	}
	return m
}

func TestAFileThatFailsLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	db := emptyDatabase(t)
	version := func() migrations.State {
		t.Helper()
		s, err := migrations.Status(t.Context(), db.OwnerURL)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}

	bad := files("CREATE TABLE t1 ()", "CREATE TABLE t2 ();\nCREATE TABLE t1 ()")
	err := migrations.UpFiles(t.Context(), bad, db.OwnerURL, loginRole)
	want := `migrate up: 000002_*.up.sql: ERROR: relation "t1" already exists (SQLSTATE 42P07)`
	if err == nil || err.Error() != want {
		t.Fatalf("error = %v, want %s", err, want)
	}
	if s := version(); s.Version != 1 || s.Dirty {
		t.Fatalf("state after a file failed = %+v, want version 1, not dirty", s)
	}

	good := files("CREATE TABLE t1 ()", "CREATE TABLE t2 ()")
	if err := migrations.UpFiles(t.Context(), good, db.OwnerURL, loginRole); err != nil {
		t.Fatalf("up with the file mended: %v", err)
	}

	good["000001_x.down.sql"].Data = []byte("SELECT 1;\nDROPP TABLE t1")
	err = migrations.DownFiles(t.Context(), good, db.OwnerURL)
	if err == nil || !strings.Contains(err.Error(), "migrate down: 000001_*.down.sql, line 2: ERROR: syntax error") {
		t.Errorf("error = %v, want one that names the file", err)
	}
	if s := version(); s.Version != 1 || s.Dirty {
		t.Errorf("state after the last file down failed = %+v, want version 1, not dirty", s)
	}

	worse := files("syntax error")
	execute(t, db.OwnerURL, "DELETE FROM schema_migrations")
	if err := migrations.UpFiles(t.Context(), worse, db.OwnerURL, loginRole); err == nil {
		t.Error("up with a first file that is no SQL: no error")
	}
	if s := version(); s.Version != 0 || s.Dirty {
		t.Errorf("state after the first file failed = %+v, want version 0, not dirty", s)
	}
}

func TestUpStopsAfterTheFileInProgress(t *testing.T) {
	t.Parallel()
	db := emptyDatabase(t)
	ctx, cancel := context.WithCancel(t.Context())
	watcher := connect(t, db.SuperURL)
	gate := connect(t, db.OwnerURL)
	if _, err := gate.Exec(ctx, "SELECT pg_advisory_lock(1)"); err != nil {
		t.Fatal(err)
	}

	done := make(chan error, 1)
	go func() {
		slow := files("SELECT pg_advisory_xact_lock(1); CREATE TABLE t1 ()", "CREATE TABLE t2 ()")
		done <- migrations.UpFiles(ctx, slow, db.OwnerURL, loginRole)
	}()
	for waiting := false; !waiting; {
		err := watcher.QueryRow(t.Context(), `
			SELECT EXISTS (SELECT FROM pg_locks
			               WHERE locktype = 'advisory' AND NOT granted
			                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	gate.Close(t.Context())

	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
	s, err := migrations.Status(t.Context(), db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	if s.Version != 1 || s.Dirty {
		t.Errorf("state = %+v, want version 1, not dirty", s)
	}
}
