package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
)

// What each database role, and each person behind the service's, may do with the rows of each
// table: asked of Postgres itself, with nothing of the service in between. It is section 1 of
// the controls, so that a WHERE clause or a check that somebody forgets leaks nothing.

// actors are the people of these tests. Riley's quote is the midwest's, Sam's the south's.
var actors = []struct{ name, object, team, manager, roles string }{
	{"rep owner", "riley", "midwest", "morgan", "{rep}"},
	{"rep of the team", "rob", "midwest", "morgan", "{rep}"},
	{"rep elsewhere", "sam", "south", "sandy", "{rep}"},
	{"manager of the team", "morgan", "managers", "", "{sales_manager}"},
	{"manager elsewhere", "sandy", "south", "", "{sales_manager}"},
	{"finance", "fran", "", "", "{finance}"},
	{"vp", "vera", "", "", "{vp}"},
	{"owner", "olive", "", "", "{owner}"},
	{"engineering", "ed", "", "", "{engineering}"},
	{"admin", "ada", "midwest", "", "{admin}"},
	{"auditor", "abe", "", "", "{auditor}"},
	{"no role", "nobody", "midwest", "", "{}"},
	{"who was asked", "quinn", "west", "", "{sales_manager}"},      // for a step of Riley's
	{"who was consulted", "cleo", "west", "", "{rep}"},             // on Riley's
	{"who stands in", "dan", "east", "", "{sales_manager}"},        // for Morgan, and was not asked
	{"an admin who quotes", "both", "midwest", "", "{admin,rep}"},  // as a rep
	{"a bystander", bystander, "elsewhere", "", "{sales_manager}"}, // whose rows are somebody else's
}

const bystander = "zed"

// caller is who asks: a role of the database, and the person behind the service's.
type caller struct {
	name   string
	role   string
	object string // empty: nobody
}

func callers() []caller {
	var all []caller
	for _, a := range actors {
		if a.object != bystander {
			all = append(all, caller{a.name, "radioquote_service", a.object})
		}
	}
	return append(all, caller{"nobody", "radioquote_service", ""}, caller{"the sync", "radioquote_sync", ""},
		caller{"a job", "radioquote_job", ""}, caller{"the login role", "radioquote_app", ""})
}

// subject is whose rows are asked for.
type subject struct {
	name   string
	quote  string // its owner; of a table about quotes
	person string // of a table about people
}

// groups say who is meant by a word of the table below, before the rows of a subject.
var groups = map[string]func(caller, subject) bool{
	"people": func(c caller, _ subject) bool { return c.role == "radioquote_service" }, // and nobody, too
	"staff":  func(c caller, _ subject) bool { return c.object != "" && c.object != "nobody" },
	"self":   func(c caller, s subject) bool { return c.object != "" && c.object == s.person },
	"seers":  func(c caller, s subject) bool { return sees(c.object, s.quote) },
	"owner":  func(c caller, s subject) bool { return c.object == s.quote },
	"deciders": func(c caller, s subject) bool {
		return sees(c.object, s.quote) && (decides(c.object) || c.object == "ed")
	},
	"approvers": func(c caller, s subject) bool { return sees(c.object, s.quote) && decides(c.object) }, // of the first level
	"managers":  func(c caller, s subject) bool { return c.object == s.person && (decides(c.object) || c.object == "ed") },
	"quoters":   func(c caller, _ subject) bool { return quotes(c.object) },
	"admin":     func(c caller, _ subject) bool { return c.object == "ada" || c.object == "both" },
	"finance":   func(c caller, _ subject) bool { return c.object == "fran" },
	"sync":      func(c caller, _ subject) bool { return c.role == "radioquote_sync" },
	"job":       func(c caller, _ subject) bool { return c.role == "radioquote_job" },
	"login":     func(c caller, _ subject) bool { return c.role == "radioquote_app" },
}

// sees says who sees a quote, by its owner.
func sees(who, owner string) bool {
	switch owner {
	case "riley":
		return slices.Contains([]string{"riley", "rob", "both", "morgan", "quinn", "cleo", "fran", "vera", "olive", "ed", "abe"}, who)
	default:
		return slices.Contains([]string{"sam", "sandy", "fran", "vera", "olive", "ed", "abe"}, who)
	}
}

func decides(who string) bool {
	return slices.Contains([]string{"morgan", "sandy", "quinn", "dan", "fran", "vera", "olive"}, who)
}

func quotes(who string) bool {
	return slices.Contains([]string{"riley", "rob", "sam", "both", "cleo", "morgan", "sandy", "quinn", "dan"}, who)
}

const (
	ofQuote  = "quote"  // asked for Riley's and for Sam's
	ofPerson = "person" // asked for one's own, and somebody else's
	ofAll    = "all"
)

// rights are who may read, insert, change and delete the rows of a table. rows finds them:
// $1 is the quote or the person, $2 the caller. as is what an insert says in the caller's own
// name, by @actor and @team. Nobody truncates anything.
var rights = []struct{ table, of, rows, reads, inserts, updates, deletes, as string }{
	// A quote, and what belongs to it.
	{"quotes", ofQuote, "id = $1", "seers job", "quoters job", "owner deciders job", "", `{"owner_id": "@actor", "team": "@team"}`},
	{"quote_versions", ofQuote, "quote_id = $1 AND version = 2", "seers job", "owner job", "owner deciders job", "", `{"state": "draft"}`},
	{"quote_lines", ofQuote, "quote_id = $1 AND version = 2 AND position = 1", "seers job", "owner job", "", "", ""},
	{"approval_requests", ofQuote, "quote_id = $1 AND via = 'chain'", "seers job", "owner deciders job", "", "", ""},
	{"approval_steps", ofQuote, "quote_id = $1 AND version = 2", "seers job", "approvers job", "", "", `{"decided_by": "@actor"}`},
	{"decisions", ofQuote, "quote_id = $1 AND version = 1", "seers job", "deciders job", "", "", `{"decided_by": "@actor"}`},
	{"consults", ofQuote, "quote_id = $1 AND person_id = (SELECT id FROM people WHERE object_id = 'zed')", "seers job", "deciders", "", "", `{"asked_by": "@actor"}`},
	{"nudges", ofQuote, "quote_id = $1", "seers job", "owner deciders job", "", "", ""},
	{"shown_cards", ofQuote, "quote_id = $1 AND person_id = $2", "seers job", "seers job", "", "", ""},
	{"shown_cards", ofQuote, "quote_id = $1 AND person_id = (SELECT id FROM people WHERE object_id = 'zed')", "job", "job", "", "", ""},
	{"estimates", ofQuote, "quote_id = $1", "seers job", "job", "job", "", ""},
	{"price_drifts", ofQuote, "quote_id = $1", "seers job", "job", "", "", ""},
	{"shares", ofQuote, "quote_id = $1", "seers job", "owner", "owner", "owner", `{"shared_by": "@actor"}`},
	{"messages", ofQuote, "quote_id = $1", "seers job", "people job", "seers job", "", ""},
	{"audit_events", ofQuote, "quote_id = $1", "seers job", "people sync job", "", "", `{"actor_id": "@actor"}`},
	{"audit_events", ofAll, "kind = 'directory_taken'", "job", "people sync job", "", "", ""},
	{"quote_conflicts", ofAll, "true", "job", "job", "", "", ""},

	// People, and what is each one's own. Whom to write to, and where, everybody finds.
	{"people", ofPerson, "id = $1", "people job", "job", "job", "", ""},
	{"conversations", ofPerson, "person_id = $1", "people job", "people job", "people job", "", ""},
	{"inbox", ofAll, "true", "people job", "people", "", "job", ""},
	{"dialogues", ofPerson, "person_id = $1", "self", "self", "self", "", ""},
	{"messages", ofPerson, "person_id = $1 AND notice IS NOT NULL", "self job", "people job", "self job", "", ""},
	{"room_people", ofPerson, "person_id = $1", "self job", "self", "self", "", ""},
	{"step_ups", ofPerson, "person_id = $1", "self job", "self", "self job", "", ""},
	{"delegations", ofPerson, "from_id = $1", "staff self job", "managers", "self", "", ""},
	{"absences", ofPerson, "person_id = $1 AND source = 'said'", "staff self job", "self job", "self job", "self job", ""},
	{"absences", ofPerson, "person_id = $1 AND source = 'graph'", "staff job", "job", "job", "job", ""},

	// What the admins look after, and what is configured.
	{"proposals", ofAll, "true", "admin job", "admin job", "admin job", "", `{"proposed_by": "@actor"}`},
	{"files_seen", ofAll, "true", "job", "job", "job", "", ""},
	{"directories", ofAll, "true", "job", "job", "", "", ""},
	{"policies", ofAll, "true", "people job", "job", "", "", `{"version": "another"}`},
	{"policies_in_force", ofAll, "true", "people job", "job", "", "", ""},
	{"heartbeats", ofAll, "true", "people job", "job", "job", "", ""},
	{"holds", ofAll, "true", "admin sync job", "sync", "admin sync", "", ""},
	{"prospects", ofAll, "true", "finance job", "job", "finance job", "", ""},
	{"account_probes", ofAll, "true", "people sync job", "job", "", "", ""},

	// Prices, costs and customers. A row that is in force ends with a snapshot, and is not
	// changed.
	{"price_snapshots", ofAll, "id = (SELECT max(id) FROM price_snapshots)", "people sync job", "sync", "sync", "sync", ""},
	{"items", ofAll, "item_id = 1001", "staff sync job", "sync", "", "", sinceNext},
	{"prices", ofAll, "item_id = 1001", "staff sync job", "sync", "", "", sinceNext},
	{"price_levels", ofAll, "true", "staff sync job", "sync", "", "", sinceNext},
	{"customers", ofAll, "customer_id = 1", "staff sync job", "sync", "", "", sinceNext},
	{"customer_prices", ofAll, "true", "staff sync job", "sync", "", "", sinceNext},
	{"group_levels", ofAll, "true", "staff sync job", "sync", "", "", sinceNext},
	{"stock", ofAll, "item_id = 1001", "staff sync job", "sync", "sync", "sync", ""},
	{"drift_alerts", ofAll, "true", "job", "job", "", "", ""},
	{"sync_runs", ofAll, "true", "sync job", "sync", "sync", "sync", ""},
	{"staged_items", ofAll, "item_id = 1001", "sync", "sync", "sync", "sync", ""},
	{"staged_prices", ofAll, "item_id = 1001", "sync", "sync", "sync", "sync", ""},
	{"staged_price_levels", ofAll, "true", "sync", "sync", "sync", "sync", ""},
	{"staged_customers", ofAll, "customer_id = 1", "sync", "sync", "sync", "sync", ""},
	{"staged_customer_prices", ofAll, "true", "sync", "sync", "sync", "sync", ""},
	{"staged_group_levels", ofAll, "true", "sync", "sync", "sync", "sync", ""},
	{"staged_stock", ofAll, "item_id = 1001", "sync", "sync", "sync", "sync", ""},

	// River's own tables. Jobs hold ids alone, and River reads what it inserts.
	{"river_job", ofAll, "true", "people sync job login", "people sync job login", "people sync job login", "login", ""},
	{"river_notification", ofAll, "true", "people sync job login", "people sync job login", "login", "login", ""},
	{"river_queue", ofAll, "true", "people sync job login", "people sync job login", "login", "login", ""},
	{"river_leader", ofAll, "true", "login", "login", "login", "login", ""},
	{"river_migration", ofAll, "true", "login", "", "", "", ""},
	{"schema_migrations", ofAll, "true", "login", "", "", "", ""},
}

// sinceNext puts a row into the snapshot that is not published yet.
const sinceNext = `{"since": "@next"}`

// changes are what an update sets where a column to itself is no update that makes sense.
var changes = map[string]string{"proposals": "state = 'confirmed', decided_by = $2, decided_at = at"}

// security is a database with a row of every table, and a connection that takes any role.
type security struct {
	*shelf
	conn   *pgx.Conn
	people map[string]int64
	quotes map[string]int64 // by owner
	next   quoting.SnapshotID
}

func newSecurity(t *testing.T) *security {
	t.Helper()
	s := &security{shelf: newShelf(t), people: map[string]int64{}, quotes: map[string]int64{}}
	for _, a := range actors {
		s.sql(`
			INSERT INTO people (tenant, object_id, name, roles, team)
			VALUES ($1, $2, upper($2), $3::text[], $4)
			ON CONFLICT (tenant, object_id) DO UPDATE
			SET roles = excluded.roles, team = excluded.team`, tenant, a.object, a.roles, a.team)
	}
	for _, a := range actors {
		s.sql(`UPDATE people SET manager_id = (SELECT m.id FROM people m WHERE m.object_id = nullif($2, '')) WHERE object_id = $1`, a.object, a.manager)
	}
	for _, owner := range []string{"riley", "sam"} {
		q, _ := s.quote(owner, s.version(usual, 1))
		s.quotes[owner] = int64(q.ID)
	}
	s.next = s.stage(catalogue(t))
	var err error
	if s.conn, err = pgx.Connect(t.Context(), s.database.SuperURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.conn.Close(context.WithoutCancel(t.Context())) })
	for seed := range strings.SplitSeq(seeds, ";\n") {
		if _, err := s.conn.Exec(t.Context(), seed); err != nil {
			t.Fatalf("%s: %v", seed, err)
		}
	}
	rows, _ := s.conn.Query(t.Context(), `SELECT object_id, id FROM people`)
	var object string
	var id int64
	if _, err := pgx.ForEachRow(rows, []any{&object, &id}, func() error { s.people[object] = id; return nil }); err != nil {
		t.Fatal(err)
	}
	return s
}

// seeds give every table its rows: two versions of each quote, the first rejected, and what
// everybody has.
const seeds = `
UPDATE quote_versions SET nonce = 'n', submitted_at = created_at, approvals = '[{"branch": "commercial", "level": 1}]';
INSERT INTO quote_versions SELECT (jsonb_populate_record(v, '{"version": 2, "state": "pending"}')).* FROM quote_versions v;
INSERT INTO quote_lines SELECT (jsonb_populate_record(l, '{"version": 2}')).* FROM quote_lines l;
UPDATE quote_versions SET state = 'superseded' WHERE version = 1;
UPDATE quotes SET current = 2;
INSERT INTO approval_steps (quote_id, version, branch, level, decided_by, content_hash, decided_at)
	SELECT q.id, 2, 'commercial', 1, p.id, 'h', q.created_at FROM quotes q, people p WHERE p.object_id = 'zed';
INSERT INTO decisions (quote_id, version, action, decided_by, reason, content_hash, decided_at)
	SELECT q.id, 1, 'reject', p.id, 'no', 'h', q.created_at FROM quotes q, people p WHERE p.object_id = 'zed';
INSERT INTO approval_requests (quote_id, version, branch, level, person_id, via, asked_at)
	SELECT q.id, 2, 'commercial', 1, p.id, CASE p.object_id WHEN 'vera' THEN 'chain' ELSE 'reassignment' END, q.created_at
	FROM quotes q, people p, people o WHERE o.id = q.owner_id AND (p.object_id = 'vera' OR o.object_id = 'riley' AND p.object_id = 'quinn');
INSERT INTO consults (quote_id, version, asked_by, person_id, asked_at)
	SELECT q.id, 2, b.id, p.id, q.created_at
	FROM quotes q, people p, people b, people o
	WHERE o.id = q.owner_id AND b.object_id = 'vera' AND (p.object_id = 'zed' OR o.object_id = 'riley' AND p.object_id = 'cleo');
INSERT INTO nudges (quote_id, version, branch, level, kind, number, at) SELECT id, 2, 'commercial', 1, 'remind', 1, created_at FROM quotes;
INSERT INTO shown_cards (quote_id, version, person_id, hash, data, shown_at) SELECT q.id, 2, p.id, 'h', '{}', q.created_at FROM quotes q, people p;
INSERT INTO estimates (quote_id, version, external_id, number, total, tax, read_at) SELECT id, 1, 'RQ-' || id, 'EST', 1, 0, created_at FROM quotes;
INSERT INTO price_drifts (snapshot_id, quote_id, version, class, before, now, currency, why, found_at)
	SELECT 1, id, 2, 'tell', 1, 2, 'USD', 'x', created_at FROM quotes;
INSERT INTO quote_conflicts (quote_id, other_id, told_at) SELECT max(id), min(id), max(created_at) FROM quotes;
INSERT INTO audit_events (at, kind, correlation, data) VALUES ('2026-11-25', 'directory_taken', 'c', '{}');
INSERT INTO conversations (teams_id, kind, service_url, tenant, person_id)
	SELECT 'a:' || object_id, 'personal', 'https://smba.example/', tenant, id FROM people
	ON CONFLICT DO NOTHING;
INSERT INTO messages (conversation_id, number, person_id, kind, quote_id, version, state, correlation, created_at)
	SELECT c.id, 100 + q.id, p.id, 'approval', q.id, 2, 'queued', 'c', q.created_at
	FROM quotes q, people p JOIN conversations c ON c.person_id = p.id WHERE p.object_id = 'zed';
INSERT INTO messages (conversation_id, number, person_id, kind, notice, state, correlation, created_at)
	SELECT c.id, 1, p.id, 'notice', '{}', 'queued', 'c', '2026-11-25' FROM people p JOIN conversations c ON c.person_id = p.id;
INSERT INTO shares (conversation_id, quote_id, version, shared_by, shared_at)
	SELECT c.id, q.id, 2, q.owner_id, q.created_at FROM quotes q JOIN conversations c ON c.person_id = q.owner_id;
INSERT INTO dialogues (conversation_id, person_id) SELECT c.id, c.person_id FROM conversations c;
INSERT INTO room_people (room, person_id, user_id, seen_at) SELECT '19:room', id, '29:' || object_id, '2026-11-25' FROM people;
INSERT INTO step_ups (id, person_id, purpose, command, created_at, expires_at)
	SELECT repeat('x', 20) || id, id, 'policy', '{}', '2026-11-25', '2026-11-26' FROM people;
INSERT INTO delegations (from_id, to_id, since, until)
	SELECT f.id, t.id, '2026-11-25', '2026-11-30' FROM people f, people t
	WHERE t.object_id = CASE f.object_id WHEN 'dan' THEN 'vera' ELSE 'dan' END;
INSERT INTO absences (person_id, source, since, seen_at) SELECT p.id, s, '2026-11-25', '2026-11-25' FROM people p, unnest(ARRAY['said', 'graph']) s;
INSERT INTO proposals (kind, proposed_by, title, hash, data, at) SELECT 'policy', id, 'x', 'h', '{}', '2026-11-25' FROM people WHERE object_id = 'vera';
INSERT INTO files_seen (kind, hash, seen_at) VALUES ('policy', 'h', '2026-11-25');
INSERT INTO policies_in_force (policy, since) SELECT version, taken_at FROM policies;
INSERT INTO heartbeats (name, at) VALUES ('clock', '2026-11-25');
INSERT INTO holds (item_id, sku, content, state, reasons, prices, held_at, correlation) VALUES (1, 'x', 'x', 'held', '[]', '[]', '2026-11-25', 'c');
INSERT INTO prospects (name, name_key, created_at) VALUES ('New', 'new', '2026-11-25');
INSERT INTO account_probes (at, capabilities, probes) VALUES ('2026-11-25', '{}', '[]');
INSERT INTO drift_alerts (snapshot_id, told_at) VALUES (1, '2026-11-25');
INSERT INTO sync_runs (whole, started_at) VALUES (true, '2026-11-25');
INSERT INTO river_job (args, kind, max_attempts) VALUES ('{}', 'x', 1);
INSERT INTO river_notification (topic, payload) VALUES ('x', 'x');
INSERT INTO river_queue (name, updated_at) VALUES ('x', '2026-11-25');
INSERT INTO river_leader (elected_at, expires_at, leader_id) VALUES ('2026-11-25', '2026-11-26', 'x')`

// TestEveryRoleReadsAndWritesWhatItMayAndNothingElse asks Postgres for every cell of rights.
func TestEveryRoleReadsAndWritesWhatItMayAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newSecurity(t)
	listed := map[string]bool{}
	cells := map[string]int{}
	for _, r := range rights {
		listed[r.table] = true
		columns := s.columns(r.table)
		for _, sub := range subjects(r.of) {
			for _, c := range callers() {
				if sub.person == "self" {
					if c.object == "" {
						continue
					}
					sub.person = c.object
				}
				id := s.quotes[sub.quote]
				if r.of == ofPerson {
					id = s.people[sub.person]
				}
				for _, verb := range []struct{ name, who string }{
					{"read", r.reads}, {"insert", r.inserts}, {"update", r.updates}, {"delete", r.deletes}, {"truncate", ""},
				} {
					done, err := s.try(c, verb.name, r.table, r.rows, r.as, columns, id)
					if refused := slices.Contains([]string{"", "42501", "23001"}, code(err)); err != nil && !refused {
						t.Errorf("%s: %s %s of %s: %v", c.name, verb.name, r.table, sub.name, err)
					}
					want := false
					for word := range strings.FieldsSeq(verb.who) {
						want = want || groups[word](c, sub)
					}
					if done != want {
						t.Errorf("%s: %s %s of %s: %t, want %t; %v", c.name, verb.name, r.table, sub.name, done, want, err)
					}
					cells[verb.name]++
				}
				if sub.name == "one's own" {
					sub.person = "self"
				}
			}
		}
	}
	rows, _ := s.conn.Query(t.Context(), `
		SELECT c.relname
		FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace
		  AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
		ORDER BY c.relname`)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if !listed[table] {
			t.Errorf("nothing is said of who may do what with %s", table)
		}
	}
	total := 0
	for _, n := range cells {
		total += n
	}
	t.Logf("%d tables, %d callers, %d cells: %v", len(tables), len(callers()), total, cells)
}

func subjects(of string) []subject {
	switch of {
	case ofQuote:
		return []subject{{name: "Riley's quote", quote: "riley"}, {name: "Sam's quote", quote: "sam"}}
	case ofPerson:
		return []subject{{name: "one's own", person: "self"}, {name: "somebody else", person: bystander}}
	default:
		return []subject{{name: "all"}}
	}
}

// columns are those of a table that an insert may give.
func (s *security) columns(table string) string {
	s.t.Helper()
	var list string
	err := s.conn.QueryRow(s.t.Context(), `
		SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
		FROM pg_attribute
		WHERE attrelid = $1::regclass
		  AND attnum > 0
		  AND NOT attisdropped
		  AND attidentity <> 'a'
		  AND attgenerated = ''`, table).Scan(&list)
	if err != nil {
		s.t.Fatalf("%s: %v", table, err)
	}
	return list
}

// try has a caller do one thing, takes it back, and says whether rows were read or written.
// An insert puts a row in again that was taken out before.
func (s *security) try(c caller, verb, table, where, as, columns string, id int64) (done bool, err error) {
	s.t.Helper()
	ctx := s.t.Context()
	tx, err := s.conn.Begin(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	me := s.people["zed"]
	if c.object != "" {
		me = s.people[c.object]
	}
	place := strings.NewReplacer("$1", fmt.Sprint(id), "$2", fmt.Sprint(me))
	where = place.Replace(where)
	super := func(query string, into ...any) {
		if _, err := tx.Exec(ctx, query); err != nil {
			s.t.Fatalf("%s: %v", query, err)
		}
	}
	var query string
	switch verb {
	case "read":
		query = fmt.Sprintf("SELECT count(*) FROM %s WHERE %s", table, where)
	case "insert":
		row := s.row(tx, table, where, as, c, me)
		super(fmt.Sprintf("SET LOCAL session_replication_role = replica; DELETE FROM %s WHERE %s; SET LOCAL session_replication_role = origin", table, where))
		query = fmt.Sprintf("INSERT INTO %[1]s (%[2]s) SELECT %[2]s FROM jsonb_populate_record(NULL::%[1]s, '%[3]s')", table, columns, strings.ReplaceAll(row, "'", "''"))
	case "update":
		set := place.Replace(changes[table])
		if set == "" {
			column := s.changeable(tx, c.role, table)
			set = column + " = " + column
		}
		query = fmt.Sprintf("UPDATE %s SET %s WHERE %s", table, set, where)
	case "delete":
		query = fmt.Sprintf("DELETE FROM %s WHERE %s", table, where)
	case "truncate":
		query = "TRUNCATE " + table + " CASCADE"
	}
	super("SET LOCAL ROLE " + c.role)
	if c.object != "" {
		super(fmt.Sprintf("SELECT set_config('radioquote.actor', '%d', true)", me))
	}
	if verb == "read" {
		n := 0
		err := tx.QueryRow(ctx, query).Scan(&n)
		return n > 0, err
	}
	tag, err := tx.Exec(ctx, query)
	return err == nil && (tag.RowsAffected() > 0 || verb == "truncate"), err
}

// row is a row of a table as JSON, in the name of the caller.
func (s *security) row(tx pgx.Tx, table, where, as string, c caller, me int64) string {
	s.t.Helper()
	var row map[string]any
	if err := tx.QueryRow(s.t.Context(), fmt.Sprintf("SELECT to_jsonb(t) FROM %s t WHERE %s LIMIT 1", table, where)).Scan(&row); err != nil {
		s.t.Fatalf("%s has no row where %s: %v", table, where, err)
	}
	if as != "" {
		var own map[string]any
		if err := json.Unmarshal([]byte(as), &own); err != nil {
			s.t.Fatal(err)
		}
		for column, value := range own {
			switch value {
			case "@actor":
				value = me
				if c.object == "" && table == "audit_events" {
					value = nil
				}
			case "@team":
				var team string
				if err := tx.QueryRow(s.t.Context(), `SELECT team FROM people WHERE id = $1`, me).Scan(&team); err != nil {
					s.t.Fatal(err)
				}
				value = team
			case "@next":
				value = int64(s.next)
			}
			row[column] = value
		}
	}
	text, err := json.Marshal(row)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// changeable is the first column of a table that a role may change, or the first of all.
func (s *security) changeable(tx pgx.Tx, role, table string) (column string) {
	s.t.Helper()
	err := tx.QueryRow(s.t.Context(), `
		SELECT quote_ident(attname)
		FROM pg_attribute
		WHERE attrelid = $2::regclass
		  AND attnum > 0
		  AND NOT attisdropped
		  AND attidentity <> 'a'
		ORDER BY has_column_privilege($1, attrelid, attnum, 'UPDATE') DESC, attnum
		LIMIT 1`, role, table).Scan(&column)
	if err != nil {
		s.t.Fatalf("%s: %v", table, err)
	}
	return column
}

// TestNobodyWritesInSomebodyElsesNameOrPastAStep tries what a table of rows cannot say: each
// is one statement behind the service's role, on Riley's quote, which waits for two levels.
func TestNobodyWritesInSomebodyElsesNameOrPastAStep(t *testing.T) {
	t.Parallel()
	s := newSecurity(t)
	const (
		step     = `INSERT INTO approval_steps (quote_id, version, branch, level, decided_by, content_hash, decided_at, carried_from) VALUES (@quote, 2, 'commercial', %s, %s, 'h', @at, %s)`
		decision = `INSERT INTO decisions (quote_id, version, action, decided_by, reason, content_hash, decided_at) VALUES (@quote, 2, '%s', %s, 'why', 'h', @at)`
	)
	for _, tc := range []struct {
		who, name string
		query     string
		done      bool
	}{
		{"riley", "the owner approves it in the manager's name", fmt.Sprintf(step, "2", "@morgan", "NULL"), false},
		{"riley", "the owner approves it herself", fmt.Sprintf(step, "2", "@me", "NULL"), false},
		{"riley", "the owner says that a step was carried which was not taken", fmt.Sprintf(step, "2", "@morgan", "1"), false},
		{"riley", "the owner writes that policy approved it while a step waits", fmt.Sprintf(decision, "approve", "NULL"), false},
		{"riley", "the owner rejects it", fmt.Sprintf(decision, "reject", "@me"), false},
		{"riley", "the owner sets it to approved without a decision", `UPDATE quote_versions SET state = 'approved' WHERE quote_id = @quote AND version = 2`, false},
		{"riley", "the owner takes it back", `UPDATE quote_versions SET state = 'recalled' WHERE quote_id = @quote AND version = 2`, true},
		{"riley", "the owner makes a version that is approved already", `INSERT INTO quote_versions SELECT (jsonb_populate_record(v, '{"version": 3, "state": "approved"}')).* FROM quote_versions v WHERE quote_id = @quote AND version = 2`, false},
		{"riley", "the owner makes the next version", `INSERT INTO quote_versions SELECT (jsonb_populate_record(v, '{"version": 3, "state": "draft"}')).* FROM quote_versions v WHERE quote_id = @quote AND version = 2`, true},
		{"rob", "a colleague makes the next version", `INSERT INTO quote_versions SELECT (jsonb_populate_record(v, '{"version": 3, "state": "draft"}')).* FROM quote_versions v WHERE quote_id = @quote AND version = 2`, false},
		{"rob", "a rep makes a quote of another team's", `INSERT INTO quotes (owner_id, team, current, created_at) VALUES (@me, 'south', 1, @at)`, false},
		{"rob", "a rep makes a quote for somebody else", `INSERT INTO quotes (owner_id, team, current, created_at) VALUES (@riley, 'midwest', 1, @at)`, false},
		{"rob", "a rep gives a quote to himself", `UPDATE quotes SET owner_id = @me WHERE id = @quote`, false},
		{"morgan", "a manager takes finance's step", fmt.Sprintf(step, "2", "@me", "NULL"), false},
		{"fran", "finance takes it", fmt.Sprintf(step, "2", "@me", "NULL"), true},
		{"fran", "finance approves the whole while a step waits", fmt.Sprintf(decision, "approve", "@me"), false},
		{"vera", "a VP, who set a discount that stands, takes a step", fmt.Sprintf(step, "2", "@me", "NULL"), false},
		{"vera", "and rejects it", fmt.Sprintf(decision, "reject", "@me"), false},
		{"morgan", "a manager rejects it in finance's name", fmt.Sprintf(decision, "reject", "@fran"), false},
		{"morgan", "a manager rejects it", fmt.Sprintf(decision, "reject", "@me"), true},
		{"morgan", "a manager lowers its price", `UPDATE quote_versions SET total = 1 WHERE quote_id = @quote`, false},
		{"ed", "engineering takes a commercial step", fmt.Sprintf(step, "2", "@me", "NULL"), false},
		{"abe", "an auditor moves it", `UPDATE quote_versions SET state = 'recalled' WHERE quote_id = @quote AND version = 2`, false},
		{"both", "an admin who quotes takes a step", fmt.Sprintf(step, "2", "@me", "NULL"), false},
		{"both", "an admin who quotes makes himself a VP", `UPDATE people SET roles = '{vp}' WHERE id = @me`, false},
		{"quinn", "who was asked asks somebody for an opinion in another's name", `INSERT INTO consults (quote_id, version, asked_by, person_id, asked_at) VALUES (@quote, 2, @morgan, @rob, @at)`, false},
		{"cleo", "who was consulted answers", `UPDATE consults SET answer = 'good', answered_at = @at WHERE quote_id = @quote AND person_id = @me`, true},
		{"cleo", "and in another's place", `UPDATE consults SET answer = 'good', answered_at = @at WHERE quote_id = @quote AND person_id = @zed`, false},
		{"cleo", "and asks others", `INSERT INTO consults (quote_id, version, asked_by, person_id, asked_at) VALUES (@quote, 2, @me, @rob, @at)`, false},
		{"dan", "who stands in for a manager sees the quote before being asked", `SELECT FROM quotes WHERE id = @quote`, false},
		{"dan", "and takes a step by it", fmt.Sprintf(step, "2", "@me", "NULL"), false},
		{"sandy", "a manager makes herself asked", `INSERT INTO approval_requests (quote_id, version, branch, level, person_id, via, asked_at) VALUES (@quote, 2, 'commercial', 2, @me, 'chain', @at)`, false},
		{"sandy", "a manager passes somebody else's approvals on", `INSERT INTO delegations (from_id, to_id, since, until) VALUES (@morgan, @me, @at::timestamptz, @at::timestamptz + interval '1 day')`, false},
		{"sandy", "a manager ends somebody else's delegation", `UPDATE delegations SET ended_at = @at WHERE from_id = @morgan`, false},
		{"sandy", "a manager writes an event in another's name", `INSERT INTO audit_events (at, kind, actor_id, correlation, data) VALUES (@at, 'x', @morgan, 'c', '{}')`, false},
		{"sandy", "a manager reads what another was told", `SELECT FROM messages WHERE notice IS NOT NULL AND person_id = @morgan`, false},
		{"sandy", "a manager tells another something", `INSERT INTO messages (person_id, kind, notice, state, correlation, created_at) VALUES (@morgan, 'notice', '{}', 'waiting', 'c', @at)`, true},
		{"sandy", "a manager proves a decision of another's", `UPDATE step_ups SET used_at = @at WHERE person_id = @morgan`, false},
		{"ada", "an admin proposes in another's name", `INSERT INTO proposals (kind, proposed_by, title, hash, data, at) VALUES ('grant', @both, 'x', 'y', '{}', @at)`, false},
		{"ada", "an admin confirms in another's name", `UPDATE proposals SET state = 'confirmed', decided_by = @both, decided_at = @at`, false},
		{"ada", "an admin confirms", `UPDATE proposals SET state = 'confirmed', decided_by = @me, decided_at = @at`, true},
		{"ada", "an admin notes that it is done", `UPDATE proposals SET applied_at = @at`, false},
		{"fran", "finance confirms", `UPDATE proposals SET state = 'confirmed', decided_by = @me, decided_at = @at`, false},
	} {
		tx, err := s.conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		args := pgx.NamedArgs{"quote": s.quotes["riley"], "me": s.people[tc.who], "at": noon}
		for object, id := range s.people {
			args[object] = id
		}
		_, err = tx.Exec(t.Context(), `
			UPDATE quote_versions
			SET approvals = '[{"branch": "commercial", "level": 2}]', setters = jsonb_build_array(jsonb_build_object('what', 'discount 8%', 'by', jsonb_build_object('Tenant', 'dealer', 'Object', 'vera')))
			WHERE version = 2`)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), `SELECT set_config('radioquote.actor', $1::bigint::text, true), set_config('role', 'radioquote_service', true)`, s.people[tc.who]); err != nil {
			t.Fatal(err)
		}
		tag, err := tx.Exec(t.Context(), tc.query, args)
		if err != nil && code(err) != "42501" {
			t.Errorf("%s: %v", tc.name, err)
		}
		if done := err == nil && tag.RowsAffected() > 0; done != tc.done {
			t.Errorf("%s: %t, want %t; %v", tc.name, done, tc.done, err)
		}
		_ = tx.Rollback(t.Context())
	}
}

// The audit log is kept from its owner and from the superuser as well: until they take the
// triggers away, which the schema's owner alone can.
func TestNobodyChangesTheAuditLog(t *testing.T) {
	t.Parallel()
	s := newSecurity(t)
	for name, url := range map[string]string{"the owner": s.database.OwnerURL, "the superuser": s.database.SuperURL} {
		s.as(url, func(conn *pgx.Conn) {
			for _, query := range []string{`UPDATE audit_events SET kind = 'x'`, `UPDATE audit_events SET data = '{}' WHERE id = 1`, `DELETE FROM audit_events`, `TRUNCATE audit_events`, `TRUNCATE quotes CASCADE`} {
				if _, err := conn.Exec(t.Context(), query); code(err) != "23001" {
					t.Errorf("%s: %s: %v", name, query, err)
				}
			}
		})
	}
}
