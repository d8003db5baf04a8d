-- Undoes 000008: each snapshot has its own copy of all rows again.
DROP TABLE account_probes, sync_runs, holds;
DROP TRIGGER keep_published ON price_snapshots;
ALTER TABLE price_snapshots ADD content_hash text;
UPDATE price_snapshots SET content_hash = 'unknown' WHERE published_at IS NOT NULL;
ALTER TABLE price_snapshots ADD CHECK ((published_at IS NULL) = (content_hash IS NULL));

DO $$
DECLARE
	name text;
	names text;
BEGIN
	FOREACH name IN ARRAY ARRAY['items', 'price_levels', 'prices', 'customers', 'customer_prices', 'group_levels', 'stock'] LOOP
		EXECUTE format('TRUNCATE %I', 'staged_' || name);
		EXECUTE format('ALTER TABLE %I SET LOGGED', 'staged_' || name);
		IF name = 'stock' THEN
			INSERT INTO staged_stock SELECT s.id, t.* FROM stock t, price_snapshots s WHERE s.published_at IS NOT NULL;
		ELSE
			SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO names
			FROM pg_attribute WHERE attrelid = name::regclass AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('since', 'until');
			EXECUTE format('INSERT INTO %I (snapshot_id, %s)
				SELECT s.id, %2$s FROM %I t JOIN price_snapshots s ON s.published_at IS NOT NULL AND t.since <= s.id AND (t.until IS NULL OR t.until > s.id)',
				'staged_' || name, names, name);
		END IF;
		EXECUTE format('DROP TABLE %I', name);
		EXECUTE format('ALTER TABLE %I RENAME TO %I', 'staged_' || name, name);
		EXECUTE format('ALTER INDEX %I RENAME TO %I', 'staged_' || name || '_pkey', name || '_pkey');
		EXECUTE format('REVOKE UPDATE, DELETE ON %I FROM radioquote_sync', name);
		EXECUTE format('GRANT SELECT ON %I TO radioquote_service, radioquote_job', name);
	END LOOP;
END
$$;
ALTER TABLE prices ALTER unit_price TYPE numeric(19,4), ADD CONSTRAINT prices_unit_price_check CHECK (unit_price >= 0);
ALTER TABLE customer_prices ALTER unit_price TYPE numeric(19,4);
DROP FUNCTION begin_unpublished, end_unpublished, keep_rows;

CREATE OR REPLACE FUNCTION keep_published_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.published_at IS NOT NULL AND
	   (NEW.published_at, NEW.content_hash, NEW.taken_at) IS DISTINCT FROM (OLD.published_at, OLD.content_hash, OLD.taken_at) THEN
		RAISE EXCEPTION 'price snapshot % is published and cannot be changed', OLD.id USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER keep_published BEFORE UPDATE ON price_snapshots
	FOR EACH ROW EXECUTE FUNCTION keep_published_snapshot();
CREATE FUNCTION fill_unpublished_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM filled JOIN price_snapshots s ON s.id = filled.snapshot_id WHERE s.published_at IS NOT NULL) THEN
		RAISE EXCEPTION 'a published price snapshot cannot be added to or changed' USING ERRCODE = 'restrict_violation';
	END IF;
	RETURN NULL;
END
$$;
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['items', 'price_levels', 'prices', 'customers', 'customer_prices', 'group_levels', 'stock'] LOOP
		EXECUTE format('CREATE TRIGGER fill_unpublished AFTER INSERT ON %I
			REFERENCING NEW TABLE AS filled FOR EACH STATEMENT EXECUTE FUNCTION fill_unpublished_snapshot()', name);
		EXECUTE format('CREATE TRIGGER change_unpublished AFTER UPDATE ON %I
			REFERENCING NEW TABLE AS filled FOR EACH STATEMENT EXECUTE FUNCTION fill_unpublished_snapshot()', name);
	END LOOP;
END
$$;
CREATE FUNCTION snapshot_in_use(snapshot bigint) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
	RETURN EXISTS (SELECT FROM quote_versions WHERE snapshot_id = snapshot);
REVOKE EXECUTE ON FUNCTION snapshot_in_use FROM PUBLIC;
GRANT EXECUTE ON FUNCTION snapshot_in_use TO radioquote_sync;

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
		        WHERE p.snapshot_id = s.snapshot_id AND p.item_id = l.item_id AND p.level_id = 1 AND p.currency = s.currency AND p.from_qty <= 1
		        ORDER BY p.from_qty DESC
		        LIMIT 1) AS list_price,
		       CASE
		           WHEN own.level_id = -1 AND own.currency = s.currency THEN own.unit_price
		           WHEN own.level_id = -1 THEN NULL
		           ELSE (SELECT p.unit_price
		                 FROM prices p
		                 WHERE p.snapshot_id = s.snapshot_id AND p.item_id = l.item_id AND p.currency = s.currency AND p.from_qty <= l.units
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
		LEFT JOIN LATERAL (SELECT * FROM items i WHERE i.snapshot_id = s.snapshot_id AND i.item_id = l.item_id AND NOT i.inactive LIMIT 1) i ON true
		LEFT JOIN LATERAL (SELECT * FROM customers c WHERE c.snapshot_id = s.snapshot_id AND c.customer_id = s.customer_id LIMIT 1) c ON true
		LEFT JOIN LATERAL (SELECT * FROM customer_prices o WHERE o.snapshot_id = s.snapshot_id AND o.customer_id = s.customer_id AND o.item_id = l.item_id LIMIT 1) own ON true
		LEFT JOIN LATERAL (SELECT * FROM group_levels g WHERE g.snapshot_id = s.snapshot_id AND g.customer_id = s.customer_id AND g.pricing_group = i.pricing_group AND i.pricing_group <> 0 LIMIT 1) g ON true
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
