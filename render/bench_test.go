package render

import (
	"io"
	"testing"
)

// BenchmarkCSV writes 100,000 rows of twenty columns.
func BenchmarkCSV(b *testing.B) {
	s := transactions(b, "no", 1000, "NOK")
	b.ReportAllocs()
	for b.Loop() {
		f := LocalCSV(s.document.Columns, s.document.Printer)
		lines, err := f.AppendHead(nil)
		if err != nil {
			b.Fatal(err)
		}
		for i := range 100_000 {
			if len(lines) > 32<<10 {
				lines = lines[:0]
			}
			if lines, err = f.AppendRow(lines, s.rows[i%len(s.rows)]); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkPDF writes 50,000 rows of twenty columns.
func BenchmarkPDF(b *testing.B) {
	s := transactions(b, "no", 1000, "NOK")
	b.ReportAllocs()
	for b.Loop() {
		e, err := NewPDF(io.Discard, s.document)
		if err != nil {
			b.Fatal(err)
		}
		for i := range 50_000 {
			if err := e.Row(s.rows[i%len(s.rows)]...); err != nil {
				b.Fatal(err)
			}
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSmallPDF writes a day of sixty rows.
func BenchmarkSmallPDF(b *testing.B) {
	s := transactions(b, "no", 60, "NOK")
	b.ReportAllocs()
	for b.Loop() {
		e, err := NewPDF(io.Discard, s.document)
		if err != nil {
			b.Fatal(err)
		}
		for _, row := range s.rows {
			if err := e.Row(row...); err != nil {
				b.Fatal(err)
			}
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
