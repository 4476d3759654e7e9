package jsonscan

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// rawSale is a row as somebody would read it: values, times, objects, lists in lists.
type (
	rawSale struct {
		ID        Scalar
		Reference Scalar
		Amount    Scalar
		Currency  Scalar
		Status    Scalar
		Store     rawShop
		CreatedAt Instant
		UpdatedAt Instant
		Items     List[rawItem]
		Events    List[rawEvent]
	}
	rawShop struct {
		ID, Name Scalar
		Other    Other
	}
	rawItem struct {
		LineID, Amount Scalar
		Splits         List[rawSplit]
		Other          Other
	}
	rawSplit struct {
		To, Amount Scalar
		Other      Other
	}
	rawEvent struct {
		Type, Amount, VAT, Success, Expires Scalar
		CreatedAt                           Instant
		Items                               List[rawItem]
		Splits                              List[rawSplit]
		Other                               Other
	}
)

func (r *rawSale) Scan(s *Scanner) { ScanObject(s, saleFields, r, nil) }

func (r *rawSale) Reset() {
	*r = rawSale{Items: r.Items.Emptied(), Events: r.Events.Emptied()}
}

func (r *rawSale) Named(err error) error { return fmt.Errorf("sale %s: %w", r.ID.Plain(), err) }

func (r *rawItem) Reset() *Other {
	*r = rawItem{Splits: r.Splits.Emptied()}
	return &r.Other
}

func (r *rawSplit) Reset() *Other { *r = rawSplit{}; return &r.Other }

func (r *rawEvent) Reset() *Other {
	*r = rawEvent{Items: r.Items.Emptied(), Splits: r.Splits.Emptied()}
	return &r.Other
}

// The fields of the raw types.
var (
	saleFields = []Field[rawSale]{
		{"id", func(s *Scanner, r *rawSale) { s.Scalar(&r.ID) }},
		{"merchant_reference", func(s *Scanner, r *rawSale) { s.Scalar(&r.Reference) }},
		{"amount", func(s *Scanner, r *rawSale) { s.Scalar(&r.Amount) }},
		{"currency", func(s *Scanner, r *rawSale) { s.Scalar(&r.Currency) }},
		{"status", func(s *Scanner, r *rawSale) { s.Scalar(&r.Status) }},
		{"store", func(s *Scanner, r *rawSale) { ScanObject(s, shopFields, &r.Store, &r.Store.Other) }},
		{"created_at", func(s *Scanner, r *rawSale) { s.Instant(&r.CreatedAt) }},
		{"updated_at", func(s *Scanner, r *rawSale) { s.Instant(&r.UpdatedAt) }},
		{"items", func(s *Scanner, r *rawSale) { ScanList(s, itemFields, &r.Items, 5000) }},
		{"events", func(s *Scanner, r *rawSale) { ScanList(s, eventFields, &r.Events, 1000) }},
	}
	shopFields = []Field[rawShop]{
		{"id", func(s *Scanner, r *rawShop) { s.Scalar(&r.ID) }},
		{"name", func(s *Scanner, r *rawShop) { s.Scalar(&r.Name) }},
	}
	itemFields = []Field[rawItem]{
		{"line_id", func(s *Scanner, r *rawItem) { s.Scalar(&r.LineID) }},
		{"amount", func(s *Scanner, r *rawItem) { s.Scalar(&r.Amount) }},
		{"splits", func(s *Scanner, r *rawItem) { ScanList(s, splitFields, &r.Splits, 5000) }},
	}
	splitFields = []Field[rawSplit]{
		{"payout_destination_id", func(s *Scanner, r *rawSplit) { s.Scalar(&r.To) }},
		{"amount", func(s *Scanner, r *rawSplit) { s.Scalar(&r.Amount) }},
	}
	eventFields = []Field[rawEvent]{
		{"event", func(s *Scanner, r *rawEvent) { s.Scalar(&r.Type) }},
		{"amount", func(s *Scanner, r *rawEvent) { s.Scalar(&r.Amount) }},
		{"calculated_vat_amount", func(s *Scanner, r *rawEvent) { s.Scalar(&r.VAT) }},
		{"success", func(s *Scanner, r *rawEvent) { s.Scalar(&r.Success) }},
		{"created_at", func(s *Scanner, r *rawEvent) { s.Instant(&r.CreatedAt) }},
		{"metadata", func(s *Scanner, r *rawEvent) { ScanObject(s, metadataFields, r, nil) }},
		{"items", func(s *Scanner, r *rawEvent) { ScanList(s, itemFields, &r.Items, 5000) }},
		{"splits", func(s *Scanner, r *rawEvent) { ScanList(s, splitFields, &r.Splits, 5000) }},
	}
	metadataFields = []Field[rawEvent]{
		{"expires", func(s *Scanner, r *rawEvent) { s.Scalar(&r.Expires) }},
	}
)

// sale is a row with all that was read of it.
type sale struct{ ID, Content string }

// convertSale tells all that was read of a row; one without an id is an error.
func convertSale(r *rawSale, tooWide error) (sale, error) {
	if r.ID.Kind != '"' {
		return sale{}, errors.New("sale without id")
	}
	return sale{ID: r.ID.Text, Content: fmt.Sprintf("%+v %v", *r, tooWide)}, nil
}

// sales reads rows of sales.
func sales() *Rows[rawSale, sale] { return NewRows(convertSale, nil) }

// row is a sale as JSON.
func row(id string) string {
	return fmt.Sprintf(`{"id":%q,"amount":100,"currency":"NOK","created_at":"2026-11-19T10:00:00Z","updated_at":"2026-11-19T11:00:00Z","store":{"id":"sc029"}}`, id)
}

// minimal is an array of one row, with more members put in.
func minimal(more string) string {
	return `[{"id":"T1","amount":100,"currency":"NOK","created_at":"2026-11-19T10:00:00Z"` + more + `}]`
}

// realRows are rows as a source gives them, each on a line of its own.
func realRows(t testing.TB) [][]byte {
	t.Helper()
	page, err := os.ReadFile("../dinterojson/testdata/published_example.json")
	if err != nil {
		t.Fatal(err)
	}
	example := bytes.TrimSpace(page)
	rows := [][]byte{bytes.TrimSpace(example[1 : len(example)-1])}
	for _, text := range []string{
		`,"merchant_reference":"\u00e5\"\\\ud83d\ude00 \ud83d","metadata":{"\u00f8":-1.5e+10,"o":[{},[],null,true,false,0,-0,1E5]}`,
		`,"amount_":9223372036854775808,"payout_destination_id":null,"store":null,"card":null,"items":null,"events":null`,
		`,"events":[{"event":"CAPTURE","amount":5,"created_at":"2026-11-19T10:00:00Z","splits":[{"payout_destination_id":"a","amount":1}],` +
			`"items":[{"line_id":7,"amount":-5,"splits":null}],"metadata":{"expires":"2026-12-19"},"calculated_vat_amount":1},null]`,
		`,"items":[{},null],"events":[{"event":"CAPTURE","amount":5,"created_at":"2026-11-19T10:00:00Z"}]`,
		`,"status":7,"store":{"id":"s","name":["x"]},"session":{"events":[` + strings.Repeat(`{"name":"VISITED","details":{"text":"æøå \"quoted\"","n":[1,2,3]}},`, 18) + `{}]}`,
	} {
		rows = append(rows, []byte(strings.Trim(minimal(text), "[]")))
	}
	return rows
}
