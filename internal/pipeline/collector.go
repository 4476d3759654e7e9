package pipeline

import (
	"encoding/binary"
	"hash/maphash"
	"iter"
	"time"

	"rapport/render"
)

// The bytes that a batch of reports in the making holds in memory, all rows and the
// versions; and the least and the most that each report of it has for rows before they go
// to disk, which costs less than the memory would.
const (
	rowBytes              = 16 << 20
	versionBytes          = 1 << 20
	leastBytes, mostBytes = 64 << 10, 2 << 20
)

// A collector takes the rows that one report makes of things (transactions, orders,
// movements) in any order and yields them sorted, without those of copies that do not
// count.
type collector struct {
	rows       *sorter
	copies     *copies
	zone       *time.Location
	key, value []byte
	cells      []render.Value // room for those of a row
}

// newCollector is for one of a batch of so many reports that are offered the same things.
func newCollector(dir string, zone *time.Location, c *copies, reports int) *collector {
	return &collector{rows: newSorter(dir, min(max(rowBytes/reports, leastBytes), mostBytes)), copies: c, zone: zone}
}

// add takes a row of the thing read last.
func (c *collector) add(r *row) error {
	r.thing, r.copy, c.cells = c.copies.id, c.copies.read, r.cells
	c.key, c.value = r.appendKey(c.key[:0]), r.appendValue(c.value[:0])
	return c.rows.add(c.key, c.value)
}

// sorted yields the rows that count once the copies are settled, as appendValue wrote them;
// each is good until the next.
func (c *collector) sorted() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for rec, err := range c.rows.sorted() {
			if err == nil && len(c.copies.repeated) > 0 {
				thing, number := copyOf(rec)
				if counts, ok := c.copies.repeated[string(thing)]; ok && number != counts {
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

// copies number the things as they are read. A thing that came more than once, because
// listings overlap or a page shifted while it was read, counts with one copy only: that
// of the newest version, of equal ones the last read; also when that copy has no rows.
type copies struct {
	versions   *sorter
	seed       maphash.Seed
	key, value []byte
	id         string           // of the thing read last
	read       int64            // things so far; the number of the copy of id
	tally      *tally           // of what counts, as settle finds it; nil: nothing is compared
	watch      *watch           // sees what closed periods did not have; nil: nobody looks
	moves      []byte           // what the thing that comes next adds to the tally
	repeated   map[string]int64 // which copy counts, of each thing that came more than once
}

func newCopies(dir string) *copies {
	return &copies{versions: newSorter(dir, versionBytes), seed: maphash.MakeSeed()}
}

// add begins a thing. It is called for every one, also for those that nobody makes rows
// of: they may replace an older one that had.
func (c *copies) add(id string, version int64) error {
	c.read++
	c.id = id
	c.key = binary.BigEndian.AppendUint64(c.key[:0], maphash.String(c.seed, id)) // ids begin alike; sums sort faster
	c.key = append(c.key, id...)
	c.value = binary.BigEndian.AppendUint64(c.value[:0], uint64(version))
	c.value = binary.BigEndian.AppendUint64(c.value, uint64(c.read))
	c.value = append(c.value, c.moves...)
	return c.versions.add(c.key, c.value)
}

// settle finds the copies that count, when all things were read, tallies them, and lets go
// of the rest.
func (c *copies) settle() error {
	type copied struct{ version, number int64 }
	c.repeated = map[string]int64{}
	var id, moves []byte // moves of the best
	var best copied
	for rec, err := range c.versions.sorted() {
		if err != nil {
			return err
		}
		this := copied{int64(binary.BigEndian.Uint64(rec.value)), int64(binary.BigEndian.Uint64(rec.value[8:]))}
		if id == nil || string(id) != string(rec.key) {
			if err := c.tally.add(moves); err != nil {
				return err
			}
			id, best, moves = append(id[:0], rec.key...), this, append(moves[:0], rec.value[16:]...)
			continue
		}
		if this.version > best.version || this.version == best.version && this.number > best.number {
			best, moves = this, append(moves[:0], rec.value[16:]...)
		}
		c.repeated[string(id[8:])] = best.number
	}
	if err := c.tally.add(moves); err != nil {
		return err
	}
	return c.close()
}

func (c *copies) close() error { return c.versions.close() }
