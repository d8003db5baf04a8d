-- What each published snapshot did to the quotes that were open then, and that their people
-- were told of it: once.
CREATE TABLE price_drifts (
	snapshot_id bigint NOT NULL REFERENCES price_snapshots,
	quote_id    bigint NOT NULL REFERENCES quotes,
	version     integer NOT NULL,
	class       text NOT NULL CHECK (class IN ('tell', 'reopen')),
	before      numeric(19,4) NOT NULL,
	now         numeric(19,4) NOT NULL,
	currency    text NOT NULL,
	why         text NOT NULL,
	found_at    timestamptz NOT NULL,
	PRIMARY KEY (snapshot_id, quote_id),
	FOREIGN KEY (quote_id, version) REFERENCES quote_versions
);
CREATE INDEX price_drifts_quote ON price_drifts (quote_id, snapshot_id DESC);
ALTER TABLE price_drifts ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON price_drifts TO radioquote_service USING (EXISTS (SELECT FROM quotes q WHERE q.id = quote_id OFFSET 0));
CREATE POLICY job ON price_drifts TO radioquote_job USING (true);
GRANT SELECT ON price_drifts TO radioquote_service;
GRANT SELECT, INSERT ON price_drifts TO radioquote_job;

CREATE TABLE drift_alerts (
	snapshot_id bigint PRIMARY KEY REFERENCES price_snapshots,
	told_at     timestamptz NOT NULL
);
GRANT SELECT, INSERT ON drift_alerts TO radioquote_job;

-- Which version's expiry the owner was told of; 0: none.
ALTER TABLE quotes ADD expiry_told integer NOT NULL DEFAULT 0;
GRANT UPDATE (expiry_told) ON quotes TO radioquote_job;
CREATE INDEX quotes_open ON quotes (id) WHERE state IN ('open', 'sent');
