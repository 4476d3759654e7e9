package dinterojson

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"rapport/internal/money"
	"rapport/internal/payment"
)

// The fields of a settlement that a report prints or forwards.
type (
	rawPayout struct {
		ID                scalar            `json:"id"`
		Provider          scalar            `json:"provider"`
		ProviderReference scalar            `json:"provider_reference"`
		PaymentStatus     scalar            `json:"payment_status"`
		SettledAt         instant           `json:"settled_at"`
		StartAt           instant           `json:"start_at"`
		EndAt             instant           `json:"end_at"`
		CreatedAt         instant           `json:"created_at"`
		UpdatedAt         instant           `json:"updated_at"`
		StoreID           scalar            `json:"store_id"`
		PayoutDestination scalar            `json:"payout_destination_id"`
		Amounts           []rawPayoutAmount `json:"amounts"`
		Attachments       []rawAttachment   `json:"attachments"`
	}
	rawPayoutAmount struct {
		Currency scalar `json:"currency"`
		Amount   scalar `json:"amount"`
		Capture  scalar `json:"capture"`
		Refund   scalar `json:"refund"`
		Fee      scalar `json:"fee"`
	}
	rawAttachment struct {
		ID          scalar `json:"id"`
		Key         scalar `json:"key"`
		ContentType scalar `json:"content_type"`
		Extension   scalar `json:"extension"`
		CreatedBy   scalar `json:"created_by"`
	}
	rawEvaluatedKey struct {
		ID        scalar `json:"id"`
		SettledAt scalar `json:"settled_at"`
		CreatedAt scalar `json:"created_at"`
	}
)

func (r *rawPayout) name() (what, id string) { return "settlement", r.ID.written() }

// Settlements reads a page of GET …/settlements. next is the pair of [SplitCursor].
func Settlements(body io.Reader, each func(payment.Settlement) error) (next string, err error) {
	return decodePage(body, "items", convertPayout, each)
}

// SettlementFile reads a file of settlements as GET …/settlements lists them in items.
func SettlementFile(file io.Reader, each func(payment.Settlement) error) error {
	return decodeFile(file, convertPayout, each)
}

// convertPayout checks a settlement. Only one without an id is an error, as nobody could
// tell its copies apart; any other fault is its own.
func convertPayout(c *checker, r *rawPayout) (payment.Settlement, error) {
	c.fault = nil // of the settlement before
	s := payment.Settlement{ID: c.textOrNumber("id", r.ID)}
	if s.ID == "" {
		c.requiredText("id", r.ID)
	}
	if c.fault != nil {
		return s, c.result(r.name())
	}
	s.Provider, s.ProviderReference = c.text("provider", r.Provider), c.textOrNumber("provider_reference", r.ProviderReference)
	s.PaymentStatus = strings.ToLower(c.text("payment_status", r.PaymentStatus))
	s.StoreID, s.PayoutDestination = c.text("store_id", r.StoreID), c.text("payout_destination_id", r.PayoutDestination)
	if r.SettledAt.absent() {
		c.missing("settled_at")
	}
	s.SettledAt, s.DateOnly = c.timeOrDate("settled_at", r.SettledAt)
	s.StartAt, _ = c.timeOrDate("start_at", r.StartAt)
	s.EndAt, _ = c.timeOrDate("end_at", r.EndAt)
	s.CreatedAt, _ = c.timeOrDate("created_at", r.CreatedAt)
	s.UpdatedAt, _ = c.timeOrDate("updated_at", r.UpdatedAt)
	s.Amounts = mergeCurrencies(c, convertEach(c, "amounts", r.Amounts, nil, convertPayoutAmount))
	s.Attachments = convertEach(c, "attachments", r.Attachments, nil, convertAttachment)
	s.Fault = c.result(r.name())
	return s, nil
}

func convertPayoutAmount(c *checker, r *rawPayoutAmount, a *payment.SettlementAmount) {
	a.Currency = c.currency("currency", r.Currency)
	a.Amount = c.requiredSigned("amount", r.Amount)
	a.Capture, _ = c.signed("capture", r.Capture)
	a.Refund, _ = c.signed("refund", r.Refund)
	a.Fee, _ = c.signed("fee", r.Fee)
}

func convertAttachment(c *checker, r *rawAttachment, a *payment.Attachment) {
	a.ID, a.Key = c.textOrNumber("id", r.ID), c.text("key", r.Key)
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
func decodeEvaluatedKey(dec *jsontext.Decoder) (string, error) {
	if dec.PeekKind() == 'n' {
		_, err := dec.ReadToken()
		return "", jsonError(err, 0)
	}
	var key rawEvaluatedKey
	if err := json.UnmarshalDecode(dec, &key); err != nil {
		return "", jsonError(err, 1)
	}
	date := key.SettledAt
	if date.absent() {
		date = key.CreatedAt
	}
	switch {
	case key.ID.absent() && date.absent():
		return "", nil
	case key.ID.absent(), date.absent():
		return "", errors.New("last_evaluated_key: half of the cursor is missing")
	case date.kind != '"', key.ID.kind != '"' && key.ID.kind != '0':
		return "", fmt.Errorf("last_evaluated_key: %s and %s are no cursor", Quote(key.ID.written()), Quote(date.written()))
	}
	return key.ID.written() + cursorSplit + date.text, nil
}
