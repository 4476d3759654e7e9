package insight_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
)

const generate = base + "/insight/generate-report"

func generated(from, to, more string) string {
	return fmt.Sprintf(`{"dataType":"checkout/transactions","schedule":"monthly","language":"en","contentType":"text/csv","from":%q,"to":%q%s}`, from, to, more)
}

func TestTheSameReportIsGeneratedOnce(t *testing.T) {
	s := start(t)
	token := s.token("writer")
	first := generated("2026-10-01", "2026-10-31", `,"emails":["kari@shop.example"]`)
	a := s.ask("POST", generate, token, first)
	if a.Code != 200 || strings.TrimSpace(a.Body.String()) != first {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	for _, again := range []string{
		first, generated("2026-10-01T00:00:00Z", "2026-11-01", `,"emails":["KARI@shop.example"]`), generated("2026-10-01T00:00:00+01:00", "2026-10-31T23:59:59.999Z", `,"emails":["kari@shop.example"]`),
	} {
		if a := s.ask("POST", generate, token, again); a.Code != 200 {
			t.Errorf("%s: %s", again, a.Body)
		}
	}
	rows, err := s.ledger.Periods(t.Context(), ledger.Filter{Account: account})
	s.must(err)
	if len(rows) != 1 || rows[0].Name != "2026-10" || rows[0].State != ledger.Owed || !strings.HasPrefix(rows[0].Report, "generate-") || len(rows[0].Report) != len("generate-")+12 {
		t.Fatalf("promised: %+v", rows)
	}
	if acts, err := s.tables.Acts(t.Context(), served.ActFilter{Account: account, Action: "generate", Limit: 10}); err != nil || len(acts) != 1 {
		t.Errorf("asked for %d times, %v", len(acts), err)
	}
	all := s.taken()
	if len(all) != 1 || all[0].ID != rows[0].Report || !all[0].Paused || len(all[0].Emails) != 1 {
		t.Errorf("an engine takes up %+v", all)
	}
	s.must(s.ledger.CancelPeriods(t.Context(), []int64{rows[0].ID}, "gone"))
	s.ask("POST", generate, token, first)
	if rows, err = s.ledger.Periods(t.Context(), ledger.Filter{Account: account}); err != nil || len(rows) != 1 || rows[0].State != ledger.Owed {
		t.Errorf("a promise that was broken is not made again: %+v, %v", rows, err)
	}
	if a := s.ask("POST", generate, token, generated("2026-10-01", "2026-10-31", "")); a.Code != 200 {
		t.Fatal(a.Body)
	}
	if rows, err = s.ledger.Periods(t.Context(), ledger.Filter{Account: account}); err != nil || len(rows) != 2 {
		t.Errorf("another report is the same promise: %+v, %v", rows, err)
	}
}

// A day that starts late is another period, whichever half of the day that is in.
func TestAPeriodIsGeneratedAsItsDaysStart(t *testing.T) {
	s := start(t)
	token := s.token("writer")
	for i, c := range []struct{ starts, from string }{
		{"", "2026-10-31T23:00:00Z"}, {"04:00", "2026-11-01T03:00:00Z"}, {"14:30", "2026-11-01T13:30:00Z"}, {"23:59", "2026-11-01T22:59:00Z"},
	} {
		more := ""
		if c.starts != "" {
			more = `,"at":"23:59","day_starts":"` + c.starts + `"`
		}
		body := strings.Replace(generated("2026-11-01", "2026-11-01", more), "monthly", "daily", 1)
		if a := s.ask("POST", generate, token, body); a.Code != 200 {
			t.Fatalf("%s: %s", body, a.Body)
		}
		rows, err := s.ledger.Periods(t.Context(), ledger.Filter{Account: account, Period: "2026-11-01"})
		s.must(err)
		if len(rows) != i+1 || !slices.ContainsFunc(rows, func(p ledger.Period) bool { return p.From.Format(time.RFC3339) == c.from }) {
			t.Errorf("day_starts %s: %+v", c.starts, rows)
		}
	}
}

func TestWhatIsNoPeriodIsNotGenerated(t *testing.T) {
	s := start(t)
	token := s.token("writer")
	for body, want := range map[string]string{
		generated("2026-10-02", "2026-10-31", ""):                                                  "to",
		generated("2026-10-01", "2026-10-30", ""):                                                  "to",
		generated("2026-11-01", "2026-11-30", ""):                                                  "to",
		generated("2026-10-01T12:00:00Z", "2026-10-31", ""):                                        "from",
		generated("2026-02-30", "2026-10-31", ""):                                                  "from",
		generated("october", "2026-10-31", ""):                                                     "from",
		strings.Replace(generated("2026-10-01", "", ""), `,"to":""`, "", 1):                        "to",
		strings.Replace(generated("", "2026-10-31", ""), `"from":"",`, "", 1):                      "from",
		generated("2026-10-01", "2026-10-31", `,"emails":["a@else.example"]`):                      "emails[0]",
		generated("2026-10-01", "2026-10-31", `,"contentTypes":["text/csv"]`):                      "contentTypes",
		generated("2026-10-01", "2026-10-31", `,"paused":true`):                                    "paused",
		strings.Replace(generated("2026-10-01", "2026-10-31", ""), "text/csv", "text/html", 1):     "contentType",
		strings.Replace(generated("2026-10-01", "2026-10-31", ""), `"schedule":"monthly",`, "", 1): "schedule",
	} {
		a := s.ask("POST", generate, token, body)
		if a.Code != 400 || !strings.Contains(a.Body.String(), `"path":"`+want+`"`) {
			t.Errorf("%s: %d %s", body, a.Code, a.Body)
		}
	}
	s.ask("POST", generate, token, "[]").fails(400, "bad_request")
	if rows, err := s.ledger.Periods(t.Context(), ledger.Filter{Account: account}); err != nil || len(rows) > 0 {
		t.Errorf("promised: %+v, %v", rows, err)
	}
}
