package pipeline

import (
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
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
	spoolSuffix = ".message"
)

// isHeld tells whether a period's files stand in its directory. A report may have had
// another name then, so its files are known by what follows the name.
func isHeld(dir, period string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return strings.HasSuffix(e.Name(), "_"+period+".csv") || strings.HasSuffix(e.Name(), "_"+period+".pdf")
	}), err
}

// moveFiles moves the reports of .outgoing to their place in the archive; those that are
// there already stay.
func moveFiles(dir string) (moved []string, err error) {
	from := filepath.Join(dir, outgoing)
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
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
	if len(moved) == 0 {
		return nil, nil
	}
	return moved, syncDir(dir)
}

// A spooled message waits in .outgoing under its name.
type spooled struct {
	name string
	mail.Frozen
}

// sum is the SHA-256 of a message as it goes over the wire.
func (s spooled) sum() string {
	hash := sha256.Sum256(s.Bytes)
	return hex.EncodeToString(hash[:])
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

// removeEmpty removes directories, innermost first, as far as nothing is in them.
func removeEmpty(dirs ...string) error {
	for _, d := range dirs {
		if entries, err := os.ReadDir(d); err != nil || len(entries) > 0 {
			return nil
		}
		if err := os.Remove(d); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// shortHash sets apart names that would otherwise be the same.
func shortHash(parts []string) string {
	hash := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(hash[:4])
}
