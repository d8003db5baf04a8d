-- Two reps who quote the same need of one customer, and that they were told: once.
CREATE TABLE quote_conflicts (
	quote_id bigint NOT NULL REFERENCES quotes,
	other_id bigint NOT NULL REFERENCES quotes,
	told_at  timestamptz NOT NULL,
	PRIMARY KEY (quote_id, other_id),
	CHECK (other_id < quote_id)
);
GRANT SELECT, INSERT ON quote_conflicts TO radioquote_job;
CREATE INDEX quotes_created ON quotes (created_at) WHERE state IN ('open', 'sent');
