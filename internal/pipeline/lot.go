package pipeline

import (
	"fmt"
	"iter"
	"runtime"
	"sync"
	"time"

	"rapport/render"
)

const (
	lotRows    = 128
	lotsAtOnce = 4 // at most: more only wait for who writes the file
)

// A lot is a number of rows in their order, which are read and put into lines of CSV
// beside other lots: that is most of the work of writing a report.
type lot struct {
	form    *render.CSVForm
	speaker *speaker
	zone    *time.Location

	raws  []byte // one after the other
	ends  []int  // of each
	text  string // raws
	rows  []row  // their cells as Dintero says them
	lines []byte
	cells []render.Value
	err   error
	done  chan struct{}
}

// raw is what the i-th row was read from.
func (l *lot) raw(i int) string {
	if i == 0 {
		return l.text[:l.ends[0]]
	}
	return l.text[l.ends[i-1]:l.ends[i]]
}

func (l *lot) add(raw []byte) (full bool) {
	l.raws = append(l.raws, raw...)
	l.ends = append(l.ends, len(l.raws))
	return len(l.ends) == lotRows
}

func (l *lot) clear() {
	l.raws, l.ends, l.rows, l.lines = l.raws[:0], l.ends[:0], l.rows[:0], l.lines[:0]
}

// write reads the rows and makes their lines.
func (l *lot) write() error {
	l.text = string(l.raws)
	if cap(l.rows) < len(l.ends) {
		l.rows = make([]row, len(l.ends), lotRows)
	}
	l.rows = l.rows[:len(l.ends)]
	for i := range l.rows {
		if err := readRow(l.raw(i), l.zone, &l.rows[i]); err != nil {
			return err
		}
		l.cells = append(l.cells[:0], l.rows[i].cells...)
		var err error
		if l.lines, err = l.form.AppendRow(l.lines, l.speaker.say(l.cells)); err != nil {
			return fmt.Errorf("csv: %w", err)
		}
	}
	return nil
}

// inLots has rows written in lots side by side, and hands these to each in their order.
// When it returns, all its work has ended.
func inLots(rows iter.Seq2[[]byte, error], begin func() *lot, each func(*lot) error) error {
	n := min(runtime.GOMAXPROCS(0)+1, lotsAtOnce)
	idle, inOrder, stop := make(chan *lot, n), make(chan *lot, n), make(chan struct{})
	for range n {
		l := begin()
		l.done = make(chan struct{}, 1)
		idle <- l
	}
	var running sync.WaitGroup
	defer running.Wait()
	defer close(stop)
	work := func(l *lot) {
		l.err = contained(l.write)
		l.done <- struct{}{}
	}
	var read error
	running.Go(func() {
		defer close(inOrder)
		read = contained(func() error {
			return fillLots(rows, idle, stop, func(l *lot) {
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

// fillLots puts the rows into lots until they end or nobody wants more.
func fillLots(rows iter.Seq2[[]byte, error], idle <-chan *lot, stop <-chan struct{}, begin func(*lot)) error {
	var l *lot
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
