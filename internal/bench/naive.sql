-- The naive way from NDJSON to CSV with DuckDB; IN and OUT are replaced by paths.
COPY (
  SELECT e.created_at, e.event, t.id, t.merchant_reference, t.payment_product_type, t.store.id AS store, t.status, t.currency, e.amount, e.calculated_vat_amount
  FROM (SELECT *, unnest(events) AS e FROM read_json_auto('IN', format = 'newline_delimited')) t
  WHERE e.success AND e.event IN ('CAPTURE', 'REFUND')
) TO 'OUT' (FORMAT csv, HEADER);
