package dinterojson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"rapport/internal/payment"
)

// generated is n transactions of about 4 KB as the API gives them, NDJSON.
func generated(n int) []byte {
	var b bytes.Buffer
	session := strings.Repeat(`{"name":"VISITED","created_at":"2026-11-19T09:13:50.548Z","details":{"text":"æøå \"quoted\"","n":[1,2,3]}},`, 18)
	for i := range n {
		fmt.Fprintf(&b, `{"payment_product":"payex","payment_product_type":"payex.creditcard","amount":%d,"currency":"NOK","id":"T12345678.%022d",`+
			`"created_at":"2026-11-19T09:13:37.175Z","merchant_reference":"ordre-%d","settlement_status":"SETTLED","customer":{"email":"a@b.no","phone_number":"+4799999999"},`+
			`"store":{"id":"sc%03d","name":"Fjordfisk Torget","address":{"postal_place":"Oslo"}},"status":"CAPTURED","card":{"brand":"Visa","masked_pan":"476173******0416"},`+
			`"items":[{"id":"10","line_id":"1","description":"Torsk","quantity":2.5,"vat":15,"amount":%d},{"id":"11","line_id":"2","description":"Sei","quantity":1,"vat":15,"amount":900}],`+
			`"events":[{"id":"e1","event":"INITIATE","transaction_status":"INITIATED","created_at":"2026-11-19T09:13:37.175Z","success":true,"request_id":"a3dcc23125bc4363b9dae29ed25a4eb1"},`+
			`{"id":"e2","event":"AUTHORIZE","transaction_status":"AUTHORIZED","created_at":"2026-11-19T09:13:39.540Z","success":true,"request_id":"f5f64165e5b3404e9af63586c184c3e9"},`+
			`{"id":"e3","event":"CAPTURE","transaction_status":"CAPTURED","created_at":"2026-11-19T15:37:00.879Z","success":true,"amount":%d,"calculated_vat_amount":120,"event_reference":"f-%d",`+
			`"items":[{"line_id":"1","amount":%d},{"line_id":"2","amount":900}],"settlements":{"settlement_status":"SETTLED","events":[{"settlement_id":"s-20261120","fee":%d}]},"request_id":"27c71936004e48649c6dd437d314d90c"}],`+
			`"session":{"events":[%s{"name":"COMPLETED"}],"order":{"amount":%d,"items":[]}},"updated_at":"2026-11-19T15:37:01Z","metadata":{"payex:payment:number":%d}}`+"\n",
			i+900, i, i, i%40, i, i+900, i, i, i%500, session, i, i)
	}
	return b.Bytes()
}

// Reading 10,000 transactions a turn; and, as measures in the same run, the same rows
// read by the library that reads what the scanner does not, and read the naive way.
func BenchmarkDecode10000Transactions(b *testing.B) {
	const n = 10_000
	lines := generated(n)
	array := append(append([]byte("["), bytes.ReplaceAll(bytes.TrimSpace(lines), []byte("}\n{"), []byte("},{"))...), ']')
	for _, way := range []struct {
		name    string
		content []byte
		cores   int
		read    func(io.Reader, func(payment.Transaction) error) error
	}{
		{"NDJSON", lines, runtime.GOMAXPROCS(0), readRows},
		{"NDJSON on one core", lines, 1, readRows},
		{"array", array, 1, readRows},
		{"by the library", array, 1, readByLibrary},
		{"by encoding/json", lines, 1, readLinesNaively},
	} {
		b.Run(way.name, func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(way.cores))
			b.SetBytes(int64(len(way.content)))
			b.ReportAllocs()
			for b.Loop() {
				rows := 0
				err := way.read(bytes.NewReader(way.content), func(tr payment.Transaction) error { rows++; return sound(tr) })
				if err != nil || rows != n {
					b.Fatalf("got %d rows, %v", rows, err)
				}
			}
		})
	}
}

func readRows(r io.Reader, each func(payment.Transaction) error) error {
	return decodeFile(r, convertTransaction, each)
}

// readByLibrary reads an array with a row before it that the scanner does not read.
func readByLibrary(r io.Reader, each func(payment.Transaction) error) error {
	first := true
	return readRows(io.MultiReader(strings.NewReader("["+tooDeepForTheScanner+","), &skipFirst{r: r}), func(t payment.Transaction) error {
		if first {
			first = false
			return nil
		}
		return each(t)
	})
}

// readLinesNaively decodes everything and keeps nothing.
func readLinesNaively(r io.Reader, each func(payment.Transaction) error) error {
	some := payment.Transaction{ID: "x", Currency: "NOK", CreatedAt: time.Unix(1, 0)}
	for dec := json.NewDecoder(r); dec.More(); {
		var row map[string]any
		if err := dec.Decode(&row); err != nil {
			return err
		}
		if err := each(some); err != nil {
			return err
		}
	}
	return nil
}
