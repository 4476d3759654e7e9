package durable

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestSyncDirFailsWhereThereIsNone(t *testing.T) {
	if err := SyncDir(filepath.Join(t.TempDir(), "gone")); err == nil && runtime.GOOS != "windows" {
		t.Error("a directory that is not there was synced")
	}
}

func TestMkdirAllMakesEachForItsOwnerAlone(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "a", "b", "c")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := MkdirAll(deep); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, dir := range []string{"a", "a/b", "a/b/c"} {
		info, err := os.Stat(filepath.Join(root, filepath.FromSlash(dir)))
		if err != nil || !info.IsDir() || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", dir, info, err)
		}
	}
}

func TestMkdirAllNamesTheFileInItsWay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "a"), filepath.Join(file, "a", "b")} {
		if err := MkdirAll(dir); err == nil || !strings.Contains(err.Error(), "mkdir "+file+": ") {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestRemoveEmptyStopsAtWhatIsNot(t *testing.T) {
	root := t.TempDir()
	a, b, c := filepath.Join(root, "a"), filepath.Join(root, "a", "b"), filepath.Join(root, "a", "b", "c")
	keep := filepath.Join(a, "keep")
	if err := os.MkdirAll(c, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keep, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := RemoveEmpty(c, b, a, root); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(b); err == nil {
		t.Error("an empty directory stayed")
	}
	if _, err := os.Stat(keep); err != nil {
		t.Error(err)
	}
	if err := os.Remove(keep); err != nil {
		t.Fatal(err)
	}
	if err := RemoveEmpty(b, a); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(a); err != nil {
		t.Errorf("the way stops at what is not there: %v", err)
	}
	if err := RemoveEmpty(a); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(a); !os.IsNotExist(err) {
		t.Errorf("the last is still there: %v", err)
	}
}
