package bench

import (
	"os"
	"path/filepath"
	"testing"
	"time"

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
			if r.Schedule.Latest(runDay(), r.At, config.Location).Next().Due(r.At).IsZero() {
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
