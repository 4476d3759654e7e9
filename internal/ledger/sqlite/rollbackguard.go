package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"rapport/internal/ledger/database"
)

// The rollback guard is a file beside the ledger that holds how many transactions were seen
// committed. A ledger that knows of fewer has lost some: its write-ahead log was deleted, or an
// old copy was put in its place; it would send again what was sent. The guard is written after
// the ledger, and may lag behind it, never run ahead. A ledger with transactions and without a
// guard was put back from a backup.

// Committed writes the guard. That it cannot is no reason to undo what is on disk already: it
// then warns of less.
func (b *Backend) Committed(commits int64) {
	_ = b.file.writeGuard(commits)
}

// Restored is how many transactions the file had, if it was opened without its guard.
func (b *Backend) Restored() (commits int64) { return b.file.restored }

func (f *dbFile) writeGuard(commits int64) error {
	file, err := os.OpenFile(f.guard(), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteAt(fmt.Appendf(nil, "%020d\n", commits), 0)
	return errors.Join(err, file.Close())
}

// Committing finds nothing: one file has one history.
func (b *Backend) Committing(int64) error { return nil }

// Intact fails when the file is not the one that was opened.
func (b *Backend) Intact() error { return b.file.intact() }

// seenCommits reads the guard, and tells whether there is one.
func (f *dbFile) seenCommits() (commits int64, guarded bool, err error) {
	text, err := os.ReadFile(f.guard())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	commits, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0, true, nil // cut off while it was written
	}
	return commits, true, nil
}

// refuseOlder refuses a ledger that has lost what the guard held before the ledger was read.
func (f *dbFile) refuseOlder(commits, seen int64) error {
	if commits >= seen {
		return nil
	}
	return &database.UnusableError{Err: fmt.Errorf(
		"%s: the ledger is older than it was: it knows %d transactions, and %d were seen (its -wal file was lost, or a backup was put back) — what was sent since is not in it; if that is as it must be, delete %s",
		f.path, commits, seen, f.guard())}
}
