-- The second engine. It prices a stored version again from the raw synced rows, in
-- numeric, and shares nothing with the first engine but the inputs: which items, how
-- many, for whom, by which snapshot, and the policy's freight rule and cost order. What
-- it finds has to agree with what was stored to the cent before anybody sees the quote.
-- An item without a price gives NULLs, which agree with nothing.
CREATE FUNCTION recompute_lines(quote bigint, ver integer, cost_order text[])
RETURNS TABLE (pos integer, list_price numeric, unit_price numeric, extended numeric, counted numeric, unit_cost numeric, hardware boolean)
LANGUAGE sql STABLE AS $$
	SELECT l.position,
	       listed.unit_price,
	       priced.unit_price,
	       round(priced.unit_price * l.qty, 2),
	       round(priced.unit_price * CASE WHEN l.months > 12 THEN l.units * 12 ELSE l.qty END, 2),
	       (SELECT known.cost
	        FROM unnest(cost_order) WITH ORDINALITY AS wanted (kind, rank)
	        JOIN (VALUES ('average', i.average_cost), ('last_purchase', i.last_cost), ('standard', i.standard_cost)) AS known (kind, cost)
	          ON known.kind = wanted.kind AND known.cost IS NOT NULL
	        ORDER BY wanted.rank
	        LIMIT 1),
	       i.item_type IN ('InvtPart', 'Kit')
	FROM quote_lines l
	JOIN quote_versions v ON v.quote_id = l.quote_id AND v.version = l.version
	LEFT JOIN items i ON i.snapshot_id = v.snapshot_id AND i.item_id = l.item_id AND NOT i.inactive
	LEFT JOIN customers c ON c.snapshot_id = v.snapshot_id AND c.customer_id = v.customer_id
	LEFT JOIN customer_prices own ON own.snapshot_id = v.snapshot_id AND own.customer_id = v.customer_id AND own.item_id = l.item_id
	LEFT JOIN group_levels g ON g.snapshot_id = v.snapshot_id AND g.customer_id = v.customer_id AND g.pricing_group = i.pricing_group AND i.pricing_group <> 0
	LEFT JOIN LATERAL (
		SELECT p.unit_price
		FROM prices p
		WHERE p.snapshot_id = v.snapshot_id AND p.item_id = l.item_id AND p.level_id = 1 AND p.currency = v.currency AND p.from_qty <= 1 AND p.unit_price > 0
		ORDER BY p.from_qty DESC
		LIMIT 1) listed ON true
	LEFT JOIN LATERAL (
		SELECT own.unit_price WHERE own.level_id = -1 AND own.currency = v.currency
		UNION ALL
		(SELECT p.unit_price
		 FROM prices p
		 WHERE own.level_id IS DISTINCT FROM -1
		   AND p.snapshot_id = v.snapshot_id AND p.item_id = l.item_id AND p.currency = v.currency
		   AND p.level_id = coalesce(own.level_id, g.level_id, nullif(c.level_id, 0), 1)
		   AND p.from_qty <= l.units
		 ORDER BY p.from_qty DESC
		 LIMIT 1)) priced ON priced.unit_price > 0
	WHERE l.quote_id = quote AND l.version = ver
$$;

CREATE FUNCTION recompute_totals(quote bigint, ver integer, cost_order text[], freight_percent numeric, freight_minimum numeric)
RETURNS TABLE (agrees boolean, list_total numeric, net_total numeric, freight numeric, total numeric, amount numeric, cost_total numeric, margin numeric)
LANGUAGE sql STABLE AS $$
	WITH again AS MATERIALIZED (
		SELECT r.*, l.qty, l.list_price AS stored_list, l.unit_price AS stored_unit, l.extended AS stored_extended, l.unit_cost AS stored_cost
		FROM quote_lines l
		LEFT JOIN recompute_lines(quote, ver, cost_order) r ON r.pos = l.position
		WHERE l.quote_id = quote AND l.version = ver
	), sums AS (
		SELECT coalesce(sum(round(a.list_price * a.qty, 2)), 0) AS listed,
		       coalesce(sum(a.extended), 0) AS net,
		       coalesce(sum(a.counted), 0) AS counted,
		       coalesce(sum(a.unit_cost * a.qty), 0) AS cost,
		       bool_and(a.unit_cost IS NOT NULL) AS cost_known,
		       coalesce(bool_and(coalesce(
		           a.list_price = a.stored_list AND a.unit_price = a.stored_unit AND a.extended = a.stored_extended
		           AND a.unit_cost IS NOT DISTINCT FROM a.stored_cost, false)), true) AS lines_agree,
		       CASE WHEN bool_or(a.hardware)
		            THEN greatest(round(sum(a.extended) FILTER (WHERE a.hardware) * freight_percent / 100, 2), freight_minimum)
		            ELSE 0 END AS freight
		FROM again a
	), result AS (
		SELECT s.*,
		       CASE WHEN s.cost_known AND s.net > 0 THEN round((s.net - s.cost) * 100 / s.net, 2) END AS margin
		FROM sums s
	)
	SELECT r.lines_agree
	       AND v.list_total = r.listed AND v.net_total = r.net AND v.freight = coalesce(r.freight, 0)
	       AND v.total = r.net + coalesce(r.freight, 0) AND v.amount = r.counted + coalesce(r.freight, 0)
	       AND v.cost_total = r.cost AND v.margin IS NOT DISTINCT FROM r.margin,
	       r.listed, r.net, coalesce(r.freight, 0), r.net + coalesce(r.freight, 0), r.counted + coalesce(r.freight, 0), r.cost, r.margin
	FROM result r, quote_versions v
	WHERE v.quote_id = quote AND v.version = ver
$$;
