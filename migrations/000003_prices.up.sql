-- NetSuite's prices, kept as whole snapshots: a sync fills one that nobody reads, checks
-- it, and publishes it in one transaction. A published snapshot is never changed.
CREATE TABLE price_snapshots (
	id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	taken_at     timestamptz NOT NULL,         -- NetSuite's clock when the sync began
	confirmed_at timestamptz NOT NULL,         -- NetSuite's clock when a later sync last found the same content
	published_at timestamptz,                  -- NULL: still being filled
	content_hash text,
	CHECK ((published_at IS NULL) = (content_hash IS NULL)),
	CHECK (confirmed_at >= taken_at)
);

CREATE TABLE items (
	snapshot_id   bigint NOT NULL REFERENCES price_snapshots ON DELETE CASCADE,
	item_id       bigint NOT NULL,
	sku           text NOT NULL CHECK (sku <> ''),
	name          text NOT NULL,
	item_type     text NOT NULL CHECK (item_type IN ('InvtPart', 'NonInvtPart', 'Service', 'OthCharge', 'Kit')),
	category      text NOT NULL,
	break_group   text NOT NULL,
	tags          text[] NOT NULL,
	pricing_group bigint NOT NULL DEFAULT 0,
	inactive      boolean NOT NULL,
	average_cost  numeric(19,4) CHECK (average_cost >= 0),
	last_cost     numeric(19,4) CHECK (last_cost >= 0),
	standard_cost numeric(19,4) CHECK (standard_cost >= 0),
	lead_days     integer NOT NULL DEFAULT 0,
	PRIMARY KEY (snapshot_id, item_id),
	UNIQUE (sku, snapshot_id)
);

CREATE TABLE price_levels (
	snapshot_id bigint NOT NULL REFERENCES price_snapshots ON DELETE CASCADE,
	level_id    bigint NOT NULL,
	name        text NOT NULL,
	inactive    boolean NOT NULL,
	PRIMARY KEY (snapshot_id, level_id)
);

CREATE TABLE prices (
	snapshot_id bigint NOT NULL REFERENCES price_snapshots ON DELETE CASCADE,
	item_id     bigint NOT NULL,
	level_id    bigint NOT NULL,
	currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
	from_qty    integer NOT NULL CHECK (from_qty >= 1),
	row_id      bigint NOT NULL,
	unit_price  numeric(19,4) NOT NULL CHECK (unit_price >= 0),
	PRIMARY KEY (snapshot_id, item_id, level_id, currency, from_qty)
);

CREATE TABLE customers (
	snapshot_id bigint NOT NULL REFERENCES price_snapshots ON DELETE CASCADE,
	customer_id bigint NOT NULL,
	entity_id   text NOT NULL,
	name        text NOT NULL,
	level_id    bigint NOT NULL DEFAULT 0,
	currency    text NOT NULL,
	terms       text NOT NULL,
	email       text NOT NULL,
	parent_id   bigint NOT NULL DEFAULT 0,
	subsidiary  bigint NOT NULL DEFAULT 0,
	credit_hold boolean NOT NULL,
	taxable     boolean NOT NULL,
	inactive    boolean NOT NULL,
	PRIMARY KEY (snapshot_id, customer_id)
);

CREATE TABLE customer_prices (
	snapshot_id bigint NOT NULL REFERENCES price_snapshots ON DELETE CASCADE,
	customer_id bigint NOT NULL,
	item_id     bigint NOT NULL,
	level_id    bigint NOT NULL,              -- -1: a price of its own
	currency    text NOT NULL,
	unit_price  numeric(19,4),
	CHECK ((level_id = -1) = (unit_price IS NOT NULL)),
	PRIMARY KEY (snapshot_id, customer_id, item_id)
);

CREATE TABLE group_levels (
	snapshot_id   bigint NOT NULL REFERENCES price_snapshots ON DELETE CASCADE,
	customer_id   bigint NOT NULL,
	pricing_group bigint NOT NULL,
	level_id      bigint NOT NULL,
	PRIMARY KEY (snapshot_id, customer_id, pricing_group)
);

CREATE TABLE stock (
	snapshot_id bigint NOT NULL REFERENCES price_snapshots ON DELETE CASCADE,
	item_id     bigint NOT NULL,
	available   numeric(19,4) NOT NULL,
	on_order    numeric(19,4) NOT NULL,
	PRIMARY KEY (snapshot_id, item_id)
);

-- A published snapshot is what quotes were made from: it may be confirmed, and deleted
-- when no quote needs it, but not changed.
CREATE FUNCTION keep_published_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$
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
		EXECUTE format('GRANT SELECT ON %I TO radioquote_service, radioquote_job', name);
		EXECUTE format('GRANT SELECT, INSERT ON %I TO radioquote_sync', name);
	END LOOP;
END
$$;
GRANT SELECT ON price_snapshots TO radioquote_service, radioquote_job;
GRANT SELECT, INSERT, UPDATE, DELETE ON price_snapshots TO radioquote_sync;
