package correction

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"rapport/internal/content"
	"rapport/internal/extsort"
	"rapport/internal/report"
)

// What changes may take: more of them are no correction but another report.
const (
	maxChanges  = 200_000
	sortedBytes = 8 << 20
)

// ErrTooMany is wrapped when more rows changed than a correction has.
var ErrTooMany = fmt.Errorf("more than %d rows changed", maxChanges)

// A Difference is what has changed in the rows of a closed period.
type Difference struct {
	Added, Removed int64
	Back           bool   // the rows are again what they were before an earlier change
	State          string // of the rows as they are now
	Sent           bool   // the rows are those again that recipients know
	Changes        []byte // CSV with Change as its last column, gzip
	table          table
	zone           *time.Location
}

// Compare holds the rows of a CSV that was made anew, in the form of the basis, against the basis.
// dir is for what does not fit in memory.
func Compare(b *Basis, l report.Layout, zone *time.Location, dir string, open func() (io.ReadCloser, error)) (d Difference, err error) {
	d = Difference{table: newTable(l, b.Form), zone: zone}
	removed, states, sent, err := b.now(d.table)
	if err != nil {
		return d, err
	}
	var added marks
	fresh := &Basis{open: open}
	if err := fresh.first(d.table, func(record []string) error { added.add(d.table.mark(record)); return nil }); err != nil {
		return d, err
	}
	d.State = added.state()
	d.Back, d.Sent = slices.Contains(states[:len(states)-1], d.State), d.State == sent
	is, was := added.clone(), removed.clone()
	added.minus(was)
	removed.minus(is)
	d.Added, d.Removed = int64(len(added.list)), int64(len(removed.list))
	if d.Added+d.Removed > maxChanges {
		return d, ErrTooMany
	}
	if d.Added+d.Removed == 0 {
		return d, nil
	}
	sorter := extsort.New(dir, sortedBytes)
	defer func() { err = errors.Join(err, sorter.Close()) }()
	c := collector{table: d.table, zone: zone, sorter: sorter}
	if err := c.take(b, fresh, counts(removed.list), counts(added.list)); err != nil {
		return d, err
	}
	d.Changes, err = c.csv()
	return d, err
}

func counts(list []mark) map[mark]int {
	n := map[mark]int{}
	for _, one := range list {
		n[one]++
	}
	return n
}

// A collector takes the rows that changed and sorts them: by time, the removed before the added.
type collector struct {
	table
	zone   *time.Location
	sorter *extsort.Sorter
	seq    uint32
	key    []byte
	value  []byte
}

// take reads all rows once more for those that changed. Of equal rows that were removed it takes
// the newest.
func (c *collector) take(b, fresh *Basis, removed, added map[mark]int) error {
	pick := func(from map[mark]int, change byte) func(record []string) error {
		return func(record []string) error {
			one, _ := c.mark(record)
			if from[one] == 0 {
				return nil
			}
			from[one]--
			return c.add(record[:len(c.layout.Columns)], change)
		}
	}
	take := pick(removed, removedChange)
	for i := len(b.Before) - 1; i >= 0; i-- {
		err := b.change(c.table, b.Before[i], func(record []string, gone bool) error {
			if gone {
				return nil
			}
			return take(record)
		})
		if err != nil {
			return err
		}
	}
	if err := b.first(c.table, take); err != nil {
		return err
	}
	return fresh.first(c.table, pick(added, addedChange))
}

const (
	removedChange = 0
	addedChange   = 1
)

func (c *collector) add(record []string, change byte) error {
	cells, err := c.cells(record, c.zone)
	if err != nil {
		return err
	}
	at, id := c.at(cells)
	c.seq++
	c.key = binary.BigEndian.AppendUint64(c.key[:0], uint64(at.Unix()+1<<39))
	c.key = append(append(append(c.key, id...), 0), change)
	c.key = binary.BigEndian.AppendUint32(c.key, c.seq)
	c.value = append(c.value[:0], change)
	for _, text := range record {
		c.value = extsort.AppendText(c.value, text)
	}
	return c.sorter.Add(c.key, c.value)
}

// csv writes the rows in their order.
func (c *collector) csv() ([]byte, error) {
	words, err := c.form.Words()
	if err != nil {
		return nil, err
	}
	form, err := c.form.CSV(c.layout, ChangeColumn(words))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	line, err := form.AppendHead(nil)
	if err != nil {
		return nil, err
	}
	if _, err := zip.Write(line); err != nil {
		return nil, err
	}
	record := make([]string, len(c.layout.Columns))
	for rec, err := range c.sorter.Sorted() {
		if err != nil {
			return nil, err
		}
		d := extsort.Decoder{Rest: string(rec.Value)}
		word := words.Word("correction.removed")
		if d.Byte() == addedChange {
			word = words.Word("correction.added")
		}
		for i := range record {
			record[i] = d.Text()
		}
		cells, err := c.cells(record, c.zone)
		if err == nil {
			line, err = form.AppendRow(line[:0], append(cells, content.TextOf(word)))
		}
		if err == nil {
			_, err = zip.Write(line)
		}
		if err != nil {
			return nil, err
		}
	}
	err = zip.Close()
	return out.Bytes(), err
}

// CSV opens the rows that changed, as a correction's CSV has them.
func (d *Difference) CSV() (io.ReadCloser, error) { return Unpacked(d.Changes) }

// Rows gives the cells of the rows that changed, their change last; they are good until the next.
func (d *Difference) Rows() iter.Seq2[[]content.Value, error] {
	return func(yield func([]content.Value, error) bool) {
		in, err := Unpacked(d.Changes)
		if err == nil {
			err = d.table.each(in, true, func(record []string) error {
				cells, err := d.table.cells(record, d.zone)
				if err != nil {
					return err
				}
				if !yield(append(cells, content.TextOf(record[len(record)-1])), nil) {
					return errEnough
				}
				return nil
			})
			err = errors.Join(err, in.Close())
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

var errEnough = errors.New("enough")

// Lines say of the first rows what became of them.
func (d *Difference) Lines(most int) (lines []string, more int64, err error) {
	words, err := d.table.form.Words()
	if err != nil {
		return nil, 0, err
	}
	for cells, err := range d.Rows() {
		if err != nil {
			return nil, 0, err
		}
		if len(lines) == most {
			break
		}
		sign := "+ "
		if cells[len(cells)-1].Text == words.Word("correction.removed") {
			sign = "− "
		}
		lines = append(lines, sign+Line(d.table.layout, cells))
	}
	return lines, d.Added + d.Removed - int64(len(lines)), nil
}
