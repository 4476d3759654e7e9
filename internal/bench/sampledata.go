package bench

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Day is the local day in Oslo on which every transaction of WriteTransactions was captured.
const Day = "2026-11-19"

// WriteTransactions writes n transactions as NDJSON, as GET /transactions lists them: some
// 4 KB each, of which a report needs a tenth. The same n is the same bytes.
func WriteTransactions(w io.Writer, n int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	visits := visits()
	products := []string{"vipps", "payex.creditcard", "payex.swish", "instabank.invoice"}
	for i := range n {
		amount, second := 900+i*37%250_000, i%50_400
		clock := fmt.Sprintf("%02d:%02d:%02d.%03dZ", 7+second/3600, second/60%60, second%60, i%1000)
		at := Day + "T" + clock
		product := products[i%len(products)]
		provider, _, _ := strings.Cut(product, ".")
		fmt.Fprintf(out, `{"id":"T12345678.%022d","account_id":"T12345678","amount":%d,"currency":"NOK","status":"CAPTURED","settlement_status":"SETTLED",`+
			`"payment_product":%q,"payment_product_type":%q,"merchant_reference":"ordre-%d","merchant_reference_2":"butikk-%d",`,
			i*7919%n, amount, provider, product, i, i%40)
		fmt.Fprintf(out, `"store":{"id":"sc%03d","name":"Fjordfisk Torget %d","address":{"address_line":"Torget %d","postal_code":"5014","postal_place":"Bergen","country":"NO"}},`, i%40, i%40, i%40)
		fmt.Fprintf(out, `"customer":{"customer_id":"c%08d","email":"kunde%d@example.com","phone_number":"+47999%05d"},"customer_ip":"10.0.%d.%d",`, i, i, i%100_000, i/256%256, i%256)
		for _, kind := range []string{"billing_address", "shipping_address"} {
			fmt.Fprintf(out, `%q:{"first_name":"Åse","last_name":"Ødegård","address_line":"Strandgaten %d","postal_code":"5013","postal_place":"Bergen","country":"NO","email":"kunde%d@example.com"},`, kind, i%200, i)
		}
		fmt.Fprintf(out, `"card":{"brand":"Visa","type":"Debit","masked_pan":"476173******%04d","expiry_date":"2028-12"},`, i%10_000)
		items := fmt.Sprintf(`[{"id":"10","line_id":"1","description":"Torsk, fersk \"loin\"","quantity":2.5,"vat":15,"vat_amount":%d,"amount":%d},`+
			`{"id":"11","line_id":"2","description":"Reker","quantity":1,"vat":15,"vat_amount":117,"amount":900}]`, (amount-900)*15/115, amount-900)
		fmt.Fprintf(out, `"items":%s,"events":[{"id":"a%d","event":"INITIATE","transaction_status":"INITIATED","created_at":%q,"success":true,"request_id":"a3dcc23125bc4363b9dae29ed25a4eb1"},`, items, i, at)
		fmt.Fprintf(out, `{"id":"b%d","event":"AUTHORIZE","transaction_status":"AUTHORIZED","created_at":%q,"success":true,"amount":%d,"request_id":"f5f64165e5b3404e9af63586c184c3e9"},`, i, at, amount)
		fmt.Fprintf(out, `{"id":"c%d","event":"CAPTURE","transaction_status":"CAPTURED","created_at":%q,"success":true,"amount":%d,"calculated_vat_amount":%d,"event_reference":"f-%d",`+
			`"items":%s,"settlements":{"settlement_status":"SETTLED","events":[{"settlement_id":"s-20261120","fee":%d}]},"request_id":"27c71936004e48649c6dd437d314d90c"}],`,
			i, at, amount, amount*15/115, i, items, 90+i%500)
		fmt.Fprintf(out, `"session":{"id":"T12345678.s%022d","events":[%s{"name":"COMPLETED","created_at":%q}],"order":{"amount":%d,"currency":"NOK","items":%s}},`, i, visits, at, amount, items)
		fmt.Fprintf(out, `"metadata":{"payex:payment:number":%d},"created_at":%q,"updated_at":%q}`+"\n", i, at, at)
	}
	return out.Flush()
}

// visits are the session's events of a customer who looks at every way to pay.
func visits() string {
	var b strings.Builder
	for i := range 10 {
		fmt.Fprintf(&b, `{"name":"VISITED","created_at":"2026-11-19T06:13:%02d.548Z","details":{"text":"utsjekk \u00e6\u00f8\u00e5","step":%d}},`, i, i)
	}
	return b.String()
}
