-- The whole schema, for reading: `make golden` writes it from the migrations, and a test
-- compares. River's own tables are left out.

CREATE TYPE public.river_job_state AS ENUM (
    'available',
    'cancelled',
    'completed',
    'discarded',
    'pending',
    'retryable',
    'running',
    'scheduled'
);

ALTER TYPE public.river_job_state OWNER TO radioquote_owner;

CREATE FUNCTION public.actor() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('radioquote.actor'::text, true), ''::text))::bigint;

ALTER FUNCTION public.actor() OWNER TO radioquote_owner;

CREATE FUNCTION public.begin_unpublished() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
	IF EXISTS (SELECT FROM new_rows n JOIN price_snapshots s ON s.id = n.since WHERE s.published_at IS NOT NULL OR n.until IS NOT NULL) THEN
		RAISE EXCEPTION 'a published price snapshot cannot be added to' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NULL;
END
$$;

ALTER FUNCTION public.begin_unpublished() OWNER TO radioquote_owner;

CREATE TABLE public.approval_steps (
    quote_id bigint NOT NULL,
    version integer NOT NULL,
    branch text NOT NULL,
    level integer NOT NULL,
    decided_by bigint NOT NULL,
    content_hash text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    for_id bigint,
    carried_from integer,
    same_person boolean DEFAULT false NOT NULL,
    CONSTRAINT approval_steps_branch_check CHECK ((branch = ANY (ARRAY['commercial'::text, 'engineering'::text]))),
    CONSTRAINT approval_steps_check CHECK ((carried_from < version)),
    CONSTRAINT approval_steps_check1 CHECK ((for_id <> decided_by)),
    CONSTRAINT approval_steps_level_check CHECK (((level >= 1) AND (level <= 4)))
);

ALTER TABLE public.approval_steps OWNER TO radioquote_owner;

CREATE FUNCTION public.carries(step public.approval_steps) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
	SELECT EXISTS (
		SELECT
		FROM approval_steps s
		WHERE s.quote_id = step.quote_id
		  AND s.version = step.version - 1
		  AND (s.branch, s.level, s.decided_by, s.content_hash, s.decided_at) = (step.branch, step.level, step.decided_by, step.content_hash, step.decided_at)
		  AND s.for_id IS NOT DISTINCT FROM step.for_id
		  AND step.carried_from = coalesce(s.carried_from, s.version))
$$;

ALTER FUNCTION public.carries(step public.approval_steps) OWNER TO radioquote_owner;

CREATE FUNCTION public.check_version_step() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
	IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
		('draft', 'pending'), ('draft', 'superseded'),
		('pending', 'approved'), ('pending', 'changes_requested'), ('pending', 'rejected'),
		('pending', 'recalled'), ('pending', 'draft'), ('pending', 'superseded'),
		('approved', 'superseded'), ('changes_requested', 'superseded'),
		('rejected', 'superseded'), ('recalled', 'superseded')) THEN
		RAISE EXCEPTION 'quote % version % cannot go from % to %', OLD.quote_id, OLD.version, OLD.state, NEW.state
			USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NEW;
END
$$;

ALTER FUNCTION public.check_version_step() OWNER TO radioquote_owner;

CREATE FUNCTION public.decides(person bigint) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
	SELECT EXISTS (
		SELECT
		FROM people p
		WHERE p.id = person
		  AND p.roles && ARRAY['sales_manager', 'finance', 'vp', 'owner', 'engineering']
		  AND NOT 'admin' = ANY (p.roles))
$$;

ALTER FUNCTION public.decides(person bigint) OWNER TO radioquote_owner;

CREATE FUNCTION public.end_unpublished() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
	IF EXISTS (SELECT FROM new_rows n LEFT JOIN price_snapshots s ON s.id = n.until WHERE n.until IS NULL OR s.published_at IS NOT NULL)
	OR EXISTS (SELECT FROM old_rows o WHERE o.until IS NOT NULL)
	OR EXISTS (SELECT to_jsonb(n) - 'until' FROM new_rows n EXCEPT SELECT to_jsonb(o) - 'until' FROM old_rows o) THEN
		RAISE EXCEPTION 'a row of a published price snapshot can only end, and once' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NULL;
END
$$;

ALTER FUNCTION public.end_unpublished() OWNER TO radioquote_owner;

CREATE FUNCTION public.guest_at(person bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
	SELECT r.quote_id FROM approval_requests r WHERE r.person_id = person
	UNION
	SELECT c.quote_id FROM consults c WHERE c.person_id = person
$$;

ALTER FUNCTION public.guest_at(person bigint) OWNER TO radioquote_owner;

CREATE FUNCTION public.has_part(person bigint, quote bigint, ver integer) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
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

ALTER FUNCTION public.has_part(person bigint, quote bigint, ver integer) OWNER TO radioquote_owner;

CREATE FUNCTION public.keep_published_snapshot() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
	IF OLD.published_at IS NOT NULL AND (TG_OP = 'DELETE' OR (NEW.published_at, NEW.taken_at) IS DISTINCT FROM (OLD.published_at, OLD.taken_at)) THEN
		RAISE EXCEPTION 'price snapshot % is published and cannot be changed', OLD.id USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

ALTER FUNCTION public.keep_published_snapshot() OWNER TO radioquote_owner;

CREATE FUNCTION public.keep_rows() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
	RAISE EXCEPTION 'rows of price snapshots are kept' USING ERRCODE = 'restrict_violation';
END
$$;

ALTER FUNCTION public.keep_rows() OWNER TO radioquote_owner;

CREATE FUNCTION public.may_see(person bigint, quote bigint) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
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

ALTER FUNCTION public.may_see(person bigint, quote bigint) OWNER TO radioquote_owner;

CREATE FUNCTION public.nothing_waits(quote bigint, ver integer) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
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

ALTER FUNCTION public.nothing_waits(quote bigint, ver integer) OWNER TO radioquote_owner;

CREATE FUNCTION public.reaches(person bigint, step_branch text, step_level integer) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
	SELECT EXISTS (
		SELECT
		FROM people p
		WHERE p.id = person
		  AND NOT 'admin' = ANY (p.roles)
		  AND CASE step_branch
		      WHEN 'engineering' THEN 'engineering' = ANY (p.roles)
		      ELSE p.roles && (ARRAY['sales_manager', 'finance', 'vp', 'owner'])[step_level:] END)
$$;

ALTER FUNCTION public.reaches(person bigint, step_branch text, step_level integer) OWNER TO radioquote_owner;

CREATE FUNCTION public.recompute_totals(quote bigint, ver integer, cost_order text[], freight_percent numeric, freight_minimum numeric) RETURNS TABLE(agrees boolean, list_total numeric, book_total numeric, net_total numeric, discount numeric, freight numeric, total numeric, amount numeric, cost_total numeric, margin numeric, trace jsonb)
    LANGUAGE sql STABLE
    AS $$
	WITH stored AS MATERIALIZED (
		SELECT v.*
		FROM quote_versions v
		WHERE v.quote_id = quote
		  AND v.version = ver
	), found AS MATERIALIZED (
		SELECT l.position, l.qty, l.units, l.months, l.weeks, l.discount AS line_discount, i.item_type IN ('InvtPart', 'Kit') AS hardware,
		       coalesce('passthrough' = ANY (i.tags), false) AS passthrough,
		       l.list_price AS stored_list, l.level_price AS stored_level, l.book_price AS stored_book, l.unit_price AS stored_unit,
		       l.extended AS stored_extended, l.share AS stored_share, l.unit_cost AS stored_cost,
		       (SELECT p.unit_price
		        FROM prices p
		        WHERE p.since <= s.snapshot_id AND (p.until IS NULL OR p.until > s.snapshot_id) AND p.item_id = l.item_id AND p.level_id = 1 AND p.currency = s.currency AND p.from_qty <= 1
		        ORDER BY p.from_qty DESC
		        LIMIT 1) AS list_price,
		       own.level_id = -1 AS own_price,
		       CASE WHEN own.currency = s.currency THEN own.unit_price END AS agreed,
		       at_level.price AS at_level,
		       at_level.first AS at_level_first,
		       (SELECT (one.price ->> 'unit')::numeric
		        FROM jsonb_array_elements(s.request #> '{terms,locked}') AS one (price)
		        WHERE one.price ->> 'sku' = i.sku
		        LIMIT 1) AS locked_price,
		       (SELECT known.cost
		        FROM unnest(cost_order) WITH ORDINALITY AS wanted (kind, rank)
		        JOIN (VALUES ('average', i.average_cost), ('last_purchase', i.last_cost), ('standard', i.standard_cost)) AS known (kind, cost)
		          ON known.kind = wanted.kind AND known.cost IS NOT NULL
		        ORDER BY wanted.rank
		        LIMIT 1) AS unit_cost
		FROM stored s
		JOIN quote_lines l ON l.quote_id = s.quote_id AND l.version = s.version
		LEFT JOIN LATERAL (SELECT * FROM items i WHERE i.since <= s.snapshot_id AND (i.until IS NULL OR i.until > s.snapshot_id) AND i.item_id = l.item_id AND NOT i.inactive LIMIT 1) i ON true
		LEFT JOIN LATERAL (SELECT * FROM customers c WHERE c.since <= s.snapshot_id AND (c.until IS NULL OR c.until > s.snapshot_id) AND c.customer_id = s.customer_id LIMIT 1) c ON true
		LEFT JOIN LATERAL (SELECT * FROM customer_prices o WHERE o.since <= s.snapshot_id AND (o.until IS NULL OR o.until > s.snapshot_id) AND o.customer_id = s.customer_id AND o.item_id = l.item_id LIMIT 1) own ON true
		LEFT JOIN LATERAL (SELECT * FROM group_levels g WHERE g.since <= s.snapshot_id AND (g.until IS NULL OR g.until > s.snapshot_id) AND g.customer_id = s.customer_id AND g.pricing_group = i.pricing_group AND i.pricing_group <> 0 LIMIT 1) g ON true
		LEFT JOIN LATERAL (
			SELECT (array_agg(p.unit_price ORDER BY p.from_qty DESC))[1] AS price, (array_agg(p.unit_price ORDER BY p.from_qty DESC) FILTER (WHERE p.from_qty <= 1))[1] AS first
			FROM prices p
			WHERE p.since <= s.snapshot_id AND (p.until IS NULL OR p.until > s.snapshot_id) AND p.item_id = l.item_id AND p.currency = s.currency AND p.from_qty <= l.units
			  AND p.level_id = coalesce(own.level_id, g.level_id, nullif(c.level_id, 0), 1)) at_level ON true
	), booked AS (
		SELECT f.*, CASE WHEN f.own_price THEN f.agreed ELSE f.at_level END AS book_price,
		       CASE WHEN f.own_price THEN f.agreed ELSE coalesce(f.at_level_first, f.at_level) END AS level_price
		FROM found f
	), priced AS (
		SELECT b.*, CASE WHEN b.passthrough THEN b.book_price
		                 WHEN b.locked_price IS NOT NULL THEN b.locked_price
		                 WHEN b.line_discount > 0 THEN round(b.book_price * (100 - b.line_discount) * 0.01, 2)
		                 ELSE b.book_price END AS unit_price
		FROM booked b
	), extended AS MATERIALIZED (
		SELECT p.*, round(p.unit_price * p.qty, 2) AS extended
		FROM priced p
	), header AS MATERIALIZED (
		SELECT base, CASE WHEN percent IS NOT NULL THEN round(base * percent * 0.01, 2) ELSE coalesce(amount, 0) END AS discount
		FROM (SELECT coalesce(sum(e.extended) FILTER (WHERE NOT e.passthrough), 0) AS base FROM extended e) sums,
		     (SELECT (s.request #>> '{terms,header,percent}')::numeric AS percent, (s.request #>> '{terms,header,amount}')::numeric AS amount FROM stored s) terms
	), spread AS (
		SELECT e.position, div(h.discount * 100 * e.extended * 100, h.base * 100) AS share, mod(h.discount * 100 * e.extended * 100, h.base * 100) AS rest
		FROM extended e, header h
		WHERE NOT e.passthrough AND h.discount > 0 AND h.base > 0
	), shared AS (
		SELECT s.position, (s.share + CASE WHEN row_number() OVER (ORDER BY s.rest DESC, s.position) <= (SELECT h.discount * 100 FROM header h) - sum(s.share) OVER () THEN 1 ELSE 0 END) / 100 AS share
		FROM spread s
	), again AS MATERIALIZED (
		SELECT e.*, coalesce(s.share, 0) AS share,
		       CASE WHEN e.months > 12 THEN round((e.extended - coalesce(s.share, 0)) * 12 / e.months, 2)
		            WHEN e.weeks > 52 THEN round((e.extended - coalesce(s.share, 0)) * 52 / e.weeks, 2)
		            ELSE e.extended - coalesce(s.share, 0) END AS counted,
		       coalesce(e.list_price > 0 AND e.unit_price > 0 AND e.hardware IS NOT NULL
		                AND e.list_price = e.stored_list AND e.level_price = e.stored_level AND e.book_price = e.stored_book
		                AND e.unit_price = e.stored_unit AND e.extended = e.stored_extended AND coalesce(s.share, 0) = e.stored_share
		                AND e.unit_cost IS NOT DISTINCT FROM e.stored_cost, false) AS agrees
		FROM extended e
		LEFT JOIN shared s ON s.position = e.position
	), sums AS (
		SELECT coalesce(sum(round(a.list_price * a.qty, 2)), 0) AS listed,
		       coalesce(sum(round(a.book_price * a.qty, 2)), 0) AS booked,
		       coalesce(sum(a.extended), 0) AS net,
		       coalesce(sum(a.counted), 0) AS counted,
		       coalesce(sum(a.unit_cost * a.qty), 0) AS cost,
		       bool_and(a.unit_cost IS NOT NULL) AS cost_known,
		       coalesce(bool_and(a.agrees), true) AS lines_agree,
		       CASE WHEN bool_or(a.hardware)
		            THEN coalesce(greatest(round(sum(a.extended) FILTER (WHERE a.hardware) * freight_percent / 100, 2), freight_minimum), 0)
		            ELSE 0 END AS freight
		FROM again a
	), result AS (
		SELECT s.*, h.discount, s.net - h.discount + s.freight AS total,
		       CASE WHEN s.cost_known AND s.net > h.discount THEN round((s.net - h.discount - s.cost) * 100 / (s.net - h.discount), 2) END AS margin
		FROM sums s, header h
	)
	SELECT r.lines_agree
	       AND v.list_total = r.listed AND v.book_total = r.booked AND v.net_total = r.net AND v.discount = r.discount AND v.freight = r.freight
	       AND v.total = r.total AND v.amount = r.counted + r.freight
	       AND v.cost_total = r.cost AND v.margin IS NOT DISTINCT FROM r.margin,
	       r.listed, r.booked, r.net, r.discount, r.freight, r.total, r.counted + r.freight, r.cost, r.margin,
	       CASE WHEN NOT r.lines_agree THEN (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.position) FROM again a) END
	FROM result r, stored v
$$;

ALTER FUNCTION public.recompute_totals(quote bigint, ver integer, cost_order text[], freight_percent numeric, freight_minimum numeric) OWNER TO radioquote_owner;

CREATE FUNCTION public.recompute_traced(quote bigint, ver integer, cost_order text[], freight_percent numeric, freight_minimum numeric) RETURNS TABLE(agrees boolean, list_total numeric, book_total numeric, net_total numeric, discount numeric, freight numeric, total numeric, amount numeric, cost_total numeric, margin numeric, trace jsonb)
    LANGUAGE sql STABLE
    AS $$
	WITH stored AS MATERIALIZED (
		SELECT v.*
		FROM quote_versions v
		WHERE v.quote_id = quote
		  AND v.version = ver
	), found AS MATERIALIZED (
		SELECT l.position, l.qty, l.units, l.months, l.weeks, l.discount AS line_discount, i.item_type IN ('InvtPart', 'Kit') AS hardware,
		       coalesce('passthrough' = ANY (i.tags), false) AS passthrough,
		       l.list_price AS stored_list, l.level_price AS stored_level, l.book_price AS stored_book, l.unit_price AS stored_unit,
		       l.extended AS stored_extended, l.share AS stored_share, l.unit_cost AS stored_cost,
		       (SELECT p.unit_price
		        FROM prices p
		        WHERE p.since <= s.snapshot_id AND (p.until IS NULL OR p.until > s.snapshot_id) AND p.item_id = l.item_id AND p.level_id = 1 AND p.currency = s.currency AND p.from_qty <= 1
		        ORDER BY p.from_qty DESC
		        LIMIT 1) AS list_price,
		       own.level_id = -1 AS own_price,
		       CASE WHEN own.currency = s.currency THEN own.unit_price END AS agreed,
		       at_level.price AS at_level,
		       at_level.first AS at_level_first,
		       (SELECT (one.price ->> 'unit')::numeric
		        FROM jsonb_array_elements(s.request #> '{terms,locked}') AS one (price)
		        WHERE one.price ->> 'sku' = i.sku
		        LIMIT 1) AS locked_price,
		       (SELECT known.cost
		        FROM unnest(cost_order) WITH ORDINALITY AS wanted (kind, rank)
		        JOIN (VALUES ('average', i.average_cost), ('last_purchase', i.last_cost), ('standard', i.standard_cost)) AS known (kind, cost)
		          ON known.kind = wanted.kind AND known.cost IS NOT NULL
		        ORDER BY wanted.rank
		        LIMIT 1) AS unit_cost
		FROM stored s
		JOIN quote_lines l ON l.quote_id = s.quote_id AND l.version = s.version
		LEFT JOIN LATERAL (SELECT * FROM items i WHERE i.since <= s.snapshot_id AND (i.until IS NULL OR i.until > s.snapshot_id) AND i.item_id = l.item_id AND NOT i.inactive LIMIT 1) i ON true
		LEFT JOIN LATERAL (SELECT * FROM customers c WHERE c.since <= s.snapshot_id AND (c.until IS NULL OR c.until > s.snapshot_id) AND c.customer_id = s.customer_id LIMIT 1) c ON true
		LEFT JOIN LATERAL (SELECT * FROM customer_prices o WHERE o.since <= s.snapshot_id AND (o.until IS NULL OR o.until > s.snapshot_id) AND o.customer_id = s.customer_id AND o.item_id = l.item_id LIMIT 1) own ON true
		LEFT JOIN LATERAL (SELECT * FROM group_levels g WHERE g.since <= s.snapshot_id AND (g.until IS NULL OR g.until > s.snapshot_id) AND g.customer_id = s.customer_id AND g.pricing_group = i.pricing_group AND i.pricing_group <> 0 LIMIT 1) g ON true
		LEFT JOIN LATERAL (
			SELECT (array_agg(p.unit_price ORDER BY p.from_qty DESC))[1] AS price, (array_agg(p.unit_price ORDER BY p.from_qty DESC) FILTER (WHERE p.from_qty <= 1))[1] AS first
			FROM prices p
			WHERE p.since <= s.snapshot_id AND (p.until IS NULL OR p.until > s.snapshot_id) AND p.item_id = l.item_id AND p.currency = s.currency AND p.from_qty <= l.units
			  AND p.level_id = coalesce(own.level_id, g.level_id, nullif(c.level_id, 0), 1)) at_level ON true
	), booked AS (
		SELECT f.*, CASE WHEN f.own_price THEN f.agreed ELSE f.at_level END AS book_price,
		       CASE WHEN f.own_price THEN f.agreed ELSE coalesce(f.at_level_first, f.at_level) END AS level_price
		FROM found f
	), priced AS (
		SELECT b.*, CASE WHEN b.passthrough THEN b.book_price
		                 WHEN b.locked_price IS NOT NULL THEN b.locked_price
		                 WHEN b.line_discount > 0 THEN round(b.book_price * (100 - b.line_discount) * 0.01, 2)
		                 ELSE b.book_price END AS unit_price
		FROM booked b
	), extended AS MATERIALIZED (
		SELECT p.*, round(p.unit_price * p.qty, 2) AS extended
		FROM priced p
	), header AS MATERIALIZED (
		SELECT base, CASE WHEN percent IS NOT NULL THEN round(base * percent * 0.01, 2) ELSE coalesce(amount, 0) END AS discount
		FROM (SELECT coalesce(sum(e.extended) FILTER (WHERE NOT e.passthrough), 0) AS base FROM extended e) sums,
		     (SELECT (s.request #>> '{terms,header,percent}')::numeric AS percent, (s.request #>> '{terms,header,amount}')::numeric AS amount FROM stored s) terms
	), spread AS (
		SELECT e.position, div(h.discount * 100 * e.extended * 100, h.base * 100) AS share, mod(h.discount * 100 * e.extended * 100, h.base * 100) AS rest
		FROM extended e, header h
		WHERE NOT e.passthrough AND h.discount > 0 AND h.base > 0
	), shared AS (
		SELECT s.position, (s.share + CASE WHEN row_number() OVER (ORDER BY s.rest DESC, s.position) <= (SELECT h.discount * 100 FROM header h) - sum(s.share) OVER () THEN 1 ELSE 0 END) / 100 AS share
		FROM spread s
	), again AS MATERIALIZED (
		SELECT e.*, coalesce(s.share, 0) AS share,
		       CASE WHEN e.months > 12 THEN round((e.extended - coalesce(s.share, 0)) * 12 / e.months, 2)
		            WHEN e.weeks > 52 THEN round((e.extended - coalesce(s.share, 0)) * 52 / e.weeks, 2)
		            ELSE e.extended - coalesce(s.share, 0) END AS counted,
		       coalesce(e.list_price > 0 AND e.unit_price > 0 AND e.hardware IS NOT NULL
		                AND e.list_price = e.stored_list AND e.level_price = e.stored_level AND e.book_price = e.stored_book
		                AND e.unit_price = e.stored_unit AND e.extended = e.stored_extended AND coalesce(s.share, 0) = e.stored_share
		                AND e.unit_cost IS NOT DISTINCT FROM e.stored_cost, false) AS agrees
		FROM extended e
		LEFT JOIN shared s ON s.position = e.position
	), sums AS (
		SELECT coalesce(sum(round(a.list_price * a.qty, 2)), 0) AS listed,
		       coalesce(sum(round(a.book_price * a.qty, 2)), 0) AS booked,
		       coalesce(sum(a.extended), 0) AS net,
		       coalesce(sum(a.counted), 0) AS counted,
		       coalesce(sum(a.unit_cost * a.qty), 0) AS cost,
		       bool_and(a.unit_cost IS NOT NULL) AS cost_known,
		       coalesce(bool_and(a.agrees), true) AS lines_agree,
		       CASE WHEN bool_or(a.hardware)
		            THEN coalesce(greatest(round(sum(a.extended) FILTER (WHERE a.hardware) * freight_percent / 100, 2), freight_minimum), 0)
		            ELSE 0 END AS freight
		FROM again a
	), result AS (
		SELECT s.*, h.discount, s.net - h.discount + s.freight AS total,
		       CASE WHEN s.cost_known AND s.net > h.discount THEN round((s.net - h.discount - s.cost) * 100 / (s.net - h.discount), 2) END AS margin
		FROM sums s, header h
	)
	SELECT r.lines_agree
	       AND v.list_total = r.listed AND v.book_total = r.booked AND v.net_total = r.net AND v.discount = r.discount AND v.freight = r.freight
	       AND v.total = r.total AND v.amount = r.counted + r.freight
	       AND v.cost_total = r.cost AND v.margin IS NOT DISTINCT FROM r.margin,
	       r.listed, r.booked, r.net, r.discount, r.freight, r.total, r.counted + r.freight, r.cost, r.margin,
	       (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.position) FROM again a)
	FROM result r, stored v
$$;

ALTER FUNCTION public.recompute_traced(quote bigint, ver integer, cost_order text[], freight_percent numeric, freight_minimum numeric) OWNER TO radioquote_owner;

CREATE FUNCTION public.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
	RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'restrict_violation';
END
$$;

ALTER FUNCTION public.refuse_change() OWNER TO radioquote_owner;

CREATE FUNCTION public.reports_of(person bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
	WITH RECURSIVE reports AS (
		SELECT p.id FROM people p WHERE p.manager_id = person
		UNION
		SELECT p.id FROM people p JOIN reports r ON p.manager_id = r.id
	)
	SELECT id FROM reports
$$;

ALTER FUNCTION public.reports_of(person bigint) OWNER TO radioquote_owner;

CREATE FUNCTION public.river_job_state_in_bitmask(bitmask bit, state public.river_job_state) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE state
        WHEN 'available' THEN get_bit(bitmask, 7)
        WHEN 'cancelled' THEN get_bit(bitmask, 6)
        WHEN 'completed' THEN get_bit(bitmask, 5)
        WHEN 'discarded' THEN get_bit(bitmask, 4)
        WHEN 'pending'   THEN get_bit(bitmask, 3)
        WHEN 'retryable' THEN get_bit(bitmask, 2)
        WHEN 'running'   THEN get_bit(bitmask, 1)
        WHEN 'scheduled' THEN get_bit(bitmask, 0)
        ELSE 0
    END = 1;
$$;

ALTER FUNCTION public.river_job_state_in_bitmask(bitmask bit, state public.river_job_state) OWNER TO radioquote_owner;

CREATE TABLE public.absences (
    person_id bigint NOT NULL,
    source text NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone,
    seen_at timestamp with time zone NOT NULL,
    CONSTRAINT absences_source_check CHECK ((source = ANY (ARRAY['said'::text, 'graph'::text])))
);

ALTER TABLE public.absences OWNER TO radioquote_owner;

CREATE TABLE public.account_probes (
    at timestamp with time zone NOT NULL,
    capabilities jsonb NOT NULL,
    probes jsonb NOT NULL
);

ALTER TABLE public.account_probes OWNER TO radioquote_owner;

CREATE TABLE public.approval_requests (
    id bigint NOT NULL,
    quote_id bigint NOT NULL,
    version integer NOT NULL,
    branch text NOT NULL,
    level integer NOT NULL,
    person_id bigint NOT NULL,
    via text NOT NULL,
    by_id bigint,
    asked_at timestamp with time zone NOT NULL,
    CONSTRAINT approval_requests_branch_check CHECK ((branch = ANY (ARRAY['commercial'::text, 'engineering'::text]))),
    CONSTRAINT approval_requests_check CHECK ((by_id <> person_id)),
    CONSTRAINT approval_requests_level_check CHECK (((level >= 1) AND (level <= 4))),
    CONSTRAINT approval_requests_via_check CHECK ((via = ANY (ARRAY['chain'::text, 'absence'::text, 'escalation'::text, 'delegation'::text, 'reassignment'::text])))
);

ALTER TABLE public.approval_requests OWNER TO radioquote_owner;

ALTER TABLE public.approval_requests ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.approval_requests_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit_events (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    actor_id bigint,
    quote_id bigint,
    version integer,
    policy text,
    snapshot_id bigint,
    correlation text NOT NULL,
    activity_id text DEFAULT ''::text NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT audit_events_kind_check CHECK ((kind <> ''::text))
);

ALTER TABLE public.audit_events OWNER TO radioquote_owner;

ALTER TABLE public.audit_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.consults (
    id bigint NOT NULL,
    quote_id bigint NOT NULL,
    version integer NOT NULL,
    asked_by bigint NOT NULL,
    person_id bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    answer text DEFAULT ''::text NOT NULL,
    answered_at timestamp with time zone,
    CONSTRAINT consults_check CHECK ((asked_by <> person_id)),
    CONSTRAINT consults_check1 CHECK (((answer <> ''::text) = (answered_at IS NOT NULL)))
);

ALTER TABLE public.consults OWNER TO radioquote_owner;

ALTER TABLE public.consults ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.consults_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.conversations (
    id bigint NOT NULL,
    teams_id text NOT NULL,
    kind text NOT NULL,
    service_url text NOT NULL,
    tenant text NOT NULL,
    person_id bigint,
    user_id text DEFAULT ''::text NOT NULL,
    active_quote bigint,
    last_message bigint DEFAULT 0 NOT NULL,
    welcomed boolean DEFAULT false NOT NULL,
    gone boolean DEFAULT false NOT NULL,
    locale text DEFAULT ''::text NOT NULL,
    CONSTRAINT conversations_kind_check CHECK ((kind = ANY (ARRAY['personal'::text, 'groupChat'::text, 'channel'::text]))),
    CONSTRAINT conversations_locale_check CHECK ((length(locale) <= 35)),
    CONSTRAINT conversations_teams_id_check CHECK ((teams_id <> ''::text))
);

ALTER TABLE public.conversations OWNER TO radioquote_owner;

ALTER TABLE public.conversations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.conversations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.customer_prices (
    customer_id bigint NOT NULL,
    item_id bigint NOT NULL,
    level_id bigint NOT NULL,
    currency text NOT NULL,
    unit_price numeric(19,4),
    since bigint NOT NULL,
    until bigint,
    CONSTRAINT customer_prices_check CHECK (((level_id = '-1'::integer) = (unit_price IS NOT NULL))),
    CONSTRAINT customer_prices_check1 CHECK ((until > since))
);

ALTER TABLE public.customer_prices OWNER TO radioquote_owner;

CREATE TABLE public.customers (
    customer_id bigint NOT NULL,
    entity_id text NOT NULL,
    name text NOT NULL,
    level_id bigint DEFAULT 0 NOT NULL,
    currency text NOT NULL,
    terms text NOT NULL,
    email text NOT NULL,
    parent_id bigint DEFAULT 0 NOT NULL,
    subsidiary bigint DEFAULT 0 NOT NULL,
    credit_hold boolean NOT NULL,
    taxable boolean NOT NULL,
    inactive boolean NOT NULL,
    since bigint NOT NULL,
    until bigint,
    CONSTRAINT customers_check CHECK ((until > since))
);

ALTER TABLE public.customers OWNER TO radioquote_owner;

CREATE TABLE public.decisions (
    quote_id bigint NOT NULL,
    version integer NOT NULL,
    action text NOT NULL,
    decided_by bigint,
    reason text DEFAULT ''::text NOT NULL,
    content_hash text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    for_id bigint,
    offer jsonb,
    CONSTRAINT decisions_action_check CHECK ((action = ANY (ARRAY['approve'::text, 'reject'::text, 'request_changes'::text]))),
    CONSTRAINT decisions_check CHECK (((action = 'approve'::text) OR ((decided_by IS NOT NULL) AND ((reason <> ''::text) OR (offer IS NOT NULL)))))
);

ALTER TABLE public.decisions OWNER TO radioquote_owner;

CREATE TABLE public.delegations (
    id bigint NOT NULL,
    from_id bigint NOT NULL,
    to_id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT delegations_check CHECK ((from_id <> to_id)),
    CONSTRAINT delegations_check1 CHECK (((until > since) AND (until <= (since + '31 days'::interval))))
);

ALTER TABLE public.delegations OWNER TO radioquote_owner;

ALTER TABLE public.delegations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.delegations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.dialogues (
    conversation_id bigint NOT NULL,
    person_id bigint NOT NULL,
    active_quote bigint,
    active_until timestamp with time zone,
    pending text DEFAULT ''::text NOT NULL,
    asked jsonb,
    choices jsonb DEFAULT '[]'::jsonb NOT NULL,
    asked_until timestamp with time zone,
    CONSTRAINT dialogues_check CHECK (((active_quote IS NULL) = (active_until IS NULL))),
    CONSTRAINT dialogues_check1 CHECK (((asked_until IS NOT NULL) OR ((pending = ''::text) AND (asked IS NULL) AND (choices = '[]'::jsonb))))
);

ALTER TABLE public.dialogues OWNER TO radioquote_owner;

CREATE TABLE public.directories (
    hash text NOT NULL,
    taken_at timestamp with time zone NOT NULL
);

ALTER TABLE public.directories OWNER TO radioquote_owner;

CREATE TABLE public.drift_alerts (
    snapshot_id bigint NOT NULL,
    told_at timestamp with time zone NOT NULL
);

ALTER TABLE public.drift_alerts OWNER TO radioquote_owner;

CREATE TABLE public.estimates (
    quote_id bigint NOT NULL,
    version integer NOT NULL,
    external_id text NOT NULL,
    number text NOT NULL,
    total numeric(19,4) NOT NULL,
    tax numeric(19,4) NOT NULL,
    read_at timestamp with time zone NOT NULL,
    netsuite_id bigint DEFAULT 0 NOT NULL,
    lines jsonb DEFAULT '[]'::jsonb NOT NULL,
    modified_at timestamp with time zone,
    sales_order text DEFAULT ''::text NOT NULL
);

ALTER TABLE public.estimates OWNER TO radioquote_owner;

CREATE TABLE public.files_seen (
    kind text NOT NULL,
    hash text NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    CONSTRAINT files_seen_kind_check CHECK ((kind = ANY (ARRAY['directory'::text, 'policy'::text])))
);

ALTER TABLE public.files_seen OWNER TO radioquote_owner;

CREATE TABLE public.group_levels (
    customer_id bigint NOT NULL,
    pricing_group bigint NOT NULL,
    level_id bigint NOT NULL,
    since bigint NOT NULL,
    until bigint,
    CONSTRAINT group_levels_check CHECK ((until > since))
);

ALTER TABLE public.group_levels OWNER TO radioquote_owner;

CREATE TABLE public.heartbeats (
    name text NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE public.heartbeats OWNER TO radioquote_owner;

CREATE TABLE public.holds (
    id bigint NOT NULL,
    item_id bigint NOT NULL,
    sku text NOT NULL,
    content text NOT NULL,
    state text NOT NULL,
    reasons jsonb NOT NULL,
    prices jsonb NOT NULL,
    held_at timestamp with time zone NOT NULL,
    correlation text NOT NULL,
    decided_by bigint,
    decided_at timestamp with time zone,
    CONSTRAINT holds_check CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
    CONSTRAINT holds_check1 CHECK (((state = ANY (ARRAY['released'::text, 'refused'::text, 'published'::text])) <= (decided_by IS NOT NULL))),
    CONSTRAINT holds_state_check CHECK ((state = ANY (ARRAY['held'::text, 'released'::text, 'refused'::text, 'published'::text, 'over'::text])))
);

ALTER TABLE public.holds OWNER TO radioquote_owner;

ALTER TABLE public.holds ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.holds_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.inbox (
    conversation text NOT NULL,
    activity_id text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    correlation text NOT NULL
);

ALTER TABLE public.inbox OWNER TO radioquote_owner;

CREATE TABLE public.items (
    item_id bigint NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    item_type text NOT NULL,
    category text NOT NULL,
    break_group text NOT NULL,
    tags text[] NOT NULL,
    pricing_group bigint DEFAULT 0 NOT NULL,
    inactive boolean NOT NULL,
    average_cost numeric(19,4),
    last_cost numeric(19,4),
    standard_cost numeric(19,4),
    lead_days integer DEFAULT 0 NOT NULL,
    since bigint NOT NULL,
    until bigint,
    replaced_by text DEFAULT ''::text NOT NULL,
    CONSTRAINT items_average_cost_check CHECK ((average_cost >= (0)::numeric)),
    CONSTRAINT items_check CHECK ((until > since)),
    CONSTRAINT items_item_type_check CHECK ((item_type = ANY (ARRAY['InvtPart'::text, 'NonInvtPart'::text, 'Service'::text, 'OthCharge'::text, 'Kit'::text]))),
    CONSTRAINT items_last_cost_check CHECK ((last_cost >= (0)::numeric)),
    CONSTRAINT items_sku_check CHECK ((sku <> ''::text)),
    CONSTRAINT items_standard_cost_check CHECK ((standard_cost >= (0)::numeric))
);

ALTER TABLE public.items OWNER TO radioquote_owner;

CREATE TABLE public.messages (
    id bigint NOT NULL,
    conversation_id bigint,
    number bigint,
    person_id bigint,
    kind text NOT NULL,
    quote_id bigint,
    version integer,
    notice jsonb,
    state text NOT NULL,
    activity_id text DEFAULT ''::text NOT NULL,
    wanted integer DEFAULT 1 NOT NULL,
    shown integer DEFAULT 0 NOT NULL,
    correlation text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    CONSTRAINT messages_check CHECK (((kind = ANY (ARRAY['notice'::text, 'sealed'::text])) = (notice IS NOT NULL))),
    CONSTRAINT messages_check1 CHECK (
CASE kind
    WHEN 'notice'::text THEN true
    WHEN 'sealed'::text THEN (person_id IS NOT NULL)
    ELSE ((quote_id IS NOT NULL) AND (version IS NOT NULL) AND (person_id IS NOT NULL))
END),
    CONSTRAINT messages_check2 CHECK (((state = 'waiting'::text) = (conversation_id IS NULL))),
    CONSTRAINT messages_check3 CHECK (((conversation_id IS NULL) = (number IS NULL))),
    CONSTRAINT messages_check4 CHECK (((state = 'sent'::text) = (activity_id <> ''::text))),
    CONSTRAINT messages_kind_check CHECK ((kind = ANY (ARRAY['quote'::text, 'approval'::text, 'notice'::text, 'room'::text, 'sealed'::text]))),
    CONSTRAINT messages_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'queued'::text, 'sending'::text, 'sent'::text, 'ambiguous'::text, 'dead'::text])))
);

ALTER TABLE public.messages OWNER TO radioquote_owner;

ALTER TABLE public.messages ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.nudges (
    quote_id bigint NOT NULL,
    version integer NOT NULL,
    branch text NOT NULL,
    level integer NOT NULL,
    kind text NOT NULL,
    number integer NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT nudges_kind_check CHECK ((kind = ANY (ARRAY['remind'::text, 'escalate'::text, 'asked'::text])))
);

ALTER TABLE public.nudges OWNER TO radioquote_owner;

CREATE TABLE public.people (
    id bigint NOT NULL,
    tenant text NOT NULL,
    object_id text NOT NULL,
    name text NOT NULL,
    roles text[] NOT NULL,
    team text DEFAULT ''::text NOT NULL,
    manager_id bigint,
    CONSTRAINT people_check CHECK ((manager_id <> id)),
    CONSTRAINT people_name_check CHECK ((name <> ''::text)),
    CONSTRAINT people_object_id_check CHECK ((object_id <> ''::text)),
    CONSTRAINT people_roles_check CHECK ((roles <@ ARRAY['rep'::text, 'sales_manager'::text, 'finance'::text, 'vp'::text, 'owner'::text, 'engineering'::text, 'admin'::text, 'auditor'::text])),
    CONSTRAINT people_tenant_check CHECK ((tenant <> ''::text))
);

ALTER TABLE public.people OWNER TO radioquote_owner;

ALTER TABLE public.people ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.people_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.policies (
    version text NOT NULL,
    text text NOT NULL,
    taken_at timestamp with time zone NOT NULL
);

ALTER TABLE public.policies OWNER TO radioquote_owner;

CREATE TABLE public.policies_in_force (
    policy text NOT NULL,
    since timestamp with time zone NOT NULL,
    proposed_by bigint,
    decided_by bigint
);

ALTER TABLE public.policies_in_force OWNER TO radioquote_owner;

CREATE TABLE public.price_drifts (
    snapshot_id bigint NOT NULL,
    quote_id bigint NOT NULL,
    version integer NOT NULL,
    class text NOT NULL,
    before numeric(19,4) NOT NULL,
    now numeric(19,4) NOT NULL,
    currency text NOT NULL,
    why text NOT NULL,
    found_at timestamp with time zone NOT NULL,
    CONSTRAINT price_drifts_class_check CHECK ((class = ANY (ARRAY['tell'::text, 'reopen'::text])))
);

ALTER TABLE public.price_drifts OWNER TO radioquote_owner;

CREATE TABLE public.price_levels (
    level_id bigint NOT NULL,
    name text NOT NULL,
    inactive boolean NOT NULL,
    since bigint NOT NULL,
    until bigint,
    CONSTRAINT price_levels_check CHECK ((until > since))
);

ALTER TABLE public.price_levels OWNER TO radioquote_owner;

CREATE TABLE public.price_snapshots (
    id bigint NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone,
    CONSTRAINT price_snapshots_check1 CHECK ((confirmed_at >= taken_at))
);

ALTER TABLE public.price_snapshots OWNER TO radioquote_owner;

ALTER TABLE public.price_snapshots ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.price_snapshots_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.prices (
    item_id bigint NOT NULL,
    level_id bigint NOT NULL,
    currency text NOT NULL,
    from_qty integer NOT NULL,
    row_id bigint NOT NULL,
    unit_price numeric(19,4) NOT NULL,
    since bigint NOT NULL,
    until bigint,
    CONSTRAINT prices_check CHECK ((until > since)),
    CONSTRAINT prices_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT prices_from_qty_check CHECK ((from_qty >= 1)),
    CONSTRAINT prices_unit_price_check CHECK ((unit_price >= (0)::numeric))
);

ALTER TABLE public.prices OWNER TO radioquote_owner;

CREATE TABLE public.proposals (
    id bigint NOT NULL,
    kind text NOT NULL,
    proposed_by bigint,
    title text NOT NULL,
    hash text NOT NULL,
    data jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    decided_by bigint,
    decided_at timestamp with time zone,
    applied_at timestamp with time zone,
    CONSTRAINT proposals_check CHECK ((decided_by <> proposed_by)),
    CONSTRAINT proposals_check1 CHECK (((state = ANY (ARRAY['confirmed'::text, 'refused'::text])) = ((decided_by IS NOT NULL) AND (decided_at IS NOT NULL)))),
    CONSTRAINT proposals_check2 CHECK (((applied_at IS NULL) OR (state = 'confirmed'::text))),
    CONSTRAINT proposals_kind_check CHECK ((kind = ANY (ARRAY['directory'::text, 'grant'::text, 'policy'::text]))),
    CONSTRAINT proposals_state_check CHECK ((state = ANY (ARRAY['open'::text, 'confirmed'::text, 'refused'::text, 'superseded'::text])))
);

ALTER TABLE public.proposals OWNER TO radioquote_owner;

ALTER TABLE public.proposals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.proposals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.prospects (
    id bigint NOT NULL,
    name text NOT NULL,
    name_key text NOT NULL,
    customer_id bigint,
    confirmed boolean DEFAULT false NOT NULL,
    decided_by bigint,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT prospects_name_check CHECK ((name <> ''::text)),
    CONSTRAINT prospects_name_key_check CHECK ((name_key <> ''::text))
);

ALTER TABLE public.prospects OWNER TO radioquote_owner;

ALTER TABLE public.prospects ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.prospects_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.quote_conflicts (
    quote_id bigint NOT NULL,
    other_id bigint NOT NULL,
    told_at timestamp with time zone NOT NULL,
    CONSTRAINT quote_conflicts_check CHECK ((other_id < quote_id))
);

ALTER TABLE public.quote_conflicts OWNER TO radioquote_owner;

CREATE TABLE public.quote_lines (
    quote_id bigint NOT NULL,
    version integer NOT NULL,
    "position" integer NOT NULL,
    item_id bigint NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    item_type text NOT NULL,
    category text NOT NULL,
    qty integer NOT NULL,
    units integer NOT NULL,
    months integer DEFAULT 0 NOT NULL,
    list_price numeric(19,4) NOT NULL,
    unit_price numeric(19,4) NOT NULL,
    extended numeric(19,4) NOT NULL,
    unit_cost numeric(19,4),
    break_pct integer NOT NULL,
    source text NOT NULL,
    level_id bigint NOT NULL,
    price_row bigint NOT NULL,
    reason text NOT NULL,
    next_break integer DEFAULT 0 NOT NULL,
    next_saving numeric(19,4) DEFAULT 0 NOT NULL,
    level_price numeric(19,4) NOT NULL,
    book_price numeric(19,4) NOT NULL,
    discount numeric(11,8) DEFAULT 0 NOT NULL,
    locked boolean DEFAULT false NOT NULL,
    passthrough boolean DEFAULT false NOT NULL,
    share numeric(19,4) DEFAULT 0 NOT NULL,
    weeks integer DEFAULT 0 NOT NULL,
    stock_known boolean DEFAULT false NOT NULL,
    stock_available integer DEFAULT 0 NOT NULL,
    stock_on_order integer DEFAULT 0 NOT NULL,
    lead_days integer DEFAULT 0 NOT NULL,
    CONSTRAINT charged CHECK ((share <= extended)),
    CONSTRAINT periods CHECK (((months = 0) OR (weeks = 0))),
    CONSTRAINT quantity CHECK ((qty = (units * GREATEST(months, weeks, 1)))),
    CONSTRAINT quote_lines_check CHECK ((extended = round((unit_price * (qty)::numeric), 2))),
    CONSTRAINT quote_lines_discount_check CHECK (((discount >= (0)::numeric) AND (discount <= (100)::numeric))),
    CONSTRAINT quote_lines_list_price_check CHECK ((list_price > (0)::numeric)),
    CONSTRAINT quote_lines_months_check CHECK ((months >= 0)),
    CONSTRAINT quote_lines_position_check CHECK (("position" >= 1)),
    CONSTRAINT quote_lines_qty_check CHECK ((qty >= 1)),
    CONSTRAINT quote_lines_share_check CHECK ((share >= (0)::numeric)),
    CONSTRAINT quote_lines_unit_price_check CHECK ((unit_price > (0)::numeric)),
    CONSTRAINT quote_lines_units_check CHECK ((units >= 1)),
    CONSTRAINT quote_lines_weeks_check CHECK ((weeks >= 0)),
    CONSTRAINT waterfall CHECK (((level_price > (0)::numeric) AND (book_price > (0)::numeric)))
);

ALTER TABLE public.quote_lines OWNER TO radioquote_owner;

CREATE TABLE public.quote_versions (
    quote_id bigint NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    request jsonb NOT NULL,
    system jsonb NOT NULL,
    customer_id bigint,
    customer jsonb,
    customer_text text DEFAULT ''::text NOT NULL,
    snapshot_id bigint NOT NULL,
    policy text NOT NULL,
    currency text NOT NULL,
    list_total numeric(19,4) NOT NULL,
    net_total numeric(19,4) NOT NULL,
    freight numeric(19,4) NOT NULL,
    total numeric(19,4) NOT NULL,
    amount numeric(19,4) NOT NULL,
    cost_total numeric(19,4) NOT NULL,
    margin numeric(19,2),
    approvals jsonb NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    content_hash text NOT NULL,
    changes text[] DEFAULT '{}'::text[] NOT NULL,
    reading text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    correlation text NOT NULL,
    nonce text DEFAULT ''::text NOT NULL,
    submitted_at timestamp with time zone,
    check_state text DEFAULT 'checking'::text NOT NULL,
    check_at timestamp with time zone,
    check_method text DEFAULT ''::text NOT NULL,
    check_moved jsonb DEFAULT '[]'::jsonb NOT NULL,
    check_problem text DEFAULT ''::text NOT NULL,
    book_total numeric(19,4) NOT NULL,
    discount numeric(19,4) DEFAULT 0 NOT NULL,
    measures jsonb DEFAULT '{}'::jsonb NOT NULL,
    setters jsonb DEFAULT '[]'::jsonb NOT NULL,
    customer_waits boolean DEFAULT false NOT NULL,
    CONSTRAINT known_customer CHECK (((customer_id IS NULL) OR (customer IS NOT NULL))),
    CONSTRAINT quote_versions_book_total_check CHECK ((book_total >= (0)::numeric)),
    CONSTRAINT quote_versions_check1 CHECK ((amount <= total)),
    CONSTRAINT quote_versions_check3 CHECK (((state = ANY (ARRAY['pending'::text, 'approved'::text, 'rejected'::text])) <= ((nonce <> ''::text) AND (submitted_at IS NOT NULL)))),
    CONSTRAINT quote_versions_check_state_check CHECK ((check_state = ANY (ARRAY['checking'::text, 'verified'::text, 'moved'::text, 'unverified'::text]))),
    CONSTRAINT quote_versions_cost_total_check CHECK ((cost_total >= (0)::numeric)),
    CONSTRAINT quote_versions_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT quote_versions_discount_check CHECK ((discount >= (0)::numeric)),
    CONSTRAINT quote_versions_freight_check CHECK ((freight >= (0)::numeric)),
    CONSTRAINT quote_versions_list_total_check CHECK ((list_total >= (0)::numeric)),
    CONSTRAINT quote_versions_net_total_check CHECK ((net_total >= (0)::numeric)),
    CONSTRAINT quote_versions_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'pending'::text, 'approved'::text, 'changes_requested'::text, 'rejected'::text, 'recalled'::text, 'superseded'::text]))),
    CONSTRAINT quote_versions_version_check CHECK ((version >= 1)),
    CONSTRAINT submitted_customer CHECK (((state = ANY (ARRAY['pending'::text, 'approved'::text])) <= (customer IS NOT NULL))),
    CONSTRAINT total CHECK ((total = ((net_total - discount) + freight)))
);

ALTER TABLE public.quote_versions OWNER TO radioquote_owner;

CREATE TABLE public.quotes (
    id bigint NOT NULL,
    owner_id bigint NOT NULL,
    team text NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    current integer NOT NULL,
    estimate text DEFAULT 'none'::text NOT NULL,
    attention text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    end_reason text DEFAULT ''::text NOT NULL,
    claimed_until timestamp with time zone,
    expiry_told integer DEFAULT 0 NOT NULL,
    CONSTRAINT quotes_check CHECK (((estimate = 'needs_attention'::text) = (attention <> ''::text))),
    CONSTRAINT quotes_current_check CHECK ((current >= 1)),
    CONSTRAINT quotes_estimate_check CHECK ((estimate = ANY (ARRAY['none'::text, 'writing'::text, 'synced'::text, 'needs_attention'::text]))),
    CONSTRAINT quotes_state_check CHECK ((state = ANY (ARRAY['open'::text, 'sent'::text, 'won'::text, 'lost'::text, 'expired'::text, 'cancelled'::text])))
);

ALTER TABLE public.quotes OWNER TO radioquote_owner;

ALTER TABLE public.quotes ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.quotes_id_seq
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.room_people (
    room text NOT NULL,
    person_id bigint NOT NULL,
    user_id text NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    CONSTRAINT room_people_room_check CHECK ((room <> ''::text)),
    CONSTRAINT room_people_user_id_check CHECK ((user_id <> ''::text))
);

ALTER TABLE public.room_people OWNER TO radioquote_owner;

CREATE TABLE public.schema_migrations (
    version bigint NOT NULL,
    dirty boolean NOT NULL
);

ALTER TABLE public.schema_migrations OWNER TO radioquote_owner;

CREATE TABLE public.shares (
    conversation_id bigint NOT NULL,
    quote_id bigint NOT NULL,
    version integer NOT NULL,
    shared_by bigint NOT NULL,
    shared_at timestamp with time zone NOT NULL
);

ALTER TABLE public.shares OWNER TO radioquote_owner;

CREATE TABLE public.shown_cards (
    id bigint NOT NULL,
    quote_id bigint NOT NULL,
    version integer NOT NULL,
    person_id bigint NOT NULL,
    hash text NOT NULL,
    data jsonb NOT NULL,
    shown_at timestamp with time zone NOT NULL
);

ALTER TABLE public.shown_cards OWNER TO radioquote_owner;

ALTER TABLE public.shown_cards ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.shown_cards_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE UNLOGGED TABLE public.staged_customer_prices (
    snapshot_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    item_id bigint NOT NULL,
    level_id bigint NOT NULL,
    currency text NOT NULL,
    unit_price numeric,
    CONSTRAINT customer_prices_check CHECK (((level_id = '-1'::integer) = (unit_price IS NOT NULL)))
);

ALTER TABLE public.staged_customer_prices OWNER TO radioquote_owner;

CREATE UNLOGGED TABLE public.staged_customers (
    snapshot_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    entity_id text NOT NULL,
    name text NOT NULL,
    level_id bigint DEFAULT 0 NOT NULL,
    currency text NOT NULL,
    terms text NOT NULL,
    email text NOT NULL,
    parent_id bigint DEFAULT 0 NOT NULL,
    subsidiary bigint DEFAULT 0 NOT NULL,
    credit_hold boolean NOT NULL,
    taxable boolean NOT NULL,
    inactive boolean NOT NULL
);

ALTER TABLE public.staged_customers OWNER TO radioquote_owner;

CREATE UNLOGGED TABLE public.staged_group_levels (
    snapshot_id bigint NOT NULL,
    customer_id bigint NOT NULL,
    pricing_group bigint NOT NULL,
    level_id bigint NOT NULL
);

ALTER TABLE public.staged_group_levels OWNER TO radioquote_owner;

CREATE UNLOGGED TABLE public.staged_items (
    snapshot_id bigint NOT NULL,
    item_id bigint NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    item_type text NOT NULL,
    category text NOT NULL,
    break_group text NOT NULL,
    tags text[] NOT NULL,
    pricing_group bigint DEFAULT 0 NOT NULL,
    inactive boolean NOT NULL,
    average_cost numeric(19,4),
    last_cost numeric(19,4),
    standard_cost numeric(19,4),
    lead_days integer DEFAULT 0 NOT NULL,
    replaced_by text DEFAULT ''::text NOT NULL,
    CONSTRAINT items_average_cost_check CHECK ((average_cost >= (0)::numeric)),
    CONSTRAINT items_item_type_check CHECK ((item_type = ANY (ARRAY['InvtPart'::text, 'NonInvtPart'::text, 'Service'::text, 'OthCharge'::text, 'Kit'::text]))),
    CONSTRAINT items_last_cost_check CHECK ((last_cost >= (0)::numeric)),
    CONSTRAINT items_sku_check CHECK ((sku <> ''::text)),
    CONSTRAINT items_standard_cost_check CHECK ((standard_cost >= (0)::numeric))
);

ALTER TABLE public.staged_items OWNER TO radioquote_owner;

CREATE UNLOGGED TABLE public.staged_price_levels (
    snapshot_id bigint NOT NULL,
    level_id bigint NOT NULL,
    name text NOT NULL,
    inactive boolean NOT NULL
);

ALTER TABLE public.staged_price_levels OWNER TO radioquote_owner;

CREATE UNLOGGED TABLE public.staged_prices (
    snapshot_id bigint NOT NULL,
    item_id bigint NOT NULL,
    level_id bigint NOT NULL,
    currency text NOT NULL,
    from_qty integer NOT NULL,
    row_id bigint NOT NULL,
    unit_price numeric NOT NULL,
    CONSTRAINT prices_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT prices_from_qty_check CHECK ((from_qty >= 1))
);

ALTER TABLE public.staged_prices OWNER TO radioquote_owner;

CREATE UNLOGGED TABLE public.staged_stock (
    snapshot_id bigint NOT NULL,
    item_id bigint NOT NULL,
    available numeric(19,4) NOT NULL,
    on_order numeric(19,4) NOT NULL
);

ALTER TABLE public.staged_stock OWNER TO radioquote_owner;

CREATE TABLE public.step_ups (
    id text NOT NULL,
    person_id bigint NOT NULL,
    purpose text NOT NULL,
    quote_id bigint,
    version integer,
    command jsonb NOT NULL,
    state text DEFAULT ''::text NOT NULL,
    nonce text DEFAULT ''::text NOT NULL,
    verifier text DEFAULT ''::text NOT NULL,
    browser text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT step_ups_check CHECK (((purpose = 'decision'::text) = ((quote_id IS NOT NULL) AND (version IS NOT NULL)))),
    CONSTRAINT step_ups_id_check CHECK ((length(id) >= 20)),
    CONSTRAINT step_ups_purpose_check CHECK ((purpose = ANY (ARRAY['decision'::text, 'delegation'::text, 'policy'::text])))
);

ALTER TABLE public.step_ups OWNER TO radioquote_owner;

CREATE TABLE public.stock (
    item_id bigint NOT NULL,
    available numeric(19,4) NOT NULL,
    on_order numeric(19,4) NOT NULL
);

ALTER TABLE public.stock OWNER TO radioquote_owner;

CREATE TABLE public.sync_runs (
    id bigint NOT NULL,
    whole boolean NOT NULL,
    started_at timestamp with time zone NOT NULL,
    took_ms bigint,
    snapshot_id bigint,
    outcome text DEFAULT 'running'::text NOT NULL
);

ALTER TABLE public.sync_runs OWNER TO radioquote_owner;

ALTER TABLE public.sync_runs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sync_runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY public.absences
    ADD CONSTRAINT absences_pkey PRIMARY KEY (person_id, source);

ALTER TABLE ONLY public.account_probes
    ADD CONSTRAINT account_probes_pkey PRIMARY KEY (at);

ALTER TABLE ONLY public.approval_requests
    ADD CONSTRAINT approval_requests_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.approval_requests
    ADD CONSTRAINT approval_requests_quote_id_version_branch_level_person_id_key UNIQUE (quote_id, version, branch, level, person_id);

ALTER TABLE ONLY public.approval_steps
    ADD CONSTRAINT approval_steps_pkey PRIMARY KEY (quote_id, version, branch, level);

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.consults
    ADD CONSTRAINT consults_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.consults
    ADD CONSTRAINT consults_quote_id_version_asked_by_person_id_key UNIQUE (quote_id, version, asked_by, person_id);

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_teams_id_key UNIQUE (teams_id);

ALTER TABLE ONLY public.customer_prices
    ADD CONSTRAINT customer_prices_pkey PRIMARY KEY (customer_id, item_id, since);

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (customer_id, since);

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_pkey PRIMARY KEY (quote_id, version);

ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.dialogues
    ADD CONSTRAINT dialogues_pkey PRIMARY KEY (conversation_id, person_id);

ALTER TABLE ONLY public.directories
    ADD CONSTRAINT directories_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.drift_alerts
    ADD CONSTRAINT drift_alerts_pkey PRIMARY KEY (snapshot_id);

ALTER TABLE ONLY public.estimates
    ADD CONSTRAINT estimates_external_id_key UNIQUE (external_id);

ALTER TABLE ONLY public.estimates
    ADD CONSTRAINT estimates_pkey PRIMARY KEY (quote_id);

ALTER TABLE ONLY public.files_seen
    ADD CONSTRAINT files_seen_pkey PRIMARY KEY (kind);

ALTER TABLE ONLY public.group_levels
    ADD CONSTRAINT group_levels_pkey PRIMARY KEY (customer_id, pricing_group, since);

ALTER TABLE ONLY public.heartbeats
    ADD CONSTRAINT heartbeats_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.holds
    ADD CONSTRAINT holds_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (conversation, activity_id);

ALTER TABLE ONLY public.items
    ADD CONSTRAINT items_pkey PRIMARY KEY (item_id, since);

ALTER TABLE ONLY public.staged_items
    ADD CONSTRAINT items_sku_snapshot_id_key UNIQUE (sku, snapshot_id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_conversation_id_number_key UNIQUE (conversation_id, number);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.nudges
    ADD CONSTRAINT nudges_pkey PRIMARY KEY (quote_id, version, branch, level, kind, number);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_tenant_object_id_key UNIQUE (tenant, object_id);

ALTER TABLE ONLY public.policies_in_force
    ADD CONSTRAINT policies_in_force_pkey PRIMARY KEY (since);

ALTER TABLE ONLY public.policies
    ADD CONSTRAINT policies_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.price_drifts
    ADD CONSTRAINT price_drifts_pkey PRIMARY KEY (snapshot_id, quote_id);

ALTER TABLE ONLY public.price_levels
    ADD CONSTRAINT price_levels_pkey PRIMARY KEY (level_id, since);

ALTER TABLE ONLY public.price_snapshots
    ADD CONSTRAINT price_snapshots_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.prices
    ADD CONSTRAINT prices_pkey PRIMARY KEY (item_id, level_id, currency, from_qty, since);

ALTER TABLE ONLY public.proposals
    ADD CONSTRAINT proposals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.prospects
    ADD CONSTRAINT prospects_name_key_key UNIQUE (name_key);

ALTER TABLE ONLY public.prospects
    ADD CONSTRAINT prospects_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.quote_conflicts
    ADD CONSTRAINT quote_conflicts_pkey PRIMARY KEY (quote_id, other_id);

ALTER TABLE ONLY public.quote_lines
    ADD CONSTRAINT quote_lines_pkey PRIMARY KEY (quote_id, version, "position");

ALTER TABLE ONLY public.quote_versions
    ADD CONSTRAINT quote_versions_pkey PRIMARY KEY (quote_id, version);

ALTER TABLE ONLY public.quotes
    ADD CONSTRAINT quotes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.room_people
    ADD CONSTRAINT room_people_pkey PRIMARY KEY (room, person_id);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_pkey PRIMARY KEY (conversation_id, quote_id);

ALTER TABLE ONLY public.shown_cards
    ADD CONSTRAINT shown_cards_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.shown_cards
    ADD CONSTRAINT shown_cards_quote_id_version_person_id_hash_key UNIQUE (quote_id, version, person_id, hash);

ALTER TABLE ONLY public.staged_customer_prices
    ADD CONSTRAINT staged_customer_prices_pkey PRIMARY KEY (snapshot_id, customer_id, item_id);

ALTER TABLE ONLY public.staged_customers
    ADD CONSTRAINT staged_customers_pkey PRIMARY KEY (snapshot_id, customer_id);

ALTER TABLE ONLY public.staged_group_levels
    ADD CONSTRAINT staged_group_levels_pkey PRIMARY KEY (snapshot_id, customer_id, pricing_group);

ALTER TABLE ONLY public.staged_items
    ADD CONSTRAINT staged_items_pkey PRIMARY KEY (snapshot_id, item_id);

ALTER TABLE ONLY public.staged_price_levels
    ADD CONSTRAINT staged_price_levels_pkey PRIMARY KEY (snapshot_id, level_id);

ALTER TABLE ONLY public.staged_prices
    ADD CONSTRAINT staged_prices_pkey PRIMARY KEY (snapshot_id, item_id, level_id, currency, from_qty);

ALTER TABLE ONLY public.staged_stock
    ADD CONSTRAINT staged_stock_pkey PRIMARY KEY (snapshot_id, item_id);

ALTER TABLE ONLY public.step_ups
    ADD CONSTRAINT step_ups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_pkey PRIMARY KEY (item_id);

ALTER TABLE ONLY public.sync_runs
    ADD CONSTRAINT sync_runs_pkey PRIMARY KEY (id);

CREATE INDEX approval_requests_person ON public.approval_requests USING btree (person_id);

CREATE INDEX audit_events_ended ON public.audit_events USING btree (at, quote_id) WHERE (kind = ANY (ARRAY['quote_won'::text, 'quote_lost'::text, 'quote_expired'::text, 'quote_cancelled'::text]));

CREATE INDEX audit_events_quote ON public.audit_events USING btree (quote_id, id);

CREATE INDEX conversations_person ON public.conversations USING btree (person_id) WHERE (kind = 'personal'::text);

CREATE UNIQUE INDEX customer_prices_current ON public.customer_prices USING btree (customer_id, item_id) WHERE (until IS NULL);

CREATE INDEX customer_prices_since ON public.customer_prices USING btree (since);

CREATE INDEX customer_prices_until ON public.customer_prices USING btree (until) WHERE (until IS NOT NULL);

CREATE UNIQUE INDEX customers_current ON public.customers USING btree (customer_id) WHERE (until IS NULL);

CREATE INDEX customers_since ON public.customers USING btree (since);

CREATE INDEX customers_until ON public.customers USING btree (until) WHERE (until IS NOT NULL);

CREATE INDEX delegations_from ON public.delegations USING btree (from_id);

CREATE UNIQUE INDEX group_levels_current ON public.group_levels USING btree (customer_id, pricing_group) WHERE (until IS NULL);

CREATE INDEX group_levels_since ON public.group_levels USING btree (since);

CREATE INDEX group_levels_until ON public.group_levels USING btree (until) WHERE (until IS NOT NULL);

CREATE UNIQUE INDEX holds_open ON public.holds USING btree (item_id) WHERE (state = ANY (ARRAY['held'::text, 'released'::text, 'refused'::text]));

CREATE INDEX inbox_age ON public.inbox USING btree (received_at);

CREATE UNIQUE INDEX items_current ON public.items USING btree (item_id) WHERE (until IS NULL);

CREATE INDEX items_since ON public.items USING btree (since);

CREATE UNIQUE INDEX items_sku_current ON public.items USING btree (sku) WHERE (until IS NULL);

CREATE INDEX items_until ON public.items USING btree (until) WHERE (until IS NOT NULL);

CREATE INDEX messages_quote ON public.messages USING btree (quote_id) WHERE (quote_id IS NOT NULL);

CREATE INDEX messages_unsent ON public.messages USING btree (conversation_id, number) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text]));

CREATE INDEX messages_waiting ON public.messages USING btree (person_id) WHERE (state = 'waiting'::text);

CREATE INDEX price_drifts_quote ON public.price_drifts USING btree (quote_id, snapshot_id DESC);

CREATE UNIQUE INDEX price_levels_current ON public.price_levels USING btree (level_id) WHERE (until IS NULL);

CREATE INDEX price_levels_since ON public.price_levels USING btree (since);

CREATE INDEX price_levels_until ON public.price_levels USING btree (until) WHERE (until IS NOT NULL);

CREATE UNIQUE INDEX prices_current ON public.prices USING btree (item_id, level_id, currency, from_qty) WHERE (until IS NULL);

CREATE INDEX prices_since ON public.prices USING btree (since);

CREATE INDEX prices_until ON public.prices USING btree (until) WHERE (until IS NOT NULL);

CREATE UNIQUE INDEX proposals_open ON public.proposals USING btree (kind, hash) WHERE (state = 'open'::text);

CREATE INDEX quote_lines_sku ON public.quote_lines USING btree (sku, quote_id, version) INCLUDE (units);

CREATE INDEX quote_versions_customer ON public.quote_versions USING btree (customer_id, created_at DESC) WHERE (customer_id IS NOT NULL);

CREATE INDEX quote_versions_found ON public.quote_versions USING btree (quote_id, version) INCLUDE (state, customer_id, total, currency, valid_until);

CREATE INDEX quote_versions_named ON public.quote_versions USING btree (COALESCE((customer ->> 'Name'::text), customer_text)) WHERE (customer_id IS NULL);

CREATE INDEX quote_versions_pending ON public.quote_versions USING btree (submitted_at) WHERE (state = 'pending'::text);

CREATE INDEX quote_versions_snapshot ON public.quote_versions USING btree (snapshot_id);

CREATE INDEX quote_versions_technology ON public.quote_versions USING btree (((system ->> 'technology'::text)), created_at DESC) WHERE (measures <> '{}'::jsonb);

CREATE INDEX quotes_created ON public.quotes USING btree (created_at) WHERE (state = ANY (ARRAY['open'::text, 'sent'::text]));

CREATE INDEX quotes_open ON public.quotes USING btree (id) WHERE (state = ANY (ARRAY['open'::text, 'sent'::text]));

CREATE INDEX quotes_owner ON public.quotes USING btree (owner_id, id DESC);

CREATE INDEX quotes_since ON public.quotes USING btree (created_at, id);

CREATE UNIQUE INDEX step_ups_state ON public.step_ups USING btree (state) WHERE (state <> ''::text);

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON public.audit_events FOR EACH ROW EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER begin_unpublished AFTER INSERT ON public.customer_prices REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.begin_unpublished();

CREATE TRIGGER begin_unpublished AFTER INSERT ON public.customers REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.begin_unpublished();

CREATE TRIGGER begin_unpublished AFTER INSERT ON public.group_levels REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.begin_unpublished();

CREATE TRIGGER begin_unpublished AFTER INSERT ON public.items REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.begin_unpublished();

CREATE TRIGGER begin_unpublished AFTER INSERT ON public.price_levels REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.begin_unpublished();

CREATE TRIGGER begin_unpublished AFTER INSERT ON public.prices REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.begin_unpublished();

CREATE TRIGGER end_unpublished AFTER UPDATE ON public.customer_prices REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.end_unpublished();

CREATE TRIGGER end_unpublished AFTER UPDATE ON public.customers REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.end_unpublished();

CREATE TRIGGER end_unpublished AFTER UPDATE ON public.group_levels REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.end_unpublished();

CREATE TRIGGER end_unpublished AFTER UPDATE ON public.items REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.end_unpublished();

CREATE TRIGGER end_unpublished AFTER UPDATE ON public.price_levels REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.end_unpublished();

CREATE TRIGGER end_unpublished AFTER UPDATE ON public.prices REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.end_unpublished();

CREATE TRIGGER keep_published BEFORE DELETE OR UPDATE ON public.price_snapshots FOR EACH ROW EXECUTE FUNCTION public.keep_published_snapshot();

CREATE TRIGGER keep_rows BEFORE DELETE OR TRUNCATE ON public.customer_prices FOR EACH STATEMENT EXECUTE FUNCTION public.keep_rows();

CREATE TRIGGER keep_rows BEFORE DELETE OR TRUNCATE ON public.customers FOR EACH STATEMENT EXECUTE FUNCTION public.keep_rows();

CREATE TRIGGER keep_rows BEFORE DELETE OR TRUNCATE ON public.group_levels FOR EACH STATEMENT EXECUTE FUNCTION public.keep_rows();

CREATE TRIGGER keep_rows BEFORE DELETE OR TRUNCATE ON public.items FOR EACH STATEMENT EXECUTE FUNCTION public.keep_rows();

CREATE TRIGGER keep_rows BEFORE DELETE OR TRUNCATE ON public.price_levels FOR EACH STATEMENT EXECUTE FUNCTION public.keep_rows();

CREATE TRIGGER keep_rows BEFORE DELETE OR TRUNCATE ON public.prices FOR EACH STATEMENT EXECUTE FUNCTION public.keep_rows();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.audit_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();

CREATE TRIGGER step BEFORE UPDATE OF state ON public.quote_versions FOR EACH ROW EXECUTE FUNCTION public.check_version_step();

ALTER TABLE ONLY public.absences
    ADD CONSTRAINT absences_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.approval_requests
    ADD CONSTRAINT approval_requests_by_id_fkey FOREIGN KEY (by_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.approval_requests
    ADD CONSTRAINT approval_requests_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.approval_requests
    ADD CONSTRAINT approval_requests_quote_id_version_fkey FOREIGN KEY (quote_id, version) REFERENCES public.quote_versions(quote_id, version);

ALTER TABLE ONLY public.approval_steps
    ADD CONSTRAINT approval_steps_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.approval_steps
    ADD CONSTRAINT approval_steps_for_id_fkey FOREIGN KEY (for_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.approval_steps
    ADD CONSTRAINT approval_steps_quote_id_version_fkey FOREIGN KEY (quote_id, version) REFERENCES public.quote_versions(quote_id, version);

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT audit_events_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.audit_events
    ADD CONSTRAINT audit_events_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES public.quotes(id);

ALTER TABLE ONLY public.consults
    ADD CONSTRAINT consults_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.consults
    ADD CONSTRAINT consults_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.consults
    ADD CONSTRAINT consults_quote_id_version_fkey FOREIGN KEY (quote_id, version) REFERENCES public.quote_versions(quote_id, version);

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.customer_prices
    ADD CONSTRAINT customer_prices_since_fkey FOREIGN KEY (since) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.staged_customer_prices
    ADD CONSTRAINT customer_prices_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.price_snapshots(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.customer_prices
    ADD CONSTRAINT customer_prices_until_fkey FOREIGN KEY (until) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_since_fkey FOREIGN KEY (since) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.staged_customers
    ADD CONSTRAINT customers_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.price_snapshots(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_until_fkey FOREIGN KEY (until) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_for_id_fkey FOREIGN KEY (for_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT decisions_quote_id_version_fkey FOREIGN KEY (quote_id, version) REFERENCES public.quote_versions(quote_id, version);

ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_from_id_fkey FOREIGN KEY (from_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.delegations
    ADD CONSTRAINT delegations_to_id_fkey FOREIGN KEY (to_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.dialogues
    ADD CONSTRAINT dialogues_active_quote_fkey FOREIGN KEY (active_quote) REFERENCES public.quotes(id);

ALTER TABLE ONLY public.dialogues
    ADD CONSTRAINT dialogues_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id);

ALTER TABLE ONLY public.dialogues
    ADD CONSTRAINT dialogues_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.drift_alerts
    ADD CONSTRAINT drift_alerts_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.estimates
    ADD CONSTRAINT estimates_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES public.quotes(id);

ALTER TABLE ONLY public.estimates
    ADD CONSTRAINT estimates_quote_id_version_fkey FOREIGN KEY (quote_id, version) REFERENCES public.quote_versions(quote_id, version);

ALTER TABLE ONLY public.group_levels
    ADD CONSTRAINT group_levels_since_fkey FOREIGN KEY (since) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.staged_group_levels
    ADD CONSTRAINT group_levels_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.price_snapshots(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.group_levels
    ADD CONSTRAINT group_levels_until_fkey FOREIGN KEY (until) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.holds
    ADD CONSTRAINT holds_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.items
    ADD CONSTRAINT items_since_fkey FOREIGN KEY (since) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.staged_items
    ADD CONSTRAINT items_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.price_snapshots(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.items
    ADD CONSTRAINT items_until_fkey FOREIGN KEY (until) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES public.quotes(id);

ALTER TABLE ONLY public.nudges
    ADD CONSTRAINT nudges_quote_id_version_fkey FOREIGN KEY (quote_id, version) REFERENCES public.quote_versions(quote_id, version);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_manager_id_fkey FOREIGN KEY (manager_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.policies_in_force
    ADD CONSTRAINT policies_in_force_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.policies_in_force
    ADD CONSTRAINT policies_in_force_policy_fkey FOREIGN KEY (policy) REFERENCES public.policies(version);

ALTER TABLE ONLY public.policies_in_force
    ADD CONSTRAINT policies_in_force_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.price_drifts
    ADD CONSTRAINT price_drifts_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES public.quotes(id);

ALTER TABLE ONLY public.price_drifts
    ADD CONSTRAINT price_drifts_quote_id_version_fkey FOREIGN KEY (quote_id, version) REFERENCES public.quote_versions(quote_id, version);

ALTER TABLE ONLY public.price_drifts
    ADD CONSTRAINT price_drifts_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.price_levels
    ADD CONSTRAINT price_levels_since_fkey FOREIGN KEY (since) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.staged_price_levels
    ADD CONSTRAINT price_levels_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.price_snapshots(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.price_levels
    ADD CONSTRAINT price_levels_until_fkey FOREIGN KEY (until) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.prices
    ADD CONSTRAINT prices_since_fkey FOREIGN KEY (since) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.staged_prices
    ADD CONSTRAINT prices_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.price_snapshots(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.prices
    ADD CONSTRAINT prices_until_fkey FOREIGN KEY (until) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.proposals
    ADD CONSTRAINT proposals_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.proposals
    ADD CONSTRAINT proposals_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.prospects
    ADD CONSTRAINT prospects_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.quote_conflicts
    ADD CONSTRAINT quote_conflicts_other_id_fkey FOREIGN KEY (other_id) REFERENCES public.quotes(id);

ALTER TABLE ONLY public.quote_conflicts
    ADD CONSTRAINT quote_conflicts_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES public.quotes(id);

ALTER TABLE ONLY public.quote_lines
    ADD CONSTRAINT quote_lines_quote_id_version_fkey FOREIGN KEY (quote_id, version) REFERENCES public.quote_versions(quote_id, version);

ALTER TABLE ONLY public.quote_versions
    ADD CONSTRAINT quote_versions_policy_fkey FOREIGN KEY (policy) REFERENCES public.policies(version);

ALTER TABLE ONLY public.quote_versions
    ADD CONSTRAINT quote_versions_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES public.quotes(id);

ALTER TABLE ONLY public.quote_versions
    ADD CONSTRAINT quote_versions_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.price_snapshots(id);

ALTER TABLE ONLY public.quotes
    ADD CONSTRAINT quotes_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.room_people
    ADD CONSTRAINT room_people_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversations(id);

ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES public.quotes(id);

ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_quote_id_version_fkey FOREIGN KEY (quote_id, version) REFERENCES public.quote_versions(quote_id, version);

ALTER TABLE ONLY public.shares
    ADD CONSTRAINT shares_shared_by_fkey FOREIGN KEY (shared_by) REFERENCES public.people(id);

ALTER TABLE ONLY public.shown_cards
    ADD CONSTRAINT shown_cards_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.shown_cards
    ADD CONSTRAINT shown_cards_quote_id_version_fkey FOREIGN KEY (quote_id, version) REFERENCES public.quote_versions(quote_id, version);

ALTER TABLE ONLY public.step_ups
    ADD CONSTRAINT step_ups_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);

ALTER TABLE ONLY public.step_ups
    ADD CONSTRAINT step_ups_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES public.quotes(id);

ALTER TABLE ONLY public.staged_stock
    ADD CONSTRAINT stock_snapshot_id_fkey FOREIGN KEY (snapshot_id) REFERENCES public.price_snapshots(id) ON DELETE CASCADE;

ALTER TABLE public.absences ENABLE ROW LEVEL SECURITY;

CREATE POLICY admins ON public.proposals FOR SELECT TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND ('admin'::text = ANY (p.roles))))));

CREATE POLICY answers ON public.consults AS RESTRICTIVE FOR UPDATE TO radioquote_service USING ((person_id = ( SELECT public.actor() AS actor)));

ALTER TABLE public.approval_requests ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.approval_steps ENABLE ROW LEVEL SECURITY;

CREATE POLICY asks ON public.approval_requests AS RESTRICTIVE FOR INSERT TO radioquote_service WITH CHECK ((public.decides(( SELECT public.actor() AS actor)) OR (EXISTS ( SELECT
   FROM public.quotes q
  WHERE ((q.id = approval_requests.quote_id) AND (q.owner_id = ( SELECT public.actor() AS actor)))
 OFFSET 0))));

CREATE POLICY asks ON public.consults AS RESTRICTIVE FOR INSERT TO radioquote_service WITH CHECK (((asked_by = ( SELECT public.actor() AS actor)) AND public.decides(asked_by)));

CREATE POLICY asks ON public.nudges AS RESTRICTIVE FOR INSERT TO radioquote_service WITH CHECK ((public.decides(( SELECT public.actor() AS actor)) OR (EXISTS ( SELECT
   FROM public.quotes q
  WHERE ((q.id = nudges.quote_id) AND (q.owner_id = ( SELECT public.actor() AS actor)))
 OFFSET 0))));

ALTER TABLE public.audit_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.consults ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_prices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customers ENABLE ROW LEVEL SECURITY;

CREATE POLICY decide ON public.proposals FOR UPDATE TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND ('admin'::text = ANY (p.roles)))))) WITH CHECK ((decided_by = ( SELECT public.actor() AS actor)));

CREATE POLICY decides ON public.delegations AS RESTRICTIVE FOR INSERT TO radioquote_service WITH CHECK (public.decides(from_id));

ALTER TABLE public.decisions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.delegations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.dialogues ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.estimates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.group_levels ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.holds ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.items ENABLE ROW LEVEL SECURITY;

CREATE POLICY job ON public.absences TO radioquote_job USING (true);

CREATE POLICY job ON public.approval_requests TO radioquote_job USING (true);

CREATE POLICY job ON public.approval_steps TO radioquote_job USING (true);

CREATE POLICY job ON public.audit_events FOR SELECT TO radioquote_job USING (true);

CREATE POLICY job ON public.consults TO radioquote_job USING (true);

CREATE POLICY job ON public.customer_prices FOR SELECT TO radioquote_job USING (true);

CREATE POLICY job ON public.customers FOR SELECT TO radioquote_job USING (true);

CREATE POLICY job ON public.decisions TO radioquote_job USING (true);

CREATE POLICY job ON public.delegations FOR SELECT TO radioquote_job USING (true);

CREATE POLICY job ON public.estimates TO radioquote_job USING (true);

CREATE POLICY job ON public.group_levels FOR SELECT TO radioquote_job USING (true);

CREATE POLICY job ON public.holds TO radioquote_sync, radioquote_job USING (true);

CREATE POLICY job ON public.items FOR SELECT TO radioquote_job USING (true);

CREATE POLICY job ON public.messages TO radioquote_job USING (true);

CREATE POLICY job ON public.nudges TO radioquote_job USING (true);

CREATE POLICY job ON public.price_drifts TO radioquote_job USING (true);

CREATE POLICY job ON public.price_levels FOR SELECT TO radioquote_job USING (true);

CREATE POLICY job ON public.prices FOR SELECT TO radioquote_job USING (true);

CREATE POLICY job ON public.proposals TO radioquote_job USING (true);

CREATE POLICY job ON public.prospects TO radioquote_job USING (true);

CREATE POLICY job ON public.quote_lines TO radioquote_job USING (true);

CREATE POLICY job ON public.quote_versions TO radioquote_job USING (true);

CREATE POLICY job ON public.quotes TO radioquote_job USING (true);

CREATE POLICY job ON public.room_people TO radioquote_job USING (true);

CREATE POLICY job ON public.shares TO radioquote_job USING (true);

CREATE POLICY job ON public.shown_cards TO radioquote_job USING (true);

CREATE POLICY job ON public.step_ups TO radioquote_job USING (true);

CREATE POLICY job ON public.stock FOR SELECT TO radioquote_job USING (true);

CREATE POLICY known ON public.absences FOR SELECT TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.roles <> '{}'::text[])))));

CREATE POLICY known ON public.delegations FOR SELECT TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.roles <> '{}'::text[])))));

CREATE POLICY makes ON public.quote_lines AS RESTRICTIVE FOR INSERT TO radioquote_service WITH CHECK ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE ((q.id = quote_lines.quote_id) AND (q.owner_id = ( SELECT public.actor() AS actor)))
 OFFSET 0)));

CREATE POLICY makes ON public.quote_versions AS RESTRICTIVE FOR INSERT TO radioquote_service WITH CHECK (((state = 'draft'::text) AND (EXISTS ( SELECT
   FROM (public.quotes q
     JOIN public.people p ON ((p.id = q.owner_id)))
  WHERE ((q.id = quote_versions.quote_id) AND (p.id = ( SELECT public.actor() AS actor)) AND (p.roles && ARRAY['rep'::text, 'sales_manager'::text]))
 OFFSET 0))));

CREATE POLICY makes ON public.quotes AS RESTRICTIVE FOR INSERT TO radioquote_service WITH CHECK ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.id = quotes.owner_id) AND (p.team = quotes.team) AND (p.roles && ARRAY['rep'::text, 'sales_manager'::text])))));

ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;

CREATE POLICY moves ON public.quote_versions AS RESTRICTIVE FOR UPDATE TO radioquote_service USING (true) WITH CHECK ((((EXISTS ( SELECT
   FROM (public.quotes q
     JOIN public.people p ON ((p.id = q.owner_id)))
  WHERE ((q.id = quote_versions.quote_id) AND (p.id = ( SELECT public.actor() AS actor)) AND (p.roles && ARRAY['rep'::text, 'sales_manager'::text]))
 OFFSET 0)) OR public.decides(( SELECT public.actor() AS actor))) AND ((state <> ALL (ARRAY['approved'::text, 'rejected'::text, 'changes_requested'::text])) OR (EXISTS ( SELECT
   FROM public.decisions d
  WHERE ((d.quote_id = quote_versions.quote_id) AND (d.version = quote_versions.version) AND (d.action =
        CASE quote_versions.state
            WHEN 'approved'::text THEN 'approve'::text
            WHEN 'rejected'::text THEN 'reject'::text
            ELSE 'request_changes'::text
        END))
 OFFSET 0)))));

CREATE POLICY moves ON public.quotes AS RESTRICTIVE FOR UPDATE TO radioquote_service USING (true) WITH CHECK (((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.id = quotes.owner_id) AND (p.roles && ARRAY['rep'::text, 'sales_manager'::text])))) OR public.decides(( SELECT public.actor() AS actor))));

ALTER TABLE public.nudges ENABLE ROW LEVEL SECURITY;

CREATE POLICY own ON public.absences TO radioquote_service USING (((person_id = ( SELECT public.actor() AS actor)) AND (source = 'said'::text)));

CREATE POLICY own ON public.audit_events FOR INSERT TO radioquote_service WITH CHECK (((actor_id IS NULL) OR (actor_id = ( SELECT public.actor() AS actor))));

CREATE POLICY own ON public.delegations TO radioquote_service USING ((from_id = ( SELECT public.actor() AS actor)));

CREATE POLICY own ON public.dialogues TO radioquote_service USING ((person_id = ( SELECT public.actor() AS actor)));

CREATE POLICY own ON public.room_people TO radioquote_service USING ((person_id = ( SELECT public.actor() AS actor)));

CREATE POLICY own ON public.shares TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE ((q.id = shares.quote_id) AND (q.owner_id = ( SELECT public.actor() AS actor)))
 OFFSET 0))) WITH CHECK (((shared_by = ( SELECT public.actor() AS actor)) AND (EXISTS ( SELECT
   FROM public.quotes q
  WHERE ((q.id = shares.quote_id) AND (q.owner_id = ( SELECT public.actor() AS actor)))
 OFFSET 0))));

CREATE POLICY own ON public.shown_cards TO radioquote_service USING (((person_id = ( SELECT public.actor() AS actor)) AND (EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = shown_cards.quote_id)
 OFFSET 0))));

CREATE POLICY own ON public.step_ups TO radioquote_service USING ((person_id = ( SELECT public.actor() AS actor)));

CREATE POLICY posts ON public.messages FOR INSERT TO radioquote_service WITH CHECK (true);

ALTER TABLE public.price_drifts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.price_levels ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.prices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.proposals ENABLE ROW LEVEL SECURITY;

CREATE POLICY propose ON public.proposals FOR INSERT TO radioquote_service WITH CHECK (((proposed_by = ( SELECT public.actor() AS actor)) AND (state = 'open'::text) AND (EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND ('admin'::text = ANY (p.roles)))))));

ALTER TABLE public.prospects ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.quote_lines ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.quote_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.quotes ENABLE ROW LEVEL SECURITY;

CREATE POLICY record ON public.audit_events FOR INSERT TO radioquote_sync, radioquote_job WITH CHECK (true);

ALTER TABLE public.room_people ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.shares ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.shown_cards ENABLE ROW LEVEL SECURITY;

CREATE POLICY staff ON public.customer_prices FOR SELECT TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.roles <> '{}'::text[])))));

CREATE POLICY staff ON public.customers FOR SELECT TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.roles <> '{}'::text[])))));

CREATE POLICY staff ON public.group_levels FOR SELECT TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.roles <> '{}'::text[])))));

CREATE POLICY staff ON public.items FOR SELECT TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.roles <> '{}'::text[])))));

CREATE POLICY staff ON public.price_levels FOR SELECT TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.roles <> '{}'::text[])))));

CREATE POLICY staff ON public.prices FOR SELECT TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.roles <> '{}'::text[])))));

CREATE POLICY staff ON public.stock FOR SELECT TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.roles <> '{}'::text[])))));

ALTER TABLE public.step_ups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.stock ENABLE ROW LEVEL SECURITY;

CREATE POLICY sync ON public.customer_prices TO radioquote_sync USING (true);

CREATE POLICY sync ON public.customers TO radioquote_sync USING (true);

CREATE POLICY sync ON public.group_levels TO radioquote_sync USING (true);

CREATE POLICY sync ON public.items TO radioquote_sync USING (true);

CREATE POLICY sync ON public.price_levels TO radioquote_sync USING (true);

CREATE POLICY sync ON public.prices TO radioquote_sync USING (true);

CREATE POLICY sync ON public.stock TO radioquote_sync USING (true);

CREATE POLICY takes ON public.approval_steps AS RESTRICTIVE FOR INSERT TO radioquote_service WITH CHECK (
CASE
    WHEN (carried_from IS NULL) THEN ((decided_by = ( SELECT public.actor() AS actor)) AND public.reaches(decided_by, branch, level) AND (NOT public.has_part(decided_by, quote_id, version)))
    ELSE ((EXISTS ( SELECT
       FROM public.quotes q
      WHERE ((q.id = approval_steps.quote_id) AND (q.owner_id = ( SELECT public.actor() AS actor)))
     OFFSET 0)) AND public.carries(approval_steps.*))
END);

CREATE POLICY takes ON public.decisions AS RESTRICTIVE FOR INSERT TO radioquote_service WITH CHECK ((((action <> 'approve'::text) OR public.nothing_waits(quote_id, version)) AND
CASE
    WHEN (decided_by IS NULL) THEN (EXISTS ( SELECT
       FROM public.quotes q
      WHERE ((q.id = decisions.quote_id) AND (q.owner_id = ( SELECT public.actor() AS actor)))
     OFFSET 0))
    ELSE ((decided_by = ( SELECT public.actor() AS actor)) AND public.decides(decided_by) AND (NOT public.has_part(decided_by, quote_id, version)))
END));

CREATE POLICY touches ON public.messages FOR UPDATE TO radioquote_service USING (((person_id = ( SELECT public.actor() AS actor)) OR ((notice IS NULL) AND (EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = messages.quote_id)
 OFFSET 0)))));

CREATE POLICY visible ON public.approval_requests TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = approval_requests.quote_id)
 OFFSET 0)));

CREATE POLICY visible ON public.approval_steps TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = approval_steps.quote_id)
 OFFSET 0)));

CREATE POLICY visible ON public.audit_events FOR SELECT TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = audit_events.quote_id)
 OFFSET 0)));

CREATE POLICY visible ON public.consults TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = consults.quote_id)
 OFFSET 0)));

CREATE POLICY visible ON public.decisions TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = decisions.quote_id)
 OFFSET 0)));

CREATE POLICY visible ON public.estimates TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = estimates.quote_id)
 OFFSET 0)));

CREATE POLICY visible ON public.holds TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND ('admin'::text = ANY (p.roles))))));

CREATE POLICY visible ON public.messages FOR SELECT TO radioquote_service USING (((person_id = ( SELECT public.actor() AS actor)) OR ((notice IS NULL) AND (EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = messages.quote_id)
 OFFSET 0)))));

CREATE POLICY visible ON public.nudges TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = nudges.quote_id)
 OFFSET 0)));

CREATE POLICY visible ON public.price_drifts TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = price_drifts.quote_id)
 OFFSET 0)));

CREATE POLICY visible ON public.prospects TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND ('finance'::text = ANY (p.roles))))));

CREATE POLICY visible ON public.quote_lines TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = quote_lines.quote_id)
 OFFSET 0)));

CREATE POLICY visible ON public.quote_versions TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = quote_versions.quote_id)
 OFFSET 0)));

CREATE POLICY visible ON public.quotes TO radioquote_service USING (((owner_id = ( SELECT p.id
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.roles && ARRAY['rep'::text, 'sales_manager'::text])))) OR (team = ( SELECT p.team
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.team <> ''::text) AND (p.roles && ARRAY['rep'::text, 'sales_manager'::text])))) OR (owner_id IN ( SELECT public.reports_of(p.id) AS reports_of
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND ('sales_manager'::text = ANY (p.roles))))) OR ( SELECT (p.roles && ARRAY['finance'::text, 'vp'::text, 'owner'::text, 'engineering'::text, 'auditor'::text])
   FROM public.people p
  WHERE (p.id = ( SELECT public.actor() AS actor))) OR (id IN ( SELECT public.guest_at(p.id) AS guest_at
   FROM public.people p
  WHERE ((p.id = ( SELECT public.actor() AS actor)) AND (p.roles <> '{}'::text[]) AND (NOT ('admin'::text = ANY (p.roles))))))));

CREATE POLICY visible ON public.shares FOR SELECT TO radioquote_service USING ((EXISTS ( SELECT
   FROM public.quotes q
  WHERE (q.id = shares.quote_id)
 OFFSET 0)));

GRANT SELECT,INSERT ON TABLE public.approval_steps TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.approval_steps TO radioquote_job;

REVOKE ALL ON FUNCTION public.guest_at(person bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.guest_at(person bigint) TO radioquote_service;
GRANT ALL ON FUNCTION public.guest_at(person bigint) TO radioquote_job;

REVOKE ALL ON FUNCTION public.recompute_traced(quote bigint, ver integer, cost_order text[], freight_percent numeric, freight_minimum numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION public.recompute_traced(quote bigint, ver integer, cost_order text[], freight_percent numeric, freight_minimum numeric) TO radioquote_job;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.absences TO radioquote_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.absences TO radioquote_job;

GRANT SELECT ON TABLE public.account_probes TO radioquote_service;
GRANT SELECT ON TABLE public.account_probes TO radioquote_sync;
GRANT SELECT,INSERT ON TABLE public.account_probes TO radioquote_job;

GRANT SELECT,INSERT ON TABLE public.approval_requests TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.approval_requests TO radioquote_job;

GRANT SELECT,INSERT ON TABLE public.audit_events TO radioquote_service;
GRANT INSERT ON TABLE public.audit_events TO radioquote_sync;
GRANT SELECT,INSERT ON TABLE public.audit_events TO radioquote_job;

GRANT SELECT,INSERT ON TABLE public.consults TO radioquote_service;
GRANT SELECT ON TABLE public.consults TO radioquote_job;

GRANT UPDATE(answer) ON TABLE public.consults TO radioquote_service;

GRANT UPDATE(answered_at) ON TABLE public.consults TO radioquote_service;

GRANT SELECT,INSERT,UPDATE ON TABLE public.conversations TO radioquote_service;
GRANT SELECT,INSERT,UPDATE ON TABLE public.conversations TO radioquote_job;

GRANT SELECT ON TABLE public.customer_prices TO radioquote_service;
GRANT SELECT ON TABLE public.customer_prices TO radioquote_job;
GRANT SELECT,INSERT ON TABLE public.customer_prices TO radioquote_sync;

GRANT UPDATE(until) ON TABLE public.customer_prices TO radioquote_sync;

GRANT SELECT ON TABLE public.customers TO radioquote_service;
GRANT SELECT ON TABLE public.customers TO radioquote_job;
GRANT SELECT,INSERT ON TABLE public.customers TO radioquote_sync;

GRANT UPDATE(until) ON TABLE public.customers TO radioquote_sync;

GRANT SELECT,INSERT ON TABLE public.decisions TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.decisions TO radioquote_job;

GRANT SELECT,INSERT ON TABLE public.delegations TO radioquote_service;
GRANT SELECT ON TABLE public.delegations TO radioquote_job;

GRANT UPDATE(ended_at) ON TABLE public.delegations TO radioquote_service;

GRANT SELECT,INSERT,UPDATE ON TABLE public.dialogues TO radioquote_service;

GRANT SELECT,INSERT ON TABLE public.directories TO radioquote_job;

GRANT SELECT,INSERT ON TABLE public.drift_alerts TO radioquote_job;

GRANT SELECT ON TABLE public.estimates TO radioquote_service;
GRANT SELECT,INSERT,UPDATE ON TABLE public.estimates TO radioquote_job;

GRANT SELECT,INSERT,UPDATE ON TABLE public.files_seen TO radioquote_job;

GRANT SELECT ON TABLE public.group_levels TO radioquote_service;
GRANT SELECT ON TABLE public.group_levels TO radioquote_job;
GRANT SELECT,INSERT ON TABLE public.group_levels TO radioquote_sync;

GRANT UPDATE(until) ON TABLE public.group_levels TO radioquote_sync;

GRANT SELECT ON TABLE public.heartbeats TO radioquote_service;
GRANT SELECT,INSERT,UPDATE ON TABLE public.heartbeats TO radioquote_job;

GRANT SELECT ON TABLE public.holds TO radioquote_service;
GRANT SELECT ON TABLE public.holds TO radioquote_job;
GRANT SELECT,INSERT ON TABLE public.holds TO radioquote_sync;

GRANT UPDATE(state) ON TABLE public.holds TO radioquote_service;
GRANT UPDATE(state) ON TABLE public.holds TO radioquote_sync;

GRANT UPDATE(decided_by) ON TABLE public.holds TO radioquote_service;

GRANT UPDATE(decided_at) ON TABLE public.holds TO radioquote_service;

GRANT SELECT,INSERT ON TABLE public.inbox TO radioquote_service;
GRANT SELECT,DELETE ON TABLE public.inbox TO radioquote_job;

GRANT SELECT ON TABLE public.items TO radioquote_service;
GRANT SELECT ON TABLE public.items TO radioquote_job;
GRANT SELECT,INSERT ON TABLE public.items TO radioquote_sync;

GRANT UPDATE(until) ON TABLE public.items TO radioquote_sync;

GRANT SELECT,INSERT ON TABLE public.messages TO radioquote_service;
GRANT SELECT,INSERT,UPDATE ON TABLE public.messages TO radioquote_job;

GRANT UPDATE(conversation_id) ON TABLE public.messages TO radioquote_service;

GRANT UPDATE(number) ON TABLE public.messages TO radioquote_service;

GRANT UPDATE(version) ON TABLE public.messages TO radioquote_service;

GRANT UPDATE(state) ON TABLE public.messages TO radioquote_service;

GRANT UPDATE(wanted) ON TABLE public.messages TO radioquote_service;

GRANT USAGE ON SEQUENCE public.messages_id_seq TO radioquote_service;
GRANT USAGE ON SEQUENCE public.messages_id_seq TO radioquote_job;

GRANT SELECT,INSERT ON TABLE public.nudges TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.nudges TO radioquote_job;

GRANT SELECT ON TABLE public.people TO radioquote_service;
GRANT SELECT,INSERT,UPDATE ON TABLE public.people TO radioquote_job;

GRANT SELECT ON TABLE public.policies TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.policies TO radioquote_job;

GRANT SELECT ON TABLE public.policies_in_force TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.policies_in_force TO radioquote_job;

GRANT SELECT ON TABLE public.price_drifts TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.price_drifts TO radioquote_job;

GRANT SELECT ON TABLE public.price_levels TO radioquote_service;
GRANT SELECT ON TABLE public.price_levels TO radioquote_job;
GRANT SELECT,INSERT ON TABLE public.price_levels TO radioquote_sync;

GRANT UPDATE(until) ON TABLE public.price_levels TO radioquote_sync;

GRANT SELECT ON TABLE public.price_snapshots TO radioquote_service;
GRANT SELECT ON TABLE public.price_snapshots TO radioquote_job;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.price_snapshots TO radioquote_sync;

GRANT SELECT ON TABLE public.prices TO radioquote_service;
GRANT SELECT ON TABLE public.prices TO radioquote_job;
GRANT SELECT,INSERT ON TABLE public.prices TO radioquote_sync;

GRANT UPDATE(until) ON TABLE public.prices TO radioquote_sync;

GRANT SELECT,INSERT ON TABLE public.proposals TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.proposals TO radioquote_job;

GRANT UPDATE(state) ON TABLE public.proposals TO radioquote_service;
GRANT UPDATE(state) ON TABLE public.proposals TO radioquote_job;

GRANT UPDATE(decided_by) ON TABLE public.proposals TO radioquote_service;
GRANT UPDATE(decided_by) ON TABLE public.proposals TO radioquote_job;

GRANT UPDATE(decided_at) ON TABLE public.proposals TO radioquote_service;
GRANT UPDATE(decided_at) ON TABLE public.proposals TO radioquote_job;

GRANT UPDATE(applied_at) ON TABLE public.proposals TO radioquote_job;

GRANT SELECT ON TABLE public.prospects TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.prospects TO radioquote_job;

GRANT UPDATE(customer_id) ON TABLE public.prospects TO radioquote_service;
GRANT UPDATE(customer_id) ON TABLE public.prospects TO radioquote_job;

GRANT UPDATE(confirmed) ON TABLE public.prospects TO radioquote_service;

GRANT UPDATE(decided_by) ON TABLE public.prospects TO radioquote_service;

GRANT SELECT,INSERT ON TABLE public.quote_conflicts TO radioquote_job;

GRANT SELECT,INSERT ON TABLE public.quote_lines TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.quote_lines TO radioquote_job;

GRANT SELECT,INSERT ON TABLE public.quote_versions TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.quote_versions TO radioquote_job;

GRANT UPDATE(state) ON TABLE public.quote_versions TO radioquote_service;
GRANT UPDATE(state) ON TABLE public.quote_versions TO radioquote_job;

GRANT UPDATE(nonce) ON TABLE public.quote_versions TO radioquote_service;
GRANT UPDATE(nonce) ON TABLE public.quote_versions TO radioquote_job;

GRANT UPDATE(submitted_at) ON TABLE public.quote_versions TO radioquote_service;
GRANT UPDATE(submitted_at) ON TABLE public.quote_versions TO radioquote_job;

GRANT UPDATE(check_state) ON TABLE public.quote_versions TO radioquote_service;
GRANT UPDATE(check_state) ON TABLE public.quote_versions TO radioquote_job;

GRANT UPDATE(check_at) ON TABLE public.quote_versions TO radioquote_service;
GRANT UPDATE(check_at) ON TABLE public.quote_versions TO radioquote_job;

GRANT UPDATE(check_method) ON TABLE public.quote_versions TO radioquote_service;
GRANT UPDATE(check_method) ON TABLE public.quote_versions TO radioquote_job;

GRANT UPDATE(check_moved) ON TABLE public.quote_versions TO radioquote_service;
GRANT UPDATE(check_moved) ON TABLE public.quote_versions TO radioquote_job;

GRANT UPDATE(check_problem) ON TABLE public.quote_versions TO radioquote_service;
GRANT UPDATE(check_problem) ON TABLE public.quote_versions TO radioquote_job;

GRANT UPDATE(customer_waits) ON TABLE public.quote_versions TO radioquote_service;

GRANT SELECT,INSERT ON TABLE public.quotes TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.quotes TO radioquote_job;

GRANT UPDATE(state) ON TABLE public.quotes TO radioquote_service;
GRANT UPDATE(state) ON TABLE public.quotes TO radioquote_job;

GRANT UPDATE(current) ON TABLE public.quotes TO radioquote_service;
GRANT UPDATE(current) ON TABLE public.quotes TO radioquote_job;

GRANT UPDATE(estimate) ON TABLE public.quotes TO radioquote_service;
GRANT UPDATE(estimate) ON TABLE public.quotes TO radioquote_job;

GRANT UPDATE(attention) ON TABLE public.quotes TO radioquote_service;
GRANT UPDATE(attention) ON TABLE public.quotes TO radioquote_job;

GRANT UPDATE(end_reason) ON TABLE public.quotes TO radioquote_service;

GRANT UPDATE(claimed_until) ON TABLE public.quotes TO radioquote_job;

GRANT UPDATE(expiry_told) ON TABLE public.quotes TO radioquote_job;

GRANT USAGE ON SEQUENCE public.quotes_id_seq TO radioquote_service;

GRANT SELECT,INSERT,UPDATE ON TABLE public.room_people TO radioquote_service;
GRANT SELECT ON TABLE public.room_people TO radioquote_job;

GRANT SELECT ON TABLE public.schema_migrations TO radioquote_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.shares TO radioquote_service;
GRANT SELECT ON TABLE public.shares TO radioquote_job;

GRANT SELECT,INSERT ON TABLE public.shown_cards TO radioquote_service;
GRANT SELECT,INSERT ON TABLE public.shown_cards TO radioquote_job;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staged_customer_prices TO radioquote_sync;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staged_customers TO radioquote_sync;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staged_group_levels TO radioquote_sync;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staged_items TO radioquote_sync;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staged_price_levels TO radioquote_sync;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staged_prices TO radioquote_sync;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staged_stock TO radioquote_sync;

GRANT SELECT,INSERT ON TABLE public.step_ups TO radioquote_service;
GRANT SELECT ON TABLE public.step_ups TO radioquote_job;

GRANT UPDATE(state) ON TABLE public.step_ups TO radioquote_job;

GRANT UPDATE(nonce) ON TABLE public.step_ups TO radioquote_job;

GRANT UPDATE(verifier) ON TABLE public.step_ups TO radioquote_job;

GRANT UPDATE(browser) ON TABLE public.step_ups TO radioquote_job;

GRANT UPDATE(used_at) ON TABLE public.step_ups TO radioquote_service;
GRANT UPDATE(used_at) ON TABLE public.step_ups TO radioquote_job;

GRANT SELECT ON TABLE public.stock TO radioquote_service;
GRANT SELECT ON TABLE public.stock TO radioquote_job;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.stock TO radioquote_sync;

GRANT SELECT,INSERT,DELETE ON TABLE public.sync_runs TO radioquote_sync;
GRANT SELECT ON TABLE public.sync_runs TO radioquote_job;

GRANT UPDATE(took_ms) ON TABLE public.sync_runs TO radioquote_sync;

GRANT UPDATE(snapshot_id) ON TABLE public.sync_runs TO radioquote_sync;

GRANT UPDATE(outcome) ON TABLE public.sync_runs TO radioquote_sync;
