package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"rapport/internal/durable"
)

// Objects is a store of objects. A key that is not there is fs.ErrNotExist.
type Objects interface {
	fmt.Stringer // its address, with a slash at its end
	// Put puts a file of a SHA-256, in hex, under a key; what is there gives way.
	Put(ctx context.Context, key, path, sha256 string) error
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	Delete(ctx context.Context, key string) error // what is not there is no error
	List(ctx context.Context, prefix string) ([]Object, error)
}

// An Object is one that is there.
type Object struct {
	Key     string
	Changed time.Time
}

// PutAttempt puts all that was made under an attempt into the store: from then on another
// machine can go on with it. A directory has it already.
func (a Archive) PutAttempt(ctx context.Context, key string) error {
	if a.Objects == nil {
		return nil
	}
	entries, err := os.ReadDir(a.Path(key))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := a.PutFile(ctx, path.Join(key, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// PutFile puts a file that this machine has into the store. A directory has it already.
func (a Archive) PutFile(ctx context.Context, key string) error {
	if a.Objects == nil {
		return nil
	}
	sum, err := Sum(a.Path(key))
	if err == nil {
		err = a.Objects.Put(ctx, key, a.Path(key), sum)
	}
	return atStore("put", key, err)
}

// A StoreError says that the store could not do something with a key.
type StoreError struct {
	Op, Key string
	Err     error
}

func (e *StoreError) Error() string { return fmt.Sprintf("archive: %s %s: %v", e.Op, e.Key, e.Err) }
func (e *StoreError) Unwrap() error { return e.Err }

func atStore(op, key string, err error) error {
	if err == nil {
		return nil
	}
	return &StoreError{op, key, err}
}

// Fetch gives the path of a file on this machine, where it has it or gets it. One that is
// nowhere is fs.ErrNotExist.
func (a Archive) Fetch(ctx context.Context, key string) (name string, err error) {
	name = a.Path(key)
	if a.Objects == nil || Exists(name) {
		return name, nil
	}
	body, err := a.Objects.Open(ctx, key)
	if err != nil {
		return name, atStore("get", key, err)
	}
	defer body.Close()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return name, err
	}
	part, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return name, err
	}
	_, err = io.Copy(part, body)
	if err = errors.Join(atStore("get", key, err), part.Close()); err == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		err = errors.Join(err, durable.RemoveIfThere(part.Name()))
	}
	return name, err
}

// FetchVerified is Fetch of the file whose SHA-256 is sum, in hex. Another one is ErrChanged.
func (a Archive) FetchVerified(ctx context.Context, key, sum string) (path string, err error) {
	path, err = a.Fetch(ctx, key)
	if err == nil {
		err = Verify(path, sum)
	}
	if a.Objects != nil && errors.Is(err, ErrChanged) { // it may be our copy alone
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
	if err := durable.RemoveIfThere(a.Path(key)); err != nil {
		return "", err
	}
	return a.Fetch(ctx, key)
}

// Remove removes a file, wherever it is.
func (a Archive) Remove(ctx context.Context, key string) error {
	err := durable.RemoveIfThere(a.Path(key))
	if a.Objects != nil {
		err = errors.Join(err, atStore("delete", key, a.Objects.Delete(ctx, key)))
	}
	return err
}

// Forget removes what this machine has of a period, and of none the store alone has.
func (a Archive) Forget(period string) error {
	if a.Objects == nil {
		return nil
	}
	return os.RemoveAll(a.Path(period))
}

// Has tells whether a file is there. Of one that cannot be looked for it is true.
func (a Archive) Has(ctx context.Context, key string) bool {
	if a.Objects == nil {
		return Exists(a.Path(key))
	}
	has, err := a.hasObject(ctx, filepath.ToSlash(key))
	return has || err != nil
}

func (a Archive) hasObject(ctx context.Context, key string) (bool, error) {
	body, err := a.Objects.Open(ctx, key)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, atStore("get", key, err)
	}
	return true, body.Close()
}

func (a Archive) sealedObjects(ctx context.Context, report string) (names []string, err error) {
	objects, err := a.Objects.List(ctx, report+"/")
	for _, o := range objects {
		if name, ok := strings.CutSuffix(strings.TrimPrefix(o.Key, report+"/"), "/"+Seal); ok && !strings.Contains(name, "/") {
			names = append(names, name)
		}
	}
	return names, atStore("list", report, err)
}

// publishObjects puts the files of an attempt, as its own seal names them, to their place, and
// the seal last. This machine notes that it is done, as each message asks for it.
func (a Archive) publishObjects(ctx context.Context, period, outgoing string) error {
	made, note := path.Join(period, outgoing, Seal), a.Path(path.Join(period, outgoing))+".published"
	if Exists(note) {
		return nil
	}
	name, err := a.Fetch(ctx, made)
	if err != nil && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	done, err := a.isSealed(ctx, period, text)
	if err == nil && !done {
		err = a.putSealed(ctx, period, outgoing, text)
	}
	if err == nil {
		err = os.WriteFile(note, nil, 0o600)
	}
	return err
}

// putSealed puts the files of a seal to their place, and then the seal.
func (a Archive) putSealed(ctx context.Context, period, outgoing string, text []byte) error {
	var seal Sealed
	if err := json.Unmarshal(text, &seal); err != nil {
		return fmt.Errorf("%s: %w", path.Join(period, outgoing, Seal), err)
	}
	for _, f := range seal.Files {
		from := path.Join(period, outgoing, f.Name)
		local, err := a.FetchVerified(ctx, from, f.SHA256)
		if err == nil {
			err = atStore("put", path.Join(period, f.Name), a.Objects.Put(ctx, path.Join(period, f.Name), local, f.SHA256))
		}
		if err != nil {
			return err
		}
	}
	sum := sha256.Sum256(text)
	key := path.Join(period, Seal)
	return atStore("put", key, a.Objects.Put(ctx, key, a.Path(path.Join(period, outgoing, Seal)), hex.EncodeToString(sum[:])))
}

// isSealed tells whether the seal at a period's place in the store is this one.
func (a Archive) isSealed(ctx context.Context, period string, text []byte) (bool, error) {
	key := path.Join(period, Seal)
	body, err := a.Objects.Open(ctx, key)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, atStore("get", key, err)
	}
	defer body.Close()
	there, err := io.ReadAll(io.LimitReader(body, 1<<20))
	return bytes.Equal(there, text), atStore("get", key, err)
}
