package fetch

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
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

// The baseline of reading: 10,000 transactions a turn.
func BenchmarkDecode10000Transactions(b *testing.B) {
	const n = 10_000
	lines := generated(n)
	array := append(append([]byte("["), bytes.ReplaceAll(bytes.TrimSpace(lines), []byte("}\n{"), []byte("},{"))...), ']')
	for name, content := range map[string][]byte{"NDJSON": lines, "array": array} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				rows := 0
				err := decodeRows(bytes.NewReader(content), transaction, func(tr Transaction) error { rows++; return sound(tr) })
				if err != nil || rows != n {
					b.Fatalf("got %d rows, %v", rows, err)
				}
			}
			b.ReportMetric(float64(len(content))/n, "B/tx")
		})
	}
}
