# The naive way from NDJSON to CSV with jq -r.
. as $t | .events[] | select(.success and (.event == "CAPTURE" or .event == "REFUND"))
| [.created_at, .event, $t.id, $t.merchant_reference, $t.payment_product_type, $t.store.id, $t.status, $t.currency, .amount, .calculated_vat_amount]
| @csv
