package statement

import (
	"strings"
	"testing"
	"time"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/reconcile"
	"rapport/internal/report"
	"rapport/locales"
)

func norwegian(t *testing.T) *locales.Printer {
	t.Helper()
	words, err := locales.For("no")
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// TestWhoSeesAPartOfAnAccountIsToldNoFigureOfTheWhole where that differs from Dintero's.
func TestWhoSeesAPartOfAnAccountIsToldNoFigureOfTheWhole(t *testing.T) {
	day := time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)
	fs, words := &Figures{Words: norwegian(t), Totals: &report.Totals{}}, norwegian(t)
	fs.Reconciled = reconcile.Result{
		Verdict: reconcile.Differs, Days: reconcile.UTCDays{From: day, To: day.AddDate(0, 0, 1)}, ScopeWider: true,
		Net:         []money.Amount{{Minor: 4711, Currency: "NOK"}},
		Differences: []reconcile.Difference{{Day: day, Product: "vipps", Currency: "NOK", Ours: reconcile.CellTotal{Count: 2, Sum: 4711}}},
	}
	said := func() string {
		check := fs.Check(words)
		if check.State != content.Differs {
			t.Errorf("%+v", check)
		}
		return strings.Join(append(check.Details, check.Text), " ")
	}
	if got := said(); strings.Count(got, "47,11") != 2 {
		t.Errorf("who sees all reads %s", got)
	}
	fs.Reconciled.HideAmounts = true
	if got := said(); strings.Contains(got, "47,11") || strings.Contains(strings.ToLower(got), "vipps") || !strings.Contains(got, "utvalg") {
		t.Errorf("who sees a part reads %s", got)
	}
}

// TestMoneyOfAnUnknownKindIsNotCalledChecked, though all that is known agrees.
func TestMoneyOfAnUnknownKindIsNotCalledChecked(t *testing.T) {
	words := norwegian(t)
	fs := &Figures{Words: words, Totals: &report.Totals{}, Reconciled: reconcile.Result{Verdict: reconcile.Agrees}}
	if got := fs.Check(words); got.State != content.Agrees {
		t.Errorf("%+v", got)
	}
	fs.Totals.Unknown = map[report.Group]report.Amounts{{Name: "CASHBACK", Code: "NOK"}: {Count: 1, Sum: 100}}
	if got := fs.Check(words); got.State != content.NotChecked || !strings.Contains(got.Text, "ukjent type") {
		t.Errorf("%+v", got)
	}
}

// TestAFeeThatNobodyHasToldOfIsNotOneOfZero.
func TestAFeeThatNobodyHasToldOfIsNotOneOfZero(t *testing.T) {
	fees, told := report.Measure{Head: feesHead, Of: []int{report.FeeMeasure}}, &report.Sums{}
	told.Counts[report.FeeMeasure] = 1
	for _, test := range []struct {
		measure report.Measure
		sums    *report.Sums
		want    bool
	}{{fees, &report.Sums{}, true}, {fees, told, false}, {report.Measure{Head: "column.net"}, &report.Sums{}, false}} {
		if got := isUntold(test.measure, test.sums); got != test.want {
			t.Errorf("%s, %v: %t", test.measure.Head, test.sums.Counts, got)
		}
	}
}
