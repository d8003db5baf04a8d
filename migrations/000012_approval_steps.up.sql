-- The decisions on the way: of a chain of several people, each but the last. The last one is
-- the version's decision.
CREATE TABLE approval_steps (
	quote_id     bigint NOT NULL,
	version      integer NOT NULL,
	branch       text NOT NULL CHECK (branch IN ('commercial', 'engineering')),
	level        integer NOT NULL CHECK (level BETWEEN 1 AND 4),
	decided_by   bigint NOT NULL REFERENCES people,
	content_hash text NOT NULL,
	decided_at   timestamptz NOT NULL,
	PRIMARY KEY (quote_id, version, branch, level),
	FOREIGN KEY (quote_id, version) REFERENCES quote_versions
);
ALTER TABLE approval_steps ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON approval_steps TO radioquote_service USING (EXISTS (SELECT FROM quotes q WHERE q.id = quote_id OFFSET 0));
CREATE POLICY job ON approval_steps TO radioquote_job USING (true);
GRANT SELECT, INSERT ON approval_steps TO radioquote_service;
GRANT SELECT ON approval_steps TO radioquote_job;
