package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-co-op/gocron/v2"
	"gopkg.in/yaml.v3"

	"rapport/reportconfig"
)

// BenchmarkConfiguration loads 10,000 reports and knows when each is next due.
func BenchmarkConfiguration(b *testing.B) {
	path := filepath.Join(b.TempDir(), "many.yaml")
	if err := os.WriteFile(path, manyReports(10_000), 0o600); err != nil {
		b.Fatal(err)
	}
	var ours, naive time.Duration
	for b.Loop() {
		start := time.Now()
		config, err := reportconfig.Load(path, "")
		if err != nil {
			b.Fatal(err)
		}
		for i := range config.Reports {
			r := &config.Reports[i]
			if timing := r.Timing(); timing.Due(timing.Latest(runDay(), config.Location).Next()).IsZero() {
				b.Fatal("never due")
			}
		}
		ours += time.Since(start)
		b.StopTimer()
		naive += scheduleNaively(b, path)
		b.StartTimer()
	}
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/job")
	b.ReportMetric(ours.Seconds()/naive.Seconds(), "of-naive")
}

// manyReports is a configuration with n reports, each with a filter and two recipients.
func manyReports(n int) []byte {
	var text bytes.Buffer
	text.WriteString("account: T12345678\nsource: {sandbox: {seed: 1}}\nmail: {from: a@fjordfisk.no, outbox: outbox}\nreports:\n")
	schedules := []string{"daily", "weekly", "monthly"}
	for i := range n {
		fmt.Fprintf(&text, "  - id: shop-%05d\n    name: Dagsoppgjør %05d\n    dataType: checkout/transactions\n    schedule: %s\n    language: no\n"+
			"    contentTypes: [application/pdf, text/csv]\n    reportFilters:\n      - {filter: store_id, value: sc%05d}\n"+
			"    emails: [regnskap%05d@fjordfisk.no, Kari Nordmann <kari%05d@fjordfisk.no>]\n    at: \"06:%02d\"\n", i, i, schedules[i%3], i, i, i, i%60)
	}
	return text.Bytes()
}

// scheduleNaively unmarshals the file and gives gocron a job for each report.
func scheduleNaively(b *testing.B, path string) time.Duration {
	b.Helper()
	start := time.Now()
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	var config struct{ Reports []map[string]any }
	if err := yaml.Unmarshal(text, &config); err != nil {
		b.Fatal(err)
	}
	s, err := gocron.NewScheduler(gocron.WithLocation(time.UTC))
	if err != nil {
		b.Fatal(err)
	}
	var jobs []gocron.Job
	for i := range config.Reports {
		at := gocron.NewAtTimes(gocron.NewAtTime(6, uint(i%60), 0))
		definition := []gocron.JobDefinition{gocron.DailyJob(1, at), gocron.WeeklyJob(1, gocron.NewWeekdays(time.Monday), at), gocron.MonthlyJob(1, gocron.NewDaysOfTheMonth(1), at)}[i%3]
		j, err := s.NewJob(definition, gocron.NewTask(func() {}))
		if err != nil {
			b.Fatal(err)
		}
		jobs = append(jobs, j)
	}
	s.Start()
	for _, j := range jobs {
		if next, err := j.NextRun(); err != nil || next.IsZero() {
			b.Fatalf("never due: %v", err)
		}
	}
	took := time.Since(start)
	if err := s.Shutdown(); err != nil {
		b.Fatal(err)
	}
	return took
}
