package extsort

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// merged yields the records of all runs and of memory.
func (s *Sorter) merged(yield func(Record, error) bool) {
	if len(s.spans) > 0 {
		if err := s.spill(); err != nil {
			yield(Record{}, fmt.Errorf("sort rows: %w", err))
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
			yield(Record{}, fmt.Errorf("read sorted rows: %w", r.err))
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
			yield(Record{}, fmt.Errorf("read sorted rows: %w", r.err))
			return
		}
	}
}

// A run is a sorted part of the file being read.
type run struct {
	from  *bufio.Reader
	taken int    // bytes of head that are in from still
	buf   []byte // holds what is larger than from does
	head  Record
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
	r.head = Record{r.buf[:key:key], r.buf[key:]}
	r.first = firstOf(r.head.Key)
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
	return bytes.Compare(h[i].head.Key, h[j].head.Key) < 0
}

func (h runs) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

func (h *runs) Push(x any) { *h = append(*h, x.(*run)) }

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
