package message

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/paymenttest"
)

// TestASharedTextIsInMemoryOnce for messages that are in use together, and no longer than they are.
func TestASharedTextIsInMemoryOnce(t *testing.T) {
	box, all := &Store{Dir: t.TempDir()}, letters(t, 2)
	var texts SharedTexts
	var got []Stored
	read := func(m Stored) {
		t.Helper()
		one, err := ReadVerified(t.Context(), archive.Archive{Dir: box.Dir}, &texts, m.Name+archive.MessageSuffix, m.SHA256())
		paymenttest.Must(t, err)
		got = append(got, one)
	}
	for _, m := range all {
		paymenttest.Must(t, box.Write(m))
	}
	paymenttest.Must(t, box.Sync())
	read(all[0])
	read(all[1])
	for i, p := range got[0].parts() {
		if other := got[1].parts()[i]; p.attachment == 1 && &p.text[0] != &other.text[0] {
			t.Error("it was read twice")
		}
	}
	path := filepath.Join(box.Dir, "1"+archive.SharedSuffix)
	if texts.loaded[path].Value() == nil {
		t.Error("it is not remembered")
	}
	runtime.KeepAlive(got)
	got = nil
	runtime.GC()
	if texts.loaded[path].Value() != nil {
		t.Error("nobody uses it, and it is in memory")
	}
}

// TestAFileThatChangedIsReadAnew, and one that was read when it was not what was written.
func TestAFileThatChangedIsReadAnew(t *testing.T) {
	box, m := &Store{Dir: t.TempDir()}, letters(t, 1)[0]
	paymenttest.Must(t, box.Write(m))
	paymenttest.Must(t, box.Sync())
	a, key, path := archive.Archive{Dir: box.Dir}, m.Name+archive.MessageSuffix, filepath.Join(box.Dir, "1"+archive.SharedSuffix)
	right, err := os.ReadFile(path)
	paymenttest.Must(t, err)
	info, err := os.Stat(path)
	paymenttest.Must(t, err)
	var texts SharedTexts
	var got []Stored
	for _, step := range []struct {
		data  []byte
		after time.Duration
		fits  bool
	}{{right, 0, true}, {make([]byte, len(right)), time.Hour, false}, {right, time.Hour, true}} {
		paymenttest.Must(t, os.WriteFile(path, step.data, 0o600))
		at := info.ModTime().Add(step.after)
		paymenttest.Must(t, os.Chtimes(path, at, at))
		one, err := ReadVerified(t.Context(), a, &texts, key, m.SHA256())
		if fits := err == nil; fits != step.fits {
			t.Errorf("%d bytes fit: %t, %v", len(step.data), fits, err)
		}
		got = append(got, one)
	}
	runtime.KeepAlive(got)
}
