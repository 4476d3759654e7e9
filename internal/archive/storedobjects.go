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
		if isPart(e.Name()) { // a file that is being written, or what is only this machine's
			continue
		}
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
	note := a.Path(path.Join(period, outgoing)) + ".published"
	if Exists(note) {
		return nil
	}
	err := publishSealed(ctx, a, period, outgoing, note)
	if errors.Is(err, fs.ErrNotExist) && Exists(note) { // another message was faster, and moved our copy to its place
		return nil
	}
	return err
}

func publishSealed(ctx context.Context, a Archive, period, outgoing, note string) error {
	made := path.Join(period, outgoing, Seal)
	name, err := a.Fetch(ctx, made)
	if err != nil && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	text, seal, err := readSeal(name)
	if errors.As(err, new(*json.SyntaxError)) { // of our copy alone, perhaps
		if name, err = a.FetchAgain(ctx, made); err == nil {
			text, seal, err = readSeal(name)
		}
	}
	if err != nil {
		return err
	}
	done, err := isSealed(ctx, a, period, text)
	if err == nil && !done {
		err = putSealed(ctx, a, period, outgoing, text, seal)
	}
	if err == nil {
		err = os.WriteFile(note, nil, 0o600)
	}
	return err
}

func readSeal(name string) (text []byte, seal Sealed, err error) {
	if text, err = os.ReadFile(name); err != nil {
		return nil, seal, err
	}
	if err = json.Unmarshal(text, &seal); err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return text, seal, err
}

// putSealed puts the files of a seal to their place, and then the seal.
func putSealed(ctx context.Context, a Archive, period, outgoing string, text []byte, seal Sealed) error {
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
func isSealed(ctx context.Context, a Archive, period string, text []byte) (bool, error) {
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
