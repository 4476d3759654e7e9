package bench

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"

	"rapport/reportconfig"
)

// BenchmarkPDF makes the day's PDF of 5,000 rows, with its totals and its place in the
// archive. Naive is a table of fpdf cells.
func BenchmarkPDF(b *testing.B) {
	const rows = 5_000
	reports := dailyReports(1, 0)
	reports[0].ContentTypes = []reportconfig.ContentType{reportconfig.PDF}
	var ours, naive time.Duration
	for b.Loop() {
		ours += makeAndMail(b, payments(rows), reports, 0, 1)
		b.StopTimer()
		naive += tableNaively(b, rows)
		b.StartTimer()
	}
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/job")
	b.ReportMetric(ours.Seconds()/naive.Seconds(), "of-naive")
}

func tableNaively(b *testing.B, rows int) time.Duration {
	b.Helper()
	start := time.Now()
	pdf := fpdf.New("L", "mm", "A4", "")
	pdf.AddUTF8FontFromBytes("sans", "", liberationsansregular.TTF)
	pdf.SetFont("sans", "", 8)
	pdf.AddPage()
	for i := range rows {
		for _, cell := range []string{
			"2026-11-19 14:05:09", "Innløsning", fmt.Sprintf("T12345678.%022d", i), fmt.Sprint("order-", i), "Vipps", "vipps", "sc029", "NOK",
			fmt.Sprintf("%d,%02d", 100+i/100, i%100), "0,00", fmt.Sprintf("%d,%02d", 100+i/100, i%100),
		} {
			pdf.CellFormat(25, 4, cell, "1", 0, "L", false, 0, "")
		}
		pdf.Ln(-1)
	}
	if err := pdf.OutputFileAndClose(filepath.Join(b.TempDir(), "naive.pdf")); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}
