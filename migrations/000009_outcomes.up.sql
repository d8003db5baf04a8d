-- From an approved quote to NetSuite and to its end: who the customer is where NetSuite does
-- not know it yet, what was read back of the Estimate, the sales order of a quote that is
-- won, and why a quote ended otherwise.
ALTER TABLE quote_versions
	ADD check_problem text NOT NULL DEFAULT '', -- why NetSuite's answer confirms nothing
	DROP CONSTRAINT quote_versions_check2,
	DROP CONSTRAINT quote_versions_check4,
	ADD CONSTRAINT known_customer CHECK (customer_id IS NULL OR customer IS NOT NULL),
	ADD CONSTRAINT submitted_customer CHECK ((state IN ('pending', 'approved')) <= (customer IS NOT NULL));
GRANT UPDATE (check_problem) ON quote_versions TO radioquote_service, radioquote_job;

ALTER TABLE quotes
	ADD end_reason text NOT NULL DEFAULT '',
	ADD claimed_until timestamptz;              -- by the job that writes its Estimate
GRANT UPDATE (end_reason) ON quotes TO radioquote_service;
GRANT UPDATE (claimed_until) ON quotes TO radioquote_job;

ALTER TABLE estimates
	ADD netsuite_id bigint NOT NULL DEFAULT 0,  -- 0: read before we kept it
	ADD lines       jsonb NOT NULL DEFAULT '[]',
	ADD modified_at timestamptz,                -- by NetSuite, when it was read back
	ADD sales_order text NOT NULL DEFAULT '';

-- Companies that were quoted to before NetSuite knew them. Two quotes to one name are one
-- prospect; a person of finance may say which customer it is instead.
CREATE TABLE prospects (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name        text NOT NULL CHECK (name <> ''),
	name_key    text NOT NULL UNIQUE CHECK (name_key <> ''),
	customer_id bigint,                          -- NULL: NetSuite does not have it yet
	confirmed   boolean NOT NULL DEFAULT false,  -- that it is none of the customers of a similar name
	decided_by  bigint REFERENCES people,
	created_at  timestamptz NOT NULL
);
ALTER TABLE prospects ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON prospects TO radioquote_service
	USING (EXISTS (SELECT FROM people p WHERE p.id = (SELECT actor()) AND 'finance' = ANY (p.roles)));
CREATE POLICY job ON prospects TO radioquote_job USING (true);
GRANT SELECT, UPDATE (customer_id, confirmed, decided_by) ON prospects TO radioquote_service;
GRANT SELECT, INSERT, UPDATE (customer_id) ON prospects TO radioquote_job;
