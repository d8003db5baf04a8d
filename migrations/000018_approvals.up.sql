-- Approvals: who was asked, who stands in for whom, who is away, how a large decision was
-- proved, what each approver saw, and the clocks.

-- Every step that was taken, the last one too. for_id: in whose place; carried_from: the
-- version on which it was taken, where a revision did not make it worse; same_person: passed
-- over, because the one before was taken by the same person.
ALTER TABLE approval_steps
	ADD COLUMN for_id bigint REFERENCES people,
	ADD COLUMN carried_from integer,
	ADD COLUMN same_person boolean NOT NULL DEFAULT false,
	ADD CHECK (carried_from < version),
	ADD CHECK (for_id <> decided_by);
GRANT INSERT ON approval_steps TO radioquote_job;

ALTER TABLE decisions
	DROP CONSTRAINT decisions_action_check,
	ADD CONSTRAINT decisions_action_check CHECK (action IN ('approve', 'reject', 'request_changes')),
	ADD COLUMN for_id bigint REFERENCES people,
	ADD COLUMN offer jsonb, -- the condition on which it would be approved: changes that the owner may take
	DROP CONSTRAINT decisions_check,
	ADD CONSTRAINT decisions_check CHECK (action = 'approve' OR decided_by IS NOT NULL AND (reason <> '' OR offer IS NOT NULL));

-- Who set a price or a discount that stands in the version: nobody of them decides on it.
ALTER TABLE quote_versions
	ADD COLUMN setters jsonb NOT NULL DEFAULT '[]',
	ADD COLUMN customer_waits boolean NOT NULL DEFAULT false;
GRANT UPDATE (customer_waits) ON quote_versions TO radioquote_service;

-- Who was asked for a step, and why that person: the chain, an absence, an escalation, a
-- delegation, or because it was passed on. Whoever was asked may see the quote.
CREATE TABLE approval_requests (
	id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	quote_id  bigint NOT NULL,
	version   integer NOT NULL,
	branch    text NOT NULL CHECK (branch IN ('commercial', 'engineering')),
	level     integer NOT NULL CHECK (level BETWEEN 1 AND 4),
	person_id bigint NOT NULL REFERENCES people,
	via       text NOT NULL CHECK (via IN ('chain', 'absence', 'escalation', 'delegation', 'reassignment')),
	by_id     bigint REFERENCES people, -- who passed it on, or in whose place
	asked_at  timestamptz NOT NULL,
	UNIQUE (quote_id, version, branch, level, person_id),
	FOREIGN KEY (quote_id, version) REFERENCES quote_versions,
	CHECK (by_id <> person_id)
);
CREATE INDEX approval_requests_person ON approval_requests (person_id);

-- An approver asks somebody for an opinion, which decides nothing.
CREATE TABLE consults (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	quote_id    bigint NOT NULL,
	version     integer NOT NULL,
	asked_by    bigint NOT NULL REFERENCES people,
	person_id   bigint NOT NULL REFERENCES people,
	asked_at    timestamptz NOT NULL,
	answer      text NOT NULL DEFAULT '',
	answered_at timestamptz,
	UNIQUE (quote_id, version, asked_by, person_id),
	FOREIGN KEY (quote_id, version) REFERENCES quote_versions,
	CHECK (asked_by <> person_id),
	CHECK ((answer <> '') = (answered_at IS NOT NULL))
);

CREATE TABLE delegations (
	id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	from_id  bigint NOT NULL REFERENCES people,
	to_id    bigint NOT NULL REFERENCES people,
	since    timestamptz NOT NULL,
	until    timestamptz NOT NULL,
	ended_at timestamptz, -- taken back before its time
	CHECK (from_id <> to_id),
	CHECK (until > since AND until <= since + interval '31 days')
);
CREATE INDEX delegations_from ON delegations (from_id);

-- Out of office, as said to the bot or as Graph reads the automatic replies. until NULL: till
-- it is said otherwise.
CREATE TABLE absences (
	person_id bigint NOT NULL REFERENCES people,
	source    text NOT NULL CHECK (source IN ('said', 'graph')),
	since     timestamptz NOT NULL,
	until     timestamptz,
	seen_at   timestamptz NOT NULL,
	PRIMARY KEY (person_id, source)
);

-- A sign-in that proves a large decision. It is bound to the person, to what is decided, and
-- by the hash of a cookie to the browser; it is used once.
CREATE TABLE step_ups (
	id         text PRIMARY KEY CHECK (length(id) >= 20),
	person_id  bigint NOT NULL REFERENCES people,
	purpose    text NOT NULL CHECK (purpose IN ('decision', 'delegation', 'policy')),
	quote_id   bigint REFERENCES quotes,
	version    integer,
	command    jsonb NOT NULL, -- what is done when it has been proved
	state      text NOT NULL DEFAULT '',
	nonce      text NOT NULL DEFAULT '',
	verifier   text NOT NULL DEFAULT '',
	browser    text NOT NULL DEFAULT '', -- SHA-256 of the cookie
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	used_at    timestamptz,
	CHECK ((purpose = 'decision') = (quote_id IS NOT NULL AND version IS NOT NULL))
);
CREATE UNIQUE INDEX step_ups_state ON step_ups (state) WHERE state <> '';

-- What an approver was shown when a decision was taken: the view's data and its hash.
CREATE TABLE shown_cards (
	id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	quote_id  bigint NOT NULL,
	version   integer NOT NULL,
	person_id bigint NOT NULL REFERENCES people,
	hash      text NOT NULL,
	data      jsonb NOT NULL,
	shown_at  timestamptz NOT NULL,
	UNIQUE (quote_id, version, person_id, hash),
	FOREIGN KEY (quote_id, version) REFERENCES quote_versions
);

-- What the clocks have sent about a step.
CREATE TABLE nudges (
	quote_id bigint NOT NULL,
	version  integer NOT NULL,
	branch   text NOT NULL,
	level    integer NOT NULL,
	kind     text NOT NULL CHECK (kind IN ('remind', 'escalate', 'asked')),
	number   integer NOT NULL,
	at       timestamptz NOT NULL,
	PRIMARY KEY (quote_id, version, branch, level, kind, number),
	FOREIGN KEY (quote_id, version) REFERENCES quote_versions
);

CREATE TABLE heartbeats (
	name text PRIMARY KEY,
	at   timestamptz NOT NULL
);

-- A change of the directory or of the policy that waits for a second admin.
CREATE TABLE proposals (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind        text NOT NULL CHECK (kind IN ('directory', 'grant', 'policy')),
	proposed_by bigint REFERENCES people, -- NULL: a changed file, found at a start
	title       text NOT NULL,
	hash        text NOT NULL,
	data        jsonb NOT NULL,
	at          timestamptz NOT NULL,
	state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'refused', 'superseded')),
	decided_by  bigint REFERENCES people,
	decided_at  timestamptz,
	applied_at  timestamptz, -- NULL while confirmed: a job, or the next start, is to do it
	CHECK (decided_by <> proposed_by),
	CHECK ((state IN ('confirmed', 'refused')) = (decided_by IS NOT NULL AND decided_at IS NOT NULL)),
	CHECK (applied_at IS NULL OR state = 'confirmed')
);
CREATE UNIQUE INDEX proposals_open ON proposals (kind, hash) WHERE state = 'open';

-- The file that the last start found: only a changed one is proposed, and only once.
CREATE TABLE files_seen (
	kind    text PRIMARY KEY CHECK (kind IN ('directory', 'policy')),
	hash    text NOT NULL,
	seen_at timestamptz NOT NULL
);

-- Which policy is in force since when, and who changed it. The first is taken as it is.
CREATE TABLE policies_in_force (
	policy      text NOT NULL REFERENCES policies (version),
	since       timestamptz NOT NULL PRIMARY KEY,
	proposed_by bigint REFERENCES people,
	decided_by  bigint REFERENCES people
);

-- The quotes that a person was asked about. It reads past row-level security, which asks it.
CREATE FUNCTION guest_at(person bigint) RETURNS SETOF bigint
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
	SELECT r.quote_id FROM approval_requests r WHERE r.person_id = person
	UNION
	SELECT c.quote_id FROM consults c WHERE c.person_id = person
$$;
REVOKE EXECUTE ON FUNCTION guest_at FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guest_at TO radioquote_service, radioquote_job;

DROP POLICY visible ON quotes;
CREATE POLICY visible ON quotes TO radioquote_service USING (
	owner_id = (SELECT p.id FROM people p WHERE p.id = (SELECT actor()) AND p.roles && ARRAY['rep', 'sales_manager'])
	OR team = (SELECT p.team FROM people p WHERE p.id = (SELECT actor()) AND p.team <> '' AND p.roles && ARRAY['rep', 'sales_manager'])
	OR owner_id IN (SELECT reports_of(p.id) FROM people p WHERE p.id = (SELECT actor()) AND 'sales_manager' = ANY (p.roles))
	OR (SELECT p.roles && ARRAY['finance', 'vp', 'owner', 'engineering', 'auditor'] FROM people p WHERE p.id = (SELECT actor()))
	OR id IN (SELECT guest_at(p.id) FROM people p WHERE p.id = (SELECT actor()) AND p.roles <> '{}' AND NOT 'admin' = ANY (p.roles)));

CREATE OR REPLACE FUNCTION may_see(person bigint, quote bigint) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT EXISTS (
		SELECT
		FROM quotes q
		JOIN people p ON p.id = person
		WHERE q.id = quote
		  AND (q.owner_id = p.id AND p.roles && ARRAY['rep', 'sales_manager']
		   OR p.team = q.team AND p.team <> '' AND p.roles && ARRAY['rep', 'sales_manager']
		   OR 'sales_manager' = ANY (p.roles) AND q.owner_id IN (SELECT reports_of(p.id))
		   OR p.roles && ARRAY['finance', 'vp', 'owner', 'engineering', 'auditor']
		   OR p.roles <> '{}' AND NOT 'admin' = ANY (p.roles) AND q.id IN (SELECT guest_at(p.id))))
$$;

ALTER TABLE approval_requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON approval_requests TO radioquote_service
	USING (EXISTS (SELECT FROM quotes q WHERE q.id = quote_id OFFSET 0));
CREATE POLICY job ON approval_requests TO radioquote_job USING (true);
GRANT SELECT, INSERT ON approval_requests TO radioquote_service, radioquote_job;

ALTER TABLE consults ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON consults TO radioquote_service
	USING (EXISTS (SELECT FROM quotes q WHERE q.id = quote_id OFFSET 0));
CREATE POLICY job ON consults TO radioquote_job USING (true);
GRANT SELECT, INSERT, UPDATE (answer, answered_at) ON consults TO radioquote_service;
GRANT SELECT ON consults TO radioquote_job;

ALTER TABLE shown_cards ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shown_cards TO radioquote_service
	USING (person_id = (SELECT actor()) AND EXISTS (SELECT FROM quotes q WHERE q.id = quote_id OFFSET 0));
CREATE POLICY job ON shown_cards TO radioquote_job USING (true);
GRANT SELECT, INSERT ON shown_cards TO radioquote_service, radioquote_job;

ALTER TABLE nudges ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON nudges TO radioquote_service
	USING (EXISTS (SELECT FROM quotes q WHERE q.id = quote_id OFFSET 0));
CREATE POLICY job ON nudges TO radioquote_job USING (true);
GRANT SELECT, INSERT ON nudges TO radioquote_service, radioquote_job;

-- Everybody with a role may know who stands in for whom and who is away, and says it of
-- themselves alone.
ALTER TABLE delegations ENABLE ROW LEVEL SECURITY;
CREATE POLICY known ON delegations FOR SELECT TO radioquote_service
	USING (EXISTS (SELECT FROM people p WHERE p.id = (SELECT actor()) AND p.roles <> '{}'));
CREATE POLICY own ON delegations TO radioquote_service USING (from_id = (SELECT actor()));
CREATE POLICY job ON delegations FOR SELECT TO radioquote_job USING (true);
GRANT SELECT, INSERT, UPDATE (ended_at) ON delegations TO radioquote_service;
GRANT SELECT ON delegations TO radioquote_job;

ALTER TABLE absences ENABLE ROW LEVEL SECURITY;
CREATE POLICY known ON absences FOR SELECT TO radioquote_service
	USING (EXISTS (SELECT FROM people p WHERE p.id = (SELECT actor()) AND p.roles <> '{}'));
CREATE POLICY own ON absences TO radioquote_service USING (person_id = (SELECT actor()) AND source = 'said');
CREATE POLICY job ON absences TO radioquote_job USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON absences TO radioquote_service, radioquote_job;

ALTER TABLE step_ups ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON step_ups TO radioquote_service USING (person_id = (SELECT actor()));
CREATE POLICY job ON step_ups TO radioquote_job USING (true);
GRANT SELECT, INSERT ON step_ups TO radioquote_service;
GRANT UPDATE (used_at) ON step_ups TO radioquote_service;
GRANT SELECT ON step_ups TO radioquote_job;
GRANT UPDATE (state, nonce, verifier, browser, used_at) ON step_ups TO radioquote_job;

ALTER TABLE proposals ENABLE ROW LEVEL SECURITY;
CREATE POLICY admins ON proposals FOR SELECT TO radioquote_service
	USING (EXISTS (SELECT FROM people p WHERE p.id = (SELECT actor()) AND 'admin' = ANY (p.roles)));
CREATE POLICY propose ON proposals FOR INSERT TO radioquote_service
	WITH CHECK (proposed_by = (SELECT actor()) AND state = 'open' AND EXISTS (SELECT FROM people p WHERE p.id = (SELECT actor()) AND 'admin' = ANY (p.roles)));
CREATE POLICY decide ON proposals FOR UPDATE TO radioquote_service
	USING (EXISTS (SELECT FROM people p WHERE p.id = (SELECT actor()) AND 'admin' = ANY (p.roles)))
	WITH CHECK (decided_by = (SELECT actor()));
CREATE POLICY job ON proposals TO radioquote_job USING (true);
GRANT SELECT, INSERT, UPDATE (state, decided_by, decided_at) ON proposals TO radioquote_service, radioquote_job;
GRANT UPDATE (applied_at) ON proposals TO radioquote_job;

GRANT SELECT ON policies_in_force TO radioquote_service;
GRANT SELECT, INSERT ON policies_in_force TO radioquote_job;
GRANT SELECT, INSERT, UPDATE ON files_seen TO radioquote_job;
GRANT SELECT ON heartbeats TO radioquote_service;
GRANT SELECT, INSERT, UPDATE ON heartbeats TO radioquote_job;

-- What a person may write is less than what the person may see: who owns a quote makes its
-- versions, who decides by role moves it on, and everybody writes in their own name. The
-- rules themselves are the service's; these hold where it forgets one. They restrict what
-- the policies above let through. A row lock asks USING, not WITH CHECK.
CREATE FUNCTION decides(person bigint) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT EXISTS (
		SELECT
		FROM people p
		WHERE p.id = person
		  AND p.roles && ARRAY['sales_manager', 'finance', 'vp', 'owner', 'engineering']
		  AND NOT 'admin' = ANY (p.roles))
$$;

-- Whether a person holds the role of a step, or a higher one of its branch.
CREATE FUNCTION reaches(person bigint, step_branch text, step_level integer) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT EXISTS (
		SELECT
		FROM people p
		WHERE p.id = person
		  AND NOT 'admin' = ANY (p.roles)
		  AND CASE step_branch
		      WHEN 'engineering' THEN 'engineering' = ANY (p.roles)
		      ELSE p.roles && (ARRAY['sales_manager', 'finance', 'vp', 'owner'])[step_level:] END)
$$;

-- Whether a person owns a quote, or set a price or a discount that stands in a version.
CREATE FUNCTION has_part(person bigint, quote bigint, ver integer) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT EXISTS (SELECT FROM quotes q WHERE q.id = quote AND q.owner_id = person)
	    OR EXISTS (
		SELECT
		FROM quote_versions v
		CROSS JOIN jsonb_to_recordset(v.setters) AS s (by jsonb)
		JOIN people p ON p.tenant = s.by ->> 'Tenant' AND p.object_id = s.by ->> 'Object'
		WHERE v.quote_id = quote
		  AND v.version = ver
		  AND p.id = person)
$$;

-- Whether every step of a version is taken. A need asks for its level and those below.
CREATE FUNCTION nothing_waits(quote bigint, ver integer) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT NOT EXISTS (
		SELECT
		FROM quote_versions v
		CROSS JOIN jsonb_to_recordset(v.approvals) AS n (branch text, level integer)
		CROSS JOIN generate_series(1, n.level) AS step (level)
		WHERE v.quote_id = quote
		  AND v.version = ver
		  AND NOT EXISTS (
			SELECT
			FROM approval_steps s
			WHERE s.quote_id = quote
			  AND s.version = ver
			  AND s.branch = n.branch
			  AND s.level = step.level))
$$;

-- Whether a step is the one that was taken on the version before, with all that it says.
CREATE FUNCTION carries(step approval_steps) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT EXISTS (
		SELECT
		FROM approval_steps s
		WHERE s.quote_id = step.quote_id
		  AND s.version = step.version - 1
		  AND (s.branch, s.level, s.decided_by, s.content_hash, s.decided_at) = (step.branch, step.level, step.decided_by, step.content_hash, step.decided_at)
		  AND s.for_id IS NOT DISTINCT FROM step.for_id
		  AND step.carried_from = coalesce(s.carried_from, s.version))
$$;

CREATE POLICY makes ON quotes AS RESTRICTIVE FOR INSERT TO radioquote_service
	WITH CHECK (EXISTS (SELECT FROM people p WHERE p.id = (SELECT actor()) AND p.id = owner_id AND p.team = quotes.team AND p.roles && ARRAY['rep', 'sales_manager']));
CREATE POLICY moves ON quotes AS RESTRICTIVE FOR UPDATE TO radioquote_service
	USING (true) WITH CHECK (
		EXISTS (SELECT FROM people p WHERE p.id = (SELECT actor()) AND p.id = owner_id AND p.roles && ARRAY['rep', 'sales_manager'])
		OR decides((SELECT actor())));

CREATE POLICY makes ON quote_versions AS RESTRICTIVE FOR INSERT TO radioquote_service
	WITH CHECK (state = 'draft' AND EXISTS (
		SELECT FROM quotes q JOIN people p ON p.id = q.owner_id
		WHERE q.id = quote_id AND p.id = (SELECT actor()) AND p.roles && ARRAY['rep', 'sales_manager'] OFFSET 0));
CREATE POLICY moves ON quote_versions AS RESTRICTIVE FOR UPDATE TO radioquote_service
	USING (true) WITH CHECK (
		(EXISTS (
			SELECT FROM quotes q JOIN people p ON p.id = q.owner_id
			WHERE q.id = quote_id AND p.id = (SELECT actor()) AND p.roles && ARRAY['rep', 'sales_manager'] OFFSET 0)
		 OR decides((SELECT actor())))
		AND (state NOT IN ('approved', 'rejected', 'changes_requested') OR EXISTS (
			SELECT FROM decisions d
			WHERE d.quote_id = quote_versions.quote_id
			  AND d.version = quote_versions.version
			  AND d.action = CASE state WHEN 'approved' THEN 'approve' WHEN 'rejected' THEN 'reject' ELSE 'request_changes' END
			OFFSET 0)));
CREATE POLICY makes ON quote_lines AS RESTRICTIVE FOR INSERT TO radioquote_service
	WITH CHECK (EXISTS (SELECT FROM quotes q WHERE q.id = quote_id AND q.owner_id = (SELECT actor()) OFFSET 0));

CREATE POLICY takes ON approval_steps AS RESTRICTIVE FOR INSERT TO radioquote_service
	WITH CHECK (CASE
		WHEN carried_from IS NULL
		THEN decided_by = (SELECT actor()) AND reaches(decided_by, branch, level) AND NOT has_part(decided_by, quote_id, version)
		ELSE EXISTS (SELECT FROM quotes q WHERE q.id = quote_id AND q.owner_id = (SELECT actor()) OFFSET 0) AND carries(approval_steps) END);
CREATE POLICY takes ON decisions AS RESTRICTIVE FOR INSERT TO radioquote_service
	WITH CHECK ((action <> 'approve' OR nothing_waits(quote_id, version)) AND CASE
		WHEN decided_by IS NULL -- nobody has to: its owner's submit approves it
		THEN EXISTS (SELECT FROM quotes q WHERE q.id = quote_id AND q.owner_id = (SELECT actor()) OFFSET 0)
		ELSE decided_by = (SELECT actor()) AND decides(decided_by) AND NOT has_part(decided_by, quote_id, version) END);

CREATE POLICY asks ON approval_requests AS RESTRICTIVE FOR INSERT TO radioquote_service
	WITH CHECK (decides((SELECT actor())) OR EXISTS (SELECT FROM quotes q WHERE q.id = quote_id AND q.owner_id = (SELECT actor()) OFFSET 0));
CREATE POLICY asks ON nudges AS RESTRICTIVE FOR INSERT TO radioquote_service
	WITH CHECK (decides((SELECT actor())) OR EXISTS (SELECT FROM quotes q WHERE q.id = quote_id AND q.owner_id = (SELECT actor()) OFFSET 0));
CREATE POLICY asks ON consults AS RESTRICTIVE FOR INSERT TO radioquote_service
	WITH CHECK (asked_by = (SELECT actor()) AND decides(asked_by));
CREATE POLICY answers ON consults AS RESTRICTIVE FOR UPDATE TO radioquote_service
	USING (person_id = (SELECT actor()));
CREATE POLICY decides ON delegations AS RESTRICTIVE FOR INSERT TO radioquote_service
	WITH CHECK (decides(from_id));

DROP POLICY record ON audit_events;
CREATE POLICY record ON audit_events FOR INSERT TO radioquote_sync, radioquote_job WITH CHECK (true);
CREATE POLICY own ON audit_events FOR INSERT TO radioquote_service WITH CHECK (actor_id IS NULL OR actor_id = (SELECT actor()));

-- A message is its person's, and a quote's card that of everybody who may see the quote. An
-- answer may be written to anybody, and read again by nobody but them: its number is drawn
-- first.
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON messages FOR SELECT TO radioquote_service
	USING (person_id = (SELECT actor()) OR notice IS NULL AND EXISTS (SELECT FROM quotes q WHERE q.id = quote_id OFFSET 0));
CREATE POLICY posts ON messages FOR INSERT TO radioquote_service WITH CHECK (true);
CREATE POLICY touches ON messages FOR UPDATE TO radioquote_service
	USING (person_id = (SELECT actor()) OR notice IS NULL AND EXISTS (SELECT FROM quotes q WHERE q.id = quote_id OFFSET 0));
CREATE POLICY job ON messages TO radioquote_job USING (true);
GRANT USAGE ON SEQUENCE messages_id_seq TO radioquote_service, radioquote_job;

ALTER TABLE room_people ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON room_people TO radioquote_service USING (person_id = (SELECT actor()));
CREATE POLICY job ON room_people TO radioquote_job USING (true);

-- Customers, costs and prices are for people with a role.
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['items', 'price_levels', 'prices', 'customers', 'customer_prices', 'group_levels', 'stock'] LOOP
		EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
		EXECUTE format('CREATE POLICY staff ON %I FOR SELECT TO radioquote_service
			USING (EXISTS (SELECT FROM people p WHERE p.id = (SELECT actor()) AND p.roles <> ''{}''))', name);
		EXECUTE format('CREATE POLICY sync ON %I TO radioquote_sync USING (true)', name);
		EXECUTE format('CREATE POLICY job ON %I FOR SELECT TO radioquote_job USING (true)', name);
	END LOOP;
END
$$;

-- The second engine with its line-by-line trace whether the lines agree or not, for evidence:
-- the same text but for its end.
DO $$
DECLARE
	engine text := pg_get_functiondef('recompute_totals'::regproc);
	traced text := replace(replace(engine, 'FUNCTION public.recompute_totals(', 'FUNCTION public.recompute_traced('),
	                       'CASE WHEN NOT r.lines_agree THEN (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.position) FROM again a) END',
	                       '(SELECT jsonb_agg(to_jsonb(a) ORDER BY a.position) FROM again a)');
BEGIN
	IF length(engine) - length(traced) <> length('CASE WHEN NOT r.lines_agree THEN  END') THEN
		RAISE EXCEPTION 'recompute_totals has another text than is expected';
	END IF;
	EXECUTE traced;
END
$$;
REVOKE EXECUTE ON FUNCTION recompute_traced FROM PUBLIC;
GRANT EXECUTE ON FUNCTION recompute_traced TO radioquote_job;
