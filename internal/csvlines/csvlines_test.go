package csvlines

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"rapport/internal/content"
	"rapport/internal/report"
	"rapport/locales"
	"rapport/render"
)

// rawRows are n rows of one number each; the one at broken is none, and at the one at
// failing reading ends.
func rawRows(n, broken, failing int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for i := range n {
			r := report.Row{Cells: []content.Value{content.IntegerOf(int64(i))}}
			raw := r.AppendValue(nil)
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

func plainly(do func() error) error { return do() }

var errPanicked = errors.New("panicked")

func newLot(t *testing.T) func() *Chunk {
	words, err := locales.For("en")
	if err != nil {
		t.Fatal(err)
	}
	layout := report.Layout{Columns: []report.Column{{Key: "age"}}}
	form := render.LocalCSV([]content.Column{{Title: "Age"}}, words)
	return func() *Chunk { return &Chunk{Form: form, Speaker: layout.Translator(words), Zone: time.UTC} }
}

func TestLotsComeInTheOrderOfTheirRows(t *testing.T) {
	for _, n := range []int{0, 1, chunkRows - 1, chunkRows, chunkRows + 1, 20*chunkRows + 3} {
		var want, got strings.Builder
		for i := range n {
			fmt.Fprintf(&want, "%d\r\n", i)
		}
		seen := int64(0)
		err := InChunks(rawRows(n, -1, -1), plainly, newLot(t), func(l *Chunk) error {
			got.Write(l.Lines)
			for i := range l.Rows {
				if l.Rows[i].Cells[0].Number != seen {
					t.Fatalf("%d rows: got row %d in place of %d", n, l.Rows[i].Cells[0].Number, seen)
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
	const n = 20 * chunkRows
	for name, c := range map[string]struct {
		broken, failing int
		want            string
	}{
		"broken row":   {5*chunkRows + 7, -1, "do not hold a row"},
		"broken first": {0, -1, "do not hold a row"},
		"broken disk":  {-1, 9 * chunkRows, "the disk is gone"},
	} {
		rows := 0
		err := InChunks(rawRows(n, c.broken, c.failing), plainly, newLot(t), func(l *Chunk) error { rows += len(l.Rows); return nil })
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
	err := InChunks(rawRows(100*chunkRows, -1, -1), plainly, newLot(t), func(*Chunk) error {
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
	contain := func(do func() error) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = errPanicked
			}
		}()
		return do()
	}
	for name, err := range map[string]error{
		"writing": InChunks(rawRows(3, -1, -1), contain, func() *Chunk { l := begin(); l.Form = nil; return l }, func(*Chunk) error { return nil }),
		"reading": InChunks(func(func([]byte, error) bool) { panic("ours") }, contain, begin, func(*Chunk) error { return nil }),
	} {
		if !errors.Is(err, errPanicked) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
