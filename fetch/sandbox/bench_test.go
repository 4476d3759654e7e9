package sandbox

import (
	"testing"
	"time"
)

func BenchmarkDay(b *testing.B) {
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		b.Fatal(err)
	}
	books := newBooks(1, zone)
	for i := 0; b.Loop(); i++ {
		books.makeDay(date(4000 + i%365))
	}
}
