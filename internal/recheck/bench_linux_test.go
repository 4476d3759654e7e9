package recheck_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

// BenchmarkNight reads closed periods again in which nothing changed, as every night: the figure
// is what one of them costs a night.
func BenchmarkNight(b *testing.B) {
	for _, days := range []int{35, 256} {
		b.Run(fmt.Sprint("periods=", days), func(b *testing.B) {
			s, src, c, _ := closed(b, days, 0)
			c.Catchup = time.Duration(days+1) * 24 * time.Hour
			c.Builder.Source = atOnce{src, s.Clock.Now()}
			now := s.Clock.Now()
			before := cpu(b)
			for b.Loop() {
				now = now.AddDate(0, 0, 1)
				c.Catchup += 24 * time.Hour
				src.queries = nil
				if _, _, err := c.Round(b.Context(), now, true, every); err != nil || len(src.queries) != 1 {
					b.Fatal(src.queries, err)
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N*days), "CPU-µs/period")
		})
	}
}

// cpu is what this process has had of the processors.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
