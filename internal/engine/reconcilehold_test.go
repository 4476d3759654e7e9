package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rapport/internal/builder"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

func TestAReportThatDiffersIsHeldUntilItAgrees(t *testing.T) {
	t.Parallel()
	s := shoptest.Reconciled(t, reportconfig.ReconcileHold)
	src := &paymenttest.WithKeyFigures{Source: paymenttest.OneSale(t), Figures: paymenttest.Always(nil)}
	s.Source = src
	if o := s.Run(); o != (builder.Outcome{Waiting: true}) || s.Said() != "report waiting" || len(s.Box.Got) != 1 || s.Box.Got[0].To != "drift@x.no" {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	if d := s.Deliveries(); d != "" {
		t.Errorf("nothing is to be sent: %s", d)
	}
	src.Figures = paymenttest.Always(paymenttest.KeyFiguresOf(src.Sales...))
	s.Clock.Time = s.Clock.Add(time.Hour)
	if o := s.Run(); o != (builder.Outcome{}) {
		t.Fatalf("%+v: %s", o, s.Said())
	}
	var to []string
	for _, m := range s.Box.Got[1:] {
		to = append(to, m.To)
	}
	if fmt.Sprint(to) != "[a@x.no drift@x.no]" || !strings.Contains(string(s.Box.Got[2].Bytes()), "well again") {
		t.Errorf("sent to %v", to)
	}
}

func TestAHeldReportThatLeavesTheConfigurationIsNoAlarmAnyMore(t *testing.T) {
	t.Parallel()
	s := shoptest.Reconciled(t, reportconfig.ReconcileHold)
	s.Source = &paymenttest.WithKeyFigures{Source: paymenttest.OneSale(t), Figures: paymenttest.Always(nil)}
	if s.Run(); !strings.HasPrefix(s.Alarms(), "reconcile: test 2026-11-19: held back") {
		t.Fatal(s.Alarms())
	}
	s.Reports[0].ID = "other"
	s.Reports[0].Reconcile = reportconfig.ReconcileOff
	if s.Run(); s.Alarms() != "" {
		t.Error(s.Alarms())
	}
}
