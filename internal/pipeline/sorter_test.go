package pipeline

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/render"
)

func TestSorterSortsTheSameInMemoryAndInRuns(t *testing.T) {
	for _, limit := range []int{1 << 20, 4000, 100, 1} {
		dir := t.TempDir()
		s := newSorter(dir, limit)
		r := rand.New(rand.NewPCG(7, 7))
		var want []string
		for i := range 2000 {
			key := fmt.Appendf(nil, "%s%05d", []string{"", "the same at first "}[i%2], r.IntN(100_000))
			value := append([]byte("v"), key...)
			if i%500 == 0 {
				value = append(value, bytes.Repeat([]byte("long"), mostRead/3)...) // longer than it is read at once
			}
			want = append(want, string(key)+"="+string(value))
			if err := s.add(key, value); err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(want)
		for pass := range 2 { // what was read once can be read again
			var got []string
			for rec, err := range s.sorted() {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(rec.key)+"="+string(rec.value))
			}
			if !slices.Equal(got, want) {
				t.Fatalf("limit %d, pass %d: %d records, out of order or not the same as the %d put in", limit, pass, len(got), len(want))
			}
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("limit %d: %d files left behind", limit, len(left))
		}
	}
}

func TestSorterSaysWhenTheDiskIsGone(t *testing.T) {
	s := newSorter("/nonexistent/rapport", 10)
	var err error
	for range 10 {
		if err = s.add([]byte("key"), bytes.Repeat([]byte("v"), 20)); err != nil {
			return
		}
	}
	t.Error("spilling to no directory went well")
}

func TestRowsSurviveTheWayThroughTheSorter(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 19, 23, 59, 59, 999_999_999, oslo)
	want := row{
		at: at, tie: "tx", thing: "order", copy: -5, ordinal: 3, class: classRefund, repeats: true,
		cells: []render.Value{render.TimeOf(at), render.TextOf("Ærlig\x00"), {}, render.MoneyOf(-1234, "NOK"), render.IntegerOf(7), render.DecimalOf("2.5")},
	}
	got := row{at: want.at, tie: want.tie, copy: want.copy, ordinal: want.ordinal}
	if err := readRow(string(want.appendValue(nil)), oslo, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)); diff != "" {
		t.Error(diff)
	}
	raw := want.appendValue(nil)
	for cut := range raw {
		if err := readRow(string(raw[:cut]), oslo, &got); err == nil {
			t.Errorf("a row cut after %d of %d bytes was read", cut, len(raw))
		}
	}
}

func TestKeysSortByInstantThenIDThenOrder(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	rows := []row{
		{at: at("1969-12-31T23:59:59Z"), tie: "z"},
		{at: at("2026-11-19T22:59:59.999Z"), tie: "z"},
		{at: at("2026-11-19T23:00:00Z"), tie: "a", ordinal: 2},
		{at: at("2026-11-19T23:00:00Z"), tie: "a", ordinal: 300},
		{at: at("2026-11-19T23:00:00Z"), tie: "a-longer"},
		{at: at("2026-11-20T00:00:00.000000001+01:00"), tie: "A"},
	}
	for i := range rows[1:] {
		if bytes.Compare(rows[i].appendKey(nil), rows[i+1].appendKey(nil)) >= 0 {
			t.Errorf("row %d does not sort before row %d", i, i+1)
		}
	}
}

func TestARunThatIsCutOffIsAFault(t *testing.T) {
	for _, size := range []int{1, mostRead} {
		for _, cut := range []int64{0, 1, 2, 20} {
			s := newSorter(t.TempDir(), 1)
			for i := range 3 {
				if err := s.add([]byte{byte(i)}, bytes.Repeat([]byte("v"), 20*size)); err != nil {
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
			for _, err := range s.sorted() {
				fault = err
			}
			if fault == nil {
				t.Errorf("%d bytes less, and nobody noticed", cut+1)
			}
			if err := s.close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
