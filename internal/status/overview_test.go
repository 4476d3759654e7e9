package status

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// A fakeLedger holds what a test says.
type fakeLedger struct {
	planned []ledger.PlannedThrough
	owed    []ledger.Period
	made    []ledger.Period
	unsent  []ledger.Delivery
	sent    []ledger.Delivery
	alarms  []ledger.Alarm
	success map[string]time.Time
}

func (f fakeLedger) PlannedThrough(context.Context, string) ([]ledger.PlannedThrough, error) {
	return f.planned, nil
}
func (f fakeLedger) OwedPeriods(context.Context, string) ([]ledger.Period, error) { return f.owed, nil }
func (f fakeLedger) Periods(context.Context, ledger.Filter) ([]ledger.Period, error) {
	return f.made, nil
}
func (f fakeLedger) Unsent(context.Context, string) ([]ledger.Delivery, error) { return f.unsent, nil }
func (f fakeLedger) Deliveries(context.Context, ledger.Filter) ([]ledger.Delivery, error) {
	return f.sent, nil
}
func (f fakeLedger) OpenAlarms(context.Context, string) ([]ledger.Alarm, error) { return f.alarms, nil }
func (f fakeLedger) Stats(context.Context, string) (ledger.Stats, error) {
	return ledger.Stats{LastSuccess: f.success}, nil
}

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04 -07:00", text+" +01:00")
	if err != nil {
		panic(err)
	}
	return t
}

func shop(t *testing.T) *reportconfig.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.yaml")
	text := `account: T12345678
source: {sandbox: {}}
reports:
  - {id: daily, dataType: checkout/transactions, schedule: daily, language: en}
  - {id: weekly, dataType: checkout/transactions, schedule: weekly, language: en}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := reportconfig.Load(path, "")
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// wellKept is a ledger in which everything up to 20 November was made and sent.
func wellKept() fakeLedger {
	return fakeLedger{
		planned: []ledger.PlannedThrough{{Report: "daily", Schedule: "daily", To: at("2026-11-20 00:00")}, {Report: "weekly", Schedule: "weekly", To: at("2026-11-16 00:00")}},
		success: map[string]time.Time{"daily": at("2026-11-20 06:02"), "weekly": at("2026-11-16 06:02")},
		made:    []ledger.Period{{MadeAt: at("2026-11-20 06:01")}},
		sent:    []ledger.Delivery{{FinishedAt: at("2026-11-20 06:02")}, {FinishedAt: at("2026-11-19 06:02")}},
	}
}

func TestStatus(t *testing.T) {
	config := shop(t)
	delivery := func(state ledger.DeliveryState, queued string) ledger.Delivery {
		return ledger.Delivery{ID: 7, Key: ledger.Key{Report: "daily"}, Period: "2026-11-19", Recipient: "kari@x.example", State: state, QueuedAt: at(queued), Answer: "451 4.7.1 later"}
	}
	alarm := func(kind, raised string) ledger.Alarm {
		return ledger.Alarm{Kind: kind, Subject: "s", Text: "what\x1b[2J is wrong", Raised: at(raised)}
	}
	for _, c := range []struct {
		name, now string
		change    func(*fakeLedger)
		level     Level
		sentence  string
	}{
		{"all is well", "2026-11-20 12:00", func(*fakeLedger) {}, OK, "All is well. Next: daily 2026-11-20, due 2026-11-21 06:00."},
		{"due and not planned for half an hour", "2026-11-21 06:30", func(*fakeLedger) {}, OK, "All is well. Next: daily 2026-11-21, due 2026-11-22 06:00."},
		{"nobody looks any more", "2026-11-21 08:00", func(*fakeLedger) {}, Waiting, "1 report is late."},
		{"nobody has looked for two days", "2026-11-22 06:30", func(*fakeLedger) {}, Failed, "1 report is late."},
		{"nobody has looked for a week", "2026-11-25 12:00", func(*fakeLedger) {}, Failed, "2 reports are late."},
		{"owed, and the source is down", "2026-11-20 12:00", func(l *fakeLedger) {
			l.owed = []ledger.Period{{Key: ledger.Key{Report: "daily"}, Name: "2026-11-19", Due: at("2026-11-20 06:00"), Error: "503"}}
			l.alarms = []ledger.Alarm{alarm(ledger.AlarmSource, "2026-11-20 06:05")}
		}, Waiting, "1 report is late, 1 alarm is open."},
		{"owed for more than a day", "2026-11-20 12:00", func(l *fakeLedger) {
			l.owed = []ledger.Period{{Key: ledger.Key{Report: "daily"}, Name: "2026-11-18", Due: at("2026-11-19 06:00")}}
		}, Failed, "1 report is late."},
		{"being made", "2026-11-20 06:10", func(l *fakeLedger) {
			l.owed = []ledger.Period{{Key: ledger.Key{Report: "daily"}, Name: "2026-11-19", Due: at("2026-11-20 06:00")}}
		}, OK, "All is well. Next: daily 2026-11-20, due 2026-11-21 06:00."},
		{"owed by another configuration", "2026-11-20 12:00", func(l *fakeLedger) {
			l.owed = []ledger.Period{{Key: ledger.Key{Report: "other"}, Name: "2026-11-18", Due: at("2026-11-19 06:00")}}
			l.unsent = []ledger.Delivery{{Key: ledger.Key{Report: "other"}, State: ledger.Held, QueuedAt: at("2026-11-01 06:00")}}
		}, OK, "All is well. Next: daily 2026-11-20, due 2026-11-21 06:00."},
		{"a report is new", "2026-11-20 12:00", func(l *fakeLedger) { l.planned = l.planned[:1] }, Waiting, "1 report is late."},
		{"the relay says later", "2026-11-20 12:00", func(l *fakeLedger) { l.unsent = []ledger.Delivery{delivery(ledger.Deferred, "2026-11-20 06:01")} }, Waiting, "1 message waits."},
		{"being sent", "2026-11-20 06:02", func(l *fakeLedger) { l.unsent = []ledger.Delivery{delivery(ledger.Sending, "2026-11-20 06:01")} }, OK, "All is well. Next: daily 2026-11-20, due 2026-11-21 06:00."},
		{"queued for hours", "2026-11-20 12:00", func(l *fakeLedger) { l.unsent = []ledger.Delivery{delivery(ledger.Queued, "2026-11-20 06:01")} }, Waiting, "1 message waits."},
		{"waiting for more than a day", "2026-11-20 12:00", func(l *fakeLedger) { l.unsent = []ledger.Delivery{delivery(ledger.Deferred, "2026-11-19 06:01")} }, Failed, "1 message waits."},
		{"held", "2026-11-20 12:00", func(l *fakeLedger) {
			l.unsent = []ledger.Delivery{delivery(ledger.Held, "2026-11-20 06:01"), delivery(ledger.Deferred, "2026-11-20 06:01"), delivery(ledger.Deferred, "2026-11-20 06:00")}
		}, Failed, "2 messages wait, 1 message waits for you."},
		{"an address is refused", "2026-11-20 12:00", func(l *fakeLedger) { l.alarms = []ledger.Alarm{alarm(ledger.AlarmRefused, "2026-11-20 06:01")} }, Failed, "1 alarm is open."},
		{"the relay refuses us", "2026-11-20 12:00", func(l *fakeLedger) { l.alarms = []ledger.Alarm{alarm(ledger.AlarmRelay, "2026-11-20 06:01")} }, Waiting, "1 alarm is open."},
		{"the relay has refused us for a day", "2026-11-21 06:10", func(l *fakeLedger) { l.alarms = []ledger.Alarm{alarm(ledger.AlarmRelay, "2026-11-20 06:01")} }, Failed, "1 alarm is open."},
		{"told once, and over", "2026-11-20 12:00", func(l *fakeLedger) { l.alarms = []ledger.Alarm{alarm(ledger.AlarmChanged, "2026-11-01 06:01")} }, OK, "All is well. Next: daily 2026-11-20, due 2026-11-21 06:00."},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := wellKept()
			c.change(&l)
			s, err := Read(t.Context(), config, l, at(c.now))
			if err != nil {
				t.Fatal(err)
			}
			if s.Level != c.level || s.Sentence != c.sentence {
				t.Errorf("%s: %s\nwant %s: %s", s.Level, s.Sentence, c.level, c.sentence)
			}
			var screen strings.Builder
			if err := s.Write(&screen, config.Location); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(screen.String()) {
				if utf8.RuneCountInString(line) > width+1 || strings.Contains(line, "\x1b") {
					t.Errorf("a line that a terminal cannot show: %q", line)
				}
			}
		})
	}
}

func TestWithoutALedgerNothingWasMade(t *testing.T) {
	s, err := Read(t.Context(), shop(t), nil, at("2026-11-20 12:00"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Level != Waiting || s.Sentence != "Nothing was made yet." {
		t.Errorf("%s: %s", s.Level, s.Sentence)
	}
}

func TestUnseenPeriodsAreNamed(t *testing.T) {
	s, err := Read(t.Context(), shop(t), wellKept(), at("2026-11-24 12:00"))
	if err != nil {
		t.Fatal(err)
	}
	var periods []string
	for _, r := range s.Reports {
		for _, l := range r.Late {
			periods = append(periods, r.ID+" "+l.Period)
		}
	}
	want := []string{"daily 2026-11-20", "daily 2026-11-21", "daily 2026-11-22", "daily 2026-11-23", "weekly 2026-W47"}
	if !slices.Equal(periods, want) {
		t.Errorf("%v", periods)
	}
	if s.LastSent == nil || !s.LastSent.Equal(at("2026-11-20 06:02")) || s.LastRead == nil {
		t.Errorf("last sent %v, read %v", s.LastSent, s.LastRead)
	}
}

// TestAReportThatGoesOnUnderAnotherIDIsNotNew: the ledger has it under the former id until the next wake.
func TestAReportThatGoesOnUnderAnotherIDIsNotNew(t *testing.T) {
	config, l := shop(t), wellKept()
	config.Reports[0].ID, config.Reports[0].Was = "oslo-daily", "daily"
	l.owed = []ledger.Period{{Key: ledger.Key{Report: "daily"}, Name: "2026-11-20", Due: at("2026-11-21 06:00"), Error: "disk full"}}
	l.planned[0].To = at("2026-11-21 00:00")
	l.unsent = []ledger.Delivery{{ID: 7, Key: ledger.Key{Report: "daily"}, Period: "2026-11-19", State: ledger.Deferred}}
	s, err := Read(t.Context(), config, l, at("2026-11-21 09:00"))
	if err != nil {
		t.Fatal(err)
	}
	r := s.Reports[0]
	if r.LastSuccess == nil || !r.LastSuccess.Equal(at("2026-11-20 06:02")) || len(r.Late) != 1 || r.Late[0].Why != "disk full" || len(s.Messages) != 1 {
		t.Errorf("%+v, %d messages", r, len(s.Messages))
	}
}

func TestALongListIsCut(t *testing.T) {
	l := wellKept()
	for i := range 23 {
		l.unsent = append(l.unsent, ledger.Delivery{ID: int64(i), Key: ledger.Key{Report: "daily"}, State: ledger.Deferred, QueuedAt: at("2026-11-20 06:01"), Answer: strings.Repeat("å", 300)})
	}
	s, err := Read(t.Context(), shop(t), l, at("2026-11-20 12:00"))
	if err != nil {
		t.Fatal(err)
	}
	var screen strings.Builder
	if err := s.Write(&screen, time.UTC); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(screen.String(), "… 13 more: rapport deliveries CONFIG") {
		t.Error(screen.String())
	}
	if len(s.Messages) != 23 {
		t.Errorf("%d messages for programs", len(s.Messages))
	}
}

// TestEveryKindOfAlarmIsKnown: as something that may be wrong now, or that is over when it is told.
func TestEveryKindOfAlarmIsKnown(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", "ledger", "alarmkinds.go"))
	if err != nil {
		t.Fatal(err)
	}
	kinds := regexp.MustCompile(`(?m)^\tAlarm\w+ += "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	if len(kinds) < 13 {
		t.Fatalf("found %d kinds only", len(kinds))
	}
	for _, kind := range kinds {
		over := alarmLevel(ledger.Alarm{Kind: kind[1], Raised: at("2026-11-20 12:00")}, at("2026-11-20 12:00")) == OK
		if over == slices.Contains(AlarmKinds(), kind[1]) {
			t.Errorf("%s: is it over when it is told (%t), or can it be wrong now?", kind[1], over)
		}
	}
	rules, err := os.ReadFile(filepath.Join("..", "..", "examples", "prometheus", "alerts.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var act []string
	for _, kind := range AlarmKinds() {
		if alarmLevel(ledger.Alarm{Kind: kind, Raised: at("2026-11-20 12:00")}, at("2026-11-20 12:00")) == Failed {
			act = append(act, kind)
		}
	}
	for _, kind := range act {
		if strings.Count(string(rules), kind) < 2 {
			t.Errorf("the alert rules do not say that %s needs a person", kind)
		}
	}
}
