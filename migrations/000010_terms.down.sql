-- A database in which a discount or a rental was quoted cannot go back: the checks of before
-- refuse it.
ALTER TABLE quote_versions
	DROP CONSTRAINT total,
	ADD CONSTRAINT quote_versions_check CHECK (total = net_total + freight),
	DROP COLUMN book_total,
	DROP COLUMN discount;
ALTER TABLE quote_lines
	DROP CONSTRAINT periods,
	DROP CONSTRAINT quantity,
	DROP CONSTRAINT charged,
	DROP CONSTRAINT waterfall,
	ADD CONSTRAINT quote_lines_check1 CHECK (months = 0 AND qty = units OR months > 0 AND qty = units * months),
	DROP COLUMN level_price,
	DROP COLUMN book_price,
	DROP COLUMN discount,
	DROP COLUMN locked,
	DROP COLUMN passthrough,
	DROP COLUMN share,
	DROP COLUMN weeks,
	DROP COLUMN stock_known,
	DROP COLUMN stock_available,
	DROP COLUMN stock_on_order,
	DROP COLUMN lead_days;
ALTER TABLE staged_items DROP COLUMN replaced_by;
ALTER TABLE items DROP COLUMN replaced_by;

DROP FUNCTION recompute_totals;
CREATE FUNCTION recompute_totals(quote bigint, ver integer, cost_order text[], freight_percent numeric, freight_minimum numeric)
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
