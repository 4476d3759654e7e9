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

// A place is where the ledger's file is, and what belongs to it. No other code of this
// process may open the file: to close it again would end the database's own locks.
type place struct {
	path string      // absolute, without symbolic links
	file os.FileInfo // the file as it was opened
}

func (p *place) locks() string                 { return p.path + "-locks" }
func (p *place) lock(owner string) string      { return filepath.Join(p.locks(), owner) }
func (p *place) ballast() string               { return p.path + "-ballast" }
func (p *place) witnessPath() string           { return p.path + "-witness" }
func (p *place) backupPath(version int) string { return fmt.Sprintf("%s.v%d", p.path, version) }

// settle finds the path, so that all names for one file mean one ledger, and makes its
// directories.
func settle(path string, mustExist bool) (*place, error) {
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
	p := &place{path: path}
	if err := os.Mkdir(p.locks(), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return p, nil
}

const (
	doorPatience = time.Minute // opening takes milliseconds, unless the ledger is being migrated
	shortPause   = time.Millisecond
	longPause    = 100 * time.Millisecond
)

// enter waits until nobody else opens or closes the ledger, and holds the others off
// until the file it gives is closed.
func (p *place) enter(ctx context.Context) (*os.File, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, doorPatience, fmt.Errorf("%s: another process has been opening it for a minute", p.path))
	defer cancel()
	for pause := shortPause; ; pause = min(2*pause, longPause) {
		door, err := hold(p.lock("door"))
		if !errors.Is(err, errElsewhere) {
			return door, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// create makes the file when there is none. Whoever deleted one has chosen to begin anew.
func (p *place) create() error {
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
	if err := os.Remove(p.witnessPath()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return syncDir(filepath.Dir(p.path))
}

// look remembers which file it is.
func (p *place) look() (err error) {
	p.file, err = os.Stat(p.path)
	return err
}

// stillThere fails when the file was moved, deleted or replaced: what is written to it
// now would be lost.
func (p *place) stillThere() error {
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
