-- Undoes 000007.
DROP FUNCTION recompute_totals;
