package settlement

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
)

// share is what of a movement stands in a line.
type share struct {
	line   LineKey
	amount int64
}

// MovementHash names a movement in 64 bits: an event of a transaction. Movements and what a
// record has counted are sorted by it, so that both are read side by side.
func MovementHash(transaction, event string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(transaction + "\x00" + event)) // never fails
	return h.Sum64()
}

func (m *Movement) hash() uint64 { return MovementHash(m.Transaction, m.Event) }

// lineTable numbers lines.
type lineTable struct {
	keys  []LineKey
	index map[LineKey]int
}

func (t *lineTable) at(k LineKey) int {
	if i, ok := t.index[k]; ok {
		return i
	}
	if t.index == nil {
		t.index = map[LineKey]int{}
	}
	t.index[k] = len(t.keys)
	t.keys = append(t.keys, k)
	return len(t.keys) - 1
}

// appendCounted adds a movement and its shares: eight bytes, then the number of shares, then
// the number of the line and the amount of each.
func appendCounted(dst []byte, hash uint64, shares []share, lines *lineTable) []byte {
	dst = binary.BigEndian.AppendUint64(dst, hash)
	dst = binary.AppendUvarint(dst, uint64(len(shares)))
	for _, s := range shares {
		dst = binary.AppendUvarint(dst, uint64(lines.at(s.line)))
		dst = binary.AppendVarint(dst, s.amount)
	}
	return dst
}

// countedWriter takes what a bridge counts into the spool of its history.
type countedWriter struct {
	history *History
	begin   int64 // in the spool
	to      *bufio.Writer
	entry   []byte
}

func (h *History) newCounted() *countedWriter {
	return &countedWriter{history: h, begin: h.spooled, to: bufio.NewWriter(h)}
}

// add adds a movement and its shares; the first error is kept for finish.
func (w *countedWriter) add(hash uint64, shares []share, lines *lineTable) {
	w.entry = appendCounted(w.entry[:0], hash, shares, lines)
	_, _ = w.to.Write(w.entry)
}

// finish gives what was counted to a record.
func (w *countedWriter) finish(r *Record) error {
	if err := w.to.Flush(); err != nil {
		return fmt.Errorf("keep what was counted: %w", err)
	}
	r.spooled = io.NewSectionReader(w.history.spool, w.begin, w.history.spooled-w.begin)
	return nil
}

var errBroken = errors.New("record of settlements: what it counted cannot be read")

// maxShares bounds the lines that a movement stands in.
const maxShares = 1 << 12

// countedRun reads what one record has counted, movement by movement.
type countedRun struct {
	from   *bufio.Reader
	keys   []LineKey
	place  int // in the chain: of two records the later counts
	hash   uint64
	shares []share
}

// next reads the next movement; false at the end.
func (r *countedRun) next() (bool, error) {
	var hash [8]byte
	switch _, err := io.ReadFull(r.from, hash[:]); {
	case err == io.EOF:
		return false, nil
	case err != nil:
		return false, fmt.Errorf("%w: %w", errBroken, err)
	}
	r.hash = binary.BigEndian.Uint64(hash[:])
	n, err := binary.ReadUvarint(r.from)
	if err != nil || n > maxShares {
		return false, errBroken
	}
	r.shares = r.shares[:0]
	for range n {
		line, err := binary.ReadUvarint(r.from)
		if err != nil || line >= uint64(len(r.keys)) {
			return false, errBroken
		}
		amount, err := binary.ReadVarint(r.from)
		if err != nil {
			return false, errBroken
		}
		r.shares = append(r.shares, share{r.keys[line], amount})
	}
	return true, nil
}

// countedReader finds what a chain has counted of movements that are asked for by growing hash. It
// holds one movement of each record.
type countedReader struct {
	runs   []*countedRun // a heap
	hash   uint64        // asked for last
	asked  bool
	found  bool
	shares []share // what it found
}

// readBytes is how much of each record is read at once.
const readBytes = 4 << 10

// add has a record read.
func (c *countedReader) add(r *Record, place int) error {
	run := &countedRun{from: bufio.NewReaderSize(r.countedBytes(), readBytes), keys: r.Keys, place: place}
	more, err := run.next()
	if more {
		heap.Push(c, run)
	}
	return err
}

// find finds what the chain has counted of a movement.
func (c *countedReader) find(hash uint64) (shares []share, known bool, err error) {
	if c.asked && hash == c.hash {
		return c.shares, c.found, nil
	}
	if c.asked && hash < c.hash {
		return nil, false, errors.New("movements are not sorted by their hash")
	}
	c.hash, c.asked, c.found, c.shares = hash, true, false, c.shares[:0]
	for len(c.runs) > 0 && c.runs[0].hash <= hash {
		run := c.runs[0]
		if run.hash == hash { // in the order of the chain
			c.found, c.shares = true, append(c.shares[:0], run.shares...)
		}
		before := run.hash
		more, err := run.next()
		if err == nil && more && run.hash < before {
			err = errBroken
		}
		if err != nil {
			return nil, false, err
		}
		if more {
			heap.Fix(c, 0)
		} else {
			heap.Pop(c)
		}
	}
	return c.shares, c.found, nil
}

func (c *countedReader) Len() int { return len(c.runs) }

func (c *countedReader) Less(i, j int) bool {
	a, b := c.runs[i], c.runs[j]
	return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.place, b.place)) < 0
}

func (c *countedReader) Swap(i, j int) { c.runs[i], c.runs[j] = c.runs[j], c.runs[i] }

func (c *countedReader) Push(x any) { c.runs = append(c.runs, x.(*countedRun)) }

func (c *countedReader) Pop() any {
	last := c.runs[len(c.runs)-1]
	c.runs = c.runs[:len(c.runs)-1]
	return last
}

// sortCounted sorts what a record of an older version has counted, which is in the order of time.
func sortCounted(data []byte, keys []LineKey) ([]byte, error) {
	type entry struct {
		hash       uint64
		start, end int
	}
	var all []entry
	reader := bytes.NewReader(data)
	buffered := bufio.NewReaderSize(reader, readBytes)
	run := countedRun{from: buffered, keys: keys}
	for at := 0; ; {
		more, err := run.next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		end := len(data) - reader.Len() - buffered.Buffered()
		all = append(all, entry{run.hash, at, end})
		at = end
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.hash, b.hash) })
	sorted := make([]byte, 0, len(data))
	for _, e := range all {
		sorted = append(sorted, data[e.start:e.end]...)
	}
	return sorted, nil
}
