package dinterojson

import "rapport/fetch/internal/jsonscan"

func (r *rawOrder) Scan(s *jsonscan.Scanner) { jsonscan.ScanObject(s, orderFields, r, nil) }

func (r *rawOperation) Scan(s *jsonscan.Scanner) { jsonscan.ScanObject(s, operationFields, r, nil) }

func (r *rawOrderLine) Reset() *jsonscan.Other     { *r = rawOrderLine{}; return &r.other }
func (r *rawTax) Reset() *jsonscan.Other           { *r = rawTax{}; return &r.other }
func (r *rawOperation) Reset() *jsonscan.Other     { *r = rawOperation{}; return &r.other }
func (r *rawOperationLine) Reset() *jsonscan.Other { *r = rawOperationLine{}; return &r.other }
func (r *rawDestination) Reset() *jsonscan.Other   { *r = rawDestination{}; return &r.other }

// The fields of the raw types.
var (
	orderFields = []jsonscan.Field[rawOrder]{
		{Name: "id", Scan: func(s *jsonscan.Scanner, r *rawOrder) { s.Scalar(&r.ID) }},
		{Name: "order_id", Scan: func(s *jsonscan.Scanner, r *rawOrder) { s.Scalar(&r.OrderID) }},
		{Name: "status", Scan: func(s *jsonscan.Scanner, r *rawOrder) { s.Scalar(&r.Status) }},
		{Name: "store_id", Scan: func(s *jsonscan.Scanner, r *rawOrder) { s.Scalar(&r.StoreID) }},
		{Name: "store", Scan: func(s *jsonscan.Scanner, r *rawOrder) { jsonscan.ScanObject(s, storeFields, &r.Store, &r.Store.other) }},
		{Name: "currency", Scan: func(s *jsonscan.Scanner, r *rawOrder) { s.Scalar(&r.Currency) }},
		{Name: "updated_at", Scan: func(s *jsonscan.Scanner, r *rawOrder) { s.Instant(&r.UpdatedAt) }},
		{Name: "items", Scan: func(s *jsonscan.Scanner, r *rawOrder) { jsonscan.ScanList(s, orderLineFields, &r.Items, maxElements) }},
		{Name: "authorizations", Scan: func(s *jsonscan.Scanner, r *rawOrder) {
			jsonscan.ScanList(s, operationFields, &r.operations[0], maxElements)
		}},
		{Name: "captures", Scan: func(s *jsonscan.Scanner, r *rawOrder) {
			jsonscan.ScanList(s, operationFields, &r.operations[1], maxElements)
		}},
		{Name: "refunds", Scan: func(s *jsonscan.Scanner, r *rawOrder) {
			jsonscan.ScanList(s, operationFields, &r.operations[2], maxElements)
		}},
		{Name: "cancellations", Scan: func(s *jsonscan.Scanner, r *rawOrder) {
			jsonscan.ScanList(s, operationFields, &r.operations[3], maxElements)
		}},
	}
	orderLineFields = []jsonscan.Field[rawOrderLine]{
		{Name: "line_id", Scan: func(s *jsonscan.Scanner, r *rawOrderLine) { s.Scalar(&r.LineID) }},
		{Name: "id", Scan: func(s *jsonscan.Scanner, r *rawOrderLine) { s.Scalar(&r.ItemID) }},
		{Name: "description", Scan: func(s *jsonscan.Scanner, r *rawOrderLine) { s.Scalar(&r.Description) }},
		{Name: "quantity", Scan: func(s *jsonscan.Scanner, r *rawOrderLine) { s.Scalar(&r.Quantity) }},
		{Name: "gross_amount", Scan: func(s *jsonscan.Scanner, r *rawOrderLine) { s.Scalar(&r.Gross) }},
		{Name: "tax_lines", Scan: func(s *jsonscan.Scanner, r *rawOrderLine) { jsonscan.ScanList(s, taxFields, &r.Taxes, maxElements) }},
	}
	taxFields = []jsonscan.Field[rawTax]{
		{Name: "percentage", Scan: func(s *jsonscan.Scanner, r *rawTax) { s.Scalar(&r.Percentage) }},
		{Name: "amount", Scan: func(s *jsonscan.Scanner, r *rawTax) { s.Scalar(&r.Amount) }},
	}
	operationFields = []jsonscan.Field[rawOperation]{
		{Name: "id", Scan: func(s *jsonscan.Scanner, r *rawOperation) { s.Scalar(&r.ID) }},
		{Name: "amount", Scan: func(s *jsonscan.Scanner, r *rawOperation) { s.Scalar(&r.Amount) }},
		{Name: "success", Scan: func(s *jsonscan.Scanner, r *rawOperation) { s.Scalar(&r.Success) }},
		{Name: "created_at", Scan: func(s *jsonscan.Scanner, r *rawOperation) { s.Instant(&r.CreatedAt) }},
		{Name: "processed_at", Scan: func(s *jsonscan.Scanner, r *rawOperation) { s.Instant(&r.ProcessedAt) }},
		{Name: "processed_by", Scan: func(s *jsonscan.Scanner, r *rawOperation) { s.Scalar(&r.ProcessedBy) }},
		{Name: "payment_details", Scan: func(s *jsonscan.Scanner, r *rawOperation) {
			jsonscan.ScanObject(s, paymentFields, &r.Payment, &r.Payment.other)
		}},
		{Name: "items", Scan: func(s *jsonscan.Scanner, r *rawOperation) {
			jsonscan.ScanList(s, operationLineFields, &r.Items, maxElements)
		}},
	}
	paymentFields = []jsonscan.Field[rawPayment]{
		{Name: "psp", Scan: func(s *jsonscan.Scanner, r *rawPayment) { s.Scalar(&r.PSP) }},
		{Name: "payment_id", Scan: func(s *jsonscan.Scanner, r *rawPayment) { s.Scalar(&r.PaymentID) }},
		{Name: "payment_product", Scan: func(s *jsonscan.Scanner, r *rawPayment) { s.Scalar(&r.Product) }},
		{Name: "payment_product_type", Scan: func(s *jsonscan.Scanner, r *rawPayment) { s.Scalar(&r.ProductType) }},
	}
	operationLineFields = []jsonscan.Field[rawOperationLine]{
		{Name: "line_id", Scan: func(s *jsonscan.Scanner, r *rawOperationLine) { s.Scalar(&r.LineID) }},
		{Name: "amount", Scan: func(s *jsonscan.Scanner, r *rawOperationLine) { s.Scalar(&r.Amount) }},
		{Name: "payout", Scan: func(s *jsonscan.Scanner, r *rawOperationLine) {
			jsonscan.ScanObject(s, payoutFields, &r.Payout, &r.Payout.other)
		}},
	}
	payoutFields = []jsonscan.Field[rawPayout]{
		{Name: "destinations", Scan: func(s *jsonscan.Scanner, r *rawPayout) {
			jsonscan.ScanList(s, destinationFields, &r.Destinations, maxElements)
		}},
	}
	destinationFields = []jsonscan.Field[rawDestination]{
		{Name: "destination", Scan: func(s *jsonscan.Scanner, r *rawDestination) { s.Scalar(&r.Destination) }},
		{Name: "amount", Scan: func(s *jsonscan.Scanner, r *rawDestination) { s.Scalar(&r.Amount) }},
	}
)
