package parts

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sync"

	"rapport/internal/ledger"
)

// A Sequence yields parts, or an error, last.
type Sequence = iter.Seq2[ledger.MadePart, error]

// A spool keeps on the disk what the ledger is to be told of parts: of ten thousand it is more
// than memory should hold. Its file has no name, where the system allows that.
type spool struct {
	mu   sync.Mutex
	file *os.File
	to   *bufio.Writer
	code *gob.Encoder
}

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, ".parts-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // Close removes it where this could not
	s := &spool{file: f, to: bufio.NewWriter(f)}
	s.code = gob.NewEncoder(s.to)
	return s, nil
}

// add keeps one; it is called by several at once.
func (s *spool) add(p ledger.MadePart) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.code.Encode(p); err != nil {
		return fmt.Errorf("keep a part for the ledger: %w", err)
	}
	return nil
}

// all yields those that were added; it may be called again, when no more are.
func (s *spool) all() Sequence {
	return func(yield func(ledger.MadePart, error) bool) {
		err := s.to.Flush()
		if err == nil {
			_, err = s.file.Seek(0, io.SeekStart)
		}
		from := gob.NewDecoder(bufio.NewReader(s.file))
		for err == nil {
			var p ledger.MadePart
			if err = from.Decode(&p); errors.Is(err, io.EOF) {
				return
			}
			if err == nil && !yield(p, nil) {
				return
			}
		}
		yield(ledger.MadePart{}, fmt.Errorf("read what was kept of parts: %w", err))
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
