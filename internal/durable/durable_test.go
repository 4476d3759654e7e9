package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// names are what is in a directory.
func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// holds fails the test unless the file has this text and, where modes exist, is its owner's alone.
func holds(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", path, got, err, want)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
	}
}

func TestWriteFileTakesThePlaceOfTheOldOne(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.eml")
	if err := os.WriteFile(path, []byte("an older and longer text"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"first", "", "second"} {
		if err := WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		holds(t, path, text)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"a.eml"}) {
		t.Errorf("the directory holds %q", got)
	}
}

func TestWriteFileThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "taken", "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(filepath.Join(dir, "taken"), []byte("x")); err == nil {
		t.Error("a directory was replaced by a file")
	}
	if err := WriteFile(filepath.Join(dir, "gone", "a"), []byte("x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a directory that is not there: %v", err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"taken"}) {
		t.Errorf("the directory holds %q", got)
	}
}

func TestCreateWritesWhatIsStreamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	for _, text := range []string{"a long first text", "short"} {
		if err := Create(path, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
			t.Fatal(err)
		}
		holds(t, path, text)
	}
	broken := errors.New("the source broke off")
	if err := Create(path, func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestSyncFilesNamesEachThatFails(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for i := range 3 * syncsAtOnce {
		path := filepath.Join(dir, fmt.Sprintf("%02d", i))
		paths = append(paths, path)
		if i%10 == 5 {
			continue
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := SyncFiles(paths...)
	for i, path := range paths {
		if failed := err != nil && strings.Contains(err.Error(), path); failed != (i%10 == 5) {
			t.Errorf("%s failed: %t, in %v", path, failed, err)
		}
	}
	if err := SyncFiles(); err != nil {
		t.Errorf("no files: %v", err)
	}
}

func TestRenameMovesADirectory(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "a.new"), filepath.Join(dir, "a")
	if err := Rename(from, to); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there: %v", err)
	}
	if err := os.Mkdir(from, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Rename(from, to); err != nil {
		t.Error(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"a"}) {
		t.Errorf("the directory holds %q", got)
	}
}

// TestWhatIsCreatedIsSynced: a device that cannot be synced says so.
func TestWhatIsCreatedIsSynced(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs a device that takes everything and cannot be synced")
	}
	if err := Create(os.DevNull, func(io.Writer) error { return nil }); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("it was not synced: %v", err)
	}
	if err := SyncFiles(os.DevNull); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("it was not synced: %v", err)
	}
}
