-- The figures of a quote that later ones are compared with are worked out once, when a
-- version is made; and the two ways in which past quotes are looked for: the newest of a
-- technology, and those of a customer.
ALTER TABLE quote_versions ADD measures jsonb NOT NULL DEFAULT '{}';
CREATE INDEX quote_versions_technology ON quote_versions ((system ->> 'technology'), created_at DESC) WHERE measures <> '{}';
CREATE INDEX quote_versions_customer ON quote_versions (customer_id, created_at DESC) WHERE customer_id IS NOT NULL;
