package archive_test

import (
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
