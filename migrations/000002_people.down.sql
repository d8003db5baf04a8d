-- Undoes 000002.
DROP FUNCTION actor();
DROP TABLE directories;
DROP TABLE people;
