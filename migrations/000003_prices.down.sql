-- Undoes 000003.
DROP TABLE stock, group_levels, customer_prices, customers, prices, price_levels, items, price_snapshots;
DROP FUNCTION fill_unpublished_snapshot();
DROP FUNCTION keep_published_snapshot();
