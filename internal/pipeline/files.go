package pipeline

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rapport/mail"
)

const (
	outgoing    = ".outgoing" // what is made and not all sent yet
	refused     = ".refused"  // messages that a relay refused for good
	spoolSuffix = ".message"
)

// isMade tells whether a period's files are frozen: one stands in its directory, or they
// wait in .outgoing to be moved there. A report may have had another name then, so its
// files are known by what follows the name.
func isMade(dir, period string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		name := e.Name()
		return name == outgoing || strings.HasSuffix(name, "_"+period+".csv") || strings.HasSuffix(name, "_"+period+".pdf")
	}), err
}

// moveFiles moves the reports of .outgoing to their place in the archive.
func moveFiles(dir string) (moved []string, err error) {
	from := filepath.Join(dir, outgoing)
	entries, err := os.ReadDir(from)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), spoolSuffix) {
			continue
		}
		to := filepath.Join(dir, e.Name())
		if err := os.Rename(filepath.Join(from, e.Name()), to); err != nil {
			return moved, err
		}
		moved = append(moved, to)
	}
	return moved, syncDir(dir)
}

// messagesIn lists the messages of a spool, sorted by name.
func messagesIn(spool string) ([]string, error) {
	entries, err := os.ReadDir(spool)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), spoolSuffix) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// A spooled message waits in .outgoing under its name.
type spooled struct {
	name string
	mail.Frozen
}

func writeSpool(path string, m mail.Frozen) error {
	return writeFile(path, func(w io.Writer) error { return gob.NewEncoder(w).Encode(m) })
}

func readSpool(path string) (spooled, error) {
	f, err := os.Open(path)
	if err != nil {
		return spooled{}, err
	}
	defer f.Close()
	s := spooled{name: strings.TrimSuffix(filepath.Base(path), spoolSuffix)}
	if err := gob.NewDecoder(f).Decode(&s.Frozen); err != nil {
		return spooled{}, fmt.Errorf("%s: %w", path, err)
	}
	if s.To == "" || len(s.Bytes) == 0 {
		return spooled{}, fmt.Errorf("%s: holds no message", path)
	}
	return s, nil
}

// writeFile writes a file that only its owner reads, down to the disk.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// makeDirs makes a directory and those above it, each name durable.
func makeDirs(dir string) error {
	if exists(dir) {
		return nil
	}
	parent := filepath.Dir(dir)
	if err := makeDirs(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(parent)
}

// removeEmpty removes a directory and its parent that a failed report left empty.
func removeEmpty(dir string) error {
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if entries, err := os.ReadDir(d); err != nil || len(entries) > 0 {
			return nil
		}
		if err := os.Remove(d); err != nil {
			return err
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
