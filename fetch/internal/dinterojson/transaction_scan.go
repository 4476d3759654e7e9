package dinterojson

// scan implements scannable.
func (r *rawTransaction) scan(s *scanner) { scanObject(s, transactionFields, r, nil) }

// expiration is where Klarna's extended authorisations say until when they last.
const expiration = "klarna:authorization_expiration"

// The fields of the raw types.
var (
	transactionFields = []field[rawTransaction]{
		{"id", func(s *scanner, r *rawTransaction) { s.scalar(&r.ID) }},
		{"merchant_reference", func(s *scanner, r *rawTransaction) { s.scalar(&r.MerchantReference) }},
		{"merchant_reference_2", func(s *scanner, r *rawTransaction) { s.scalar(&r.MerchantReference2) }},
		{"payment_product", func(s *scanner, r *rawTransaction) { s.scalar(&r.Product) }},
		{"payment_product_type", func(s *scanner, r *rawTransaction) { s.scalar(&r.ProductType) }},
		{"card", func(s *scanner, r *rawTransaction) { scanObject(s, cardFields, &r.Card, &r.Card.other) }},
		{"status", func(s *scanner, r *rawTransaction) { s.scalar(&r.Status) }},
		{"store", func(s *scanner, r *rawTransaction) { scanObject(s, storeFields, &r.Store, &r.Store.other) }},
		{"payout_destination_id", func(s *scanner, r *rawTransaction) { s.scalar(&r.PayoutDestination) }},
		{"amount", func(s *scanner, r *rawTransaction) { s.scalar(&r.Amount) }},
		{"currency", func(s *scanner, r *rawTransaction) { s.scalar(&r.Currency) }},
		{"created_at", func(s *scanner, r *rawTransaction) { s.instant(&r.CreatedAt) }},
		{"updated_at", func(s *scanner, r *rawTransaction) { s.instant(&r.UpdatedAt) }},
		{"items", func(s *scanner, r *rawTransaction) { scanList(s, lineFields, &r.Items, maxElements) }},
		{"shipping_option", func(s *scanner, r *rawTransaction) {
			scanObject(s, lineFields, &r.ShippingOption, &r.ShippingOption.other)
		}},
		{"events", func(s *scanner, r *rawTransaction) { scanList(s, eventFields, &r.Events, maxEvents) }},
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
		{"splits", func(s *scanner, r *rawLine) { scanList(s, splitFields, &r.Splits, maxElements) }},
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
		{"metadata", func(s *scanner, r *rawEvent) { scanObject(s, metadataFields, r, &s.ignored) }},
		{"splits", func(s *scanner, r *rawEvent) { scanList(s, splitFields, &r.Splits, maxElements) }},
		{"items", func(s *scanner, r *rawEvent) { scanList(s, lineFields, &r.Lines, maxElements) }},
		{"settlements", func(s *scanner, r *rawEvent) { scanObject(s, settlementsFields, &r.Settlements, &r.Settlements.other) }},
	}
	metadataFields = []field[rawEvent]{
		{expiration, func(s *scanner, r *rawEvent) { s.scalar(&r.Expires) }},
	}
	settlementsFields = []field[rawSettlements]{
		{"events", func(s *scanner, r *rawSettlements) { scanList(s, settlementFields, &r.Events, maxElements) }},
	}
	settlementFields = []field[rawSettlement]{
		{"settlement_id", func(s *scanner, r *rawSettlement) { s.scalar(&r.ID) }},
		{"amount", func(s *scanner, r *rawSettlement) { s.scalar(&r.Amount) }},
		{"capture", func(s *scanner, r *rawSettlement) { s.scalar(&r.Capture) }},
		{"refund", func(s *scanner, r *rawSettlement) { s.scalar(&r.Refund) }},
		{"fee", func(s *scanner, r *rawSettlement) { s.scalar(&r.Fee) }},
	}
)
