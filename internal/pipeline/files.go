package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

const (
	outgoing     = ".outgoing" // what is made and not all sent yet
	spoolSuffix  = ".message"
	sharedSuffix = ".shared" // an attachment's text, for all messages beside it
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
		if strings.HasSuffix(e.Name(), spoolSuffix) || strings.HasSuffix(e.Name(), sharedSuffix) {
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

// syncAtOnce is how many files go down to the disk together: it writes what belongs to
// several in one go.
const syncAtOnce = 8

// syncFiles makes files durable that are written.
func syncFiles(paths []string) error {
	faults := make([]error, len(paths))
	var all sync.WaitGroup
	for first := range min(syncAtOnce, len(paths)) {
		all.Go(func() {
			for i := first; i < len(paths); i += syncAtOnce {
				faults[i] = syncFile(paths[i])
			}
		})
	}
	all.Wait()
	return errors.Join(faults...)
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
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

// removeSpool removes .outgoing, with what its messages shared, when the last of them is gone.
func removeSpool(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !strings.HasSuffix(e.Name(), sharedSuffix) }) {
		return nil
	}
	for _, e := range entries {
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return removeEmpty(dir)
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
