-- Undoes 000002.
DROP FUNCTION reports_of;
DROP FUNCTION actor();
DROP TABLE directories;
DROP TABLE people;
