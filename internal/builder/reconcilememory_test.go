package builder

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/sqlite"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/internal/reconcile"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// again makes the report of the tests' day with a runner that may remember.
func again(t *testing.T, r *Builder, now time.Time) *statement.Figures {
	t.Helper()
	rep := paymenttest.Report(reportconfig.Transactions{}, "en")
	rep.Reconcile = reportconfig.ReconcileWarn
	batch := batchOf(t, "2026-11-19", rep)
	batch[0].now = now
	r.buildAll(t.Context(), batch)
	if batch[0].err != nil {
		t.Fatal(batch[0].err)
	}
	return &batch[0].figures
}

func TestADifferenceThatStayedIsReadThoroughlyAgainHoursLater(t *testing.T) {
	src := &paymenttest.WithKeyFigures{Source: paymenttest.OneSale(t), Figures: paymenttest.Always(nil)}
	r, now := newBuilder(t, src), paymenttest.At(t, "2026-11-20T06:00:00+01:00")
	path := filepath.Join(t.TempDir(), "rapport.db")
	thorough := func() (n int) {
		for _, q := range src.Queries {
			if q.Thorough {
				n++
			}
		}
		return n
	}
	for i, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {time.Hour, 1}, {reconcile.ThoroughPause - 1, 1}, {reconcile.ThoroughPause, 2}, {reconcile.ThoroughPause + time.Hour, 2}, {-time.Hour, 3}} {
		keeper, err := ledger.Open(t.Context(), sqlite.New(path), ledger.Options{Now: time.Now, Host: "test"}) // as the next process does
		paymenttest.Must(t, err)
		r.Memory = reconcile.NewMemory(keeper, "T12345678")
		b := again(t, r, now.Add(step.after))
		paymenttest.Must(t, keeper.Close())
		if b.Reconciled.Verdict != reconcile.Differs || thorough() != step.want {
			t.Errorf("step %d: %d thorough readings, want %d: %s", i, thorough(), step.want, said(b))
		}
	}
	r.Memory = reconcile.NewMemory(learned{}, "")
	src.Figures = paymenttest.Always(paymenttest.KeyFiguresOf(paymenttest.Captured(t, "z", 7))) // another difference
	if again(t, r, now.Add(time.Hour)); thorough() != 4 {
		t.Errorf("%d thorough readings", thorough())
	}
	src.Late = []payment.Transaction{paymenttest.Captured(t, "z", 7)} // one that the thorough reading lessens is worth it each time
	src.Figures = paymenttest.Always(paymenttest.KeyFiguresOf(paymenttest.Captured(t, "z", 7), paymenttest.Captured(t, "y", 3)))
	for want := 5; want < 8; want++ {
		if again(t, r, now.Add(time.Hour)); thorough() != want {
			t.Errorf("%d thorough readings, want %d", thorough(), want)
		}
	}
}

// learned is kept as long as a test runs.
type learned map[string]time.Time

func (l learned) Remember(_ context.Context, _, topic, key string, at time.Time) error {
	l[topic+key] = at
	return nil
}

func (l learned) Remembered(_ context.Context, _, topic, key string) (time.Time, error) {
	return l[topic+key], nil
}

func TestFiguresThatFailedAreNotWaitedForByEveryReport(t *testing.T) {
	src := &paymenttest.WithKeyFigures{Source: paymenttest.OneSale(t), Figures: func(int) ([]payment.DayEvents, error) { return nil, errFiguresLate }}
	r, now := newBuilder(t, src), paymenttest.At(t, "2026-11-20T06:00:00+01:00")
	r.Memory = reconcile.NewMemory(learned{}, "")
	for i, after := range []time.Duration{0, time.Minute, reconcile.FiguresPause - 1} {
		if b := again(t, r, now.Add(after)); src.Asked != 1 || said(b) != "Not reconciled with Dintero: its key figures did not come in time." {
			t.Errorf("%d: asked %d times: %s", i, src.Asked, said(b))
		}
	}
	src.Figures = paymenttest.Always(paymenttest.KeyFiguresOf(src.Sales...))
	if b := again(t, r, now.Add(reconcile.FiguresPause)); src.Asked != 2 || b.Reconciled.Verdict != reconcile.Agrees {
		t.Errorf("asked %d times: %s", src.Asked, said(b))
	}
}
