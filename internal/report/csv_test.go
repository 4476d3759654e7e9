package report_test

import (
	"log/slog"
	"os"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// csvOf makes a report of a period and reads its CSV.
func csvOf(t *testing.T, src builder.Source, rep *reportconfig.Report, period string) string {
	t.Helper()
	b := &builder.Builder{
		Account: statement.Account{ID: "T12345678", Zone: "Europe/Oslo", Location: paymenttest.Oslo(t)}, Source: src, Log: slog.New(slog.DiscardHandler),
	}
	request := builder.Request{Job: report.Job{Report: rep, Period: paymenttest.Period(t, period)}, Dir: t.TempDir()}
	made := b.Build(t.Context(), paymenttest.Morning(t), []builder.Request{request})[0]
	if made.Err != nil {
		t.Fatal(made.Err)
	}
	data, err := os.ReadFile(made.Files[len(made.Files)-1].Path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
