package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"rapport/internal/durable"
)

// Fetch gives the path of a file on this machine, where it has it or gets it. One that the store
// has not got is fs.ErrNotExist, and nothing else is.
func (a Archive) Fetch(ctx context.Context, key string) (name string, err error) {
	name = a.Path(key)
	if a.Objects == nil || Exists(name) {
		return name, nil
	}
	return name, a.fetch(ctx, key)
}

// fetch gets a file, in the place of what this machine may have of it.
func (a Archive) fetch(ctx context.Context, key string) error {
	body, err := a.Objects.Open(ctx, key)
	if err != nil {
		return atStore("get", key, err)
	}
	defer body.Close()
	name := a.Path(key)
	part, err := createIn(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return atStore("keep", key, here{err})
	}
	_, err = io.Copy(part, body)
	err = atStore("get", key, err)
	if err == nil {
		err = atStore("keep", key, hereIf(part.Sync()))
	}
	if err = errors.Join(err, hereIf(part.Close())); err == nil {
		err = atStore("keep", key, hereIf(os.Rename(part.Name(), name)))
	}
	if err != nil {
		err = errors.Join(err, hereIf(durable.RemoveIfThere(part.Name())))
	}
	return err
}

// createIn makes a file in a directory, and that: again, if it was removed meanwhile.
func createIn(dir, pattern string) (f *os.File, err error) {
	for range 2 {
		if err = os.MkdirAll(dir, 0o700); err == nil {
			f, err = os.CreateTemp(dir, pattern)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return f, err
}

// here is an error of this machine's disk. It never means that the store has not got a file.
type here struct{ err error }

func (e here) Error() string        { return e.err.Error() }
func (e here) Is(target error) bool { return target != fs.ErrNotExist && errors.Is(e.err, target) }

func hereIf(err error) error {
	if err == nil {
		return nil
	}
	return here{err}
}

// FetchVerified is Fetch of the file whose SHA-256 is sum, in hex. Another one is ErrChanged.
func (a Archive) FetchVerified(ctx context.Context, key, sum string) (path string, err error) {
	if path, err = a.Fetch(ctx, key); err != nil {
		return path, err
	}
	err = Verify(path, sum)
	if a.Objects != nil && (errors.Is(err, ErrChanged) || errors.Is(err, fs.ErrNotExist)) { // of our copy alone, perhaps, or that was removed
		if path, err = a.FetchAgain(ctx, key); err == nil {
			err = Verify(path, sum)
		}
	}
	return path, err
}

// Open opens the file whose SHA-256 is sum, in hex. Its bytes are read once before, so that no
// reader gets one that is not the one that was made.
func (a Archive) Open(ctx context.Context, key, sum string) (*os.File, error) {
	path, err := a.Fetch(ctx, key)
	if err == nil && a.Objects != nil {
		path, err = a.FetchVerified(ctx, key, sum)
	}
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	found, err := sumOf(f)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err == nil && found != sum {
		err = errors.New("is not the file that was made")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", key, err), f.Close())
	}
	return f, nil
}

// Read opens a file as it is. One that is nowhere is fs.ErrNotExist.
func (a Archive) Read(ctx context.Context, key string) (io.ReadCloser, error) {
	if a.Objects == nil {
		return os.Open(a.Path(key))
	}
	body, err := a.Objects.Open(ctx, key)
	return body, atStore("get", key, err)
}

// Find is where a file of a SHA-256 is: in its place or, of a report that was made a moment ago,
// where it waits to be put there. Of one that is nowhere it is its place.
func (a Archive) Find(ctx context.Context, period string, edition int, name, sum string) (key string, err error) {
	place := path.Join(period, name)
	if a.Has(ctx, place) {
		return place, nil
	}
	var outgoing []string
	if a.Objects != nil {
		objects, err := a.Objects.List(ctx, path.Join(period, MadeDir)+"/")
		if err != nil {
			return place, atStore("list", period, err)
		}
		for _, o := range objects {
			if path.Base(o.Key) == name {
				outgoing = append(outgoing, o.Key)
			}
		}
	}
	for _, dir := range a.OutgoingDirs(period, edition) {
		if rel, err := filepath.Rel(a.Dir, filepath.Join(dir, name)); err == nil && a.Objects == nil {
			outgoing = append(outgoing, filepath.ToSlash(rel))
		}
	}
	for _, key := range outgoing {
		if _, err := a.FetchVerified(ctx, key, sum); err == nil {
			return key, nil
		}
	}
	return place, nil
}

// RemoveTemporary removes what this machine has of a store, where that is not to outlive the process.
func (a Archive) RemoveTemporary() error {
	if !a.Temporary {
		return nil
	}
	return os.RemoveAll(a.Dir)
}

// FetchAgain is Fetch of a file that is not what it should be on this machine.
func (a Archive) FetchAgain(ctx context.Context, key string) (string, error) {
	if a.Objects == nil {
		return a.Path(key), nil
	}
	err := a.fetch(ctx, key)
	if errors.Is(err, fs.ErrNotExist) { // neither is our copy to be found again
		err = errors.Join(err, hereIf(durable.RemoveIfThere(a.Path(key))))
	}
	return a.Path(key), err
}
