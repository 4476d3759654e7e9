package pipeline

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
)

// A record is a sort key and what belongs to it.
type record struct{ key, value []byte }

// A sorter sorts records by key in memory that does not grow: past its limit a
// sorted run goes to its file, and the runs are merged when read. Records with equal
// keys come out in no promised order.
type sorter struct {
	dir    string // where the file is
	limit  int    // bytes held in memory
	held   int
	blocks [][]byte // the records in memory; a block never grows, so that no byte is copied twice
	block  int      // the one that is being filled
	spans  []span
	file   *os.File
	runs   []stretch // of file
}

const blockBytes = 256 << 10

// The bytes that all runs together are read through, and each of them at least and at most.
const mergeBytes, leastRead, mostRead = 2 << 20, 4 << 10, 64 << 10

// A stretch is where a run lies in the file.
type stretch struct{ start, size int64 }

// A span is where a record lies: in which block, and its key and value there. The first
// bytes of the key are in it: nearly always they tell which of two comes first, and blocks
// are far apart in memory.
type span struct {
	first                  uint64
	block, start, mid, end uint32
}

// firstOf is the first eight bytes of a key as a number that compares as they do.
func firstOf(key []byte) uint64 {
	if len(key) >= 8 {
		return binary.BigEndian.Uint64(key)
	}
	var padded [8]byte
	copy(padded[:], key)
	return binary.BigEndian.Uint64(padded[:])
}

func newSorter(dir string, limit int) *sorter { return &sorter{dir: dir, limit: limit} }

// add copies a record in.
func (s *sorter) add(key, value []byte) error {
	n := len(key) + len(value)
	if len(s.spans) > 0 && s.held+n > s.limit {
		if err := s.spill(); err != nil {
			return fmt.Errorf("sort rows: %w", err)
		}
	}
	block := s.room(n)
	start := len(*block)
	*block = append(append(*block, key...), value...)
	s.held += n
	s.spans = append(s.spans, span{firstOf(key), uint32(s.block), uint32(start), uint32(start + len(key)), uint32(len(*block))})
	return nil
}

// room is a block that has n bytes left.
func (s *sorter) room(n int) *[]byte {
	for ; s.block < len(s.blocks); s.block++ {
		if block := &s.blocks[s.block]; cap(*block)-len(*block) >= n {
			return block
		}
	}
	s.blocks = append(s.blocks, make([]byte, 0, max(min(blockBytes, s.limit), n)))
	s.block = len(s.blocks) - 1
	return &s.blocks[s.block]
}

// sorted yields all records in order of their keys; a record is good until the next.
func (s *sorter) sorted() iter.Seq2[record, error] {
	s.order()
	if len(s.runs) == 0 {
		return func(yield func(record, error) bool) {
			for _, at := range s.spans {
				if !yield(s.at(at), nil) {
					return
				}
			}
		}
	}
	return s.merged
}

// close removes what was spilled.
func (s *sorter) close() error {
	f := s.file
	s.file, s.runs, s.blocks, s.spans = nil, nil, nil, nil
	if f == nil {
		return nil
	}
	return errors.Join(f.Close(), remove(f.Name()))
}

func (s *sorter) at(at span) record {
	block := s.blocks[at.block]
	return record{block[at.start:at.mid:at.mid], block[at.mid:at.end:at.end]}
}

func (s *sorter) order() {
	slices.SortFunc(s.spans, func(a, b span) int {
		if a.first != b.first {
			return cmp.Compare(a.first, b.first)
		}
		return bytes.Compare(s.blocks[a.block][a.start:a.mid], s.blocks[b.block][b.start:b.mid])
	})
}

// spill writes what is in memory to the end of the file, as a run. The file has no name
// from the start where the system allows it, so that a crash leaves nothing behind.
func (s *sorter) spill() (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp(s.dir, ".sort-*"); err != nil {
			return err
		}
		_ = os.Remove(s.file.Name()) // close removes it where this could not
	}
	s.order()
	made := stretch{start: s.end()}
	w := bufio.NewWriterSize(s.file, mostRead)
	var lengths []byte
	for _, at := range s.spans {
		lengths = binary.AppendUvarint(lengths[:0], uint64(at.mid-at.start))
		lengths = binary.AppendUvarint(lengths, uint64(at.end-at.mid))
		w.Write(lengths) // the writer keeps its first error for Flush
		w.Write(s.blocks[at.block][at.start:at.end])
		made.size += int64(len(lengths)) + int64(at.end-at.start)
	}
	for i := range s.blocks {
		s.blocks[i] = s.blocks[i][:0]
	}
	s.block, s.held, s.spans, s.runs = 0, 0, s.spans[:0], append(s.runs, made)
	return w.Flush()
}

// end is where the next run begins.
func (s *sorter) end() int64 {
	if len(s.runs) == 0 {
		return 0
	}
	last := s.runs[len(s.runs)-1]
	return last.start + last.size
}

// merged yields the records of all runs and of memory.
func (s *sorter) merged(yield func(record, error) bool) {
	if len(s.spans) > 0 {
		if err := s.spill(); err != nil {
			yield(record{}, fmt.Errorf("sort rows: %w", err))
			return
		}
	}
	var heads runs
	size := min(max(mergeBytes/len(s.runs), leastRead), mostRead)
	for _, at := range s.runs {
		r := &run{from: bufio.NewReaderSize(io.NewSectionReader(s.file, at.start, at.size), size)}
		if r.next() {
			heads = append(heads, r)
		}
		if r.err != nil {
			yield(record{}, fmt.Errorf("read sorted rows: %w", r.err))
			return
		}
	}
	heap.Init(&heads)
	for len(heads) > 0 {
		r := heads[0]
		if !yield(r.head, nil) {
			return
		}
		if r.next() {
			heap.Fix(&heads, 0)
		} else {
			heap.Pop(&heads)
		}
		if r.err != nil {
			yield(record{}, fmt.Errorf("read sorted rows: %w", r.err))
			return
		}
	}
}

// A run is a sorted part of the file being read.
type run struct {
	from  *bufio.Reader
	taken int    // bytes of head that are in from still
	buf   []byte // holds what is larger than from does
	head  record
	first uint64
	err   error // other than the end
}

// next reads the record that comes next; the one before is lost.
func (r *run) next() bool {
	if _, r.err = r.from.Discard(r.taken); r.err != nil { // cannot fail: they were peeked
		return false
	}
	r.taken = 0
	lengths, err := r.from.Peek(2 * binary.MaxVarintLen32)
	if len(lengths) == 0 && err == io.EOF {
		return false
	}
	key, n := binary.Uvarint(lengths)
	value, m := binary.Uvarint(lengths[max(n, 0):])
	if n <= 0 || m <= 0 {
		r.err = cmp.Or(err, io.ErrUnexpectedEOF)
		return false
	}
	if r.err = r.read(n+m, int(key+value)); r.err != nil {
		return false
	}
	r.head = record{r.buf[:key:key], r.buf[key:]}
	r.first = firstOf(r.head.key)
	return true
}

// read reads the size bytes of a record, which its lengths come before.
func (r *run) read(lengths, size int) error {
	if whole := lengths + size; whole <= r.from.Size() {
		b, err := r.from.Peek(whole)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		r.taken, r.buf = whole, b[lengths:]
		return nil
	}
	if _, err := r.from.Discard(lengths); err != nil {
		return err
	}
	r.buf = make([]byte, size)
	_, err := io.ReadFull(r.from, r.buf)
	return err
}

// runs is a heap of runs by their heads.
type runs []*run

func (h runs) Len() int { return len(h) }
func (h runs) Less(i, j int) bool {
	if h[i].first != h[j].first {
		return h[i].first < h[j].first
	}
	return bytes.Compare(h[i].head.key, h[j].head.key) < 0
}
func (h runs) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *runs) Push(x any)   { *h = append(*h, x.(*run)) }
func (h *runs) Pop() any {
	old := *h
	r := old[len(old)-1]
	*h = old[:len(old)-1]
	return r
}

// remove is os.Remove that does not mind that the file is gone.
func remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
