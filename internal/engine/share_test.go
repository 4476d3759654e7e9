package engine_test

import (
	"math"
	"strings"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

func TestAShareThatCannotBeToldMakesTheReportWait(t *testing.T) {
	t.Parallel()
	part := paymenttest.SplitTransaction(t)
	part.Events[1].Amount = 200
	strange := paymenttest.SplitTransaction(t)
	strange.Events[1].Lines = []payment.Line{{ID: "9", Amount: 1000}}
	for _, tx := range []payment.Transaction{part, strange} {
		s := shoptest.New(t, paymenttest.Source{Sales: []payment.Transaction{tx}}, paymenttest.Report(reportconfig.Transactions{Sellers: []string{"a"}}, "no"))
		if o := s.Run(); !o.Waiting || !strings.Contains(s.Events[0].Error, "cannot be told") {
			t.Errorf("got %+v, %+v", o, s.Events)
		}
		s = shoptest.New(t, s.Source, paymenttest.Report(reportconfig.Transactions{Sellers: []string{"z"}}, "no"))
		if o := s.Run(); o != (builder.Outcome{}) {
			t.Errorf("a seller it does not concern waits too: %+v", s.Events)
		}
	}
	part.Lines[1].Splits = part.Lines[0].Splits
	part.Lines[1].Splits[0].Amount = 400
	part.Lines[0].Splits = []payment.Split{{PayoutDestination: "a", Amount: 600}}
	s := shoptest.New(t, paymenttest.Source{Sales: []payment.Transaction{part}}, paymenttest.Report(reportconfig.Transactions{Sellers: []string{"a"}}, "no"))
	if o := s.Run(); o != (builder.Outcome{}) || shoptest.SumOf(t, s.Archived("2026-11-19")["csv"], "Netto") != "2,00" {
		t.Errorf("any part of what is all theirs is theirs: %+v, %s", o, s.Said())
	}
}

func TestATotalThatOverflowsMakesTheReportWait(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.Source{Sales: []payment.Transaction{paymenttest.Captured(t, "a", math.MaxInt64), paymenttest.Captured(t, "b", 1)}}, paymenttest.Report(reportconfig.Transactions{}, "no"))
	if o := s.Run(); !o.Waiting || !strings.Contains(s.Events[0].Error, "total of NOK") {
		t.Errorf("got %+v, %+v", o, s.Events)
	}
}
