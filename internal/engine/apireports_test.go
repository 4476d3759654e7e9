package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// TestReportsThatAreMadeOverHTTPComeAndGo while the daemon runs, beside those of the file.
func TestReportsThatAreMadeOverHTTPComeAndGo(t *testing.T) {
	t.Parallel()
	made := *paymenttest.Mailed("api@x.no")
	made.ID = "6f9c2d0e-7c1f-4a57-9d5a-0a1b2c3d4e5f"
	var more []reportconfig.Report
	version := "0"
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	s.MoreReports = func(_ context.Context, known string) ([]reportconfig.Report, string, error) {
		if known == version {
			return nil, version, nil
		}
		return slices.Clone(more), version, nil
	}
	d, pokes := daemon(s)
	for _, step := range []struct {
		what   string
		change func()
		want   string
	}{
		{"the file's alone", func() {}, "2026-11-19 a@x.no"},
		{"one is made: its latest period is due at once", func() { more, version = append(more, made), "1" }, "2026-11-19 api@x.no"},
		{"nothing new", func() {}, ""},
		{"the next day both are due", func() { s.Days(1) }, "2026-11-20 a@x.no 2026-11-20 api@x.no"},
		{"a paused one rests", func() { s.Days(1); more[0].Paused, version = true, "2" }, "2026-11-21 a@x.no"},
		{"it goes on, and what was not said to be skipped is made", func() { more[0].Paused, version = false, "3" }, "2026-11-21 api@x.no"},
		{"what waits of one that is deleted is not sent", func() {
			s.Days(1)
			s.Box.Failing("api@x.no", shoptest.NotSent())
		}, "2026-11-22 a@x.no"},
		{"though the relay would take it", func() { more, version, s.Box.Fail = nil, "4", nil; s.Days(1) }, "2026-11-23 a@x.no"},
	} {
		step.change()
		d.Poke() // as whoever changes it does
		wake(s, d, pokes)
		sent := strings.Fields(strings.ReplaceAll(s.Sent(), ",", " "))
		if want := strings.Fields(step.want); !slices.Equal(pairs(sent), pairs(want)) {
			t.Errorf("%s: %q, want %q", step.what, sent, want)
		}
	}
	if all := s.Deliveries(); !strings.Contains(all, "2026-11-22 api@x.no cancelled") {
		t.Errorf("what waited of the one that was deleted: %s", all)
	}
}

// pairs are a period and a recipient each, in order.
func pairs(words []string) (all []string) {
	for pair := range slices.Chunk(words, 2) {
		all = append(all, strings.Join(pair, " "))
	}
	slices.Sort(all)
	return all
}
