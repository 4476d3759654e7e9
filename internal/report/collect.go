package report

import (
	"errors"
	"iter"
	"time"

	"rapport/internal/content"
	"rapport/internal/extsort"
)

// The bytes that the rows of a batch of reports hold in memory; and the least and the most
// that each report of it has before its rows go to disk, which costs less than the memory
// would.
const (
	rowBytes              = 16 << 20
	leastBytes, mostBytes = 64 << 10, 2 << 20
)

// A Collector takes the rows that one report makes of things (transactions, orders,
// movements) in any order and yields them sorted, without those of copies that do not
// count.
type Collector struct {
	rows       *extsort.Sorter
	dedup      *Dedup
	Zone       *time.Location
	key, value []byte
	dir        string
	prefix     []byte          // of the keys, in what several sort together
	parts      *parts          // nil: there are none
	cells      []content.Value // room for those of a row
	vat        []vatPart       // likewise
	Added      int64           // rows, those of copies that do not count too
}

// NewCollector is for one of a batch of so many reports that are offered the same things.
func NewCollector(dir string, zone *time.Location, d *Dedup, reports int) *Collector {
	return &Collector{dir: dir, rows: extsort.New(dir, min(max(rowBytes/reports, leastBytes), mostBytes)), dedup: d, Zone: zone}
}

// Add takes a row of the thing read last.
func (c *Collector) Add(r *Row) error {
	c.Added++
	r.thing, r.copy, r.version, c.cells = c.dedup.id, c.dedup.Read, c.dedup.version/int64(time.Second), r.Cells
	c.key, c.value = r.appendKey(append(c.key[:0], c.prefix...)), r.AppendValue(c.value[:0])
	return c.rows.Add(c.key, c.value)
}

// Sorted yields the rows that count once the dedup is settled, as appendValue wrote them;
// each is good until the next.
func (c *Collector) Sorted() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for rec, err := range c.rows.Sorted() {
			if err == nil {
				if thing, number := copyOf(extsort.Record{Key: rec.Key[len(c.prefix):], Value: rec.Value}); !c.dedup.countsBytes(thing, number) {
					continue
				}
			}
			if !yield(rec.Value, err) || err != nil {
				return
			}
		}
	}
}

// Close lets go of the rows; those of a reading that was never begun are none.
func (c *Collector) Close() error {
	if c == nil {
		return nil
	}
	err := c.rows.Close()
	if c.parts != nil {
		err = errors.Join(err, c.parts.rows.Close())
	}
	return err
}
