// Package csvlines puts packed rows into lines of CSV, in chunks side by side: that is most of the
// work of writing a report. It refuses to hand them on in another order than theirs, and writes no
// file.
package csvlines

import (
	"fmt"
	"iter"
	"runtime"
	"sync"
	"time"

	"rapport/internal/content"
	"rapport/internal/report"
	"rapport/render"
)

const (
	chunkRows  = 128
	chunkBytes = 256 << 10
	maxChunks  = 4 // at most: more only wait for who writes the file
)

// A Chunk is a number of rows in their order, which are read and put into lines of CSV
// beside other lots: that is most of the work of writing a report.
type Chunk struct {
	Form    *render.CSVFormat
	Speaker *report.Translator
	Zone    *time.Location

	raws  []byte       // one after the other
	ends  []int        // of each
	text  string       // raws
	Rows  []report.Row // their cells as Dintero says them
	Lines []byte
	cells []content.Value
	err   error
	done  chan struct{}
}

// Raw is what the i-th row was read from.
func (l *Chunk) Raw(i int) string {
	if i == 0 {
		return l.text[:l.ends[0]]
	}
	return l.text[l.ends[i-1]:l.ends[i]]
}

func (l *Chunk) add(raw []byte) (full bool) {
	l.raws = append(l.raws, raw...)
	l.ends = append(l.ends, len(l.raws))
	return len(l.ends) == chunkRows || len(l.raws) > chunkBytes
}

func (l *Chunk) clear() {
	l.raws, l.ends, l.Rows, l.Lines = l.raws[:0], l.ends[:0], l.Rows[:0], l.Lines[:0]
}

// write reads the rows and makes their lines.
func (l *Chunk) write() error {
	l.text = string(l.raws)
	if cap(l.Rows) < len(l.ends) {
		l.Rows = make([]report.Row, len(l.ends), chunkRows)
	}
	l.Rows = l.Rows[:len(l.ends)]
	for i := range l.Rows {
		if err := report.ReadRow(l.Raw(i), l.Zone, &l.Rows[i]); err != nil {
			return err
		}
		if l.Rows[i].IsBeside() {
			continue
		}
		l.cells = append(l.cells[:0], l.Rows[i].Cells...)
		var err error
		if l.Lines, err = l.Form.AppendRow(l.Lines, l.Speaker.Translate(l.cells)); err != nil {
			return fmt.Errorf("csv: %w", err)
		}
	}
	return nil
}

// InChunks has rows written in lots side by side, and hands these to each in their order.
// When it returns, all its work has ended. contain turns a panic of it into an error.
func InChunks(rows iter.Seq2[[]byte, error], contain func(func() error) error, begin func() *Chunk, each func(*Chunk) error) error {
	n := min(runtime.GOMAXPROCS(0)+1, maxChunks)
	idle, inOrder, stop := make(chan *Chunk, n), make(chan *Chunk, n), make(chan struct{})
	for range n {
		l := begin()
		l.done = make(chan struct{}, 1)
		idle <- l
	}
	var running sync.WaitGroup
	defer running.Wait()
	defer close(stop)
	work := func(l *Chunk) {
		l.err = contain(l.write)
		l.done <- struct{}{}
	}
	var read error
	running.Go(func() {
		defer close(inOrder)
		read = contain(func() error {
			return fillChunks(rows, idle, stop, func(l *Chunk) {
				inOrder <- l // there is room for all
				running.Go(func() { work(l) })
			})
		})
	})
	for l := range inOrder {
		<-l.done
		if l.err != nil {
			return l.err
		}
		if err := each(l); err != nil {
			return err
		}
		idle <- l
	}
	return read
}

// fillChunks puts the rows into lots until they end or nobody wants more.
func fillChunks(rows iter.Seq2[[]byte, error], idle <-chan *Chunk, stop <-chan struct{}, begin func(*Chunk)) error {
	var l *Chunk
	for raw, err := range rows {
		if err != nil {
			return err
		}
		if l == nil {
			select {
			case <-stop:
				return nil
			case l = <-idle:
				l.clear()
			}
		}
		if l.add(raw) {
			begin(l)
			l = nil
		}
	}
	if l != nil {
		begin(l)
	}
	return nil
}
