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
	places map[string][2]int64 // of each in the file, by its report: where it begins and ends
}

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, ".parts-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // Close removes it where this could not
	return &spool{file: f, places: map[string][2]int64{}}, nil
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
	s.places[p.Report], s.size = [2]int64{s.size, end}, end
	return nil
}

// all yields those that were added, by report: in whatever order they were made. It may be called again.
func (s *spool) all() Sequence {
	return func(yield func(ledger.MadePart, error) bool) {
		for _, report := range slices.Sorted(maps.Keys(s.places)) {
			place := s.places[report]
			text := make([]byte, place[1]-place[0])
			var p ledger.MadePart
			_, err := s.file.ReadAt(text, place[0])
			if err == nil {
				err = json.Unmarshal(text, &p)
			}
			if err != nil {
				yield(p, fmt.Errorf("read what was kept of a part: %w", err))
				return
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

// Close removes the file.
func (s *spool) Close() error {
	err := os.Remove(s.file.Name())
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(s.file.Close(), err)
}
