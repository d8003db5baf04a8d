-- Questions about many quotes and about what was done to one: who may see a quote may read
-- its events, and the lists that people ask for are found by index. Events of no quote stay
-- with the jobs.
GRANT SELECT ON audit_events TO radioquote_service;
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY record ON audit_events FOR INSERT TO radioquote_service, radioquote_sync, radioquote_job WITH CHECK (true);
CREATE POLICY job ON audit_events FOR SELECT TO radioquote_job USING (true);
CREATE POLICY visible ON audit_events FOR SELECT TO radioquote_service USING (EXISTS (SELECT FROM quotes q WHERE q.id = quote_id OFFSET 0));

-- How quotes ended, by when.
CREATE INDEX audit_events_ended ON audit_events (at, quote_id) WHERE kind IN ('quote_won', 'quote_lost', 'quote_expired', 'quote_cancelled');
-- What a list is filtered, sorted and summed up by, without the rows themselves, which are
-- large.
CREATE INDEX quote_versions_found ON quote_versions (quote_id, version) INCLUDE (state, customer_id, total, currency, valid_until);
CREATE INDEX quote_versions_pending ON quote_versions (submitted_at) WHERE state = 'pending';
CREATE INDEX quote_versions_named ON quote_versions (coalesce(customer ->> 'Name', customer_text)) WHERE customer_id IS NULL;
CREATE INDEX quotes_since ON quotes (created_at, id);
CREATE INDEX quote_lines_sku ON quote_lines (sku, quote_id, version) INCLUDE (units);
