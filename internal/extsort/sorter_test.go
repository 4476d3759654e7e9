package extsort

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

func TestSorterSortsTheSameInMemoryAndInRuns(t *testing.T) {
	for _, limit := range []int{1 << 20, 4000, 100, 1} {
		dir := t.TempDir()
		s := New(dir, limit)
		r := rand.New(rand.NewPCG(7, 7))
		var want []string
		for i := range 2000 {
			key := fmt.Appendf(nil, "%s%05d", []string{"", "the same at first "}[i%2], r.IntN(100_000))
			value := append([]byte("v"), key...)
			if i%500 == 0 {
				value = append(value, bytes.Repeat([]byte("long"), mostRead/3)...) // longer than it is read at once
			}
			want = append(want, string(key)+"="+string(value))
			if err := s.Add(key, value); err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(want)
		for pass := range 2 { // what was read once can be read again
			var got []string
			for rec, err := range s.Sorted() {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(rec.Key)+"="+string(rec.Value))
			}
			if !slices.Equal(got, want) {
				t.Fatalf("limit %d, pass %d: %d records, out of order or not the same as the %d put in", limit, pass, len(got), len(want))
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("limit %d: %d files left behind", limit, len(left))
		}
	}
}

func TestSorterSaysWhenTheDiskIsGone(t *testing.T) {
	s := New("/nonexistent/rapport", 10)
	var err error
	for range 10 {
		if err = s.Add([]byte("key"), bytes.Repeat([]byte("v"), 20)); err != nil {
			return
		}
	}
	t.Error("spilling to no directory went well")
}

func TestARunThatIsCutOffIsAFault(t *testing.T) {
	for _, size := range []int{1, mostRead} {
		for _, cut := range []int64{0, 1, 2, 20} {
			s := New(t.TempDir(), 1)
			for i := range 3 {
				if err := s.Add([]byte{byte(i)}, bytes.Repeat([]byte("v"), 20*size)); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.spill(); err != nil {
				t.Fatal(err)
			}
			if err := s.file.Truncate(s.end() - 1 - cut); err != nil {
				t.Fatal(err)
			}
			var fault error
			for _, err := range s.Sorted() {
				fault = err
			}
			if fault == nil {
				t.Errorf("%d bytes less, and nobody noticed", cut+1)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
