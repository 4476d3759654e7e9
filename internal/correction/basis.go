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
	Form    Form
	Zone    string // in which its times are written
	Before  []corrected.Correction
	Totals  []ledger.Total // that they come to
	Made    ledger.Period  // the first
	Number  int            // that the next correction gets
	open    func() (io.ReadCloser, error)
	removed bool // retention took what earlier corrections changed
}

// NewBasis is of a report's CSV, which open reads, and of what was found since.
func NewBasis(made ledger.Period, zone string, totals []ledger.Total, before []corrected.Correction, l report.Layout, open func() (io.ReadCloser, error)) (b *Basis, err error) {
	b = &Basis{Zone: zone, Before: before, Totals: totals, Made: made, Number: made.Edition + 1, open: open}
	if made.Remake == ledger.Corrected || made.Edition < 0 {
		return nil, fmt.Errorf("%s %s is a correction itself", made.Report, made.Name)
	}
	for _, c := range before {
		b.Totals, b.Number, b.removed = c.Totals, max(b.Number, c.Number+1), b.removed || len(c.Changes) == 0
	}
	if b.removed {
		return nil, ErrGone
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

func (t table) mark(record []string) (mark, [2]uint64) {
	h := sha256.New()
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
	var b [24]byte
	binary.BigEndian.PutUint64(b[:], m.sum[0])
	binary.BigEndian.PutUint64(b[8:], m.sum[1])
	binary.BigEndian.PutUint64(b[16:], uint64(len(m.list)))
	return hex.EncodeToString(b[:])
}

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

// now are the marks of the rows as they are by what was found last, and the states before.
func (b *Basis) now(t table) (m marks, states []string, err error) {
	err = b.first(t, func(record []string) error {
		m.add(t.mark(record))
		return nil
	})
	for _, c := range b.Before {
		if err != nil {
			return m, nil, err
		}
		states = append(states, m.state())
		var out marks
		err = b.change(t, c, func(record []string, removed bool) error {
			if removed {
				out.add(t.mark(record))
			} else {
				m.add(t.mark(record))
			}
			return nil
		})
		m.minus(out)
	}
	return m, append(states, m.state()), err
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
