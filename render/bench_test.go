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
		e, err := NewCSV(io.Discard, s.document.Columns, s.document.Printer)
		if err != nil {
			b.Fatal(err)
		}
		for i := range 100_000 {
			if err := e.Row(s.rows[i%len(s.rows)]...); err != nil {
				b.Fatal(err)
			}
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
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
