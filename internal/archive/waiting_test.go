package archive_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/archive"
)

// TestWhatWaitsIsFound also by another machine.
func TestWhatWaitsIsFound(t *testing.T) {
	for name, both := range archives(t) {
		t.Run(name, func(t *testing.T) {
			mine, others, _ := both(t)
			makePeriod(t, mine, period, attempt, "one")
			if dir, n := others.Waiting(period); dir != archive.MadeDir || n != 1 {
				t.Errorf("%d messages wait in %q", n, dir)
			}
			if dir, n := others.Waiting("daily/2026-11-20"); dir != "" || n != 0 {
				t.Errorf("%d messages wait in %q where nothing was made", n, dir)
			}
		})
	}
}

// TestAnArchivesPathIsNoPattern: what stands in it is meant as it is.
func TestAnArchivesPathIsNoPattern(t *testing.T) {
	a := archive.Archive{Dir: filepath.Join(t.TempDir(), "shop [a-b]")}
	makePeriod(t, a, period, attempt, "one")
	if dir, n := a.Waiting(period); dir != archive.MadeDir || n != 1 {
		t.Errorf("%d messages wait in %q", n, dir)
	}
	if dirs := a.OutgoingDirs(period, 0); len(dirs) != 1 || !strings.HasSuffix(filepath.ToSlash(dirs[0]), period+"/"+attempt) {
		t.Errorf("of what was made there is %q", dirs)
	}
}

// TestWhatMessagesSharedGoesWithTheLast, however many files that are, and with it the attempt.
func TestWhatMessagesSharedGoesWithTheLast(t *testing.T) {
	a := archive.Archive{Dir: t.TempDir()}
	dir := a.Path(period + "/" + attempt)
	must(t, os.MkdirAll(dir, 0o700))
	for i := range 40 {
		must(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(i, archive.SharedSuffix)), nil, 0o600))
	}
	last := filepath.Join(dir, "m"+archive.MessageSuffix)
	must(t, os.WriteFile(last, nil, 0o600))
	must(t, archive.RemoveOutgoing(dir))
	if left, err := os.ReadDir(dir); err != nil || len(left) != 41 {
		t.Errorf("a message waits, and of 41 files %d are there, %v", len(left), err)
	}
	must(t, os.Remove(last))
	must(t, archive.RemoveOutgoing(dir))
	if archive.Exists(filepath.Dir(dir)) {
		t.Error("nothing waits, and it is there")
	}
	must(t, archive.RemoveOutgoing(dir))
}
