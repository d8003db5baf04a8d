package store_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting/roletable"
)

// holders are who stands for each role of the table.
var holders = map[string]string{
	"rep": "rob", "sales_manager": "morgan", "finance": "fran", "vp": "vera", "owner": "olive", "engineering": "ed", "admin": "ada", "auditor": "abe", "nobody": "nobody",
}

// TestPostgresKnowsWhoMayDoWhatWithWhoseQuote does each act of the table as the service would
// write it, for each role, with nothing of the service before it.
func TestPostgresKnowsWhoMayDoWhatWithWhoseQuote(t *testing.T) {
	t.Parallel()
	s := newSecurity(t)
	cells := map[string]int{}
	for _, row := range roletable.Rows() {
		who := holders[row.Role]
		for whose, cell := range row.Cells {
			if cell == "-" || row.Action == "margin" || row.Action == "price" { // a column is no row: the view leaves it out
				continue
			}
			owner := map[string]string{"own": who, "team": "riley", "other": "sam"}[whose]
			done, err := s.act(who, row.Role, row.Action, owner)
			if want := cell == "yes" || cell == "no*"; done != want {
				t.Errorf("%s: %s of %s: %t, the table says %s; %v", row.Role, row.Action, whose, done, cell, err)
			}
			cells[cell]++
		}
	}
	t.Logf("%d cells: %v", cells["yes"]+cells["no"]+cells["no*"]+cells["none"], cells)
}

// ownLevel is the step at which a role decides.
func ownLevel(role string) (branch string, level int) {
	switch role {
	case "finance":
		return "commercial", 2
	case "vp":
		return "commercial", 3
	case "owner":
		return "commercial", 4
	case "engineering":
		return "engineering", 1
	default:
		return "commercial", 1
	}
}

// act makes a quote of an owner that stands where the act is next, does the act as somebody,
// and takes it all back.
func (s *security) act(who, role, action, owner string) (done bool, err error) {
	s.t.Helper()
	ctx := s.t.Context()
	tx, err := s.conn.Begin(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	branch, level := ownLevel(role)
	if action == "engineering" {
		branch, level = "engineering", 1
	}
	if _, err := fmt.Sscanf(action, "approve %d", &level); err == nil {
		branch = "commercial"
	}
	state := "pending"
	if action == "revise" || action == "submit" || action == "clone" || action == "share" || action == "end" {
		state = "draft"
	}
	const id = 7000
	args := pgx.NamedArgs{
		"quote": id, "of": s.quotes["riley"], "owner": s.people[owner], "state": state, "branch": branch, "level": level, "me": s.people[who],
		"other": s.people["zed"], "third": s.people["quinn"],
	}
	run := func(query string) (int64, error) {
		tag, err := tx.Exec(ctx, query, args)
		return tag.RowsAffected(), err
	}
	for _, query := range []string{
		`INSERT INTO quotes (id, owner_id, team, current, created_at) SELECT @quote, id, team, 1, '2026-11-25' FROM people WHERE id = @owner`,
		`INSERT INTO quote_versions SELECT (jsonb_populate_record(v, jsonb_build_object('quote_id', @quote::bigint, 'version', 1, 'state', @state::text,
			'approvals', jsonb_build_array(jsonb_build_object('branch', @branch::text, 'level', @level::integer))))).* FROM quote_versions v WHERE quote_id = @of AND version = 2`,
		`INSERT INTO approval_steps (quote_id, version, branch, level, decided_by, content_hash, decided_at)
			SELECT @quote, 1, 'commercial', l, @third, 'h', '2026-11-25' FROM generate_series(1, CASE @branch WHEN 'commercial' THEN @level::integer - 1 ELSE 0 END) l`,
		`UPDATE proposals SET state = 'open'`,
	} {
		if _, err := run(query); err != nil {
			s.t.Fatalf("%s: %v", query, err)
		}
	}
	if _, err := tx.Exec(ctx, `SELECT set_config('radioquote.actor', $1::bigint::text, true)`, s.people[who]); err != nil {
		s.t.Fatal(err)
	}
	// What another version looks like is read before the role is taken.
	var version string
	if err := tx.QueryRow(ctx, `SELECT to_jsonb(v) || '{"version": 2, "state": "draft"}' FROM quote_versions v WHERE quote_id = $1`, id).Scan(&version); err != nil {
		s.t.Fatal(err)
	}
	args["next"] = version
	if _, err := tx.Exec(ctx, "SET LOCAL ROLE radioquote_service"); err != nil {
		s.t.Fatal(err)
	}
	for _, query := range acts(action) {
		n, err := run(query)
		switch {
		case err != nil && code(err) != "42501":
			s.t.Errorf("%s: %s: %v", role, action, err)
			return false, err
		case err != nil || n == 0:
			return false, err
		}
	}
	return true, nil
}

// acts are what the service writes for an act, in its order.
func acts(action string) []string {
	const (
		makes   = `INSERT INTO quotes (id, owner_id, team, current, created_at) SELECT 7001, id, team, 1, '2026-11-25' FROM people WHERE id = @me`
		decides = `INSERT INTO decisions (quote_id, version, action, decided_by, reason, content_hash, decided_at) VALUES (@quote, 1, '%s', @me, 'why', 'h', '2026-11-25')`
		moves   = `UPDATE quote_versions SET state = '%s' WHERE quote_id = @quote AND version = 1`
	)
	switch action {
	case "see":
		return []string{`SELECT FROM quotes WHERE id = @quote`}
	case "quote":
		return []string{makes}
	case "clone":
		return []string{`SELECT FROM quote_versions WHERE quote_id = @quote`, makes}
	case "revise":
		return []string{`INSERT INTO quote_versions SELECT (jsonb_populate_record(NULL::quote_versions, @next)).*`, fmt.Sprintf(moves, "superseded"), `UPDATE quotes SET current = 2 WHERE id = @quote`}
	case "submit":
		return []string{fmt.Sprintf(moves, "pending")}
	case "recall":
		return []string{fmt.Sprintf(moves, "recalled")}
	case "end":
		return []string{`UPDATE quotes SET state = 'lost', end_reason = 'why' WHERE id = @quote`}
	case "share":
		return []string{`INSERT INTO shares (conversation_id, quote_id, version, shared_by, shared_at) SELECT id, @quote, 1, @me, '2026-11-25' FROM conversations LIMIT 1`}
	case "reject":
		return []string{fmt.Sprintf(decides, "reject"), fmt.Sprintf(moves, "rejected")}
	case "changes":
		return []string{fmt.Sprintf(decides, "request_changes"), fmt.Sprintf(moves, "changes_requested")}
	case "consult":
		return []string{`INSERT INTO consults (quote_id, version, asked_by, person_id, asked_at) VALUES (@quote, 1, @me, @other, '2026-11-25')`}
	case "reassign":
		return []string{`INSERT INTO approval_requests (quote_id, version, branch, level, person_id, via, asked_at) VALUES (@quote, 1, @branch, @level, @other, 'reassignment', '2026-11-25')`}
	case "delegate":
		return []string{`INSERT INTO delegations (from_id, to_id, since, until) VALUES (@me, @other, '2026-11-25', '2026-11-26')`}
	case "confirm":
		return []string{`UPDATE proposals SET state = 'confirmed', decided_by = @me, decided_at = '2026-11-25'`}
	default: // approve
		return []string{
			`INSERT INTO approval_steps (quote_id, version, branch, level, decided_by, content_hash, decided_at) VALUES (@quote, 1, @branch, @level, @me, 'h', '2026-11-25')`,
			fmt.Sprintf(decides, "approve"), fmt.Sprintf(moves, "approved"),
		}
	}
}
