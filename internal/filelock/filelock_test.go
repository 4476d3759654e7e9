package filelock

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

func TestOnlyOneHoldsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	l, err := File(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := File(path); !errors.Is(err, ErrLocked) {
		t.Errorf("a second one: %v", err)
	}
	if _, err := fmt.Fprint(l, "4711 here"); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); string(text) != "4711 here" {
		t.Errorf("another reads %q, %v", text, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if l, err = File(path); err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestIsLockedDoesNotGetInTheWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.lock")
	if _, err := IsLocked(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	l, err := File(path)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(want bool) {
		t.Helper()
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 100 {
					if locked, err := IsLocked(path); locked != want || err != nil {
						t.Errorf("locked: %t, %v; want %t", locked, err, want)
					}
				}
			})
		}
		all.Wait()
	}
	ask(true)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ask(false)
	if l, err = File(path); err != nil {
		t.Fatalf("after many have asked: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestOnlyOneHoldsADirectory(t *testing.T) {
	dir := t.TempDir()
	if _, err := Dir(filepath.Join(dir, "gone")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a directory that is not there: %v", err)
	}
	for range 2 {
		l, err := Dir(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Dir(dir); !errors.Is(err, ErrLocked) {
			t.Errorf("a second one: %v", err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if entries, err := os.ReadDir(dir); len(entries) != 0 || err != nil {
		t.Errorf("the lock left %v, %v", entries, err)
	}
}

// TestALockEndsWithItsProcess: the child holds the lock until it is killed.
func TestALockEndsWithItsProcess(t *testing.T) {
	const variable = "FILELOCK_TEST_PATH"
	if path := os.Getenv(variable); path != "" {
		l, err := File(path)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		fmt.Println("locked")
		_, _ = io.Copy(io.Discard, os.Stdin)
		return
	}
	path := filepath.Join(t.TempDir(), "a.lock")
	child := exec.Command(os.Args[0], "-test.run=^TestALockEndsWithItsProcess$")
	child.Env = append(os.Environ(), variable+"="+path)
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "locked\n" {
		t.Errorf("the child says %q, %v", line, err)
	}
	if locked, err := IsLocked(path); !locked || err != nil {
		t.Errorf("while the child lives: %t, %v", locked, err)
	}
	if _, err := File(path); !errors.Is(err, ErrLocked) {
		t.Errorf("while the child lives: %v", err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed
	l, err := File(path)
	if err != nil {
		t.Fatalf("after the child was killed: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
