# The naive way from NDJSON to CSV: json and csv of the standard library, a line at a time.
import csv, json, sys

with open(sys.argv[1], encoding="utf-8") as lines, open(sys.argv[2], "w", newline="", encoding="utf-8") as out:
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["created_at", "event", "id", "merchant_reference", "payment_product_type", "store", "status", "currency", "amount", "vat"])
    for line in lines:
        t = json.loads(line)
        for e in t["events"]:
            if e.get("success") and e["event"] in ("CAPTURE", "REFUND"):
                writer.writerow([e["created_at"], e["event"], t["id"], t["merchant_reference"], t["payment_product_type"],
                                 t["store"]["id"], t["status"], t["currency"], e["amount"], e.get("calculated_vat_amount")])
