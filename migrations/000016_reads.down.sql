-- Without the index on what is listed, lists read whole rows again.
DROP INDEX quote_lines_sku, quotes_since, quote_versions_named, quote_versions_pending, quote_versions_found, audit_events_ended;
DROP POLICY visible ON audit_events;
DROP POLICY job ON audit_events;
DROP POLICY record ON audit_events;
ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY;
REVOKE SELECT ON audit_events FROM radioquote_service;
