package bench

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var most = flag.Int("most", 1000, "the largest number of reports in BenchmarkGrowth; the plan is 10000")

// BenchmarkGrowth makes and mails 100, 1,000 … daily reports of one account with the built program. A report
// may not cost more because there are more of them: it fails when the last one takes a tenth more CPU than the first.
func BenchmarkGrowth(b *testing.B) {
	program := filepath.Join(b.TempDir(), "rapport")
	if out, err := exec.Command("go", "build", "-o", program, "rapport/cmd/rapport").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, kind := range []struct {
		name, filter, contentTypes string
	}{
		{"stores-csv", "store_id, value: sc029", "text/csv"},
		{"sellers-csv", "payout_destination_id, value: '#'", "text/csv"},
		{"stores-pdf", "store_id, value: sc029", "application/pdf, text/csv"},
	} {
		b.Run(kind.name, func(b *testing.B) {
			for b.Loop() {
				var first time.Duration
				for n := 100; n <= *most; n *= 10 {
					cpu := costOf(b, program, n, kind.filter, kind.contentTypes) / time.Duration(n)
					b.ReportMetric(float64(cpu.Microseconds())/1000, fmt.Sprintf("cpu-ms/report-of-%d", n))
					if first == 0 {
						first = cpu
					}
					if cpu > first*11/10 {
						b.Errorf("a report of %d takes %s of CPU, one of 100 %s", n, cpu, first)
					}
				}
			}
		})
	}
}

// costOf is the CPU that one run takes which makes and mails n reports.
func costOf(b *testing.B, program string, n int, filter, contentTypes string) time.Duration {
	b.Helper()
	dir := b.TempDir()
	var text bytes.Buffer
	text.WriteString("account: T12345678\nsource: {sandbox: {seed: 1}}\nmail: {from: a@fjordfisk.no, outbox: outbox}\nreports:\n")
	for i := range n {
		f := strings.ReplaceAll(filter, "#", fmt.Sprintf("P%05d", i))
		fmt.Fprintf(&text, "  - {id: r%d, dataType: checkout/transactions, schedule: daily, language: no, contentTypes: [%s], reportFilters: [{filter: %s}], emails: [kari%d@fjordfisk.no]}\n", i, contentTypes, f, i)
	}
	path := filepath.Join(dir, "many.yaml")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(program, "run", "--quiet", "--now", "2026-11-20T06:30", path)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	mails, err := filepath.Glob(filepath.Join(dir, "outbox", "*"))
	if err != nil || len(mails) < n {
		b.Fatalf("%d mails of %d reports, %v", len(mails), n, err)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
