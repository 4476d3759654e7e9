package reportset

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"rapport/reportconfig"
)

// An Owner is a configuration that the reports of a ledger may be of.
type Owner struct {
	Path      string
	HasReport func(path, id string) bool // whether a file that is there has a report; nil: nobody looks
}

// Orphan tells whether what the configuration at path planned of a report that the owner has not is
// now nobody's: the file is gone, or it was the owner's. If that has it by now, it was only not
// read yet, and another process works for it.
func (o Owner) Orphan(path, id string) bool {
	if o.IsOurs(path) {
		return o.HasReport == nil || !o.HasReport(o.Path, id)
	}
	return IsGone(path)
}

// LeftBehind tells whether the configuration at path has a report no more.
func (o Owner) LeftBehind(path, id string) bool {
	return o.IsOurs(path) || IsGone(path) || o.HasReport != nil && !o.HasReport(path, id)
}

// IsOurs tells whether the configuration at path is the owner's, by whatever path.
func (o Owner) IsOurs(path string) bool {
	if path == o.Path {
		return true
	}
	theirs, err := os.Stat(path)
	if err != nil {
		return false
	}
	ours, err := os.Stat(o.Path)
	return err == nil && os.SameFile(theirs, ours)
}

// IsGone tells whether there is no file at path.
func IsGone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// Elsewhere is what the configurations of other machines have; nil: nothing.
type Elsewhere struct {
	paths   map[string][]string
	dropped map[string]bool
	reports []string
}

// RecipientKey names a recipient of a report among what configurations have.
func RecipientKey(report, address string) string { return report + " " + strings.ToLower(address) }

// NewElsewhere takes what other machines have, by the paths of their configurations: reports,
// and recipients of one by their RecipientKey; and what left some configuration a short time ago.
// Ours are the reports of this one.
func NewElsewhere(paths map[string][]string, dropped map[string]bool, ours *Set) *Elsewhere {
	e := &Elsewhere{paths: paths, dropped: dropped}
	for key := range paths {
		if !strings.Contains(key, " ") && ours.Report(key) == nil {
			e.reports = append(e.reports, key)
		}
	}
	for key := range dropped {
		if !strings.Contains(key, " ") && ours.Report(key) == nil && paths[key] == nil {
			e.reports = append(e.reports, key)
		}
	}
	slices.Sort(e.reports)
	return e
}

// Wanted tells whether another configuration has a report, or a recipient of one, or some had it
// a short time ago: it is nobody's to cancel.
func (e *Elsewhere) Wanted(key string) bool {
	key = known(key)
	return e != nil && (len(e.paths[key]) > 0 || e.dropped[key])
}

// Having gives the paths of the configurations that have a report, or a recipient of one.
func (e *Elsewhere) Having(key string) []string {
	if e == nil {
		return nil
	}
	return e.paths[known(key)]
}

// known is the whole of a part: whoever has that has its parts.
func known(key string) string {
	if whole := reportconfig.PartOf(key); whole != "" && !strings.Contains(key, " ") {
		return whole
	}
	return key
}

// Reports are those that are wanted, and that this configuration has not.
func (e *Elsewhere) Reports() []string {
	if e == nil {
		return nil
	}
	return e.reports
}
