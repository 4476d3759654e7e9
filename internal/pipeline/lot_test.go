package pipeline

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"rapport/locales"
	"rapport/render"
)

// rawRows are n rows of one number each; the one at broken is none, and at the one at
// failing reading ends.
func rawRows(n, broken, failing int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for i := range n {
			r := row{cells: []render.Value{render.IntegerOf(int64(i))}}
			raw := r.appendValue(nil)
			switch i {
			case broken:
				raw = raw[:1]
			case failing:
				yield(nil, errors.New("the disk is gone"))
				return
			}
			if !yield(raw, nil) {
				return
			}
		}
	}
}

func newLot(t *testing.T) func() *lot {
	words, err := locales.For("en")
	if err != nil {
		t.Fatal(err)
	}
	layout := shape{columns: []column{{key: "age"}}}
	form := render.LocalCSV([]render.Column{{Title: "Age"}}, words)
	return func() *lot { return &lot{form: form, speaker: layout.speaker(words), zone: time.UTC} }
}

func TestLotsComeInTheOrderOfTheirRows(t *testing.T) {
	for _, n := range []int{0, 1, lotRows - 1, lotRows, lotRows + 1, 20*lotRows + 3} {
		var want, got strings.Builder
		for i := range n {
			fmt.Fprintf(&want, "%d\r\n", i)
		}
		seen := int64(0)
		err := inLots(rawRows(n, -1, -1), newLot(t), func(l *lot) error {
			got.Write(l.lines)
			for i := range l.rows {
				if l.rows[i].cells[0].Number != seen {
					t.Fatalf("%d rows: got row %d in place of %d", n, l.rows[i].cells[0].Number, seen)
				}
				seen++
			}
			return nil
		})
		if err != nil || got.String() != want.String() {
			t.Errorf("%d rows: %v, got\n%s", n, err, got.String())
		}
	}
}

func TestNoRowIsWrittenAfterOneThatCannotBeRead(t *testing.T) {
	const n = 20 * lotRows
	for name, c := range map[string]struct {
		broken, failing int
		want            string
	}{
		"broken row":   {5*lotRows + 7, -1, "do not hold a row"},
		"broken first": {0, -1, "do not hold a row"},
		"broken disk":  {-1, 9 * lotRows, "the disk is gone"},
	} {
		rows := 0
		err := inLots(rawRows(n, c.broken, c.failing), newLot(t), func(l *lot) error { rows += len(l.rows); return nil })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v", name, err)
		}
		if rows > max(c.broken, c.failing) {
			t.Errorf("%s: %d rows were written", name, rows)
		}
	}
}

func TestWhoWritesTheFileCanEndTheReading(t *testing.T) {
	full := errors.New("the disk is full")
	lots := 0
	err := inLots(rawRows(100*lotRows, -1, -1), newLot(t), func(*lot) error {
		if lots++; lots == 3 {
			return full
		}
		return nil
	})
	if !errors.Is(err, full) || lots != 3 {
		t.Errorf("got %v after %d lots", err, lots)
	}
}

func TestAFaultOfOursWithinALotIsAnError(t *testing.T) {
	begin := newLot(t)
	var wrong *panicked
	for name, err := range map[string]error{
		"writing": inLots(rawRows(3, -1, -1), func() *lot { l := begin(); l.form = nil; return l }, func(*lot) error { return nil }),
		"reading": inLots(func(func([]byte, error) bool) { panic("ours") }, begin, func(*lot) error { return nil }),
	} {
		if !errors.As(err, &wrong) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
