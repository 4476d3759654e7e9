package insight_test

import (
	"fmt"
	"rapport/internal/payment"
	"testing"
	"time"
)

// TestFiguresAreReadBeforeAnybodyAsks: 35 days at first, then each night what came late.
func TestFiguresAreReadBeforeAnybodyAsks(t *testing.T) {
	s := start(t) // 2026-11-20 at noon
	s.source.all = shop()
	asked := func(want ...string) {
		t.Helper()
		if len(s.source.asks) != len(want) {
			t.Fatalf("asked for %+v, want %q", s.source.asks, want)
		}
		for i, from := range want {
			if !s.source.asks[i].From.Equal(at(from)) || !s.source.asks[i].Events {
				t.Errorf("asked for %+v, want %s", s.source.asks[i], from)
			}
		}
	}
	s.SweepFigures(t.Context(), "a")
	asked("2026-10-16T00:00:00Z")
	s.SweepFigures(t.Context(), "a")
	s.figures(s.token("reader"), "checkout-transaction-events?interval=day&event=CAPTURE&created_at_gte=2026-10-16")
	asked("2026-10-16T00:00:00Z")
	s.clock.Time = at("2026-11-21T02:59:00Z")
	s.SweepFigures(t.Context(), "a")
	asked("2026-10-16T00:00:00Z")
	s.clock.Time = at("2026-11-21T03:00:00Z")
	if taken, err := s.tables.TakeDuty(t.Context(), account, "kpi", "another", s.now(), s.now().Add(time.Hour)); err != nil || !taken {
		t.Fatalf("%t %v", taken, err)
	}
	s.SweepFigures(t.Context(), "a")
	asked("2026-10-16T00:00:00Z")
	s.clock.Time = at("2026-11-21T04:00:00Z")
	s.SweepFigures(t.Context(), "a")
	asked("2026-10-16T00:00:00Z", "2026-11-17T00:00:00Z")

	s = start(t)
	s.config.Web.Clients = s.config.Web.Clients[2:]
	s.secrets = s.secrets[2:]
	s.restart()
	s.SweepFigures(t.Context(), "a")
	if len(s.source.asks) > 0 {
		t.Errorf("nobody may ask: %+v", s.source.asks)
	}
}

// TestFewerDaysAreReadWhereThereIsTooMuch in 35: of a large account the newest are better than none.
func TestFewerDaysAreReadWhereThereIsTooMuch(t *testing.T) {
	s := start(t)
	for i := range 200_001 {
		s.source.all = append(s.source.all, payment.Transaction{ID: fmt.Sprint(i), ProductType: "vipps", Currency: "NOK", CreatedAt: at("2026-10-20T10:00:00Z"), UpdatedAt: at("2026-10-20T10:00:00Z"),
			Events: []payment.Event{event("CAPTURE", "2026-10-20T10:00:00Z", 100)}})
	}
	for range 2 {
		s.SweepFigures(t.Context(), "a")
		if n := len(s.source.asks); n != 2 || !s.source.asks[1].From.Equal(at("2026-11-03T00:00:00Z")) {
			t.Fatalf("asked for %+v", s.source.asks)
		}
	}
}
