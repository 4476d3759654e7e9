package pipeline

import (
	"encoding/binary"
	"errors"
	"iter"
	"time"
)

// The bytes that a report in the making holds in memory, rows and versions.
const (
	rowBytes     = 16 << 20
	versionBytes = 4 << 20
)

// A collector takes the rows of things (transactions, orders, movements) in any
// order and yields them sorted, each once. A thing that came more than once, because
// listings overlap or a page shifted while it was read, counts with one copy only: that
// of the newest version, of equal ones the last read; also when that copy has no rows.
type collector struct {
	rows, copies *sorter
	zone         *time.Location
	key, value   []byte
	id           string // of the thing that rows are being added of
	things       int64  // read so far; the number of the copy of id
}

func newCollector(dir string, zone *time.Location) *collector {
	return &collector{rows: newSorter(dir, rowBytes), copies: newSorter(dir, versionBytes), zone: zone}
}

// thing begins a copy of the thing id: the rows added next are its. It is called for
// every one, also for those that have no rows: they may replace an older one that had.
func (c *collector) thing(id string, version int64) error {
	c.things++
	c.id = id
	c.key = append(c.key[:0], id...)
	c.value = binary.BigEndian.AppendUint64(c.value[:0], uint64(version))
	c.value = binary.BigEndian.AppendUint64(c.value, uint64(c.things))
	return c.copies.add(c.key, c.value)
}

// add takes a row of the thing begun last.
func (c *collector) add(r *row) error {
	r.thing, r.copy = c.id, c.things
	c.key, c.value = r.appendKey(c.key[:0]), r.appendValue(c.value[:0])
	return c.rows.add(c.key, c.value)
}

// A sortedRow is a row and the bytes it was read from.
type sortedRow struct {
	row
	raw []byte
}

// sorted yields the rows; a row and its raw form are good until the next.
func (c *collector) sorted() iter.Seq2[*sortedRow, error] {
	return func(yield func(*sortedRow, error) bool) {
		repeated, err := c.repeated()
		if err != nil {
			yield(nil, err)
			return
		}
		var r sortedRow
		for rec, err := range c.rows.sorted() {
			if err == nil {
				err = readRow(rec.value, c.zone, &r.row)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if counts, ok := repeated[r.thing]; ok && r.copy != counts {
				continue
			}
			r.raw = rec.value
			if !yield(&r, nil) {
				return
			}
		}
	}
}

// repeated holds the copy that counts of each thing that came more than once.
func (c *collector) repeated() (map[string]int64, error) {
	type edition struct{ version, copy int64 }
	repeated := map[string]int64{}
	var id []byte
	var best edition
	for rec, err := range c.copies.sorted() {
		if err != nil {
			return nil, err
		}
		this := edition{int64(binary.BigEndian.Uint64(rec.value)), int64(binary.BigEndian.Uint64(rec.value[8:]))}
		if id == nil || string(id) != string(rec.key) {
			id, best = append(id[:0], rec.key...), this
			continue
		}
		if this.version > best.version || this.version == best.version && this.copy > best.copy {
			best = this
		}
		repeated[string(id)] = best.copy
	}
	return repeated, nil
}

func (c *collector) close() error { return errors.Join(c.rows.close(), c.copies.close()) }
