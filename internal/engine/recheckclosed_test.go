package engine_test

import (
	"encoding/csv"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// correcting is a shop whose report of the tests' day was made of list, and whose recipients get corrections.
func correcting(t *testing.T, rep *reportconfig.Report, list ...payment.Transaction) *shoptest.Shop {
	t.Helper()
	s := shoptest.New(t, paymenttest.Source{Sales: list}, rep)
	s.Operator = &mail.Address{Address: "drift@x.no"}
	s.Run()
	s.Letters()
	return s
}

func corrected(to ...string) *reportconfig.Report {
	rep := paymenttest.Mailed(to...)
	rep.Corrections = reportconfig.CorrectRecipients
	return rep
}

// nextDay runs a day later, when the source has list, and gives what it mailed of corrections.
func nextDay(s *shoptest.Shop, list ...payment.Transaction) (corrections []string) {
	s.T.Helper()
	s.Days(1)
	s.Source = paymenttest.Source{Sales: list}
	if o := s.Run(); o != (builder.Outcome{}) {
		s.T.Fatalf("%+v: %s", o, s.Said())
	}
	for _, m := range s.Letters() {
		if subject, _ := shoptest.SubjectAndText(s.T, m); strings.Contains(subject, "rettelse") {
			corrections = append(corrections, m.To+": "+subject)
		}
	}
	return corrections
}

func changesIn(t *testing.T, s *shoptest.Shop, period, n string) (out []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.Archive, "test", period, "transactions_"+period+"_correction-"+n+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		out = append(out, row[2]+" "+row[16]+" "+row[len(row)-1])
	}
	return out
}

func TestRecipientsGetOneCorrectionOfEachChange(t *testing.T) {
	a, b, c := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000), paymenttest.Captured(t, "c", 700)
	s := correcting(t, corrected("a@x.no", "b@x.no"), a, b)
	if got := nextDay(s, a, b); got != nil {
		t.Fatalf("nothing changed: %q", got)
	}
	dearer := paymenttest.Captured(t, "b", 6000)
	got := nextDay(s, a, dearer, c)
	if len(got) != 2 || !strings.Contains(got[0]+got[1], "rettelse til rapport nr. 1, +17,00 kr") || !strings.Contains(got[0], "nr. 1-1") {
		t.Fatalf("%q", got)
	}
	want := "Transaksjons-ID Netto Endring, b 50,00 Fjernet, b 60,00 Lagt til, c 7,00 Lagt til"
	if got := strings.Join(changesIn(t, s, "2026-11-19", "1"), ", "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for range 3 {
		if got := nextDay(s, c, dearer, a); got != nil {
			t.Errorf("again: %q", got)
		}
	}
	if got := nextDay(s, a, c); len(got) != 2 || !strings.Contains(got[0], "nr. 1-2") {
		t.Errorf("%q", got)
	}
	if got := strings.Join(changesIn(t, s, "2026-11-19", "2"), ", "); got != "Transaksjons-ID Netto Endring, b 60,00 Fjernet" {
		t.Error(got)
	}
	if got := s.Alarms(); got != "" {
		t.Errorf("the operator is told: %s", got)
	}
}

func TestTheOperatorIsToldWhatChanged(t *testing.T) {
	a, b, c := paymenttest.Captured(t, "a", 10000), paymenttest.Captured(t, "b", 5000), paymenttest.Captured(t, "c", 700)
	rep := paymenttest.Mailed("a@x.no")
	rep.Corrections = reportconfig.TellOperator
	s := correcting(t, rep, a, b)
	nextDay(s, a, c)
	want := "changed: test 2026-11-19 was made 20 Nov 2026 06:00, and has changed since: " +
		"− Innløsning b, 2026-11-19 12:00:00, NOK 50.00; + Innløsning c, 2026-11-19 12:00:00, NOK 7.00; NOK 150.00 → 107.00 (-43.00)"
	if got := s.Alarms(); got != want {
		t.Errorf("told %q", got)
	}
	nextDay(s, a, c)
	if got := s.Alarms(); got != "" {
		t.Errorf("told again: %q", got)
	}
}
