package payment

import (
	"time"

	"rapport/internal/money"
)

// Settlement is a payout to a bank account as Dintero tells it now (GET …/settlements):
// what a provider has paid, or will when the balance allows it, less its fees.
type Settlement struct {
	ID                string             // id; not always a UUID
	Provider          string             // provider: "payout" is Dintero's own, "vipps", "payex", …; unknown ones are kept
	ProviderReference string             // provider_reference: what the bank's line is likely to say
	PaymentStatus     string             // payment_status: paid, postponed; empty where the source does not say
	SettledAt         time.Time          // settled_at; its date is what counts, see [Settlement.Date]
	DateOnly          bool               // settled_at is a date without a time
	StartAt, EndAt    time.Time          // start_at, end_at: the first and the last payment event in it; zero where absent
	CreatedAt         time.Time          // created_at of the record; zero where absent
	UpdatedAt         time.Time          // updated_at of the record; zero where absent
	StoreID           string             // store_id: of all its transactions; empty where they have several
	PayoutDestination string             // payout_destination_id: the seller of all its transactions, likewise
	Amounts           []SettlementAmount // amounts, each currency once, in the source's order
	Attachments       []Attachment       // attachments

	// Fault is a field of money, time or currency that cannot be read; nil: there is none. Who
	// needs the settlement refuses it.
	Fault error
}

// SettlementAmount is a settlement's figures in one currency, minor units.
type SettlementAmount struct {
	Currency money.Currency
	Amount   int64 // amount: what is paid out; negative where it is owed
	Capture  int64 // capture; 0 where absent
	Refund   int64 // refund, not signed; 0 where absent
	Fee      int64 // fee; 0 where absent, negative where it was given back
}

// Attachment is a file of a settlement: the provider's own, or what Dintero made of it.
type Attachment struct {
	ID          string // id
	Key         string // key: what it is called
	ContentType string // content_type
	Extension   string // extension: "pdf"
	CreatedBy   string // created_by: dintero, or the provider
}

// The words of payment_status.
const (
	StatusPaid      = "paid"
	StatusPostponed = "postponed"
)

// Paid reports whether the money is on its way to the bank. Where the source says nothing it
// is; a status that nobody knows promises no money.
func (s *Settlement) Paid() bool { return s.PaymentStatus == StatusPaid || s.PaymentStatus == "" }

// Date is the day in zone on which it was settled: midnight in UTC, as a day that no zone
// moves.
func (s *Settlement) Date(zone *time.Location) time.Time {
	at := s.SettledAt
	if !s.DateOnly {
		at = at.In(zone)
	}
	year, month, day := at.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Gross is capture less refund: what the payments in it come to before fees.
func (a SettlementAmount) Gross() (int64, error) { return money.Sub(a.Capture, a.Refund) }

// Sound reports whether the figures agree: amount = capture − refund − fee.
func (a SettlementAmount) Sound() bool {
	gross, err := a.Gross()
	if err != nil {
		return false
	}
	net, err := money.Sub(gross, a.Fee)
	return err == nil && net == a.Amount
}

// SettlementQuery says which settlements a source is asked for. It may yield more than
// that, and one more than once, never less.
type SettlementQuery struct {
	// SettledFrom asks for those settled on its date or later. Zero: no such bound.
	SettledFrom time.Time
	// CreatedFrom asks for those whose record was made then or later, instead: Dintero
	// takes one of the two.
	CreatedFrom time.Time
}
