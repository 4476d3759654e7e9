package dinterojson

func (r *rawOrder) scan(s *scanner) { scanObject(s, orderFields, r, nil) }

func (r *rawOperation) scan(s *scanner) { scanObject(s, operationFields, r, nil) }

func (r *rawOrderLine) reset() *other     { *r = rawOrderLine{}; return &r.other }
func (r *rawTax) reset() *other           { *r = rawTax{}; return &r.other }
func (r *rawOperation) reset() *other     { *r = rawOperation{}; return &r.other }
func (r *rawOperationLine) reset() *other { *r = rawOperationLine{}; return &r.other }
func (r *rawDestination) reset() *other   { *r = rawDestination{}; return &r.other }

// The fields of the raw types.
var (
	orderFields = []field[rawOrder]{
		{"id", func(s *scanner, r *rawOrder) { s.scalar(&r.ID) }},
		{"order_id", func(s *scanner, r *rawOrder) { s.scalar(&r.OrderID) }},
		{"status", func(s *scanner, r *rawOrder) { s.scalar(&r.Status) }},
		{"store_id", func(s *scanner, r *rawOrder) { s.scalar(&r.StoreID) }},
		{"store", func(s *scanner, r *rawOrder) { scanObject(s, storeFields, &r.Store, &r.Store.other) }},
		{"currency", func(s *scanner, r *rawOrder) { s.scalar(&r.Currency) }},
		{"updated_at", func(s *scanner, r *rawOrder) { s.instant(&r.UpdatedAt) }},
		{"items", func(s *scanner, r *rawOrder) { scanList(s, orderLineFields, &r.Items, maxElements) }},
		{"authorizations", func(s *scanner, r *rawOrder) { scanList(s, operationFields, &r.operations[0], maxElements) }},
		{"captures", func(s *scanner, r *rawOrder) { scanList(s, operationFields, &r.operations[1], maxElements) }},
		{"refunds", func(s *scanner, r *rawOrder) { scanList(s, operationFields, &r.operations[2], maxElements) }},
		{"cancellations", func(s *scanner, r *rawOrder) { scanList(s, operationFields, &r.operations[3], maxElements) }},
	}
	orderLineFields = []field[rawOrderLine]{
		{"line_id", func(s *scanner, r *rawOrderLine) { s.scalar(&r.LineID) }},
		{"id", func(s *scanner, r *rawOrderLine) { s.scalar(&r.ItemID) }},
		{"description", func(s *scanner, r *rawOrderLine) { s.scalar(&r.Description) }},
		{"quantity", func(s *scanner, r *rawOrderLine) { s.scalar(&r.Quantity) }},
		{"gross_amount", func(s *scanner, r *rawOrderLine) { s.scalar(&r.Gross) }},
		{"tax_lines", func(s *scanner, r *rawOrderLine) { scanList(s, taxFields, &r.Taxes, maxElements) }},
	}
	taxFields = []field[rawTax]{
		{"percentage", func(s *scanner, r *rawTax) { s.scalar(&r.Percentage) }},
		{"amount", func(s *scanner, r *rawTax) { s.scalar(&r.Amount) }},
	}
	operationFields = []field[rawOperation]{
		{"id", func(s *scanner, r *rawOperation) { s.scalar(&r.ID) }},
		{"amount", func(s *scanner, r *rawOperation) { s.scalar(&r.Amount) }},
		{"success", func(s *scanner, r *rawOperation) { s.scalar(&r.Success) }},
		{"created_at", func(s *scanner, r *rawOperation) { s.instant(&r.CreatedAt) }},
		{"processed_at", func(s *scanner, r *rawOperation) { s.instant(&r.ProcessedAt) }},
		{"processed_by", func(s *scanner, r *rawOperation) { s.scalar(&r.ProcessedBy) }},
		{"payment_details", func(s *scanner, r *rawOperation) { scanObject(s, paymentFields, &r.Payment, &r.Payment.other) }},
		{"items", func(s *scanner, r *rawOperation) { scanList(s, operationLineFields, &r.Items, maxElements) }},
	}
	paymentFields = []field[rawPayment]{
		{"psp", func(s *scanner, r *rawPayment) { s.scalar(&r.PSP) }},
		{"payment_id", func(s *scanner, r *rawPayment) { s.scalar(&r.PaymentID) }},
		{"payment_product", func(s *scanner, r *rawPayment) { s.scalar(&r.Product) }},
		{"payment_product_type", func(s *scanner, r *rawPayment) { s.scalar(&r.ProductType) }},
	}
	operationLineFields = []field[rawOperationLine]{
		{"line_id", func(s *scanner, r *rawOperationLine) { s.scalar(&r.LineID) }},
		{"amount", func(s *scanner, r *rawOperationLine) { s.scalar(&r.Amount) }},
		{"payout", func(s *scanner, r *rawOperationLine) { scanObject(s, payoutFields, &r.Payout, &r.Payout.other) }},
	}
	payoutFields = []field[rawPayout]{
		{"destinations", func(s *scanner, r *rawPayout) { scanList(s, destinationFields, &r.Destinations, maxElements) }},
	}
	destinationFields = []field[rawDestination]{
		{"destination", func(s *scanner, r *rawDestination) { s.scalar(&r.Destination) }},
		{"amount", func(s *scanner, r *rawDestination) { s.scalar(&r.Amount) }},
	}
)
