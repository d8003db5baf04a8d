package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/store/localpg"
)

// script is what one message has Postgres do, in the order and the transactions of the
// service: the turn with its quote and its jobs, the delivery of the card, the price
// check, and the update of the card. %[1]s to %[4]s are the request, the system, the
// customer's name and the lines of a quote of the run before, as JSON, %[5]d is its number, and
// %[6]d how many people there are.
const script = `
\set person random(1, %[6]d)
\set activity random(1, 1000000000000)
BEGIN;
SET LOCAL ROLE radioquote_service;
SELECT p.id, p.tenant, p.object_id, p.name, p.roles, p.team, m.tenant, m.object_id, set_config('radioquote.actor', p.id::text, true) FROM people p LEFT JOIN people m ON m.id = p.manager_id WHERE p.id = :person;
INSERT INTO conversations (teams_id, kind, service_url, tenant, person_id, user_id) VALUES ('b:' || :person, 'personal', 'http://127.0.0.1/', 't', :person, '29:' || :person) ON CONFLICT (teams_id) DO UPDATE SET service_url = excluded.service_url, person_id = excluded.person_id, user_id = excluded.user_id, gone = false RETURNING id AS chat \gset
INSERT INTO inbox (conversation, activity_id, received_at, correlation) VALUES ('b:' || :person, :activity || '-' || :client_id, now(), 'pgbench') ON CONFLICT DO NOTHING RETURNING true;
SELECT nextval(pg_get_serial_sequence('quotes', 'id')) AS quote \gset
INSERT INTO quotes (id, owner_id, team, state, current, created_at) VALUES (:quote, :person, 'load', 'open', 1, now());
INSERT INTO quote_versions (quote_id, version, state, request, system, customer_text, snapshot_id, policy, currency, list_total, book_total, net_total, freight, total, amount, cost_total, margin, approvals, valid_until, content_hash, created_at, correlation)
SELECT :quote, 1, 'draft', '%[1]s', '%[2]s', '%[3]s', snapshot_id, policy, currency, list_total, book_total, net_total, freight, total, amount, cost_total, margin, approvals, valid_until, content_hash, now(), 'pgbench' FROM quote_versions WHERE quote_id = %[5]d AND version = 1;
INSERT INTO quote_lines (quote_id, version, position, item_id, sku, name, item_type, category, qty, units, months, list_price, unit_price, extended, unit_cost, break_pct, source, level_id, price_row, reason, next_break, next_saving, level_price, book_price)
SELECT :quote, 1, l.* FROM jsonb_to_recordset('%[4]s') AS l (position integer, item_id bigint, sku text, name text, item_type text, category text, qty integer, units integer, months integer, list_price numeric, unit_price numeric, extended numeric, unit_cost numeric, break_pct integer, source text, level_id bigint, price_row bigint, reason text, next_break integer, next_saving numeric, level_price numeric, book_price numeric);
INSERT INTO audit_events (at, kind, actor_id, quote_id, version, correlation, data) VALUES (now(), 'quote_created', :person, :quote, 1, 'pgbench', '%[1]s');
SELECT * FROM recompute_totals(:quote, 1, ARRAY['average', 'last_purchase', 'standard'], 1.25, 25.00);
INSERT INTO dialogues (conversation_id, person_id, active_quote, active_until) VALUES (:chat, :person, :quote, now() + interval '3 days') ON CONFLICT (conversation_id, person_id) DO UPDATE SET active_quote = excluded.active_quote, active_until = excluded.active_until;
WITH numbered AS (UPDATE conversations SET last_message = last_message + 1 WHERE id = :chat RETURNING id, last_message) INSERT INTO messages (conversation_id, number, person_id, kind, quote_id, version, state, correlation, created_at) SELECT id, last_message, :person, 'quote', :quote, 1, 'queued', 'pgbench', now() FROM numbered RETURNING id AS message \gset
WITH added AS (INSERT INTO river_job (args, kind, max_attempts, queue) VALUES ('{"quote": "Q-1001", "version": 1, "correlation": "pgbench"}', 'pgbench', 100, 'pgbench'), ('{"message": 1, "correlation": "pgbench"}', 'pgbench', 100, 'pgbench') RETURNING id) SELECT min(id) AS job, max(id) AS other FROM added \gset
SELECT pg_notify('river_insert', '{"queue": "pgbench"}');
COMMIT;
UPDATE river_job SET state = 'running', attempt = attempt + 1, attempted_at = now(), attempted_by = array_append(attempted_by, 'pgbench') WHERE id IN (:job, :other) RETURNING id;
BEGIN;
SET LOCAL synchronous_commit = off;
SET LOCAL ROLE radioquote_job;
SELECT m.*, c.teams_id, EXISTS (SELECT FROM messages e WHERE e.conversation_id = m.conversation_id AND e.number < m.number AND e.state IN ('queued', 'sending')) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = :message FOR UPDATE OF m;
SELECT q.*, o.tenant, o.object_id FROM quotes q JOIN people o ON o.id = q.owner_id WHERE q.id = :quote;
SELECT v.*, d.action, d.decided_at FROM quote_versions v LEFT JOIN decisions d ON d.quote_id = v.quote_id AND d.version = v.version WHERE v.quote_id = :quote AND v.version = 1;
SELECT * FROM quote_lines WHERE quote_id = :quote AND version = 1 ORDER BY position;
SELECT p.* FROM people p WHERE p.id = :person;
SELECT p.* FROM people p WHERE p.id = :person;
WITH RECURSIVE chain AS (SELECT p.manager_id AS id, 1 AS rank FROM people p WHERE p.id = :person UNION ALL SELECT p.manager_id, c.rank + 1 FROM people p JOIN chain c ON p.id = c.id WHERE c.rank < 20) SELECT p.* FROM chain c JOIN people p ON p.id = c.id LIMIT 1;
UPDATE messages SET state = 'sending' WHERE id = :message;
COMMIT;
BEGIN;
SET LOCAL ROLE radioquote_job;
UPDATE messages SET state = 'sent', activity_id = 'a' || :message, shown = 1, sent_at = now() WHERE id = :message RETURNING wanted > shown;
COMMIT;
BEGIN;
SET LOCAL ROLE radioquote_job;
SELECT q.*, o.tenant, o.object_id FROM quotes q JOIN people o ON o.id = q.owner_id WHERE q.id = :quote;
SELECT v.*, d.action, d.decided_at FROM quote_versions v LEFT JOIN decisions d ON d.quote_id = v.quote_id AND d.version = v.version WHERE v.quote_id = :quote AND v.version = 1;
SELECT * FROM quote_lines WHERE quote_id = :quote AND version = 1 ORDER BY position;
COMMIT;
BEGIN;
SET LOCAL ROLE radioquote_job;
SELECT q.*, o.tenant, o.object_id FROM quotes q JOIN people o ON o.id = q.owner_id WHERE q.id = :quote FOR UPDATE OF q;
SELECT v.*, d.action, d.decided_at FROM quote_versions v LEFT JOIN decisions d ON d.quote_id = v.quote_id AND d.version = v.version WHERE v.quote_id = :quote AND v.version = 1;
SELECT * FROM quote_lines WHERE quote_id = :quote AND version = 1 ORDER BY position;
UPDATE quote_versions SET check_state = 'verified', check_at = now(), check_method = 'create-form', check_moved = '[]' WHERE quote_id = :quote AND version = 1;
INSERT INTO audit_events (at, kind, quote_id, version, correlation, data) VALUES (now(), 'prices_checked', :quote, 1, 'pgbench', '{}');
UPDATE messages SET wanted = wanted + 1 WHERE quote_id = :quote AND kind <> 'notice' AND state IN ('queued', 'sending', 'sent') RETURNING id;
INSERT INTO river_job (args, kind, max_attempts, queue) VALUES ('{"message": 1, "correlation": "pgbench"}', 'pgbench', 100, 'pgbench') RETURNING id AS update \gset
SELECT pg_notify('river_insert', '{"queue": "pgbench"}');
COMMIT;
UPDATE river_job SET state = 'running', attempt = attempt + 1, attempted_at = now(), attempted_by = array_append(attempted_by, 'pgbench') WHERE id = :update RETURNING id;
BEGIN;
SET LOCAL synchronous_commit = off;
SET LOCAL ROLE radioquote_job;
SELECT m.*, c.teams_id, EXISTS (SELECT FROM messages e WHERE e.conversation_id = m.conversation_id AND e.number < m.number AND e.state IN ('queued', 'sending')) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = :message FOR UPDATE OF m;
SELECT q.*, o.tenant, o.object_id FROM quotes q JOIN people o ON o.id = q.owner_id WHERE q.id = :quote;
SELECT v.*, d.action, d.decided_at FROM quote_versions v LEFT JOIN decisions d ON d.quote_id = v.quote_id AND d.version = v.version WHERE v.quote_id = :quote AND v.version = 1;
SELECT * FROM quote_lines WHERE quote_id = :quote AND version = 1 ORDER BY position;
SELECT p.* FROM people p WHERE p.id = :person;
SELECT p.* FROM people p WHERE p.id = :person;
WITH RECURSIVE chain AS (SELECT p.manager_id AS id, 1 AS rank FROM people p WHERE p.id = :person UNION ALL SELECT p.manager_id, c.rank + 1 FROM people p JOIN chain c ON p.id = c.id WHERE c.rank < 20) SELECT p.* FROM chain c JOIN people p ON p.id = c.id LIMIT 1;
COMMIT;
BEGIN;
SET LOCAL synchronous_commit = off;
SET LOCAL ROLE radioquote_job;
UPDATE messages SET shown = 2 WHERE id = :message RETURNING wanted > shown;
COMMIT;
UPDATE river_job SET state = 'completed', finalized_at = now() WHERE id IN (:job, :other, :update);
`

// pgbench measures how often a second the server of the runs commits what one message
// has it do, by the same number of clients as the fast run has.
func (p *place) pgbench(ctx context.Context, people int, duration time.Duration) (float64, error) {
	text, err := p.script(ctx, people)
	if err != nil {
		return 0, err
	}
	if err := os.WriteFile(p.file("script.sql"), []byte(text), 0o600); err != nil {
		return 0, err
	}
	program, err := localpg.Binary(ctx, "pgbench")
	if err != nil {
		return 0, err
	}
	run := exec.CommandContext(ctx, program, "--no-vacuum", "--protocol=prepared", "--client=8", "--jobs=1",
		"--time="+strconv.Itoa(int(duration.Seconds())), "--file="+p.file("script.sql"), p.database.URL)
	out, err := run.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w\n%s", err, out)
	}
	found := regexp.MustCompile(`tps = ([0-9.]+)`).FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("pgbench says no rate:\n%s", out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// script fills the script with a quote of the last run.
func (p *place) script(ctx context.Context, people int) (string, error) {
	conn, err := pgx.Connect(ctx, p.database.SuperURL)
	if err != nil {
		return "", err
	}
	var request, system, customer, lines string
	var quote int64
	err = conn.QueryRow(ctx, `
		SELECT v.request::text, v.system::text, v.customer_text, v.quote_id,
		       (SELECT jsonb_agg(to_jsonb(l) - 'quote_id' - 'version' ORDER BY l.position)::text FROM quote_lines l WHERE l.quote_id = v.quote_id AND l.version = 1)
		FROM quote_versions v
		WHERE v.version = 1
		ORDER BY v.quote_id
		LIMIT 1`).Scan(&request, &system, &customer, &quote, &lines)
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		return "", fmt.Errorf("a quote of the last run: %w", err)
	}
	literal := func(s string) string { return strings.ReplaceAll(s, "'", "''") }
	return fmt.Sprintf(script, literal(request), literal(system), literal(customer), literal(lines), quote, people), nil
}
