-- The roles stay: another database of the server may use them.
GRANT CREATE ON SCHEMA public TO PUBLIC;
