-- Prices are kept by how long they hold, not copied with every snapshot. A row of the
-- tables below holds from one snapshot on (since) until another one (until; NULL: still),
-- so that a sync writes what has changed and nothing else, any snapshot can be read as it
-- was, and the change log of a snapshot is the rows that begin or end with it. What was the
-- snapshots' tables is where a sync stages what it reads.
DROP TRIGGER keep_published ON price_snapshots;
DROP FUNCTION keep_published_snapshot();
DROP FUNCTION snapshot_in_use;

CREATE TEMP TABLE tables (name text, key text) ON COMMIT DROP;
INSERT INTO tables VALUES ('items', 'item_id'), ('price_levels', 'level_id'), ('prices', 'item_id, level_id, currency, from_qty'),
	('customers', 'customer_id'), ('customer_prices', 'customer_id, item_id'), ('group_levels', 'customer_id, pricing_group');

DO $$
DECLARE
	t record;
	names text;
BEGIN
	DELETE FROM price_snapshots WHERE published_at IS NULL;
	FOR t IN SELECT * FROM tables UNION ALL VALUES ('stock', 'item_id') LOOP
		EXECUTE format('ALTER TABLE %I RENAME TO %I', t.name, 'staged_' || t.name);
		EXECUTE format('DROP TRIGGER fill_unpublished ON %I', 'staged_' || t.name);
		EXECUTE format('DROP TRIGGER change_unpublished ON %I', 'staged_' || t.name);
		EXECUTE format('ALTER INDEX %I RENAME TO %I', t.name || '_pkey', 'staged_' || t.name || '_pkey');
		EXECUTE format('REVOKE ALL ON %I FROM radioquote_service, radioquote_job', 'staged_' || t.name);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO radioquote_sync', 'staged_' || t.name);
	END LOOP;
	FOR t IN SELECT * FROM tables LOOP
		EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING CONSTRAINTS INCLUDING DEFAULTS)', t.name, 'staged_' || t.name);
		SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO names
		FROM pg_attribute WHERE attrelid = t.name::regclass AND attnum > 0 AND attname <> 'snapshot_id';
		EXECUTE format('ALTER TABLE %I DROP COLUMN snapshot_id,
			ADD since bigint NOT NULL REFERENCES price_snapshots, ADD until bigint REFERENCES price_snapshots CHECK (until > since)', t.name);
		EXECUTE format('INSERT INTO %I (%s, since, until)
			SELECT %2$s, snapshot_id, (SELECT min(s.id) FROM price_snapshots s WHERE s.id > snapshot_id) FROM %I', t.name, names, 'staged_' || t.name);
		EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (%s, since)', t.name, t.key);
		EXECUTE format('CREATE UNIQUE INDEX %I ON %I (%s) WHERE until IS NULL', t.name || '_current', t.name, t.key);
		EXECUTE format('CREATE INDEX %I ON %I (since)', t.name || '_since', t.name);
		EXECUTE format('CREATE INDEX %I ON %I (until) WHERE until IS NOT NULL', t.name || '_until', t.name);
		EXECUTE format('GRANT SELECT ON %I TO radioquote_service, radioquote_job', t.name);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE (until) ON %I TO radioquote_sync', t.name);
	END LOOP;
	CREATE TABLE stock (
		item_id   bigint PRIMARY KEY,
		available numeric(19,4) NOT NULL,
		on_order  numeric(19,4) NOT NULL
	);
	INSERT INTO stock SELECT item_id, available, on_order FROM staged_stock WHERE snapshot_id = (SELECT max(id) FROM price_snapshots);
	GRANT SELECT ON stock TO radioquote_service, radioquote_job;
	GRANT SELECT, INSERT, UPDATE, DELETE ON stock TO radioquote_sync;
	FOR t IN SELECT * FROM tables UNION ALL VALUES ('stock', 'item_id') LOOP
		EXECUTE format('TRUNCATE %I', 'staged_' || t.name);
		EXECUTE format('ALTER TABLE %I SET UNLOGGED', 'staged_' || t.name); -- a sync that dies is repeated
	END LOOP;
END
$$;
CREATE UNIQUE INDEX items_sku_current ON items (sku) WHERE until IS NULL;

-- What is staged is judged before it is published: it may be what a price must not be.
ALTER TABLE staged_prices DROP CONSTRAINT prices_unit_price_check, ALTER unit_price TYPE numeric;
ALTER TABLE staged_customer_prices ALTER unit_price TYPE numeric;

-- A published snapshot is what quotes were made from. It may be confirmed, but not changed
-- and not removed; and no row may begin or end with it any more.
ALTER TABLE price_snapshots DROP COLUMN content_hash;
CREATE FUNCTION keep_published_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.published_at IS NOT NULL AND (TG_OP = 'DELETE' OR (NEW.published_at, NEW.taken_at) IS DISTINCT FROM (OLD.published_at, OLD.taken_at)) THEN
		RAISE EXCEPTION 'price snapshot % is published and cannot be changed', OLD.id USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER keep_published BEFORE UPDATE OR DELETE ON price_snapshots
	FOR EACH ROW EXECUTE FUNCTION keep_published_snapshot();

DROP FUNCTION fill_unpublished_snapshot;
CREATE FUNCTION begin_unpublished() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM new_rows n JOIN price_snapshots s ON s.id = n.since WHERE s.published_at IS NOT NULL OR n.until IS NOT NULL) THEN
		RAISE EXCEPTION 'a published price snapshot cannot be added to' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NULL;
END
$$;
CREATE FUNCTION end_unpublished() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM new_rows n LEFT JOIN price_snapshots s ON s.id = n.until WHERE n.until IS NULL OR s.published_at IS NOT NULL)
	OR EXISTS (SELECT FROM old_rows o WHERE o.until IS NOT NULL)
	OR EXISTS (SELECT to_jsonb(n) - 'until' FROM new_rows n EXCEPT SELECT to_jsonb(o) - 'until' FROM old_rows o) THEN
		RAISE EXCEPTION 'a row of a published price snapshot can only end, and once' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NULL;
END
$$;
CREATE FUNCTION keep_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'rows of price snapshots are kept' USING ERRCODE = 'restrict_violation';
END
$$;
DO $$
DECLARE
	t record;
BEGIN
	FOR t IN SELECT * FROM tables LOOP
		EXECUTE format('CREATE TRIGGER begin_unpublished AFTER INSERT ON %I
			REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION begin_unpublished()', t.name);
		EXECUTE format('CREATE TRIGGER end_unpublished AFTER UPDATE ON %I
			REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION end_unpublished()', t.name);
		EXECUTE format('CREATE TRIGGER keep_rows BEFORE DELETE OR TRUNCATE ON %I
			FOR EACH STATEMENT EXECUTE FUNCTION keep_rows()', t.name);
	END LOOP;
END
$$;
DROP TABLE tables;

-- The second engine, as in 000007, on rows that hold for a while.
CREATE OR REPLACE FUNCTION recompute_totals(quote bigint, ver integer, cost_order text[], freight_percent numeric, freight_minimum numeric)
RETURNS TABLE (agrees boolean, list_total numeric, net_total numeric, freight numeric, total numeric, amount numeric, cost_total numeric, margin numeric, trace jsonb)
LANGUAGE sql STABLE AS $$
	WITH stored AS MATERIALIZED (
		SELECT v.*
		FROM quote_versions v
		WHERE v.quote_id = quote
		  AND v.version = ver
	), priced AS MATERIALIZED (
		SELECT l.position, l.qty, l.units, l.months, i.item_type IN ('InvtPart', 'Kit') AS hardware,
		       l.list_price AS stored_list, l.unit_price AS stored_unit, l.extended AS stored_extended, l.unit_cost AS stored_cost,
		       (SELECT p.unit_price
		        FROM prices p
		        WHERE p.since <= s.snapshot_id AND (p.until IS NULL OR p.until > s.snapshot_id) AND p.item_id = l.item_id AND p.level_id = 1 AND p.currency = s.currency AND p.from_qty <= 1
		        ORDER BY p.from_qty DESC
		        LIMIT 1) AS list_price,
		       CASE
		           WHEN own.level_id = -1 AND own.currency = s.currency THEN own.unit_price
		           WHEN own.level_id = -1 THEN NULL
		           ELSE (SELECT p.unit_price
		                 FROM prices p
		                 WHERE p.since <= s.snapshot_id AND (p.until IS NULL OR p.until > s.snapshot_id) AND p.item_id = l.item_id AND p.currency = s.currency AND p.from_qty <= l.units
		                   AND p.level_id = coalesce(own.level_id, g.level_id, nullif(c.level_id, 0), 1)
		                 ORDER BY p.from_qty DESC
		                 LIMIT 1)
		       END AS unit_price,
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
	), again AS MATERIALIZED (
		SELECT p.*, round(p.unit_price * p.qty, 2) AS extended,
		       round(p.unit_price * CASE WHEN p.months > 12 THEN p.units * 12 ELSE p.qty END, 2) AS counted,
		       coalesce(p.list_price > 0 AND p.unit_price > 0 AND p.hardware IS NOT NULL
		                AND p.list_price = p.stored_list AND p.unit_price = p.stored_unit AND round(p.unit_price * p.qty, 2) = p.stored_extended
		                AND p.unit_cost IS NOT DISTINCT FROM p.stored_cost, false) AS agrees
		FROM priced p
	), sums AS (
		SELECT coalesce(sum(round(a.list_price * a.qty, 2)), 0) AS listed,
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
		SELECT s.*, CASE WHEN s.cost_known AND s.net > 0 THEN round((s.net - s.cost) * 100 / s.net, 2) END AS margin
		FROM sums s
	)
	SELECT r.lines_agree
	       AND v.list_total = r.listed AND v.net_total = r.net AND v.freight = r.freight
	       AND v.total = r.net + r.freight AND v.amount = r.counted + r.freight
	       AND v.cost_total = r.cost AND v.margin IS NOT DISTINCT FROM r.margin,
	       r.listed, r.net, r.freight, r.net + r.freight, r.counted + r.freight, r.cost, r.margin,
	       CASE WHEN NOT r.lines_agree THEN (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.position) FROM again a) END
	FROM result r, stored v
$$;

-- Items whose new prices wait for an admin. They show costs: only admins see them.
CREATE TABLE holds (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	item_id     bigint NOT NULL,
	sku         text NOT NULL,
	content     text NOT NULL,                 -- identifies the change; a release is of this one
	state       text NOT NULL CHECK (state IN ('held', 'released', 'refused', 'published', 'over')),
	reasons     jsonb NOT NULL,
	prices      jsonb NOT NULL,
	held_at     timestamptz NOT NULL,
	correlation text NOT NULL,
	decided_by  bigint REFERENCES people,
	decided_at  timestamptz,
	CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
	CHECK ((state IN ('released', 'refused', 'published')) <= (decided_by IS NOT NULL))
);
CREATE UNIQUE INDEX holds_open ON holds (item_id) WHERE state IN ('held', 'released', 'refused');
ALTER TABLE holds ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON holds TO radioquote_service
	USING (EXISTS (SELECT FROM people p WHERE p.id = (SELECT actor()) AND 'admin' = ANY (p.roles)));
CREATE POLICY job ON holds TO radioquote_job, radioquote_sync USING (true);
GRANT SELECT, UPDATE (state, decided_by, decided_at) ON holds TO radioquote_service;
GRANT SELECT ON holds TO radioquote_job;
GRANT SELECT, INSERT, UPDATE (state) ON holds TO radioquote_sync;

-- How syncs went, for when the next one is due and for whoever asks.
CREATE TABLE sync_runs (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	whole       boolean NOT NULL,
	started_at  timestamptz NOT NULL,
	took_ms     bigint,
	snapshot_id bigint,
	outcome     text NOT NULL DEFAULT 'running'
);
GRANT SELECT, INSERT, DELETE, UPDATE (took_ms, snapshot_id, outcome) ON sync_runs TO radioquote_sync;
GRANT SELECT ON sync_runs TO radioquote_job;

-- What was found out about the NetSuite account; the newest row holds.
CREATE TABLE account_probes (
	at           timestamptz PRIMARY KEY,
	capabilities jsonb NOT NULL,
	probes       jsonb NOT NULL
);
GRANT SELECT ON account_probes TO radioquote_service, radioquote_sync;
GRANT SELECT, INSERT ON account_probes TO radioquote_job;
