-- What drifted and who was told goes with the tables.
DROP INDEX quotes_open;
ALTER TABLE quotes DROP COLUMN expiry_told;
DROP TABLE drift_alerts;
DROP TABLE price_drifts;
