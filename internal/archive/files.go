package archive

import (
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
	OutgoingDir   = ".outgoing" // what is made and not all sent yet
	MessageSuffix = ".message"
	SharedSuffix  = ".shared" // an attachment's text, for all messages beside it
)

// Publish moves the reports of .outgoing to their place in the archive; those that are
// there already stay.
func Publish(dir string) (moved []string, err error) {
	from := filepath.Join(dir, OutgoingDir)
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), MessageSuffix) || strings.HasSuffix(e.Name(), SharedSuffix) {
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
	return moved, SyncDir(dir)
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

// SyncFiles makes files durable that are written.
func SyncFiles(paths []string) error {
	faults := make([]error, len(paths))
	var all sync.WaitGroup
	for first := range min(syncAtOnce, len(paths)) {
		all.Go(func() {
			for i := first; i < len(paths); i += syncAtOnce {
				faults[i] = SyncFile(paths[i])
			}
		})
	}
	all.Wait()
	return errors.Join(faults...)
}

func SyncFile(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// SyncDir makes the names in a directory durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// MakeDirs makes a directory and those above it, each name durable.
func MakeDirs(dir string) error {
	if Exists(dir) {
		return nil
	}
	parent := filepath.Dir(dir)
	if err := MakeDirs(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return SyncDir(parent)
}

// RemoveEmpty removes directories, innermost first, as far as nothing is in them.
func RemoveEmpty(dirs ...string) error {
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

// RemoveOutgoing removes .outgoing, with what its messages shared, when the last of them is gone.
func RemoveOutgoing(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !strings.HasSuffix(e.Name(), SharedSuffix) }) {
		return nil
	}
	for _, e := range entries {
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return RemoveEmpty(dir)
}

func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// PeriodDir is where the archive has the files of a report's period.
func PeriodDir(archive, report, period string) string {
	return filepath.Join(archive, report, period)
}

const TrialDir = "trial"
