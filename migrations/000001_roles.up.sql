-- The service works under three roles that own nothing and cannot sign in: it takes one
-- of them for each transaction, and the grants and row-level policies of the later
-- migrations say what each may see and do. Roles belong to the whole server, so another
-- database may have made them already.
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['radioquote_service', 'radioquote_sync', 'radioquote_job'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', name);
		END IF;
	END LOOP;
EXCEPTION
	WHEN duplicate_object OR unique_violation THEN NULL; -- made by another database at this moment
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
