package lateevents

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

func TestALedgerThatFailsFailsNoReport(t *testing.T) {
	w := NewDetector("T12345678", paymenttest.Oslo(t), brokenClosed{}, []reportconfig.Report{*paymenttest.Mailed("a@x.no")}, slog.New(slog.DiscardHandler)).Scan(t.Context())
	tx := paymenttest.Captured(t, "a", 100)
	w.Look(&tx, 1)
	w.Look(&tx, 2)
	w.RaiseAlarms(time.Time{}, func(string, int64) bool { return true })
	if fmt.Sprint(w.err) != "disk full" || w.queries != 1 {
		t.Errorf("%v after %d looks", w.err, w.queries)
	}
}

type brokenClosed struct{ ClosedPeriods }

func (brokenClosed) FingerprintedPeriods(context.Context, string, string, time.Time, time.Time) ([]ledger.Period, error) {
	return nil, fmt.Errorf("disk full")
}
