-- The index is for conflicts alone.
DROP INDEX quotes_created;
DROP TABLE quote_conflicts;
