package pipeline

import (
	"iter"
	"time"

	"rapport/render"
)

// The bytes that the rows of a batch of reports hold in memory; and the least and the most
// that each report of it has before its rows go to disk, which costs less than the memory
// would.
const (
	rowBytes              = 16 << 20
	leastBytes, mostBytes = 64 << 10, 2 << 20
)

// A collector takes the rows that one report makes of things (transactions, orders,
// movements) in any order and yields them sorted, without those of copies that do not
// count.
type collector struct {
	rows       *sorter
	dedup      *dedup
	zone       *time.Location
	key, value []byte
	cells      []render.Value // room for those of a row
}

// newCollector is for one of a batch of so many reports that are offered the same things.
func newCollector(dir string, zone *time.Location, d *dedup, reports int) *collector {
	return &collector{rows: newSorter(dir, min(max(rowBytes/reports, leastBytes), mostBytes)), dedup: d, zone: zone}
}

// add takes a row of the thing read last.
func (c *collector) add(r *row) error {
	r.thing, r.copy, c.cells = c.dedup.id, c.dedup.read, r.cells
	c.key, c.value = r.appendKey(c.key[:0]), r.appendValue(c.value[:0])
	return c.rows.add(c.key, c.value)
}

// sorted yields the rows that count once the dedup is settled, as appendValue wrote them;
// each is good until the next.
func (c *collector) sorted() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for rec, err := range c.rows.sorted() {
			if err == nil && len(c.dedup.repeated) > 0 {
				thing, number := copyOf(rec)
				if counts, ok := c.dedup.repeated[string(thing)]; ok && number != counts { // no string is made of it
					continue
				}
			}
			if !yield(rec.value, err) || err != nil {
				return
			}
		}
	}
}

// close lets go of the rows; those of a reading that was never begun are none.
func (c *collector) close() error {
	if c == nil {
		return nil
	}
	return c.rows.close()
}
