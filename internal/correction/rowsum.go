package correction

import (
	"bytes"

	"rapport/internal/report"
)

// A RowSum sums the rows of a CSV as they are written, and keeps none: what has the same sum has
// the same rows, in whichever order, by what counts of their cells.
type RowSum struct {
	table table
	owner string
	lines []byte // that are not summed yet
	sum   [2]uint64
	rows  int
}

// summedAtOnce is how many bytes of lines are read at a time.
const summedAtOnce = 32 << 10

// NewRowSum is of no row.
func NewRowSum(f Form, l report.Layout) *RowSum {
	return &RowSum{table: newTable(l, f)}
}

// Write takes whole lines, without the head. It fails only where the lines are no CSV.
func (s *RowSum) Write(lines []byte) (int, error) {
	s.lines = append(s.lines, lines...)
	if len(s.lines) < summedAtOnce {
		return len(lines), nil
	}
	return len(lines), s.flush()
}

// Of has the lines from now on count as somebody's.
func (s *RowSum) Of(owner string) error {
	if owner == s.owner {
		return nil
	}
	err := s.flush()
	s.owner = owner
	return err
}

func (s *RowSum) flush() error {
	if len(s.lines) == 0 {
		return nil
	}
	r, err := s.table.reader(bytes.NewReader(s.lines), false)
	if err != nil {
		return err
	}
	err = eachRecord(r, func(record []string) error {
		_, sum := s.table.markOf(s.owner, record)
		s.sum[0], s.sum[1] = s.sum[0]+sum[0], s.sum[1]+sum[1]
		s.rows++
		return nil
	})
	s.lines = s.lines[:0]
	return err
}

// State names the rows, as Difference.State does those of nobody.
func (s *RowSum) State() (string, error) {
	err := s.flush()
	return stateOf(s.sum, s.rows), err
}

// PartsSum stands between the sum of a report's rows and that of its parts' rows.
const PartsSum = "/"

// FormBasis is a basis of which only the form is known: rows are summed in it, and held against nothing.
func FormBasis(f Form, zone string) *Basis { return &Basis{Form: f, Zone: zone} }

// HasRows tells whether rows can be held against the basis.
func (b *Basis) HasRows() bool { return b.open != nil }

// State names the rows as they are known.
func (b *Basis) State(l report.Layout) (string, error) {
	m, _, _, err := b.now(newTable(l, b.Form))
	return m.state(), err
}
