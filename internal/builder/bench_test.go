package builder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/internal/calendar"
	"rapport/internal/report"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// shopFile writes n captured transactions of about 4 KB, most of it what no report prints.
func shopFile(b *testing.B, n int) (path string, size int64) {
	b.Helper()
	session := strings.Repeat(`{"name":"VISITED","created_at":"2026-11-19T09:13:50.548Z","details":{"text":"Blåskjell på \"torget\"","steps":[1,2,3]}},`, 24)
	var text bytes.Buffer
	for i := range n {
		fmt.Fprintf(&text, `{"id":"T12345678.%022d","amount":%d,"currency":"NOK","status":"CAPTURED","created_at":"2026-11-19T09:13:37.175Z","updated_at":"2026-11-19T15:37:01Z",`+
			`"merchant_reference":"ordre-%d","payment_product":"payex","payment_product_type":"payex.creditcard","card":{"brand":"Visa","masked_pan":"476173******0416"},`+
			`"store":{"id":"sc%03d","name":"Fjordfisk Torget"},"session":{"events":[%s{"name":"COMPLETED"}]},`+
			`"events":[{"id":"a","event":"AUTHORIZE","success":true,"created_at":"2026-11-19T09:13:39Z"},`+
			`{"id":"c","event":"CAPTURE","success":true,"amount":%d,"calculated_vat_amount":120,"event_reference":"f-%d","created_at":"2026-11-19T%02d:%02d:%02d.879Z"}]}`+"\n",
			i*7919%n, i, i, i%40, session, i, i, i*31%24, i*17%60, i%60)
	}
	path = filepath.Join(b.TempDir(), "transactions.ndjson")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	return path, int64(text.Len())
}

// BenchmarkFileToCSV makes a CSV of 20,000 transactions a turn, and reports its time as a ratio
// to that of decoding the lines with encoding/json, in the same run, and keeping nothing.
func BenchmarkFileToCSV(b *testing.B) {
	const n = 20_000
	path, size := shopFile(b, n)
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		b.Fatal(err)
	}
	period, err := calendar.ParsePeriod("2026-11-19", oslo)
	if err != nil {
		b.Fatal(err)
	}
	entry := &reportconfig.Report{
		ID: "all", Name: "Alt", Data: reportconfig.Transactions{}, Language: "no", ContentTypes: []reportconfig.ContentType{reportconfig.CSV},
	}
	r := &Builder{Account: statement.Account{ID: "T12345678", Zone: "Europe/Oslo", Location: oslo}, Source: fetch.Files{TransactionsFile: path}}
	b.SetBytes(size)
	b.ReportAllocs()
	var ours, naive time.Duration
	for b.Loop() {
		begun := time.Now()
		a := &build{job: report.Job{Report: entry, Period: period}, dir: b.TempDir(), now: period.To}
		if r.buildAll(b.Context(), []*build{a}); a.err != nil || a.figures.Totals.Rows < n*9/10 {
			b.Fatal(a.err)
		}
		ours += time.Since(begun)
		b.StopTimer()
		begun = time.Now()
		decodeNaively(b, path)
		naive += time.Since(begun)
		b.StartTimer()
	}
	b.ReportMetric(ours.Seconds()/naive.Seconds(), "of-naive")
}

func decodeNaively(b *testing.B, path string) {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for dec := json.NewDecoder(f); ; {
		var one map[string]any
		if err := dec.Decode(&one); err == io.EOF {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}
