-- Undoes 000004.
DROP FUNCTION snapshot_in_use;
DROP TABLE estimates, decisions, quote_lines, quote_versions, quotes, policies;
DROP FUNCTION check_version_step();
