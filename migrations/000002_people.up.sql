-- Who may do what. A person is a tenant and an object id of Entra; names are for display.
CREATE TABLE people (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant     text NOT NULL CHECK (tenant <> ''),
	object_id  text NOT NULL CHECK (object_id <> ''),
	name       text NOT NULL CHECK (name <> ''),
	roles      text[] NOT NULL CHECK (roles <@ ARRAY['rep', 'sales_manager', 'finance', 'vp', 'owner', 'engineering', 'admin', 'auditor']),
	team       text NOT NULL DEFAULT '',
	manager_id bigint REFERENCES people CHECK (manager_id <> id),
	UNIQUE (tenant, object_id)
);

-- The file that people came from, so that a changed file is noticed and not taken.
CREATE TABLE directories (
	hash     text PRIMARY KEY,
	taken_at timestamptz NOT NULL
);

GRANT SELECT ON people TO radioquote_service, radioquote_job;
GRANT INSERT, UPDATE ON people TO radioquote_job;
GRANT SELECT, INSERT ON directories TO radioquote_job;

-- Who acts in this transaction; NULL for nobody.
CREATE FUNCTION actor() RETURNS bigint
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN nullif(current_setting('radioquote.actor', true), '')::bigint;

-- Everybody whom a person manages, directly or through others.
CREATE FUNCTION reports_of(person bigint) RETURNS SETOF bigint
	LANGUAGE sql STABLE PARALLEL SAFE AS $$
	WITH RECURSIVE reports AS (
		SELECT p.id FROM people p WHERE p.manager_id = person
		UNION
		SELECT p.id FROM people p JOIN reports r ON p.manager_id = r.id
	)
	SELECT id FROM reports
$$;
