// Package archive is where the files of reports lie: <archive>/<report id>/<period>/. A file
// there never changes: it is made in .made/<attempt> beside its place, made durable, and put to
// its place once; then a seal says that the period is whole. The archive is a directory, or
// objects in a store of which this machine has a copy of what it works on. It refuses another
// archive than the one that the ledger knows.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"rapport/internal/durable"
)

const (
	MadeDir       = ".made"     // of what is made and not all sent yet; see Outgoing
	outgoingDir   = ".outgoing" // likewise, by versions before there were attempts
	MessageSuffix = ".message"
	SharedSuffix  = ".shared" // an attachment's text, for all messages beside it
	SentSuffix    = ".sent"   // after a message's name: it was sent, and the ledger may not know yet
	TrialDir      = "trial"
	Marker        = ".rapport-archive" // at the root: which archive this is
)

// An Archive has files by their keys: paths below it, with slashes.
type Archive struct {
	Dir     string  // the archive itself; with Objects what this machine has of it
	Objects Objects // nil: it is a directory
	// Temporary: Dir goes with the process.
	Temporary bool
}

// Path is where a file of a key is on this machine, if it is.
func (a Archive) Path(key string) string { return filepath.Join(a.Dir, filepath.FromSlash(key)) }

// Name is how a key is told to people, and kept in the ledger.
func (a Archive) Name(key string) string {
	if a.Objects != nil {
		return a.Objects.String() + key
	}
	return a.Path(key)
}

// ReportKey is where the archive has the periods of a report: those of a part, whose id has a
// dot, in the directory of the whole.
func ReportKey(report string) string { return strings.Replace(report, ".", "/", 1) }

// PeriodKey is where the archive has the files of a report's period.
func PeriodKey(report, period string) string { return path.Join(ReportKey(report), period) }

// Outgoing is where the messages of a period wait, below its place. Of an older version that is
// by the edition: 0, and one more each time that a period is made again.
func Outgoing(attempt string, edition int) string {
	switch {
	case attempt != "":
		return path.Join(MadeDir, attempt)
	case edition == 0:
		return outgoingDir
	}
	return outgoingDir + "-" + strconv.Itoa(edition)
}

// AttemptOf is the attempt under which a message waits.
func AttemptOf(file string) string { return path.Base(path.Dir(filepath.ToSlash(file))) }

// IsUnpublished tells whether this machine has files of an attempt that are not in their place yet.
func IsUnpublished(a Archive, period, attempt string) bool {
	return Exists(a.Path(path.Join(period, MadeDir, attempt, Seal)))
}

// forMessages tells whether a file is one of a message, which has no other place.
func forMessages(name string) bool {
	return strings.HasSuffix(name, MessageSuffix) || strings.HasSuffix(name, SharedSuffix) || strings.HasSuffix(name, SentSuffix)
}

// Begin makes the directory of an attempt at a period. What other claims left, but for the attempts
// that are needed, was never recorded and cannot be: this claim is the row's.
func (a Archive) Begin(period, attempt string, needed ...string) (err error) {
	left, err := os.ReadDir(a.Path(path.Join(period, MadeDir)))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	for _, e := range left {
		if !slices.Contains(needed, e.Name()) {
			err = errors.Join(err, os.RemoveAll(a.Path(path.Join(period, MadeDir, e.Name()))))
		}
	}
	if len(needed) == 0 {
		older := a.Path(path.Join(period, outgoingDir))
		err = errors.Join(err, os.RemoveAll(older), os.RemoveAll(older+".new"))
	}
	return errors.Join(err, durable.MkdirAll(a.Path(attempt)))
}

// Publish puts the reports of an attempt to their place in the archive, and seals the period;
// those that are there already stay. Anybody may finish what another began. It gives the paths
// of what it put there, on this machine.
func (a Archive) Publish(ctx context.Context, period, outgoing string) (published []string, err error) {
	if a.Objects != nil {
		if err := a.publishObjects(ctx, period, outgoing); err != nil {
			return nil, err
		}
	}
	return publishDir(a.Path(period), a.Path(path.Join(period, outgoing)))
}

func publishDir(dir, from string) (published []string, err error) {
	if !Exists(filepath.Join(from, Seal)) && Exists(filepath.Join(dir, Seal)) {
		return nil, nil // all is in its place: this is asked before each message, beside all that wait
	}
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// The seal comes last, when the names of the others are durable.
	seal := slices.IndexFunc(entries, func(e fs.DirEntry) bool { return e.Name() == Seal })
	any := false
	for i, e := range entries {
		if i == seal || forMessages(e.Name()) || isPart(e.Name()) {
			continue
		}
		to := filepath.Join(dir, e.Name())
		moved, err := move(filepath.Join(from, e.Name()), to)
		if err != nil {
			return published, err
		}
		if any = any || moved; moved && !Hidden(to) {
			published = append(published, to)
		}
	}
	if any {
		err = durable.SyncDir(dir)
	}
	if err == nil && seal >= 0 {
		if _, err = move(filepath.Join(from, Seal), filepath.Join(dir, Seal)); err == nil {
			err = durable.SyncDir(dir)
		}
	}
	return published, err
}

// move gives a file its place, unless somebody was faster.
func move(from, to string) (moved bool, err error) {
	err = os.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) && Exists(to) {
		return false, nil
	}
	return err == nil, err
}

// RemoveOutgoing removes the directory of an attempt, with what its messages shared, when the
// last of them is gone.
func RemoveOutgoing(dir string) error {
	shared, alone := sharedAlone(dir)
	if !alone {
		return nil
	}
	for _, name := range shared {
		if err := durable.RemoveIfThere(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return RemoveEmptyAttempt(dir)
}

// sharedAlone are the names in the directory of an attempt, if nothing is there but what messages shared.
// It reads no more of a directory in which many wait than up to the first of them.
func sharedAlone(dir string) (names []string, alone bool) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, false
	}
	defer d.Close()
	for {
		some, err := d.Readdirnames(16)
		if slices.ContainsFunc(some, func(name string) bool { return !strings.HasSuffix(name, SharedSuffix) }) {
			return nil, false
		}
		names = append(names, some...)
		if err != nil {
			return names, errors.Is(err, io.EOF)
		}
	}
}

// RemoveEmptyAttempt removes the directory of an attempt in which nothing is.
func RemoveEmptyAttempt(dir string) error {
	if above := filepath.Dir(dir); filepath.Base(above) == MadeDir {
		return durable.RemoveEmpty(dir, above)
	}
	return durable.RemoveEmpty(dir)
}

// OutgoingDirs are those that this machine has of a period that was made again so often.
func (a Archive) OutgoingDirs(period string, editions int) (dirs []string) {
	made := a.Path(path.Join(period, MadeDir))
	for _, e := range entriesOf(made) {
		dirs = append(dirs, filepath.Join(made, e.Name()))
	}
	for edition := range editions + 1 {
		if dir := a.Path(path.Join(period, Outgoing("", edition))); Exists(dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// entriesOf are those of a directory, without those that cannot be read.
func entriesOf(dir string) []fs.DirEntry {
	entries, _ := os.ReadDir(dir)
	return entries
}

// Hidden tells whether a file is the program's own, for no reader.
func Hidden(path string) bool { return strings.HasPrefix(filepath.Base(path), ".") }

// isPart tells whether a file is what is being fetched or written, which has no name of its own yet: a
// dot before the name to come, a number after it. What a bridge leaves is hidden, and is none.
func isPart(name string) bool {
	at := strings.LastIndexByte(name, '-')
	return Hidden(name) && at > 0 && strings.Trim(name[at+1:], "0123456789") == ""
}

func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// RemovePeriod removes files of a period by their keys, and its directory if nothing else is in
// it. The seal goes last: what is there is remembered as long as it is.
func (a Archive) RemovePeriod(ctx context.Context, period string, files []string) error {
	for _, key := range files {
		if !filepath.IsLocal(key) {
			return fmt.Errorf("%q is no path in the archive", key)
		}
		if err := a.Remove(ctx, filepath.ToSlash(key)); err != nil {
			return err
		}
	}
	if err := a.Remove(ctx, path.Join(period, Seal)); err != nil {
		return err
	}
	dir := a.Path(period)
	return errors.Join(os.RemoveAll(filepath.Join(dir, TrialDir)), durable.RemoveEmpty(dir, filepath.Dir(dir)))
}
