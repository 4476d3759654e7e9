package archive

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ForgetUnchanged removes what this machine has of a store's periods in which nothing changed for
// SweepAfter: it is fetched again if it is needed. A note of a message that was sent stays, with its
// period, as the store may not have it yet.
func (a Archive) ForgetUnchanged(now time.Time) error {
	if a.Objects == nil {
		return nil
	}
	var errs []error
	for _, report := range entriesOf(a.Dir) {
		if report.IsDir() {
			errs = append(errs, forgetBelow(filepath.Join(a.Dir, report.Name()), now))
		}
	}
	return errors.Join(errs...)
}

// forgetBelow goes through a report's directory: of periods, and of its parts, which have some.
func forgetBelow(dir string, now time.Time) (err error) {
	for _, e := range entriesOf(dir) {
		at := filepath.Join(dir, e.Name())
		switch {
		case !e.IsDir():
		case !slices.ContainsFunc(entriesOf(at), func(e fs.DirEntry) bool { return !e.IsDir() || e.Name() == MadeDir }):
			err = errors.Join(err, forgetBelow(at, now)) // of a part, or empty
		case isUnchanged(at, now):
			err = errors.Join(err, os.RemoveAll(at))
		}
	}
	return err
}

// isUnchanged tells whether nothing in a tree changed for SweepAfter, and no note is in it.
func isUnchanged(dir string, now time.Time) bool {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && (now.Sub(info.ModTime()) < SweepAfter || strings.HasSuffix(path, SentSuffix)) {
			err = fs.ErrExist
		}
		return err
	}) == nil
}

const temporaryPrefix = "rapport-"

// TemporaryDir is one for what a process has of a store, which goes with it.
func TemporaryDir() string { return filepath.Join(os.TempDir(), temporaryPrefix+rand.Text()) }

// RemoveStaleTemporary removes those that processes left which were killed: nothing changed in them
// for SweepAfter. Another user's stay. A process that is alive fetches again what it needs.
func RemoveStaleTemporary(now time.Time) (err error) {
	for _, e := range entriesOf(os.TempDir()) {
		id, ours := strings.CutPrefix(e.Name(), temporaryPrefix)
		dir := filepath.Join(os.TempDir(), e.Name())
		if !ours || !e.IsDir() || len(id) != len(rand.Text()) || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" || !isUnchanged(dir, now) {
			continue
		}
		if err2 := os.RemoveAll(dir); !errors.Is(err2, fs.ErrPermission) {
			err = errors.Join(err, err2)
		}
	}
	return err
}
