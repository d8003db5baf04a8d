-- Undoes 000009. Versions for customers that NetSuite does not know lose their customer.
DROP TABLE prospects;
ALTER TABLE estimates DROP COLUMN netsuite_id, DROP COLUMN lines, DROP COLUMN modified_at, DROP COLUMN sales_order;
ALTER TABLE quotes DROP COLUMN end_reason, DROP COLUMN claimed_until;
ALTER TABLE quote_versions
	DROP COLUMN check_problem,
	DROP CONSTRAINT known_customer,
	DROP CONSTRAINT submitted_customer;
UPDATE quote_versions SET customer = NULL WHERE customer_id IS NULL;
ALTER TABLE quote_versions
	ADD CONSTRAINT quote_versions_check2 CHECK ((customer_id IS NULL) = (customer IS NULL)),
	ADD CONSTRAINT quote_versions_check4 CHECK ((state IN ('pending', 'approved')) <= (customer_id IS NOT NULL)) NOT VALID;
