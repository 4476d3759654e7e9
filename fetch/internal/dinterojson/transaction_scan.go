package dinterojson

import "rapport/fetch/internal/jsonscan"

// Scan reads the fields below.
func (r *rawTransaction) Scan(s *jsonscan.Scanner) { jsonscan.ScanObject(s, transactionFields, r, nil) }

// expiration is where Klarna's extended authorisations say until when they last.
const expiration = "klarna:authorization_expiration"

// The fields of the raw types.
var (
	transactionFields = []jsonscan.Field[rawTransaction]{
		{Name: "id", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { s.Scalar(&r.ID) }},
		{Name: "merchant_reference", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { s.Scalar(&r.MerchantReference) }},
		{Name: "merchant_reference_2", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { s.Scalar(&r.MerchantReference2) }},
		{Name: "payment_product", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { s.Scalar(&r.Product) }},
		{Name: "payment_product_type", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { s.Scalar(&r.ProductType) }},
		{Name: "card", Scan: func(s *jsonscan.Scanner, r *rawTransaction) {
			jsonscan.ScanObject(s, cardFields, &r.Card, &r.Card.other)
		}},
		{Name: "status", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { s.Scalar(&r.Status) }},
		{Name: "store", Scan: func(s *jsonscan.Scanner, r *rawTransaction) {
			jsonscan.ScanObject(s, storeFields, &r.Store, &r.Store.other)
		}},
		{Name: "payout_destination_id", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { s.Scalar(&r.PayoutDestination) }},
		{Name: "amount", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { s.Scalar(&r.Amount) }},
		{Name: "currency", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { s.Scalar(&r.Currency) }},
		{Name: "created_at", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { s.Instant(&r.CreatedAt) }},
		{Name: "updated_at", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { s.Instant(&r.UpdatedAt) }},
		{Name: "items", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { jsonscan.ScanList(s, lineFields, &r.Items, maxElements) }},
		{Name: "shipping_option", Scan: func(s *jsonscan.Scanner, r *rawTransaction) {
			jsonscan.ScanObject(s, lineFields, &r.ShippingOption, &r.ShippingOption.other)
		}},
		{Name: "events", Scan: func(s *jsonscan.Scanner, r *rawTransaction) { jsonscan.ScanList(s, eventFields, &r.Events, maxEvents) }},
	}
	cardFields = []jsonscan.Field[rawCard]{
		{Name: "brand", Scan: func(s *jsonscan.Scanner, r *rawCard) { s.Scalar(&r.Brand) }},
	}
	storeFields = []jsonscan.Field[rawStore]{
		{Name: "id", Scan: func(s *jsonscan.Scanner, r *rawStore) { s.Scalar(&r.ID) }},
		{Name: "name", Scan: func(s *jsonscan.Scanner, r *rawStore) { s.Scalar(&r.Name) }},
		{Name: "payout_destination_id", Scan: func(s *jsonscan.Scanner, r *rawStore) { s.Scalar(&r.PayoutDestination) }},
	}
	lineFields = []jsonscan.Field[rawLine]{
		{Name: "line_id", Scan: func(s *jsonscan.Scanner, r *rawLine) { s.Scalar(&r.ID) }},
		{Name: "amount", Scan: func(s *jsonscan.Scanner, r *rawLine) { s.Scalar(&r.Amount) }},
		{Name: "vat", Scan: func(s *jsonscan.Scanner, r *rawLine) { s.Scalar(&r.VATRate) }},
		{Name: "vat_amount", Scan: func(s *jsonscan.Scanner, r *rawLine) { s.Scalar(&r.VAT) }},
		{Name: "splits", Scan: func(s *jsonscan.Scanner, r *rawLine) { jsonscan.ScanList(s, splitFields, &r.Splits, maxElements) }},
	}
	splitFields = []jsonscan.Field[rawSplit]{
		{Name: "payout_destination_id", Scan: func(s *jsonscan.Scanner, r *rawSplit) { s.Scalar(&r.PayoutDestination) }},
		{Name: "amount", Scan: func(s *jsonscan.Scanner, r *rawSplit) { s.Scalar(&r.Amount) }},
	}
	eventFields = []jsonscan.Field[rawEvent]{
		{Name: "id", Scan: func(s *jsonscan.Scanner, r *rawEvent) { s.Scalar(&r.ID) }},
		{Name: "request_id", Scan: func(s *jsonscan.Scanner, r *rawEvent) { s.Scalar(&r.RequestID) }},
		{Name: "event", Scan: func(s *jsonscan.Scanner, r *rawEvent) { s.Scalar(&r.Type) }},
		{Name: "transaction_status", Scan: func(s *jsonscan.Scanner, r *rawEvent) { s.Scalar(&r.Status) }},
		{Name: "success", Scan: func(s *jsonscan.Scanner, r *rawEvent) { s.Scalar(&r.Success) }},
		{Name: "amount", Scan: func(s *jsonscan.Scanner, r *rawEvent) { s.Scalar(&r.Amount) }},
		{Name: "calculated_vat_amount", Scan: func(s *jsonscan.Scanner, r *rawEvent) { s.Scalar(&r.VAT) }},
		{Name: "event_reference", Scan: func(s *jsonscan.Scanner, r *rawEvent) { s.Scalar(&r.Reference) }},
		{Name: "created_at", Scan: func(s *jsonscan.Scanner, r *rawEvent) { s.Instant(&r.CreatedAt) }},
		{Name: "metadata", Scan: func(s *jsonscan.Scanner, r *rawEvent) { jsonscan.ScanObject(s, metadataFields, r, nil) }},
		{Name: "splits", Scan: func(s *jsonscan.Scanner, r *rawEvent) { jsonscan.ScanList(s, splitFields, &r.Splits, maxElements) }},
		{Name: "items", Scan: func(s *jsonscan.Scanner, r *rawEvent) { jsonscan.ScanList(s, lineFields, &r.Lines, maxElements) }},
		{Name: "settlements", Scan: func(s *jsonscan.Scanner, r *rawEvent) {
			jsonscan.ScanObject(s, settlementsFields, &r.Settlements, &r.Settlements.other)
		}},
	}
	metadataFields = []jsonscan.Field[rawEvent]{
		{Name: expiration, Scan: func(s *jsonscan.Scanner, r *rawEvent) { s.Scalar(&r.Expires) }},
	}
	settlementsFields = []jsonscan.Field[rawSettlements]{
		{Name: "events", Scan: func(s *jsonscan.Scanner, r *rawSettlements) {
			jsonscan.ScanList(s, settlementFields, &r.Events, maxElements)
		}},
	}
	settlementFields = []jsonscan.Field[rawSettlement]{
		{Name: "settlement_id", Scan: func(s *jsonscan.Scanner, r *rawSettlement) { s.Scalar(&r.ID) }},
		{Name: "amount", Scan: func(s *jsonscan.Scanner, r *rawSettlement) { s.Scalar(&r.Amount) }},
		{Name: "capture", Scan: func(s *jsonscan.Scanner, r *rawSettlement) { s.Scalar(&r.Capture) }},
		{Name: "refund", Scan: func(s *jsonscan.Scanner, r *rawSettlement) { s.Scalar(&r.Refund) }},
		{Name: "fee", Scan: func(s *jsonscan.Scanner, r *rawSettlement) { s.Scalar(&r.Fee) }},
	}
)
