package desk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/quoting"
	"radioquote/quoting/desk"
	"radioquote/quoting/roletable"
)

// cast is who stands for each role of the table, whom they name, and who else is there.
var cast = []struct{ role, object, team, manager, colleague string }{
	{"rep", "rob", "midwest", "morgan", "Fran"},
	{"sales_manager", "morgan", "midwest", "", "Fran"},
	{"finance", "fran", "", "", "Vera"},
	{"vp", "vera", "", "", "Olive"},
	{"owner", "olive", "", "", "Oscar"},
	{"engineering", "ed", "", "", "Edna"},
	{"admin", "ada", "midwest", "", "Fran"},
	{"auditor", "abe", "", "", "Fran"},
	{"nobody", "nobody", "midwest", "", "Fran"},

	{"rep", "riley", "midwest", "morgan", ""},
	{"rep", "sam", "south", "sandy", ""},
	{"sales_manager", "sandy", "south", "", ""},
	{"sales_manager", "quinn", "west", "", ""}, // took the steps before
	{"owner", "oscar", "", "", ""},
	{"engineering", "edna", "", "", ""},
	{"admin", "adam", "", "", ""},
}

// stage is an office in which every act is played on a quote of its own.
type stage struct {
	*office
	rows    map[string]int64
	like    quoting.QuoteID // of which the quotes are copies
	last    int64
	confirm quoting.Command // on what Adam has proposed
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{office: newQuietOffice(t, func(p *quoting.Policy) { p.StepUp.Method = quoting.SecondApprover }), rows: map[string]int64{}, last: 7000}
	s.sync()
	for _, c := range cast {
		roles := "{" + c.role + "}"
		if c.role == "nobody" {
			roles = "{}"
		}
		s.sql(`
			INSERT INTO people (tenant, object_id, name, roles, team)
			VALUES ($1, $2, initcap($2) || ' Acts', $3::text[], $4)
			ON CONFLICT (tenant, object_id) DO UPDATE
			SET name = excluded.name, roles = excluded.roles, team = excluded.team`, tenant, c.object, roles, c.team)
	}
	for _, c := range cast {
		s.sql(`UPDATE people SET manager_id = (SELECT m.id FROM people m WHERE m.object_id = nullif($2, '')) WHERE object_id = $1`, c.object, c.manager)
		s.rows[c.object] = int64(s.count(`SELECT id FROM people WHERE object_id = $1`, c.object))
	}
	s.text(riley, small)
	s.like = quoting.QuoteID(s.count(`SELECT max(id) FROM quotes`))
	s.sql(`UPDATE quote_versions SET check_state = 'verified', check_at = $1, check_method = 'engine'`, s.clock.now())
	s.text(someone("adam"), quoting.Command{Intent: quoting.GrantRole, Slots: quoting.Slots{Role: quoting.Finance, Person: "Sam"}})
	var n quoting.Notice
	s.behind(func(conn *pgx.Conn) error {
		return conn.QueryRow(context.Background(), `SELECT notice FROM messages WHERE notice -> 'choices' @> '[{"title": "Confirm"}]' ORDER BY id DESC LIMIT 1`).Scan(&n)
	})
	s.confirm = pressed(t, n, "Confirm")
	for _, c := range cast { // what has waited for somebody's first chat is not an answer
		s.text(someone(c.object), quoting.Command{Intent: quoting.Help})
	}
	return s
}

func someone(object string) quoting.Person {
	return quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: object}, Name: object}
}

// text has somebody write something, and returns what the newest notice to them says.
func (s *stage) text(p quoting.Person, cmd quoting.Command) string {
	s.t.Helper()
	if err := s.Message(s.t.Context(), s.arrival(p), func(quoting.Dialogue) quoting.Command { return cmd }); err != nil {
		s.t.Fatal(err)
	}
	var notice *quoting.Notice
	s.behind(func(conn *pgx.Conn) error {
		return conn.QueryRow(context.Background(), `
			SELECT m.notice
			FROM messages m
			JOIN conversations c ON c.id = m.conversation_id
			WHERE c.teams_id = $1
			ORDER BY m.number DESC
			LIMIT 1`, "a:"+p.ID.Object).Scan(&notice)
	})
	if notice == nil {
		return ""
	}
	return notice.Text
}

// standsAt is the step at which a role decides, and the state in which an act is possible.
func standsAt(role, action string) (branch string, level int, state string) {
	branch, level, state = "commercial", max(1, map[string]int{"finance": 2, "vp": 3, "owner": 4}[role]), "pending"
	if role == "engineering" || action == "engineering" {
		branch, level = "engineering", 1
	}
	if n := 0; strings.HasPrefix(action, "approve ") {
		_, _ = fmt.Sscanf(action, "approve %d", &n)
		branch, level = "commercial", n
	}
	switch action {
	case "revise", "submit", "clone", "share", "end":
		state = "draft"
	}
	return branch, level, state
}

// quote makes a quote of somebody that waits for one step, those before it taken, or is a
// draft; as much of a view of it as a click needs.
func (s *stage) quote(owner, branch string, level int, state string) quoting.View {
	s.t.Helper()
	s.last++
	args := pgx.NamedArgs{"quote": s.last, "like": int64(s.like), "owner": s.rows[owner], "branch": branch, "level": level, "state": state, "taker": s.rows["quinn"]}
	for _, query := range []string{
		`INSERT INTO quotes (id, owner_id, team, current, created_at) SELECT @quote, p.id, p.team, 1, q.created_at FROM people p, quotes q WHERE p.id = @owner AND q.id = @like`,
		`INSERT INTO quote_versions SELECT (jsonb_populate_record(v, jsonb_build_object(
			'quote_id', @quote::bigint, 'state', @state::text, 'setters', '[]'::jsonb,
			'nonce', CASE @state WHEN 'pending' THEN 'n' ELSE '' END, 'submitted_at', CASE @state WHEN 'pending' THEN created_at END,
			'approvals', CASE @state WHEN 'pending' THEN jsonb_build_array(jsonb_build_object('rule', 'amount', 'branch', @branch::text, 'level', @level::integer,
				'role', 'x', 'measured', '1', 'sentence', 's', 'for_rep', 's')) ELSE '[]'::jsonb END))).* FROM quote_versions v WHERE v.quote_id = @like`,
		`INSERT INTO quote_lines SELECT (jsonb_populate_record(l, jsonb_build_object('quote_id', @quote::bigint))).* FROM quote_lines l WHERE l.quote_id = @like`,
		`INSERT INTO approval_steps (quote_id, version, branch, level, decided_by, content_hash, decided_at)
			SELECT @quote, 1, 'commercial', l, @taker, v.content_hash, v.created_at
			FROM quote_versions v, generate_series(1, CASE WHEN @branch = 'commercial' AND @state = 'pending' THEN @level::integer - 1 ELSE 0 END) l
			WHERE v.quote_id = @quote`,
	} {
		s.sql(query, args)
	}
	nonce := ""
	if state == "pending" {
		nonce = fmt.Sprintf("n.%c%d", branch[0], level)
	}
	return quoting.View{Quote: quoting.QuoteID(s.last), Version: 1, Nonce: nonce}
}

// stored is all that stands of a quote, what was asked of it, and how much there is beside it.
func (s *stage) stored(id quoting.QuoteID) (text string) {
	s.t.Helper()
	s.behind(func(conn *pgx.Conn) error {
		return conn.QueryRow(context.Background(), `
			SELECT concat_ws('|',
				(SELECT to_jsonb(q) FROM quotes q WHERE q.id = $1), (SELECT count(*) FROM quotes),
				(SELECT jsonb_agg(jsonb_build_array(v.version, v.state, v.customer_waits) ORDER BY v.version) FROM quote_versions v WHERE v.quote_id = $1),
				(SELECT jsonb_agg(to_jsonb(s) ORDER BY s.branch, s.level) FROM approval_steps s WHERE s.quote_id = $1), (SELECT to_jsonb(d) FROM decisions d WHERE d.quote_id = $1),
				(SELECT count(*) FROM approval_requests r WHERE r.quote_id = $1), (SELECT count(*) FROM consults c WHERE c.quote_id = $1),
				(SELECT count(*) FROM shares h WHERE h.quote_id = $1), (SELECT count(*) FROM delegations), (SELECT jsonb_agg(r.state) FROM proposals r))`, int64(id)).Scan(&text)
	})
	return text
}

// acted is the click of an act of the table on a quote's card.
func (s *stage) acted(action, me, colleague string, v quoting.View) quoting.Command {
	switch action {
	case "quote":
		return create(12, 1, "retail", fmt.Sprintf("Somebody %d", s.last))
	case "confirm":
		return s.confirm
	case "delegate":
		return quoting.Command{Intent: quoting.Delegate, Click: &quoting.Click{Person: me}, Slots: quoting.Slots{
			DelegateTo: strings.ToLower(colleague), UntilText: s.clock.now().Add(48 * time.Hour).UTC().Format(time.RFC3339),
		}}
	}
	intent, ok := map[string]quoting.Intent{
		"see": quoting.ShowQuote, "price": quoting.ShowQuote, "margin": quoting.ShowQuote, "clone": quoting.CloneQuote, "revise": quoting.ReviseQuote,
		"submit": quoting.SubmitQuote, "recall": quoting.RecallQuote, "end": quoting.MarkOutcome, "share": quoting.ShareQuote, "reject": quoting.RejectQuote,
		"changes": quoting.AskChanges, "consult": quoting.Consult, "reassign": quoting.Reassign,
	}[action]
	if !ok {
		intent = quoting.ApproveQuote
	}
	cmd := on(v, intent)
	cmd.Slots.QuoteID = v.Quote
	switch action {
	case "revise":
		cmd.Slots.Changes = []quoting.Change{{Op: "set", Field: "users", Value: 15}}
	case "end":
		cmd.Slots.Outcome, cmd.Slots.Reason = quoting.Lost, "why"
	case "reject", "changes":
		cmd.Slots.Reason = "why"
	case "consult", "reassign":
		cmd.Slots.DelegateTo = colleague
	}
	return cmd
}

// byText are the acts that may be asked for in words, and whether words alone do them. What
// decides, submits or ends is done by a button.
var byText = map[string]bool{
	"see": false, "clone": true, "revise": true, "submit": false, "recall": false, "end": false, "approve 1": false, "approve 2": false, "approve 3": false, "approve 4": false,
	"engineering": false, "reject": false, "changes": false, "consult": false, "reassign": false,
}

// TestWhoMayDoWhatWithWhoseQuoteByCommand plays each act of the table as a click, and as a
// text where there is one: it is done, or refused with a sentence and nothing has changed.
func TestWhoMayDoWhatWithWhoseQuoteByCommand(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	clicks, all, texts := map[string]int{}, 0, 0
	for _, row := range roletable.Rows() {
		who, colleague := "", ""
		for _, c := range cast {
			if c.role == row.Role && c.colleague != "" {
				who, colleague = c.object, c.colleague
			}
		}
		for _, whose := range []string{"own", "team", "other"} {
			cell := row.Cells[whose]
			if cell == "-" {
				continue
			}
			name := fmt.Sprintf("%s: %s of %s", row.Role, row.Action, whose)
			branch, level, state := standsAt(row.Role, row.Action)
			owner := map[string]string{"own": who, "team": "riley", "other": "sam"}[whose]
			v := s.quote(owner, branch, level, state)
			before := s.stored(v.Quote)
			got := s.clicked(name, row, someone(who), s.acted(row.Action, who, colleague, v))
			changed := s.stored(v.Quote) != before
			// Whoever holds the highest role, or the only one of a branch, has nobody to pass
			// a step on to: all of them are asked.
			if row.Action == "reassign" && (row.Role == "owner" || row.Role == "engineering") && got == "no" && cell == "yes" {
				got, changed = "yes", true
			}
			if want := strings.TrimSuffix(cell, "*"); got != want {
				t.Errorf("%s: %s, the table says %s", name, got, cell)
			}
			if changed != (cell == "yes" && row.Action != "see" && row.Action != "price" && row.Action != "margin") {
				t.Errorf("%s: %s, and what is stored has changed: %t", name, got, changed)
			}
			clicks[cell]++
			all++
			s.sql(`DELETE FROM delegations`)
			s.sql(`UPDATE proposals SET state = 'open', decided_by = NULL, decided_at = NULL`)

			done, said := byText[row.Action]
			if !said {
				continue
			}
			v = s.quote(owner, branch, level, state)
			cmd := s.acted(row.Action, who, colleague, v)
			cmd.Click = nil
			before = s.stored(v.Quote)
			text := s.text(someone(who), cmd)
			if changed := s.stored(v.Quote) != before; changed != (done && cell == "yes") {
				t.Errorf("%s by text: what is stored has changed: %t; %q", name, changed, text)
			}
			if hidden := strings.Contains(text, "There is no quote") || strings.Contains(text, "You have no role"); hidden != (cell == "none") {
				t.Errorf("%s by text: %q, the table says %s", name, text, cell)
			}
			texts++
		}
	}
	t.Logf("%d cells by click: %v; %d by text", all, clicks, texts)
}

// clicked has somebody press a button, and says in the table's words what came of it.
func (s *stage) clicked(name string, row roletable.Row, who quoting.Person, cmd quoting.Command) string {
	s.t.Helper()
	arrival := s.arrival(who)
	if row.Action == "share" {
		arrival = s.inRoom(who)
	}
	content, err := s.Click(s.t.Context(), arrival, cmd)
	ofQuote := row.Action != "quote" && row.Action != "delegate" && row.Action != "confirm"
	switch kind := quoting.KindOf(err); {
	case err != nil && (kind == quoting.NotFound || kind == quoting.Forbidden && row.Role == "nobody" && ofQuote):
		return "none"
	case err != nil && kind == quoting.Forbidden:
		return "no"
	case err != nil:
		s.t.Errorf("%s: %v", name, err)
		return "error"
	case row.Action == "margin":
		return s.margin(name, content)
	case row.Action == "price":
		return s.price(name, content)
	case row.Action == "delegate":
		return map[bool]string{true: "yes", false: "no"}[s.count(`SELECT count(*) FROM delegations`) > 0]
	case content.View != nil && content.View.Banner != "":
		return "no"
	case content.View != nil || content.Notice != nil:
		return "yes"
	}
	s.t.Errorf("%s: %+v", name, content)
	return "error"
}

// price says whether a view holds what the quote comes to, or what a line of it costs.
func (s *stage) price(name string, content desk.Content) string {
	s.t.Helper()
	if content.View == nil {
		s.t.Fatalf("%s: %+v", name, content)
	}
	v := *content.View
	there := !v.Priced.Total.IsZero() || slices.ContainsFunc(v.Priced.Lines, func(l quoting.Line) bool { return !l.Unit.IsZero() || !l.Extended.IsZero() })
	if there != v.ShowPrices {
		s.t.Errorf("%s: the view shows prices: %t, and holds them: %t", name, v.ShowPrices, there)
	}
	return map[bool]string{true: "yes", false: "no"}[there]
}

// margin says whether a view holds cost or the exact margin, wherever in it.
func (s *stage) margin(name string, content desk.Content) string {
	s.t.Helper()
	if content.View == nil {
		s.t.Fatalf("%s: %+v", name, content)
	}
	v := *content.View
	text, err := json.Marshal(v)
	if err != nil {
		s.t.Fatal(err)
	}
	var cost, margin string
	s.behind(func(conn *pgx.Conn) error {
		return conn.QueryRow(context.Background(), `SELECT trim_scale(cost_total)::text, trim_scale(margin)::text FROM quote_versions WHERE quote_id = $1`, int64(v.Quote)).Scan(&cost, &margin)
	})
	there := strings.Contains(string(text), cost) || strings.Contains(string(text), margin)
	for _, l := range v.Priced.Lines {
		there = there || l.Cost.Valid
	}
	if there != v.ShowMargin {
		s.t.Errorf("%s: the view shows the margin: %t, and holds it: %t", name, v.ShowMargin, there)
	}
	return map[bool]string{true: "yes", false: "no"}[there]
}
