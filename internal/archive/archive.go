// Package archive is where the files of reports lie: <archive>/<report id>/<period>/. A file
// there never changes: it is written beside, made durable, and moved to its place once. It
// refuses to replace one. What is made and not yet sent waits in .outgoing beside the files.
package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/durable"
)

const (
	OutgoingDir   = ".outgoing" // what is made and not all sent yet; see Outgoing
	MessageSuffix = ".message"
	SharedSuffix  = ".shared" // an attachment's text, for all messages beside it
	SentSuffix    = ".sent"   // after a message's name: it was sent, and the ledger may not know yet
)

// Outgoing is where the messages of an edition wait: 0, and one more each time that a period
// is made again.
func Outgoing(edition int) string {
	if edition == 0 {
		return OutgoingDir
	}
	return OutgoingDir + "-" + strconv.Itoa(edition)
}

// Publish moves the reports of an edition to their place in the archive; those that are
// there already stay.
func Publish(dir string, edition int) (moved []string, err error) {
	from := filepath.Join(dir, Outgoing(edition))
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	any := false
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), MessageSuffix) || strings.HasSuffix(e.Name(), SharedSuffix) || strings.HasSuffix(e.Name(), SentSuffix) {
			continue
		}
		to := filepath.Join(dir, e.Name())
		err := os.Rename(filepath.Join(from, e.Name()), to)
		if errors.Is(err, fs.ErrNotExist) && Exists(to) { // another sender of the period was faster
			continue
		}
		if err != nil {
			return moved, err
		}
		if any = true; !Hidden(to) {
			moved = append(moved, to)
		}
	}
	if !any {
		return nil, nil
	}
	return moved, durable.SyncDir(dir)
}

// RemoveOutgoing removes .outgoing, with what its messages shared, when the last of them is gone.
func RemoveOutgoing(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !strings.HasSuffix(e.Name(), SharedSuffix) }) {
		return nil
	}
	for _, e := range entries {
		if err := durable.RemoveIfThere(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return durable.RemoveEmpty(dir)
}

// Hidden tells whether a file is the program's own, for no reader.
func Hidden(path string) bool { return strings.HasPrefix(filepath.Base(path), ".") }

func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// ReportDir is where the archive has the periods of a report: those of a part, whose id has a
// dot, in the directory of the whole.
func ReportDir(archive, report string) string {
	return filepath.Join(archive, filepath.FromSlash(strings.Replace(report, ".", "/", 1)))
}

// PeriodDir is where the archive has the files of a report's period.
func PeriodDir(archive, report, period string) string {
	return filepath.Join(ReportDir(archive, report), period)
}

const TrialDir = "trial"

// Remove removes files of a period by their paths in the archive, and its directory if nothing
// else is in it.
func Remove(root, periodDir string, files []string) error {
	for _, path := range files {
		if !filepath.IsLocal(path) {
			return fmt.Errorf("%q is no path in the archive", path)
		}
		if err := durable.RemoveIfThere(filepath.Join(root, path)); err != nil {
			return err
		}
	}
	return errors.Join(os.RemoveAll(filepath.Join(periodDir, TrialDir)), durable.RemoveEmpty(periodDir, filepath.Dir(periodDir)))
}
