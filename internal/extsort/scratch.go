package extsort

import (
	"errors"
	"os"
)

// A Scratch gives files without a name for what memory is not to hold. A crash leaves nothing of
// them behind where the system allows it.
type Scratch struct {
	dir   string
	files []*os.File
}

// NewScratch has its files in a directory.
func NewScratch(dir string) *Scratch { return &Scratch{dir: dir} }

// Open makes a file, which lasts until Close.
func (s *Scratch) Open() (*os.File, error) {
	f, err := os.CreateTemp(s.dir, ".sort-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // Close removes it where this could not
	s.files = append(s.files, f)
	return f, nil
}

// Close lets go of all files.
func (s *Scratch) Close() (err error) {
	for _, f := range s.files {
		err = errors.Join(err, f.Close(), remove(f.Name()))
	}
	s.files = nil
	return err
}
