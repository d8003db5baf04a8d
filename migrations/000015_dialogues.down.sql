-- The quotes that conversations are about are forgotten; people name them again.
ALTER TABLE conversations DROP COLUMN locale;
DROP TABLE dialogues;
