package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"rapport/internal/durable"
	"rapport/internal/filelock"
	"rapport/internal/ledger/database"
)

// A machine is what this one keeps of its own: an id, who lives here, and, for each ledger and
// writer, how many transactions were seen committed. A ledger that knows of fewer has lost some:
// a backup was put back, or a standby took over that had not heard of them; it would send again
// what was sent.
type machine struct {
	dir, id string
}

const idFile = "machine"

// openMachine reads a machine's directory, or makes it.
func openMachine(dir string) (*machine, error) {
	if err := durable.MkdirAll(dir); err != nil {
		return nil, err
	}
	m := &machine{dir: dir}
	file := filepath.Join(dir, idFile)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		made := filepath.Join(dir, strings.ToLower(rand.Text()))
		err := durable.WriteFile(made, []byte(filepath.Base(made)))
		if err == nil {
			err = os.Link(made, file) // the first wins
		}
		if err := errors.Join(err, os.Remove(made)); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	text, err := os.ReadFile(file)
	if m.id = string(text); err == nil && !isID(m.id) {
		err = fmt.Errorf("%s: holds no id of a machine", file)
	}
	return m, err
}

// isID tells whether a text is one that rand.Text gave, and can stand in a statement.
func isID(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

func (m *machine) processFile(process string) string { return filepath.Join(m.dir, "process-"+process) }

// writerFile holds how many transactions of the n'th writer were seen committed, and is locked
// while there is one.
func (m *machine) writerFile(ledgerID string, n int) string {
	return filepath.Join(m.dir, fmt.Sprintf("writer-%s-%d", ledgerID, n))
}

// writerName is that of the n'th writer of a machine in the ledger.
func (m *machine) writerName(n int) string { return fmt.Sprintf("%s-%d", m.id, n) }

// seen is how many transactions of each of this machine's writers were committed.
func (m *machine) seen(ledgerID string) (counts []int64, err error) {
	for n := 0; ; n++ {
		text, err := os.ReadFile(m.writerFile(ledgerID, n))
		if errors.Is(err, fs.ErrNotExist) {
			return counts, nil
		}
		if err != nil {
			return nil, err
		}
		count, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		if err != nil {
			count = 0 // cut off while it was written
		}
		counts = append(counts, count)
	}
}

// refuseOlder refuses a ledger that has lost what was seen before it was read.
func (m *machine) refuseOlder(ctx context.Context, one *sql.Conn, ledgerID string, seen []int64) error {
	for n, count := range seen {
		var commits int64
		err := one.QueryRowContext(ctx, `SELECT commits FROM commit_count WHERE writer = $1`, m.writerName(n)).Scan(&commits)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if commits < count {
			return errOlder(commits, count, m.writerFile(ledgerID, n))
		}
	}
	return nil
}

func errOlder(commits, seen int64, file string) error {
	return &database.UnusableError{Err: fmt.Errorf(
		"the ledger is older than it was: it knows %d transactions of a writer of this machine, and %d were seen (a backup was put back, or a standby took over that had not heard of them) — what was sent since is not in it; if that is as it must be, delete %s",
		commits, seen, file)}
}

// A writer is one Ledger that is open on this machine. No other counts what it commits.
type writer struct {
	name string
	file *filelock.Lock

	mu   sync.Mutex
	seen int64
}

// newWriter is the first that nobody else is.
func (m *machine) newWriter(ctx context.Context, one *sql.Conn, ledgerID string) (w *writer, err error) {
	w = &writer{}
	for n := 0; w.file == nil; n++ {
		w.file, err = filelock.File(m.writerFile(ledgerID, n))
		if w.name = m.writerName(n); err != nil && !errors.Is(err, filelock.ErrLocked) {
			return nil, err
		}
	}
	_, err = one.ExecContext(ctx, `INSERT INTO commit_count (writer, commits) VALUES ($1, 0) ON CONFLICT (writer) DO NOTHING`, w.name)
	if err == nil {
		err = one.QueryRowContext(ctx, `SELECT commits FROM commit_count WHERE writer = $1`, w.name).Scan(&w.seen)
	}
	if err != nil {
		return nil, errors.Join(err, w.file.Close())
	}
	return w, nil
}

// Intact finds nothing: what becomes of a connection its next use tells.
func (b *Backend) Intact() error { return nil }

// Restored tells nothing: a database server has backups of its own kind, and its machines guards
// of their own.
func (b *Backend) Restored() (commits int64) { return 0 }

// Committing fails when this writer's count has gone back since it committed last.
func (b *Backend) Committing(commits int64) error {
	b.writer.mu.Lock()
	defer b.writer.mu.Unlock()
	if commits <= b.writer.seen {
		return errOlder(commits-1, b.writer.seen, b.writer.file.Name())
	}
	return nil
}

// Committed writes the count down. That it cannot is no reason to undo what is committed
// already: it then warns of less.
func (b *Backend) Committed(commits int64) {
	b.writer.mu.Lock()
	defer b.writer.mu.Unlock()
	if commits > b.writer.seen {
		b.writer.seen = commits
		_, _ = b.writer.file.WriteAt(fmt.Appendf(nil, "%020d\n", commits), 0)
	}
}
