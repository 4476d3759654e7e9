package statement

import (
	"strings"
	"testing"

	"rapport/internal/content"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/locales"
	"rapport/reportconfig"
)

func TestAnEmptyReportSaysInItsSubjectWhetherItAgrees(t *testing.T) {
	words, err := locales.For("no")
	if err != nil {
		t.Fatal(err)
	}
	fs := &Figures{Words: words, Totals: report.NewTotals()}
	for state, want := range map[content.CheckState]string{content.Differs: "ingen, avvik mot Dintero", content.Agrees: "ingen, avstemt", content.NotChecked: "ingen"} {
		if got := strings.Join(subjectAnswers(fs, Statement{Lead: "Ingen.", Check: content.Check{State: state}}, words)[0], ", "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAReportNumberIsNoAmount(t *testing.T) {
	words, err := locales.For("no")
	if err != nil {
		t.Fatal(err)
	}
	fs, s := &Figures{Words: words, Totals: report.NewTotals()}, Statement{number: "1234"}
	if got := s.NumberWord(words); got != "Rapport nr. 1234" {
		t.Error(got)
	}
	j := report.Job{Report: paymenttest.Report(reportconfig.Transactions{}, "no"), Period: paymenttest.Period(t, "2026-11-19")}
	if got := subject(content.Organization{}, j, fs, s); !strings.HasSuffix(got, "nr. 1234") {
		t.Error(got)
	}
}

func TestCurrenciesThatHaveNoRoomAreCounted(t *testing.T) {
	words, err := locales.For("no")
	if err != nil {
		t.Fatal(err)
	}
	fs := &Figures{Words: words, Totals: report.NewTotals()}
	fs.Totals.Rows = 1
	s := Statement{Headlines: []content.Headline{{Amount: "A"}, {Amount: "B"}, {Amount: "C"}, {Amount: "D"}}}
	if got, want := strings.Join(subjectAnswers(fs, s, words)[0], ", "), "A, B, C og 1 valuta til"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
