package builder

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

// A csvChunk is a number of rows in their order, which are read and put into lines of CSV
// beside other lots: that is most of the work of writing a report.
type csvChunk struct {
	form    *render.CSVFormat
	speaker *report.Translator
	zone    *time.Location

	raws  []byte       // one after the other
	ends  []int        // of each
	text  string       // raws
	rows  []report.Row // their cells as Dintero says them
	lines []byte
	cells []content.Value
	err   error
	done  chan struct{}
}

// raw is what the i-th row was read from.
func (l *csvChunk) raw(i int) string {
	if i == 0 {
		return l.text[:l.ends[0]]
	}
	return l.text[l.ends[i-1]:l.ends[i]]
}

func (l *csvChunk) add(raw []byte) (full bool) {
	l.raws = append(l.raws, raw...)
	l.ends = append(l.ends, len(l.raws))
	return len(l.ends) == chunkRows || len(l.raws) > chunkBytes
}

func (l *csvChunk) clear() {
	l.raws, l.ends, l.rows, l.lines = l.raws[:0], l.ends[:0], l.rows[:0], l.lines[:0]
}

// write reads the rows and makes their lines.
func (l *csvChunk) write() error {
	l.text = string(l.raws)
	if cap(l.rows) < len(l.ends) {
		l.rows = make([]report.Row, len(l.ends), chunkRows)
	}
	l.rows = l.rows[:len(l.ends)]
	for i := range l.rows {
		if err := report.ReadRow(l.raw(i), l.zone, &l.rows[i]); err != nil {
			return err
		}
		if l.rows[i].IsBeside() {
			continue
		}
		l.cells = append(l.cells[:0], l.rows[i].Cells...)
		var err error
		if l.lines, err = l.form.AppendRow(l.lines, l.speaker.Translate(l.cells)); err != nil {
			return fmt.Errorf("csv: %w", err)
		}
	}
	return nil
}

// inChunks has rows written in lots side by side, and hands these to each in their order.
// When it returns, all its work has ended.
func inChunks(rows iter.Seq2[[]byte, error], begin func() *csvChunk, each func(*csvChunk) error) error {
	n := min(runtime.GOMAXPROCS(0)+1, maxChunks)
	idle, inOrder, stop := make(chan *csvChunk, n), make(chan *csvChunk, n), make(chan struct{})
	for range n {
		l := begin()
		l.done = make(chan struct{}, 1)
		idle <- l
	}
	var running sync.WaitGroup
	defer running.Wait()
	defer close(stop)
	work := func(l *csvChunk) {
		l.err = Recover(l.write)
		l.done <- struct{}{}
	}
	var read error
	running.Go(func() {
		defer close(inOrder)
		read = Recover(func() error {
			return fillChunks(rows, idle, stop, func(l *csvChunk) {
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
func fillChunks(rows iter.Seq2[[]byte, error], idle <-chan *csvChunk, stop <-chan struct{}, begin func(*csvChunk)) error {
	var l *csvChunk
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
