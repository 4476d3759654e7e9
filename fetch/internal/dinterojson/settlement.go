package dinterojson

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"rapport/fetch/internal/jsonscan"
	"rapport/internal/money"
	"rapport/internal/payment"
)

// The fields of a settlement that a report prints or forwards.
type (
	rawSettled struct {
		ID                jsonscan.Scalar
		Provider          jsonscan.Scalar
		ProviderReference jsonscan.Scalar
		PaymentStatus     jsonscan.Scalar
		SettledAt         jsonscan.Instant
		StartAt           jsonscan.Instant
		EndAt             jsonscan.Instant
		CreatedAt         jsonscan.Instant
		UpdatedAt         jsonscan.Instant
		StoreID           jsonscan.Scalar
		PayoutDestination jsonscan.Scalar
		Amounts           jsonscan.List[rawSettledAmount]
		Attachments       jsonscan.List[rawAttachment]
	}
	rawSettledAmount struct {
		Currency jsonscan.Scalar
		Amount   jsonscan.Scalar
		Capture  jsonscan.Scalar
		Refund   jsonscan.Scalar
		Fee      jsonscan.Scalar
		other    jsonscan.Other
	}
	rawAttachment struct {
		ID          jsonscan.Scalar
		Key         jsonscan.Scalar
		ContentType jsonscan.Scalar
		Extension   jsonscan.Scalar
		CreatedBy   jsonscan.Scalar
		other       jsonscan.Other
	}
)

// The fields of the raw types.
var (
	settledFields = []jsonscan.Field[rawSettled]{
		{Name: "id", Scan: func(s *jsonscan.Scanner, r *rawSettled) { s.Scalar(&r.ID) }},
		{Name: "provider", Scan: func(s *jsonscan.Scanner, r *rawSettled) { s.Scalar(&r.Provider) }},
		{Name: "provider_reference", Scan: func(s *jsonscan.Scanner, r *rawSettled) { s.Scalar(&r.ProviderReference) }},
		{Name: "payment_status", Scan: func(s *jsonscan.Scanner, r *rawSettled) { s.Scalar(&r.PaymentStatus) }},
		{Name: "settled_at", Scan: func(s *jsonscan.Scanner, r *rawSettled) { s.Instant(&r.SettledAt) }},
		{Name: "start_at", Scan: func(s *jsonscan.Scanner, r *rawSettled) { s.Instant(&r.StartAt) }},
		{Name: "end_at", Scan: func(s *jsonscan.Scanner, r *rawSettled) { s.Instant(&r.EndAt) }},
		{Name: "created_at", Scan: func(s *jsonscan.Scanner, r *rawSettled) { s.Instant(&r.CreatedAt) }},
		{Name: "updated_at", Scan: func(s *jsonscan.Scanner, r *rawSettled) { s.Instant(&r.UpdatedAt) }},
		{Name: "store_id", Scan: func(s *jsonscan.Scanner, r *rawSettled) { s.Scalar(&r.StoreID) }},
		{Name: "payout_destination_id", Scan: func(s *jsonscan.Scanner, r *rawSettled) { s.Scalar(&r.PayoutDestination) }},
		{Name: "amounts", Scan: func(s *jsonscan.Scanner, r *rawSettled) {
			jsonscan.ScanList(s, settledAmountFields, &r.Amounts, maxElements)
		}},
		{Name: "attachments", Scan: func(s *jsonscan.Scanner, r *rawSettled) {
			jsonscan.ScanList(s, attachmentFields, &r.Attachments, maxElements)
		}},
	}
	settledAmountFields = []jsonscan.Field[rawSettledAmount]{
		{Name: "currency", Scan: func(s *jsonscan.Scanner, r *rawSettledAmount) { s.Scalar(&r.Currency) }},
		{Name: "amount", Scan: func(s *jsonscan.Scanner, r *rawSettledAmount) { s.Scalar(&r.Amount) }},
		{Name: "capture", Scan: func(s *jsonscan.Scanner, r *rawSettledAmount) { s.Scalar(&r.Capture) }},
		{Name: "refund", Scan: func(s *jsonscan.Scanner, r *rawSettledAmount) { s.Scalar(&r.Refund) }},
		{Name: "fee", Scan: func(s *jsonscan.Scanner, r *rawSettledAmount) { s.Scalar(&r.Fee) }},
	}
	attachmentFields = []jsonscan.Field[rawAttachment]{
		{Name: "id", Scan: func(s *jsonscan.Scanner, r *rawAttachment) { s.Scalar(&r.ID) }},
		{Name: "key", Scan: func(s *jsonscan.Scanner, r *rawAttachment) { s.Scalar(&r.Key) }},
		{Name: "content_type", Scan: func(s *jsonscan.Scanner, r *rawAttachment) { s.Scalar(&r.ContentType) }},
		{Name: "extension", Scan: func(s *jsonscan.Scanner, r *rawAttachment) { s.Scalar(&r.Extension) }},
		{Name: "created_by", Scan: func(s *jsonscan.Scanner, r *rawAttachment) { s.Scalar(&r.CreatedBy) }},
	}
)

func (r *rawSettled) Scan(s *jsonscan.Scanner) { jsonscan.ScanObject(s, settledFields, r, nil) }

func (r *rawSettledAmount) Reset() *jsonscan.Other { *r = rawSettledAmount{}; return &r.other }
func (r *rawAttachment) Reset() *jsonscan.Other    { *r = rawAttachment{}; return &r.other }

func (r *rawSettled) Named(err error) error {
	return payment.Named("settlement", r.ID.Plain(), err)
}

// Settlements reads a page of GET …/settlements. next is the pair of [SplitCursor].
func Settlements(body io.Reader, each func(payment.Settlement) error) (next string, err error) {
	return decodePage(body, "items", convertSettled, each)
}

// SettlementFile reads a file of settlements as GET …/settlements lists them in items.
func SettlementFile(file io.Reader, each func(payment.Settlement) error) error {
	return decodeFile(file, convertSettled, each)
}

// convertSettled checks a settlement. Only one without an id is an error, as nobody could
// tell its copies apart; any other fault is its own.
func convertSettled(c *checker, r *rawSettled) (payment.Settlement, error) {
	over := c.begun()
	s := payment.Settlement{ID: c.requiredID("id", r.ID)}
	if fault := c.ended(over); fault != nil {
		return s, r.Named(fault)
	}
	s.Provider, s.ProviderReference = c.text("provider", r.Provider), c.text("provider_reference", r.ProviderReference)
	s.PaymentStatus = strings.ToLower(c.text("payment_status", r.PaymentStatus))
	s.StoreID, s.PayoutDestination = c.text("store_id", r.StoreID), c.id("payout_destination_id", r.PayoutDestination)
	if r.SettledAt.Absent() {
		c.missing("settled_at")
	}
	s.SettledAt, s.DateOnly = c.timeOrDate("settled_at", r.SettledAt)
	s.StartAt, _ = c.timeOrDate("start_at", r.StartAt)
	s.EndAt, _ = c.timeOrDate("end_at", r.EndAt)
	s.CreatedAt, _ = c.timeOrDate("created_at", r.CreatedAt)
	s.UpdatedAt, _ = c.timeOrDate("updated_at", r.UpdatedAt)
	s.Amounts = mergeCurrencies(c, convertEach(c, "amounts", &r.Amounts, nil, convertSettledAmount))
	s.Attachments = convertEach(c, "attachments", &r.Attachments, nil, convertAttachment)
	if c.fault != nil {
		s.Fault = r.Named(c.fault)
	}
	return s, nil
}

func convertSettledAmount(c *checker, r *rawSettledAmount, a *payment.SettlementAmount) {
	c.object("", r.other)
	a.Currency = c.currency("currency", r.Currency)
	a.Amount = c.requiredSigned("amount", r.Amount)
	a.Capture, _ = c.signed("capture", r.Capture)
	a.Refund, _ = c.signed("refund", r.Refund)
	a.Fee, _ = c.signed("fee", r.Fee)
}

func convertAttachment(c *checker, r *rawAttachment, a *payment.Attachment) {
	c.described("", r.other)
	a.ID, a.Key = c.text("id", r.ID), c.text("key", r.Key)
	a.ContentType, a.Extension, a.CreatedBy = c.text("content_type", r.ContentType), c.text("extension", r.Extension), c.text("created_by", r.CreatedBy)
}

// mergeCurrencies adds up the figures of a currency that comes more than once.
func mergeCurrencies(c *checker, all []payment.SettlementAmount) []payment.SettlementAmount {
	var merged []payment.SettlementAmount
	for _, a := range all {
		i := slices.IndexFunc(merged, func(m payment.SettlementAmount) bool { return m.Currency == a.Currency })
		if i < 0 {
			merged = append(merged, a)
			continue
		}
		m := &merged[i]
		for _, pair := range []struct {
			to   *int64
			more int64
		}{{&m.Amount, a.Amount}, {&m.Capture, a.Capture}, {&m.Refund, a.Refund}, {&m.Fee, a.Fee}} {
			sum, err := money.Add(*pair.to, pair.more)
			if err != nil {
				c.fail("amounts", err.Error())
			}
			*pair.to = sum
		}
	}
	return merged
}

// timeOrDate is an optional instant that may be a day alone, then its midnight in UTC.
func (c *checker) timeOrDate(field string, i jsonscan.Instant) (at time.Time, dateOnly bool) {
	if i.Kind == '"' && i.Err != nil {
		day, err := time.Parse(time.DateOnly, i.Text)
		if err == nil && day.Year() >= 2000 && day.Year() <= 2100 {
			return day, true
		}
	}
	return c.time(field, i), false
}

// cursorSplit stands between the two parts of a cursor of settlements.
const cursorSplit = "\x00"

// SplitCursor gives the two parts of the cursor of [Settlements]: starting_after_id and
// starting_after_date, as the source wrote them.
func SplitCursor(cursor string) (id, date string) {
	id, date, _ = strings.Cut(cursor, cursorSplit)
	return id, date
}

// decodeEvaluatedKey reads {"id": …, "settled_at" or "created_at": …}; null and {} are no key.
func decodeEvaluatedKey(d *jsonscan.Decoder) (string, error) {
	var id, settled, created, unused jsonscan.Scalar
	var not jsonscan.Other
	for more := d.Begin('{', &not); more && d.Member(); {
		into := &unused
		switch d.Name() {
		case "id":
			into = &id
		case "settled_at":
			into = &settled
		case "created_at":
			into = &created
		}
		d.Scalar(into)
	}
	if err := d.Err(); err != nil {
		return "", err
	}
	date := settled
	if date.Absent() {
		date = created
	}
	switch {
	case not != 0 && not != jsonscan.EmptyOther:
		return "", fmt.Errorf("last_evaluated_key: is %s, not an object", jsonscan.KindName(not))
	case id.Absent() && date.Absent():
		return "", nil
	case id.Absent(), date.Absent():
		return "", errors.New("last_evaluated_key: half of the cursor is missing")
	case date.Kind != '"', id.Plain() == "":
		return "", fmt.Errorf("last_evaluated_key: %s and %s are no cursor", Quote(id.Written()), Quote(date.Written()))
	case len(id.Written())+len(date.Text) > maxCursor:
		return "", fmt.Errorf("last_evaluated_key: is longer than %d bytes", maxCursor)
	}
	return id.Written() + cursorSplit + date.Text, nil
}
