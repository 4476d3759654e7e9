package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"rapport/internal/durable"
	"rapport/internal/filelock"
	"rapport/internal/ledger/database"
)

// A dbFile is the ledger's file: where it is, and what belongs to it. No other code of this
// process may open the file: to close it again would end the database's own locks. The names
// on the disk never change: another version may be at work on it.
type dbFile struct {
	path     string      // absolute, without symbolic links
	info     os.FileInfo // the file as it was opened
	restored int64       // how many transactions it had, if it was opened without its guard
}

func (f *dbFile) locks() string                 { return f.path + "-locks" }
func (f *dbFile) lock(name string) string       { return filepath.Join(f.locks(), name) }
func (f *dbFile) daemonLock() string            { return f.path + "-daemon.lock" }
func (f *dbFile) reserve() string               { return f.path + "-ballast" }
func (f *dbFile) guard() string                 { return f.path + "-witness" }
func (f *dbFile) backupPath(version int) string { return fmt.Sprintf("%s.v%d", f.path, version) }

// resolvePath finds the path, so that all names for one file mean one ledger, and makes its
// directories.
func resolvePath(path string, mustExist bool) (*dbFile, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && !mustExist {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return nil, err
		}
		path = filepath.Join(dir, filepath.Base(path))
	} else if err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, &database.UnusableError{Err: fmt.Errorf("%s: is not a file — give state the path of one", path)}
	} else if path, err = filepath.EvalSymlinks(path); err != nil {
		return nil, err
	}
	f := &dbFile{path: path}
	if err := os.Mkdir(f.locks(), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return f, nil
}

const (
	openPatience = time.Minute // opening takes milliseconds, unless the ledger is being migrated
	shortPause   = time.Millisecond
	longPause    = 100 * time.Millisecond
)

// lockOpening waits until nobody else opens or closes the ledger, and holds the others off
// until the file it gives is closed.
func (f *dbFile) lockOpening(ctx context.Context) (io.Closer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, openPatience, fmt.Errorf("%s: another process has been opening it for a minute", f.path))
	defer cancel()
	for pause := shortPause; ; pause = min(2*pause, longPause) {
		opening, err := filelock.File(f.lock("door"))
		if err == nil {
			return opening, nil
		}
		if !errors.Is(err, filelock.ErrLocked) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// create makes the file when there is none. Whoever deleted one has chosen to begin anew.
func (f *dbFile) create() error {
	made, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(made.Sync(), made.Close()); err != nil {
		return err
	}
	if err := f.writeGuard(0); err != nil { // without one it would look as if it had been restored
		return err
	}
	return durable.SyncDir(filepath.Dir(f.path))
}

// identify remembers which file it is.
func (f *dbFile) identify() (err error) {
	f.info, err = os.Stat(f.path)
	return err
}

// intact fails when the file was moved, deleted or replaced: what is written to it now would
// be lost.
func (f *dbFile) intact() error {
	now, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(now, f.info) {
		return &database.UnusableError{Err: fmt.Errorf("%s: was moved, deleted or replaced while it was open — put it back and start again", f.path)}
	}
	return err
}
