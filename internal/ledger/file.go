package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A dbFile is the ledger's file: where it is, and what belongs to it. No other code of this
// process may open the file: to close it again would end the database's own locks.
type dbFile struct {
	path string      // absolute, without symbolic links
	file os.FileInfo // the file as it was opened
}

func (p *dbFile) locks() string                 { return p.path + "-locks" }
func (p *dbFile) lock(name string) string       { return filepath.Join(p.locks(), name) }
func (p *dbFile) reservePath() string           { return p.path + "-ballast" }
func (p *dbFile) guardPath() string             { return p.path + "-witness" }
func (p *dbFile) backupPath(version int) string { return fmt.Sprintf("%s.v%d", p.path, version) }

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
		return nil, &unusableError{fmt.Errorf("%s: is not a file — give state the path of one", path)}
	} else if path, err = filepath.EvalSymlinks(path); err != nil {
		return nil, err
	}
	p := &dbFile{path: path}
	if err := os.Mkdir(p.locks(), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return p, nil
}

const (
	openPatience = time.Minute // opening takes milliseconds, unless the ledger is being migrated
	shortPause   = time.Millisecond
	longPause    = 100 * time.Millisecond
)

// lockOpening waits until nobody else opens or closes the ledger, and holds the others off
// until the file it gives is closed.
func (p *dbFile) lockOpening(ctx context.Context) (*os.File, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, openPatience, fmt.Errorf("%s: another process has been opening it for a minute", p.path))
	defer cancel()
	for pause := shortPause; ; pause = min(2*pause, longPause) {
		opening, err := hold(p.lock("door"))
		if !errors.Is(err, errElsewhere) {
			return opening, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// create makes the file when there is none. Whoever deleted one has chosen to begin anew.
func (p *dbFile) create() error {
	f, err := os.OpenFile(p.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Remove(p.guardPath()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(filepath.Dir(p.path))
}

// look remembers which file it is.
func (p *dbFile) look() (err error) {
	p.file, err = os.Stat(p.path)
	return err
}

// stillThere fails when the file was moved, deleted or replaced: what is written to it
// now would be lost.
func (p *dbFile) stillThere() error {
	now, err := os.Stat(p.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(now, p.file) {
		return &unusableError{fmt.Errorf("%s: was moved, deleted or replaced while it was open — put it back and start again", p.path)}
	}
	return err
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
