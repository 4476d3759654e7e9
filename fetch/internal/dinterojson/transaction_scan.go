package dinterojson

// scan implements scannable.
func (r *rawTransaction) scan(s *scanner) { scanObject(s, transactionFields, r) }

// The fields of the raw types as the scanner reads them; the library reads the same by the
// tags of the types. A test holds both to the same names.
var (
	transactionFields = []field[rawTransaction]{
		{"id", func(s *scanner, r *rawTransaction) { s.scalar(&r.ID) }},
		{"merchant_reference", func(s *scanner, r *rawTransaction) { s.scalar(&r.MerchantReference) }},
		{"merchant_reference_2", func(s *scanner, r *rawTransaction) { s.scalar(&r.MerchantReference2) }},
		{"payment_product", func(s *scanner, r *rawTransaction) { s.scalar(&r.Product) }},
		{"payment_product_type", func(s *scanner, r *rawTransaction) { s.scalar(&r.ProductType) }},
		{"card", func(s *scanner, r *rawTransaction) { scanObject(s, cardFields, &r.Card) }},
		{"status", func(s *scanner, r *rawTransaction) { s.scalar(&r.Status) }},
		{"store", func(s *scanner, r *rawTransaction) { scanObject(s, storeFields, &r.Store) }},
		{"payout_destination_id", func(s *scanner, r *rawTransaction) { s.scalar(&r.PayoutDestination) }},
		{"amount", func(s *scanner, r *rawTransaction) { s.scalar(&r.Amount) }},
		{"currency", func(s *scanner, r *rawTransaction) { s.scalar(&r.Currency) }},
		{"created_at", func(s *scanner, r *rawTransaction) { s.instant(&r.CreatedAt) }},
		{"updated_at", func(s *scanner, r *rawTransaction) { s.instant(&r.UpdatedAt) }},
		{"items", func(s *scanner, r *rawTransaction) { r.Items = scanList(s, lineFields, r.Items) }},
		{"shipping_option", func(s *scanner, r *rawTransaction) { scanObject(s, lineFields, &r.ShippingOption) }},
		{"events", func(s *scanner, r *rawTransaction) { r.Events = scanList(s, eventFields, r.Events) }},
	}
	cardFields = []field[rawCard]{
		{"brand", func(s *scanner, r *rawCard) { s.scalar(&r.Brand) }},
	}
	storeFields = []field[rawStore]{
		{"id", func(s *scanner, r *rawStore) { s.scalar(&r.ID) }},
		{"name", func(s *scanner, r *rawStore) { s.scalar(&r.Name) }},
		{"payout_destination_id", func(s *scanner, r *rawStore) { s.scalar(&r.PayoutDestination) }},
	}
	lineFields = []field[rawLine]{
		{"line_id", func(s *scanner, r *rawLine) { s.scalar(&r.ID) }},
		{"amount", func(s *scanner, r *rawLine) { s.scalar(&r.Amount) }},
		{"splits", func(s *scanner, r *rawLine) { r.Splits = scanList(s, splitFields, r.Splits) }},
	}
	splitFields = []field[rawSplit]{
		{"payout_destination_id", func(s *scanner, r *rawSplit) { s.scalar(&r.PayoutDestination) }},
		{"amount", func(s *scanner, r *rawSplit) { s.scalar(&r.Amount) }},
	}
	eventFields = []field[rawEvent]{
		{"id", func(s *scanner, r *rawEvent) { s.scalar(&r.ID) }},
		{"request_id", func(s *scanner, r *rawEvent) { s.scalar(&r.RequestID) }},
		{"event", func(s *scanner, r *rawEvent) { s.scalar(&r.Type) }},
		{"transaction_status", func(s *scanner, r *rawEvent) { s.scalar(&r.Status) }},
		{"success", func(s *scanner, r *rawEvent) { s.scalar(&r.Success) }},
		{"amount", func(s *scanner, r *rawEvent) { s.scalar(&r.Amount) }},
		{"calculated_vat_amount", func(s *scanner, r *rawEvent) { s.scalar(&r.VAT) }},
		{"event_reference", func(s *scanner, r *rawEvent) { s.scalar(&r.Reference) }},
		{"created_at", func(s *scanner, r *rawEvent) { s.instant(&r.CreatedAt) }},
		{"splits", func(s *scanner, r *rawEvent) { r.Splits = scanList(s, splitFields, r.Splits) }},
		{"items", func(s *scanner, r *rawEvent) { r.Lines = scanList(s, lineFields, r.Lines) }},
		{"settlements", func(s *scanner, r *rawEvent) { scanObject(s, settlementsFields, &r.Settlements) }},
	}
	settlementsFields = []field[rawSettlements]{
		{"events", func(s *scanner, r *rawSettlements) { r.Events = scanList(s, settlementFields, r.Events) }},
	}
	settlementFields = []field[rawSettlement]{
		{"settlement_id", func(s *scanner, r *rawSettlement) { s.scalar(&r.ID) }},
		{"amount", func(s *scanner, r *rawSettlement) { s.scalar(&r.Amount) }},
		{"capture", func(s *scanner, r *rawSettlement) { s.scalar(&r.Capture) }},
		{"refund", func(s *scanner, r *rawSettlement) { s.scalar(&r.Refund) }},
		{"fee", func(s *scanner, r *rawSettlement) { s.scalar(&r.Fee) }},
	}
)
