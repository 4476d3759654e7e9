package message

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"rapport/internal/archive"
	"rapport/internal/paymenttest"
)

// storeIn is a store of objects in a directory, which can be read.
type storeIn struct {
	archive.Objects
	dir string
}

func (s storeIn) Open(_ context.Context, key string) (io.ReadCloser, error) {
	return os.Open(filepath.Join(s.dir, key))
}

// TestACopyThatIsNotTheMessageIsAskedForAgain, and what it shares: the store has it as it was.
func TestACopyThatIsNotTheMessageIsAskedForAgain(t *testing.T) {
	m := letters(t, 1)[0]
	box := &Store{Dir: t.TempDir()}
	paymenttest.Must(t, box.Write(m))
	key := m.Name + archive.MessageSuffix
	for _, file := range []string{key, "1" + archive.SharedSuffix} {
		for name, rotten := range map[string][]byte{"empty": nil, "another": make([]byte, m.AttachmentSpans[0].Size)} {
			a := archive.Archive{Dir: t.TempDir(), Objects: storeIn{dir: box.Dir}}
			paymenttest.Must(t, os.WriteFile(a.Path(file), rotten, 0o600))
			got, err := ReadVerified(t.Context(), a, nil, key, m.SHA256())
			if err != nil || got.SHA256() != m.SHA256() {
				t.Errorf("%s, %s: %v", file, name, err)
			}
		}
	}
	a := archive.Archive{Dir: t.TempDir(), Objects: storeIn{dir: box.Dir}}
	if _, err := ReadVerified(t.Context(), a, nil, key, "another"); err == nil {
		t.Error("another message is taken for it")
	}
	paymenttest.Must(t, os.Remove(filepath.Join(box.Dir, key)))
	paymenttest.Must(t, os.Remove(a.Path(key)))
	if _, err := ReadVerified(t.Context(), a, nil, key, m.SHA256()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is nowhere: %v", err)
	}
}
