package builder

import (
	"log/slog"
	"os"
	"testing"

	"rapport/internal/content"
	"rapport/internal/message"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// fjordfisk is whose reports the tests make.
func fjordfisk(t *testing.T) statement.Account {
	return statement.Account{ID: "T12345678", Zone: "Europe/Oslo", Location: paymenttest.Oslo(t), Organization: content.Organization{Name: "Fjordfisk AS", Number: "940155223"}}
}

func newBuilder(t *testing.T, src Source) *Builder {
	t.Helper()
	return &Builder{Account: fjordfisk(t), Source: src, Log: slog.New(slog.DiscardHandler)}
}

// letterOf is what recipients get of a report that is built.
func letterOf(t *testing.T, b *build) message.Draft {
	t.Helper()
	l, err := (&message.Composer{Account: fjordfisk(t)}).Draft(b.job, b.statement, b.now)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// csvOf makes a report of a period and reads its CSV.
func csvOf(t *testing.T, src Source, rep *reportconfig.Report, period string) string {
	t.Helper()
	r := newBuilder(t, src)
	b, err := r.buildOne(t.Context(), report.Job{Report: rep, Period: paymenttest.Period(t, period)}, t.TempDir(), paymenttest.Morning(t))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(b.files[len(b.files)-1].Path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
