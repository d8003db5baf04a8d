-- Undoes 000007.
DROP FUNCTION recompute_totals;
DROP FUNCTION recompute_lines;
