package webpage

import (
	"strings"
	"testing"

	"rapport/internal/eventhook"
	"rapport/internal/ledger/served"
	"rapport/reportconfig"
)

// TestTheSystemShowsMachinesAndHooks: who lives, and what was answered last, without what is secret.
func TestTheSystemShowsMachinesAndHooks(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.made("2026-11-19") // whoever claims is a process
	s.signInAs("vera")
	h := reportconfig.Hook{URL: "https://hooks.example/very-secret", Events: []reportconfig.HookEvent{reportconfig.ReportAdd}}
	s.account.Config.Web.Hooks = []reportconfig.Hook{h, {URL: "https://other.example/", Events: h.Events}}
	tables := served.Of(s.account.Ledger)
	for _, id := range []string{"first", "last"} {
		s.must(tables.TellHooks(t.Context(), []served.HookDelivery{{ID: id, Account: "T12345678", Hook: eventhook.Name(h), Event: "report_add", Subject: id, Queued: s.now}}))
		s.must(tables.HookTried(t.Context(), id, served.HookQueued, "503 for kari@shop.example "+id, s.now, s.now))
		s.now = s.now.Add(1e9)
	}
	page := s.ask("GET", "/system").Body.String()
	for _, part := range []string{"here <b class=\"ok\">works</b>", "Last sign of life", "hooks.example ", "<q>503 for k•••@shop.example last</q>", "Not told yet", "told again"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page does not have %q: %s", part, page)
		}
	}
	if strings.Contains(page, "very-secret") {
		t.Error("the page shows a secret")
	}
}
