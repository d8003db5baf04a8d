-- What later quotes are compared with is lost, and worked out again for new ones only.
DROP INDEX quote_versions_customer;
DROP INDEX quote_versions_technology;
ALTER TABLE quote_versions DROP COLUMN measures;
