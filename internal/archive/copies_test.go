package archive_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/objectstore/s3test"
)

// age lets all in a tree be of a time.
func age(t *testing.T, dir string, at time.Time) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = os.Chtimes(path, at, at)
		}
		return err
	}))
}

// TestCopiesThatNobodyUsesAreForgotten, and fetched again.
func TestCopiesThatNobodyUsesAreForgotten(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	a := inStore(t, s3test.New(t))
	periods := []string{"daily/2026-11-19", "daily/seller/2026-11-19", "daily/2026-11-20", "daily/2026-11-21"}
	for _, period := range periods {
		makePeriod(t, a, period, attempt, "one")
	}
	must(t, os.WriteFile(a.Path(archive.Marker), nil, 0o600))
	must(t, os.WriteFile(a.Path("daily/2026-11-21/"+attempt+"/m"+archive.MessageSuffix+archive.SentSuffix), nil, 0o600))
	age(t, a.Dir, now.Add(-25*time.Hour))
	must(t, os.Chtimes(a.Path("daily/2026-11-20/"+attempt+"/"+archive.Seal), now, now))
	must(t, a.ForgetUnchanged(now))
	for i, stays := range []bool{false, false, true, true} {
		if archive.Exists(a.Path(periods[i])) != stays {
			t.Errorf("%s is there: %t", periods[i], !stays)
		}
	}
	if !archive.Exists(a.Path(archive.Marker)) {
		t.Error("the marker is gone")
	}
	name, err := a.Fetch(t.Context(), periods[0]+"/"+attempt+"/"+archive.Seal)
	must(t, err)
	if !archive.Exists(name) {
		t.Error("it is not fetched again")
	}
	dir := archive.Archive{Dir: a.Dir} // the archive itself
	must(t, dir.ForgetUnchanged(now.Add(48*time.Hour)))
	if !archive.Exists(a.Path(periods[2])) {
		t.Error("an archive is taken for a copy")
	}
}

// TestWhatKilledProcessesLeftIsRemoved, and nothing else of that name.
func TestWhatKilledProcessesLeftIsRemoved(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, t.TempDir())
	}
	stale, young, other := archive.TemporaryDir(), archive.TemporaryDir(), filepath.Join(os.TempDir(), "rapport-backup")
	for _, dir := range []string{stale, young, other} {
		must(t, os.MkdirAll(filepath.Join(dir, "daily"), 0o700))
		age(t, dir, now.Add(-25*time.Hour))
	}
	must(t, os.Chtimes(filepath.Join(young, "daily"), now, now))
	must(t, archive.RemoveStaleTemporary(now))
	for dir, stays := range map[string]bool{stale: false, young: true, other: true} {
		if archive.Exists(dir) != stays {
			t.Errorf("%s is there: %t", dir, !stays)
		}
	}
}
