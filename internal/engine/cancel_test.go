package engine_test

import (
	"strings"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

func TestAReportThatLeavesTheConfigurationIsCancelledVisibly(t *testing.T) {
	t.Parallel()
	other := paymenttest.Mailed("b@x.no")
	other.ID = "other"
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"), other)
	s.Box.Failing("b@x.no", shoptest.NotSent())
	s.Run()
	s.Reports = s.Reports[:1]
	if o := s.Run(); o != (builder.Outcome{}) || s.Said() != "delivery cancelled b@x.no" {
		t.Errorf("%+v: %s", o, s.Said())
	}
	s.Reports = append(s.Reports, other)
	s.Box.Failing("b@x.no", nil)
	if s.Run(); strings.Contains(s.Sent(), "b@x.no") {
		t.Error("what was cancelled stays so")
	}
}

// TestARetiredEngineEndsNothingOfReportsThatCameAfterIt: a reload has the next engine at work
// while the last one still looks about.
func TestARetiredEngineEndsNothingOfReportsThatCameAfterIt(t *testing.T) {
	t.Parallel()
	a, b := paymenttest.Mailed("a@x.no"), paymenttest.Mailed("b@x.no")
	b.ID = "fresh"
	s := shoptest.New(t, paymenttest.OneSale(t), a)
	old, _ := daemon(s)
	old.Retire()
	s.Reports = []*reportconfig.Report{a, b}
	s.Box.Failing("b@x.no", shoptest.NotSent())
	s.Box.Failing("a@x.no", shoptest.NotSent())
	s.Run() // both are made and wait
	if _, err := old.Wake(t.Context(), s.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	<-old.Idle()
	if d := s.Delivery("b@x.no"); d.State != ledger.Deferred {
		t.Errorf("the retired engine made of it %+v", d)
	}
}
