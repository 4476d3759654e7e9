package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/render"
	"rapport/reportconfig"
)

func TestAReportThatDiffersIsHeldUntilItAgrees(t *testing.T) {
	s := reconciled(t, reportconfig.ReconcileHold)
	src := &ledgered{things: oneSale(t), figures: always(nil)}
	s.source = src
	if o := s.run(); o != (Outcome{Waiting: true}) || s.said() != "report waiting" || len(s.box.got) != 1 || s.box.got[0].To != "drift@x.no" {
		t.Fatalf("%+v: %s", o, s.said())
	}
	if d := s.deliveries(); d != "" {
		t.Errorf("nothing is to be sent: %s", d)
	}
	src.figures = always(naively(src.transactions...))
	s.clock.Time = s.clock.Add(time.Hour)
	if o := s.run(); o != (Outcome{}) {
		t.Fatalf("%+v: %s", o, s.said())
	}
	var to []string
	for _, m := range s.box.got[1:] {
		to = append(to, m.To)
	}
	if fmt.Sprint(to) != "[a@x.no drift@x.no]" || !strings.Contains(string(s.box.got[2].Bytes), "well again") {
		t.Errorf("sent to %v", to)
	}
}

func TestAHeldReportThatLeavesTheConfigurationIsNoAlarmAnyMore(t *testing.T) {
	s := reconciled(t, reportconfig.ReconcileHold)
	s.source = &ledgered{things: oneSale(t), figures: always(nil)}
	if s.run(); !strings.HasPrefix(s.alarms(), "reconcile: test 2026-11-19: held back") {
		t.Fatal(s.alarms())
	}
	s.reports[0].ID = "other"
	s.reports[0].Reconcile = reportconfig.ReconcileOff
	if s.run(); s.alarms() != "" {
		t.Error(s.alarms())
	}
}

func TestATrialShowsWhatWouldBeHeld(t *testing.T) {
	s := reconciled(t, reportconfig.ReconcileHold)
	s.source = &ledgered{things: oneSale(t), figures: always(nil)}
	if state, text := checkOf(s); state != render.Differs || !strings.HasSuffix(text, "\nThe report would be held back (reconcile: hold).") {
		t.Errorf("%d: %s", state, text)
	}
}

func TestAThoroughReadingThatIsTooMuchIsNotBegun(t *testing.T) {
	src := &ledgered{things: oneSale(t)}
	src.figures = always([]fetch.DayEvents{{Day: at(t, "2026-11-18T00:00:00Z"), Type: "CAPTURE", ProductType: "vipps", Currency: "NOK", Count: 2600, Sum: 1}})
	if b := audited(t, src, reportconfig.Transactions{}); len(src.queries) != 1 || !b.reconciliation.skimmed || b.reconciliation.verdict != differs {
		t.Errorf("%d readings: %s", len(src.queries), said(b))
	}
}

// again makes the report of the tests' day with a runner that may remember.
func again(t *testing.T, r *Builder, now time.Time) *Figures {
	t.Helper()
	rep := report(reportconfig.Transactions{}, "en")
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
	src := &ledgered{things: oneSale(t), figures: always(nil)}
	r, now := newBuilder(t, src), at(t, "2026-11-20T06:00:00+01:00")
	r.Memory = newAuditMemory()
	thorough := func() (n int) {
		for _, q := range src.queries {
			if q.Thorough {
				n++
			}
		}
		return n
	}
	for i, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {time.Hour, 1}, {thoroughRest - 1, 1}, {thoroughRest, 2}, {thoroughRest + time.Hour, 2}, {-time.Hour, 3}} {
		if b := again(t, r, now.Add(step.after)); b.reconciliation.verdict != differs || thorough() != step.want {
			t.Errorf("step %d: %d thorough readings, want %d: %s", i, thorough(), step.want, said(b))
		}
	}
	src.figures = always(naively(captured(t, "z", 7))) // another difference
	if again(t, r, now.Add(time.Hour)); thorough() != 4 {
		t.Errorf("%d thorough readings", thorough())
	}
	src.late = []fetch.Transaction{captured(t, "z", 7)} // one that the thorough reading lessens is worth it each time
	src.figures = always(naively(captured(t, "z", 7), captured(t, "y", 3)))
	for want := 5; want < 8; want++ {
		if again(t, r, now.Add(time.Hour)); thorough() != want {
			t.Errorf("%d thorough readings, want %d", thorough(), want)
		}
	}
}

func TestFiguresThatFailedAreNotWaitedForByEveryReport(t *testing.T) {
	src := &ledgered{things: oneSale(t), figures: func(int) ([]fetch.DayEvents, error) { return nil, errFiguresLate }}
	r, now := newBuilder(t, src), at(t, "2026-11-20T06:00:00+01:00")
	r.Memory = newAuditMemory()
	for i, after := range []time.Duration{0, time.Minute, figuresRest - 1} {
		if b := again(t, r, now.Add(after)); src.asked != 1 || said(b) != "Not reconciled with Dintero: its key figures did not come in time." {
			t.Errorf("%d: asked %d times: %s", i, src.asked, said(b))
		}
	}
	src.figures = always(naively(src.transactions...))
	if b := again(t, r, now.Add(figuresRest)); src.asked != 2 || b.reconciliation.verdict != agrees {
		t.Errorf("asked %d times: %s", src.asked, said(b))
	}
}

func TestWhatATerminalWouldObeyIsNotSaid(t *testing.T) {
	src := &ledgered{things: oneSale(t)}
	hostile := fetch.DayEvents{Day: at(t, "2026-11-19T00:00:00Z"), Type: "CAPTURE", ProductType: "x\x1b[31m\n\u202e" + strings.Repeat("y", 5000), Currency: "N\rK", Count: 1, Sum: 1}
	src.figures = always(append(naively(src.transactions...), hostile))
	line := audited(t, src, reportconfig.Transactions{}).check(english(t)).Details[0]
	if strings.ContainsAny(line, "\x1b\n\r\u202e") || len([]rune(line)) > 301 {
		t.Errorf("%q", line)
	}
}
