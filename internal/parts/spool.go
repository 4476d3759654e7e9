package parts

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"sync"

	"rapport/internal/durable"
	"rapport/internal/ledger"
)

// A Sequence yields parts, or an error, last.
type Sequence = iter.Seq2[ledger.MadePart, error]

// A spool keeps on the disk what the ledger is to be told of parts: of ten thousand it is more
// than memory should hold. Its file has no name, where the system allows that.
type spool struct {
	mu     sync.Mutex
	file   *os.File
	size   int64
	places map[string]place // of each, by its report
}

// A place is where a part is in the file, and what stays in memory: a function is no text.
type place struct {
	begins, ends int64
	also         func(ledger.Tx, int64) error
}

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, ".parts-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // Close removes it where this could not
	return &spool{file: f, places: map[string]place{}}, nil
}

// add keeps one; it is called by several at once.
func (s *spool) add(p ledger.MadePart) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("keep a part for the ledger: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.file.WriteAt(text, s.size); err != nil {
		return fmt.Errorf("keep a part for the ledger: %w", err)
	}
	end := s.size + int64(len(text))
	s.places[p.Report], s.size = place{s.size, end, p.Also}, end
	return nil
}

// all yields those that were added, by report: in whatever order they were made. It may be called again.
func (s *spool) all() Sequence {
	return func(yield func(ledger.MadePart, error) bool) {
		for _, report := range slices.Sorted(maps.Keys(s.places)) {
			at := s.places[report]
			text := make([]byte, at.ends-at.begins)
			var p ledger.MadePart
			_, err := s.file.ReadAt(text, at.begins)
			if err == nil {
				err = json.Unmarshal(text, &p)
			}
			if err != nil {
				yield(p, fmt.Errorf("read what was kept of a part: %w", err))
				return
			}
			p.Also = at.also
			if !yield(p, nil) {
				return
			}
		}
	}
}

// Close removes the file: closed first, as Windows removes none that is open.
func (s *spool) Close() error {
	return errors.Join(s.file.Close(), durable.RemoveIfThere(s.file.Name()))
}
