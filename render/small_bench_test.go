package render

import (
	"io"
	"testing"
)

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
