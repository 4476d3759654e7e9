package daemon

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func fjord(context.Context) ([]AccountStats, error) {
	return []AccountStats{{
		Account: "T12345678", Owed: 2, Attempts: 40, Uncertain: 1,
		Deliveries:  map[string]int{"sent": 30, "deferred": 2},
		LastSuccess: map[string]time.Time{"oslo-daily": time.Unix(1_700_000_000, 0)},
		Alarms:      map[string]int{"relay": 1, "late": 0}, ClockAhead: -2500 * time.Millisecond, OldestWaiting: 90 * time.Minute,
		Reports: map[string]ReportStats{"oslo-daily": {time.Unix(1_700_000_000, 0), 2 * time.Hour}, "bergen-daily": {time.Unix(1_700_000_001, 0), 0}},
	}}, nil
}

func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	code, body, _ := get(m.Handler(), "GET", "/metrics")
	if code != 200 {
		t.Errorf("a scrape gave %d: %s", code, body)
	}
	return body
}

func wantLines(t *testing.T, body string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+body, "\n"+line+"\n") {
			t.Errorf("the scrape lacks %q", line)
		}
	}
}

func TestAScrapeShowsTheLedger(t *testing.T) {
	m := NewMetrics("v1.2.3", fjord)
	m.reloaded(time.Unix(1_700_000_123, 0), nil)
	m.Start("fetch")()
	wantLines(t, scrape(t, m),
		`rapport_scrape_ok 1`,
		`rapport_owed_periods{account="T12345678"} 2`,
		`rapport_deliveries{account="T12345678",state="sent"} 30`,
		`rapport_deliveries{account="T12345678",state="deferred"} 2`,
		`rapport_delivery_attempts_total{account="T12345678"} 40`,
		`rapport_uncertain_total{account="T12345678"} 1`,
		`rapport_alarms_standing{account="T12345678",kind="late"} 0`,
		`rapport_alarms_standing{account="T12345678",kind="relay"} 1`,
		`rapport_oldest_waiting_seconds{account="T12345678"} 5400`,
		`rapport_clock_ahead_seconds{account="T12345678"} -2.5`,
		`rapport_report_late_seconds{account="T12345678",report="oslo-daily"} 7200`,
		`rapport_report_late_seconds{account="T12345678",report="bergen-daily"} 0`,
		`rapport_report_next_due_timestamp_seconds{account="T12345678",report="oslo-daily"} 1.7e+09`,
		`rapport_last_success_timestamp_seconds{account="T12345678",report="oslo-daily"} 1.7e+09`,
		`rapport_stage_duration_seconds_count{stage="fetch"} 1`,
		`rapport_stage_duration_seconds_count{stage="render"} 0`,
		`rapport_stage_duration_seconds_count{stage="send"} 0`,
		`rapport_config_ok 1`,
		`rapport_config_last_reload_success_timestamp_seconds 1.700000123e+09`,
		`rapport_clock_held 0`,
		`rapport_wake_failures_total 0`,
	)
	m.reloaded(time.Unix(1_800_000_000, 0), errors.New("no"))
	body := scrape(t, m)
	wantLines(t, body, `rapport_config_ok 0`, `rapport_config_last_reload_success_timestamp_seconds 1.700000123e+09`)
	if !strings.Contains(body, `rapport_build_info{goversion="go1`) || !strings.Contains(body, `go_goroutines `) || !strings.Contains(body, `process_start_time_seconds `) {
		t.Error("the scrape lacks the build, the runtime or the process")
	}
}

func TestTheMetricsKeepToTheHabitsOfPrometheus(t *testing.T) {
	m := NewMetrics("v1.2.3", fjord)
	m.registry.MustRegister(ledgerCollector{t.Context(), m})
	m.Start("send")()
	problems, err := testutil.GatherAndLint(m.registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "rapport_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	families, err := prometheus.Gatherers{m.registry}.Gather()
	if err != nil {
		t.Fatal(err)
	}
	if len(families) < 20 {
		t.Errorf("only %d families were looked at", len(families))
	}
}

func TestALedgerThatCannotBeAskedIsSeenInTheScrape(t *testing.T) {
	for name, numbers := range map[string]func(context.Context) ([]AccountStats, error){
		"error": func(context.Context) ([]AccountStats, error) { return nil, errors.New("locked") },
		"panic": func(context.Context) ([]AccountStats, error) { panic("locked") },
	} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			m := NewMetrics("v0", numbers)
			m.logTo(slog.New(slog.NewTextHandler(&log, nil)))
			for range 10 {
				body := scrape(t, m)
				wantLines(t, body, `rapport_scrape_ok 0`, `rapport_config_ok 0`)
				if strings.Contains(body, "rapport_owed_periods") {
					t.Error("a failed scrape shows numbers")
				}
			}
			if n := strings.Count(log.String(), "locked"); n != 1 {
				t.Errorf("logged %d times, want once: %s", n, &log)
			}
		})
	}
}

func TestALedgerThatHangsEndsTheScrape(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := NewMetrics("v0", func(ctx context.Context) ([]AccountStats, error) { <-ctx.Done(); return nil, ctx.Err() })
		began := time.Now()
		wantLines(t, scrape(t, m), `rapport_scrape_ok 0`)
		if took := time.Since(began); took != scrapeTimeout {
			t.Errorf("it took %s", took)
		}
	})
}

func TestTwoLedgersOfOneAccountAreOneInTheScrape(t *testing.T) {
	early, late := time.Unix(1_600_000_000, 0), time.Unix(1_700_000_000, 0)
	m := NewMetrics("v0", func(context.Context) ([]AccountStats, error) {
		return []AccountStats{
			{Account: "T1\xff", Owed: 1, Attempts: 1, Deliveries: map[string]int{"sent": 1}, LastSuccess: map[string]time.Time{"a": late, "b": early},
				Alarms: map[string]int{"relay": 1}, OldestWaiting: time.Minute, Reports: map[string]ReportStats{"a": {late, time.Hour}, "b": {early, 0}}},
			{Account: "T1\xff", Owed: 2, Attempts: 2, Deliveries: map[string]int{"sent": 2}, LastSuccess: map[string]time.Time{"a": early},
				Alarms: map[string]int{"relay": 1}, OldestWaiting: time.Hour, Reports: map[string]ReportStats{"a": {early, time.Minute}}},
		}, nil
	})
	wantLines(t, scrape(t, m),
		`rapport_owed_periods{account="T1�"} 3`,
		`rapport_delivery_attempts_total{account="T1�"} 3`,
		`rapport_deliveries{account="T1�",state="sent"} 3`,
		`rapport_last_success_timestamp_seconds{account="T1�",report="a"} 1.7e+09`,
		`rapport_last_success_timestamp_seconds{account="T1�",report="b"} 1.6e+09`,
		`rapport_alarms_standing{account="T1�",kind="relay"} 2`,
		`rapport_oldest_waiting_seconds{account="T1�"} 3600`,
		`rapport_report_late_seconds{account="T1�",report="a"} 3600`,
		`rapport_report_next_due_timestamp_seconds{account="T1�",report="a"} 1.6e+09`,
	)
}

func TestAStageIsMeasuredInSeconds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		m := NewMetrics("v0", fjord)
		stop := m.Start("render")
		<-time.After(42 * time.Second)
		stop()
		wantLines(t, scrape(t, m), `rapport_stage_duration_seconds_sum{stage="render"} 42`,
			`rapport_stage_duration_seconds_bucket{stage="render",le="30"} 0`, `rapport_stage_duration_seconds_bucket{stage="render",le="60"} 1`)
	})
}

// TestTheExamplesForPrometheusAskForMetricsThatAreThere: in alert rules and dashboard.
func TestTheExamplesForPrometheusAskForMetricsThatAreThere(t *testing.T) {
	body := scrape(t, NewMetrics("v1.2.3", fjord))
	for _, name := range []string{"alerts.yml", "dashboard.json"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "examples", "prometheus", name))
		if err != nil {
			t.Fatal(err)
		}
		asked := regexp.MustCompile(`rapport_[a-z_]+`).FindAllString(string(text), -1)
		if len(asked) < 8 {
			t.Errorf("%s asks for %d metrics only", name, len(asked))
		}
		for _, metric := range asked {
			if !strings.Contains(body, "\n"+metric+"{") && !strings.Contains(body, "\n"+metric+" ") {
				t.Errorf("%s asks for %s, which is not there", name, metric)
			}
		}
	}
}
