package report

import (
	"encoding/binary"
	"errors"
	"hash/maphash"

	"rapport/internal/extsort"
)

// versionBytes is how much the versions of all things of one reading take in memory.
const versionBytes = 1 << 20

// maxRepeated bounds what is remembered of things that came more than once, in bytes.
const maxRepeated = 32 << 20

var errRepeated = errors.New("more came more than once than there is room for: a listing that repeats itself cannot be trusted")

// A Dedup numbers the things (transactions, orders, movements) as they are read. A thing
// that came more than once, because listings overlap or a page shifted while it was read,
// counts with one copy only: that of the newest version, of equal ones the last read; also
// when that copy has no rows.
type Dedup struct {
	versions   *extsort.Sorter
	seed       maphash.Seed
	key, value []byte
	id         string           // of the thing read last
	version    int64            // of it
	Read       int64            // things so far; the number of the copy of id
	repeated   map[string]int64 // which copy counts, of each thing that came more than once
}

func NewDedup(dir string) *Dedup {
	return &Dedup{versions: extsort.New(dir, versionBytes), seed: maphash.MakeSeed()}
}

// Add begins a thing. It is called for every one, also for those that nobody makes rows
// of: they may replace an older one that had. What the thing carries is given to settle's
// caller if this copy counts.
func (d *Dedup) Add(id string, version int64, carried []byte) error {
	d.Read++
	d.id, d.version = id, version
	d.key = binary.BigEndian.AppendUint64(d.key[:0], maphash.String(d.seed, id)) // ids begin alike; sums sort faster
	d.key = append(d.key, id...)
	d.value = binary.BigEndian.AppendUint64(d.value[:0], uint64(version))
	d.value = binary.BigEndian.AppendUint64(d.value, uint64(d.Read))
	d.value = append(d.value, carried...)
	return d.versions.Add(d.key, d.value)
}

// Settle finds the copies that count when all things were read, hands over what they
// carried, and lets go of the rest.
func (d *Dedup) Settle(counts func(carried []byte) error) error {
	type copied struct{ version, number int64 }
	d.repeated = map[string]int64{}
	room := maxRepeated
	var id, carried []byte // carried by the best
	var best copied
	for rec, err := range d.versions.Sorted() {
		if err != nil {
			return err
		}
		this := copied{int64(binary.BigEndian.Uint64(rec.Value)), int64(binary.BigEndian.Uint64(rec.Value[8:]))}
		if id == nil || string(id) != string(rec.Key) {
			if err := counts(carried); err != nil {
				return err
			}
			id, best, carried = append(id[:0], rec.Key...), this, append(carried[:0], rec.Value[16:]...)
			continue
		}
		if this.version > best.version || this.version == best.version && this.number > best.number {
			best, carried = this, append(carried[:0], rec.Value[16:]...)
		}
		if room -= len(id) + 64; room < 0 {
			return errRepeated
		}
		d.repeated[string(id[8:])] = best.number
	}
	if err := counts(carried); err != nil {
		return err
	}
	return d.Close()
}

// Counts tells whether a copy of a thing is the one that counts, once all are settled.
func (d *Dedup) Counts(id string, number int64) bool {
	best, several := d.repeated[id]
	return !several || number == best
}

// countsBytes is Counts; no string is made of the id.
func (d *Dedup) countsBytes(id []byte, number int64) bool {
	if len(d.repeated) == 0 {
		return true
	}
	best, several := d.repeated[string(id)]
	return !several || number == best
}

func (d *Dedup) Close() error { return d.versions.Close() }
