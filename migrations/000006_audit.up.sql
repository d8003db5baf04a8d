-- The audit log: who did what, when, to which version, by which policy and prices. An
-- event is inserted in the transaction that it records. Nobody may change or remove one:
-- there is no grant to, and these triggers stop the owner as well.
CREATE TABLE audit_events (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at          timestamptz NOT NULL,
	kind        text NOT NULL CHECK (kind <> ''),
	actor_id    bigint REFERENCES people,      -- NULL: the service itself
	quote_id    bigint REFERENCES quotes,
	version     integer,
	policy      text,
	snapshot_id bigint,
	correlation text NOT NULL,
	activity_id text NOT NULL DEFAULT '',
	data        jsonb NOT NULL
);
CREATE INDEX audit_events_quote ON audit_events (quote_id, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_events
	FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_events
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT INSERT ON audit_events TO radioquote_service, radioquote_sync, radioquote_job;
GRANT SELECT ON audit_events TO radioquote_job;
