package dinterojson

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"rapport/internal/money"
	"rapport/internal/payment"
)

// The fields of a settlement that a report prints or forwards.
type (
	rawSettled struct {
		ID                scalar
		Provider          scalar
		ProviderReference scalar
		PaymentStatus     scalar
		SettledAt         instant
		StartAt           instant
		EndAt             instant
		CreatedAt         instant
		UpdatedAt         instant
		StoreID           scalar
		PayoutDestination scalar
		Amounts           list[rawSettledAmount]
		Attachments       list[rawAttachment]
	}
	rawSettledAmount struct {
		Currency scalar
		Amount   scalar
		Capture  scalar
		Refund   scalar
		Fee      scalar
		other    other
	}
	rawAttachment struct {
		ID          scalar
		Key         scalar
		ContentType scalar
		Extension   scalar
		CreatedBy   scalar
		other       other
	}
)

// The fields of the raw types.
var (
	settledFields = []field[rawSettled]{
		{"id", func(s *scanner, r *rawSettled) { s.scalar(&r.ID) }},
		{"provider", func(s *scanner, r *rawSettled) { s.scalar(&r.Provider) }},
		{"provider_reference", func(s *scanner, r *rawSettled) { s.scalar(&r.ProviderReference) }},
		{"payment_status", func(s *scanner, r *rawSettled) { s.scalar(&r.PaymentStatus) }},
		{"settled_at", func(s *scanner, r *rawSettled) { s.instant(&r.SettledAt) }},
		{"start_at", func(s *scanner, r *rawSettled) { s.instant(&r.StartAt) }},
		{"end_at", func(s *scanner, r *rawSettled) { s.instant(&r.EndAt) }},
		{"created_at", func(s *scanner, r *rawSettled) { s.instant(&r.CreatedAt) }},
		{"updated_at", func(s *scanner, r *rawSettled) { s.instant(&r.UpdatedAt) }},
		{"store_id", func(s *scanner, r *rawSettled) { s.scalar(&r.StoreID) }},
		{"payout_destination_id", func(s *scanner, r *rawSettled) { s.scalar(&r.PayoutDestination) }},
		{"amounts", func(s *scanner, r *rawSettled) { scanList(s, settledAmountFields, &r.Amounts, maxElements) }},
		{"attachments", func(s *scanner, r *rawSettled) { scanList(s, attachmentFields, &r.Attachments, maxElements) }},
	}
	settledAmountFields = []field[rawSettledAmount]{
		{"currency", func(s *scanner, r *rawSettledAmount) { s.scalar(&r.Currency) }},
		{"amount", func(s *scanner, r *rawSettledAmount) { s.scalar(&r.Amount) }},
		{"capture", func(s *scanner, r *rawSettledAmount) { s.scalar(&r.Capture) }},
		{"refund", func(s *scanner, r *rawSettledAmount) { s.scalar(&r.Refund) }},
		{"fee", func(s *scanner, r *rawSettledAmount) { s.scalar(&r.Fee) }},
	}
	attachmentFields = []field[rawAttachment]{
		{"id", func(s *scanner, r *rawAttachment) { s.scalar(&r.ID) }},
		{"key", func(s *scanner, r *rawAttachment) { s.scalar(&r.Key) }},
		{"content_type", func(s *scanner, r *rawAttachment) { s.scalar(&r.ContentType) }},
		{"extension", func(s *scanner, r *rawAttachment) { s.scalar(&r.Extension) }},
		{"created_by", func(s *scanner, r *rawAttachment) { s.scalar(&r.CreatedBy) }},
	}
)

func (r *rawSettled) scan(s *scanner) { scanObject(s, settledFields, r, nil) }

func (r *rawSettledAmount) reset() *other { *r = rawSettledAmount{}; return &r.other }
func (r *rawAttachment) reset() *other    { *r = rawAttachment{}; return &r.other }

func (r *rawSettled) name() (what, id string) { return "settlement", r.ID.plain() }

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
	what, id := r.name()
	if fault := c.ended(over); fault != nil {
		return s, payment.Named(what, id, fault)
	}
	s.Provider, s.ProviderReference = c.text("provider", r.Provider), c.text("provider_reference", r.ProviderReference)
	s.PaymentStatus = strings.ToLower(c.text("payment_status", r.PaymentStatus))
	s.StoreID, s.PayoutDestination = c.text("store_id", r.StoreID), c.id("payout_destination_id", r.PayoutDestination)
	if r.SettledAt.absent() {
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
		s.Fault = payment.Named(what, id, c.fault)
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
func (c *checker) timeOrDate(field string, i instant) (at time.Time, dateOnly bool) {
	if i.kind == '"' && i.err != nil {
		day, err := time.Parse(time.DateOnly, i.text)
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
func decodeEvaluatedKey(l *library) (string, error) {
	var id, settled, created, unused scalar
	var not other
	for more := l.begin('{', &not); more && l.member(); {
		into := &unused
		switch l.named.name {
		case "id":
			into = &id
		case "settled_at":
			into = &settled
		case "created_at":
			into = &created
		}
		l.scalar(into, new(textArena))
	}
	if l.err != nil {
		return "", jsonError(l.err, 0)
	}
	date := settled
	if date.absent() {
		date = created
	}
	switch {
	case not != 0 && not != emptyOther:
		return "", fmt.Errorf("last_evaluated_key: is %s, not an object", kindName(not))
	case id.absent() && date.absent():
		return "", nil
	case id.absent(), date.absent():
		return "", errors.New("last_evaluated_key: half of the cursor is missing")
	case date.kind != '"', id.plain() == "":
		return "", fmt.Errorf("last_evaluated_key: %s and %s are no cursor", Quote(id.written()), Quote(date.written()))
	case len(id.written())+len(date.text) > maxCursor:
		return "", fmt.Errorf("last_evaluated_key: is longer than %d bytes", maxCursor)
	}
	return id.written() + cursorSplit + date.text, nil
}
