package verify

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"rapport/internal/archive"
	"rapport/internal/ledger"
	"rapport/internal/series"
)

// foreign tells of the files in the reports' directories that are no report's.
func (v *verification) foreign(ctx context.Context) error {
	if len(v.Scope.asked) == 0 {
		if err := v.besideReports(); err != nil {
			return err
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(v.dirs)) {
		if err := v.reportDir(ctx, dir); err != nil {
			return err
		}
	}
	return nil
}

// besideReports tells of files in the archive that lie in no directory.
func (v *verification) besideReports() error {
	return v.entries("", func(page []fs.DirEntry) error {
		for _, e := range page {
			if !e.IsDir() {
				if err := v.tellForeign("", "", e.Name()); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// dirsAtOnce is how many directories the ledger is asked about at once.
const dirsAtOnce = 200

// entries reads a directory of the archive, some of it at once; one that is not there is empty.
func (v *verification) entries(dir string, do func([]fs.DirEntry) error) (err error) {
	f, err := os.Open(filepath.Join(v.Archive, filepath.FromSlash(dir)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for {
		page, err := f.ReadDir(dirsAtOnce)
		slices.SortFunc(page, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		if len(page) > 0 {
			if err := do(page); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// reportDir looks at the directory of a report, in which each period has one.
func (v *verification) reportDir(ctx context.Context, dir string) error {
	return v.entries(dir, func(page []fs.DirEntry) error {
		var dirs []string
		listed := map[string][]string{} // before the ledger is asked: what is made meanwhile is not foreign
		for _, e := range page {
			at := path.Join(dir, e.Name())
			if !e.IsDir() {
				if err := v.tellForeign(path.Base(dir), "", at); err != nil {
					return err
				}
				continue
			}
			names, err := v.list(at)
			if err != nil {
				return err
			}
			dirs, listed[at] = append(dirs, at), names
		}
		known, err := v.known(ctx, dirs)
		if err != nil {
			return err
		}
		for _, at := range dirs {
			if err := v.periodDir(ctx, at, listed[at], known[at]); err != nil {
				return err
			}
		}
		return nil
	})
}

// list is what lies in a directory of a period, but for trials and what waits to be sent.
func (v *verification) list(dir string) (names []string, err error) {
	err = v.entries(dir, func(page []fs.DirEntry) error {
		for _, e := range page {
			if !e.IsDir() || !ownDir(e.Name()) {
				names = append(names, e.Name())
			}
		}
		return nil
	})
	return names, err
}

// ownDir tells whether a directory holds trials, or what waits to be sent: no report's files.
func ownDir(name string) bool {
	return name == archive.TrialDir || strings.HasPrefix(name, archive.OutgoingDir)
}

// known are the files that links have in directories.
func (v *verification) known(ctx context.Context, dirs []string) (known map[string]map[string]bool, err error) {
	err = v.Ledger.Read(ctx, func(tx ledger.Tx) error {
		known = map[string]map[string]bool{}
		links, err := series.InDirectories(tx, v.Account, dirs)
		for _, l := range links {
			if known[l.Dir] == nil {
				known[l.Dir] = map[string]bool{}
			}
			for _, f := range l.Files {
				known[l.Dir][f.Name] = l.State < series.Removed
			}
		}
		return err
	})
	return known, err
}

// periodDir tells what lies in the directory of a period and is not known there.
func (v *verification) periodDir(ctx context.Context, dir string, names []string, known map[string]bool) error {
	if known == nil && len(names) > 0 {
		above := false
		err := v.Ledger.Read(ctx, func(tx ledger.Tx) (err error) {
			above, err = series.IsAbove(tx, v.Account, dir)
			return err
		})
		if err != nil || above { // it is a report's, as those of parts are
			return err
		}
	}
	for _, name := range names {
		if known[name] {
			continue
		}
		at := path.Join(dir, name)
		if !v.isDir(at) {
			if err := v.tellForeign(path.Base(path.Dir(dir)), path.Base(dir), at); err != nil {
				return err
			}
			continue
		}
		err := fs.WalkDir(os.DirFS(v.Archive), at, func(file string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() && ownDir(e.Name()) {
				return fs.SkipDir
			}
			if err != nil || e.IsDir() {
				return err
			}
			return v.tellForeign(path.Base(path.Dir(dir)), path.Base(dir), file)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) isDir(at string) bool {
	info, err := os.Lstat(filepath.Join(v.Archive, filepath.FromSlash(at)))
	return err == nil && info.IsDir()
}

func (v *verification) tellForeign(report, period, at string) error {
	return v.tell(Fault{Kind: Foreign, Report: report, Period: period, Path: at, Text: "the file is no report's that the ledger knows"})
}
