// Package extsort sorts more records than memory holds: past a bound they go to disk in
// sorted runs, which are merged when read. It refuses to lose a record: what cannot be
// written or read back is an error. It knows nothing of what the records mean.
package extsort

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
)

// A Record is a sort key and what belongs to it.
type Record struct{ Key, Value []byte }

// A Sorter sorts records by key in memory that does not grow: past its limit a
// sorted run goes to its file, and the runs are merged when read. Records with equal
// keys come out in no promised order.
type Sorter struct {
	dir    string // where the file is
	limit  int    // bytes held in memory
	held   int
	blocks [][]byte // the records in memory; a block never grows, so that no byte is copied twice
	block  int      // the one that is being filled
	spans  []span
	file   *os.File
	runs   []stretch // of file
}

// A block holds as much as this at most, and the first this: most reports have a few rows.
const blockBytes, firstBytes = 256 << 10, 4 << 10

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

func New(dir string, limit int) *Sorter { return &Sorter{dir: dir, limit: limit} }

// Add copies a record in.
func (s *Sorter) Add(key, value []byte) error {
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
func (s *Sorter) room(n int) *[]byte {
	for ; s.block < len(s.blocks); s.block++ {
		if block := &s.blocks[s.block]; cap(*block)-len(*block) >= n {
			return block
		}
	}
	s.blocks = append(s.blocks, make([]byte, 0, max(min(blockBytes, s.limit, max(firstBytes, 2*s.held)), n)))
	s.block = len(s.blocks) - 1
	return &s.blocks[s.block]
}

// Sorted yields all records in order of their keys; a record is good until the next.
func (s *Sorter) Sorted() iter.Seq2[Record, error] {
	s.order()
	if len(s.runs) == 0 {
		return func(yield func(Record, error) bool) {
			for _, at := range s.spans {
				if !yield(s.at(at), nil) {
					return
				}
			}
		}
	}
	return s.merged
}

// Reset makes an empty one of it, which keeps some of its memory.
func (s *Sorter) Reset() error {
	blocks, spans := s.blocks[:min(len(s.blocks), 1)], s.spans[:0]
	err := s.Close()
	for i := range blocks {
		blocks[i] = blocks[i][:0]
	}
	s.blocks, s.spans, s.block, s.held = blocks, spans, 0, 0
	return err
}

// Close removes what was spilled.
func (s *Sorter) Close() error {
	f := s.file
	s.file, s.runs, s.blocks, s.spans = nil, nil, nil, nil
	if f == nil {
		return nil
	}
	return errors.Join(f.Close(), remove(f.Name()))
}

func (s *Sorter) at(at span) Record {
	block := s.blocks[at.block]
	return Record{block[at.start:at.mid:at.mid], block[at.mid:at.end:at.end]}
}

func (s *Sorter) order() {
	slices.SortFunc(s.spans, func(a, b span) int {
		if a.first != b.first {
			return cmp.Compare(a.first, b.first)
		}
		return bytes.Compare(s.blocks[a.block][a.start:a.mid], s.blocks[b.block][b.start:b.mid])
	})
}

// spill writes what is in memory to the end of the file, as a run. The file has no name
// from the start where the system allows it, so that a crash leaves nothing behind.
func (s *Sorter) spill() (err error) {
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
func (s *Sorter) end() int64 {
	if len(s.runs) == 0 {
		return 0
	}
	last := s.runs[len(s.runs)-1]
	return last.start + last.size
}
