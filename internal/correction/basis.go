package correction

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"rapport/internal/ledger"
	"rapport/internal/ledger/corrected"
	"rapport/internal/report"
)

// ErrGone is wrapped when the rows that a report had cannot be read any more.
var ErrGone = errors.New("the rows of the report are gone")

// A Basis is the rows of a made period: those of its report, and the corrections since.
type Basis struct {
	Form   Form
	Zone   string // in which its times are written
	Before []corrected.Correction
	Totals []ledger.Total // that they come to
	Made   ledger.Period  // the first
	Number int            // that the next correction gets
	open   func() (io.ReadCloser, error)
	sent   bool // the rows are those that recipients know: of the report and the corrections that they got
}

// NewBasis is of a report's CSV, which open reads, and of what was found since; with sent, of what
// recipients were sent since. The operator may have been told of more.
func NewBasis(made ledger.Period, zone string, totals []ledger.Total, before []corrected.Correction, sent bool, l report.Layout, open func() (io.ReadCloser, error)) (b *Basis, err error) {
	b = &Basis{Zone: zone, Before: before, Totals: totals, Made: made, Number: made.Edition + 1, open: open, sent: sent}
	if made.Remake == ledger.Corrected || made.Edition < 0 {
		return nil, fmt.Errorf("%s %s is a correction itself", made.Report, made.Name)
	}
	for _, c := range before {
		if b.Number = max(b.Number, c.Number+1); c.Number > 0 || !sent {
			b.Totals = c.Totals
		}
		if len(c.Changes) == 0 { // retention took them
			return nil, ErrGone
		}
	}
	in, err := open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	head := make([]byte, 4096)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	b.Form, err = FormOf(head[:n], l)
	return b, err
}

// A mark stands for a row: what counts of its cells.
type mark uint64

// marks are a multiset of rows, and a sum of them that does not depend on their order.
type marks struct {
	list []mark
	sum  [2]uint64
}

func (t table) mark(record []string) (mark, [2]uint64) { return t.markOf("", record) }

// markOf is of a row of somebody's; "" is nobody.
func (t table) markOf(owner string, record []string) (mark, [2]uint64) {
	h := sha256.New()
	if owner != "" {
		_, _ = io.WriteString(h, owner+"\x00\x00")
	}
	for _, i := range t.counted {
		_, _ = io.WriteString(h, record[i]) // a hash takes everything
		_, _ = h.Write([]byte{0})
	}
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	return mark(binary.BigEndian.Uint64(sum[:])), [2]uint64{binary.BigEndian.Uint64(sum[8:]), binary.BigEndian.Uint64(sum[16:])}
}

func (m *marks) add(one mark, sum [2]uint64) {
	m.list = append(m.list, one)
	m.sum[0], m.sum[1] = m.sum[0]+sum[0], m.sum[1]+sum[1]
}

// State names the rows, in whichever order they are.
func (m *marks) state() string {
	return stateOf(m.sum, len(m.list))
}

func stateOf(sum [2]uint64, rows int) string {
	var b [24]byte
	binary.BigEndian.PutUint64(b[:], sum[0])
	binary.BigEndian.PutUint64(b[8:], sum[1])
	binary.BigEndian.PutUint64(b[16:], uint64(rows))
	return hex.EncodeToString(b[:])
}

func (m *marks) clone() marks { return marks{slices.Clone(m.list), m.sum} }

// minus takes other rows out, each as often as it is there.
func (m *marks) minus(other marks) {
	slices.Sort(m.list)
	slices.Sort(other.list)
	m.list = slices.DeleteFunc(m.list, inTurn(other.list))
	m.sum[0], m.sum[1] = m.sum[0]-other.sum[0], m.sum[1]-other.sum[1]
}

// inTurn tells of sorted marks whether the next of other is the same, and passes it.
func inTurn(other []mark) func(mark) bool {
	return func(one mark) bool {
		for len(other) > 0 && other[0] < one {
			other = other[1:]
		}
		if len(other) == 0 || other[0] != one {
			return false
		}
		other = other[1:]
		return true
	}
}

// now are the marks of the rows as they are known, and the states that they had before, that one
// included. sent is the state that recipients know. What recipients were sent is of the rows that
// they knew; what the operator was told is of all that was known.
func (b *Basis) now(t table) (m marks, states []string, sent string, err error) {
	var known marks
	err = b.first(t, func(record []string) error {
		m.add(t.mark(record))
		return nil
	})
	known = m.clone()
	states = []string{m.state()}
	for _, c := range b.Before {
		if err != nil {
			return m, nil, "", err
		}
		of := &known
		if c.Number > 0 {
			of = &m
		}
		err = b.apply(t, c, of)
		if c.Number > 0 {
			known = m.clone()
		}
		if c.Number > 0 || !b.sent {
			states = append(states, known.state())
		}
	}
	sent = m.state()
	if !b.sent {
		m = known
	}
	return m, states, sent, err
}

// apply makes of rows what they are after a correction.
func (b *Basis) apply(t table, c corrected.Correction, m *marks) error {
	var out marks
	err := b.change(t, c, func(record []string, removed bool) error {
		if removed {
			out.add(t.mark(record))
		} else {
			m.add(t.mark(record))
		}
		return nil
	})
	m.minus(out)
	return err
}

// first reads the rows of the report as it was made.
func (b *Basis) first(t table, take func(record []string) error) (err error) {
	in, err := b.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	return t.each(in, false, take)
}

// change reads the rows of a correction.
func (b *Basis) change(t table, c corrected.Correction, take func(record []string, removed bool) error) (err error) {
	in, err := Unpacked(c.Changes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	words, err := t.form.Words()
	if err != nil {
		return err
	}
	gone := words.Word("correction.removed")
	return t.each(in, true, func(record []string) error { return take(record, record[len(record)-1] == gone) })
}
