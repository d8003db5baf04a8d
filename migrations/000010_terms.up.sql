-- Terms: what is agreed beside the price list. A line keeps its whole waterfall, from list to
-- what is charged; the header discount is an adjustment of its own.
ALTER TABLE quote_lines
	ADD level_price     numeric(19,4),                    -- at the customer's level or its own price, without a break
	ADD book_price      numeric(19,4),                    -- by precedence and break
	ADD discount        numeric(11,8) NOT NULL DEFAULT 0 CHECK (discount BETWEEN 0 AND 100), -- percent off the book
	ADD locked          boolean NOT NULL DEFAULT false,   -- the unit price was set by a person
	ADD passthrough     boolean NOT NULL DEFAULT false,
	ADD share           numeric(19,4) NOT NULL DEFAULT 0 CHECK (share >= 0), -- of the header discount
	ADD weeks           integer NOT NULL DEFAULT 0 CHECK (weeks >= 0),
	ADD stock_known     boolean NOT NULL DEFAULT false,
	ADD stock_available integer NOT NULL DEFAULT 0,
	ADD stock_on_order  integer NOT NULL DEFAULT 0,
	ADD lead_days       integer NOT NULL DEFAULT 0,
	DROP CONSTRAINT quote_lines_check1,
	ADD CONSTRAINT periods CHECK (months = 0 OR weeks = 0),
	ADD CONSTRAINT quantity CHECK (qty = units * greatest(months, weeks, 1)),
	ADD CONSTRAINT charged CHECK (share <= extended);
UPDATE quote_lines SET level_price = unit_price, book_price = unit_price;
ALTER TABLE quote_lines
	ALTER level_price SET NOT NULL,
	ALTER book_price SET NOT NULL,
	ADD CONSTRAINT waterfall CHECK (level_price > 0 AND book_price > 0);

ALTER TABLE quote_versions
	ADD book_total numeric(19,4) CHECK (book_total >= 0),
	ADD discount   numeric(19,4) NOT NULL DEFAULT 0 CHECK (discount >= 0),
	DROP CONSTRAINT quote_versions_check,
	ADD CONSTRAINT total CHECK (total = net_total - discount + freight);
UPDATE quote_versions SET book_total = net_total;
ALTER TABLE quote_versions ALTER book_total SET NOT NULL;

ALTER TABLE staged_items ADD replaced_by text NOT NULL DEFAULT '';
ALTER TABLE items ADD replaced_by text NOT NULL DEFAULT '';

-- The second engine, from 000008 on. It takes the terms from the request: header discount
-- and locked prices are read there again, and of a line's discount only the percentage is
-- an input.
DROP FUNCTION recompute_totals;
CREATE FUNCTION recompute_totals(quote bigint, ver integer, cost_order text[], freight_percent numeric, freight_minimum numeric)
RETURNS TABLE (agrees boolean, list_total numeric, book_total numeric, net_total numeric, discount numeric, freight numeric, total numeric, amount numeric, cost_total numeric, margin numeric, trace jsonb)
LANGUAGE sql STABLE AS $$
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
