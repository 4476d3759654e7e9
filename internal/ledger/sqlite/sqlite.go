// Package sqlite keeps a ledger in a file: the file, its locks, the reserve for a full disk,
// and the guard against an old copy. It knows no report and no delivery, and refuses a file
// that is damaged, foreign, newer or older than it was, and leaves it as it is.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"rapport/internal/durable"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/schema"
)

//go:embed migrations/*.sql
var migrations embed.FS

const application = 0x52505254 // "RPRT", in the header of each file that is ours

// A Backend is a ledger's file.
type Backend struct {
	path     string // as it was given
	file     *dbFile
	Patience time.Duration // how long another process is waited for that is writing; New sets 15 seconds
}

// New names the file of a ledger. It does nothing until the ledger is opened.
func New(path string) *Backend {
	return &Backend{path: path, file: &dbFile{path: path}, Patience: 15 * time.Second}
}

// Migrations are those of every ledger, in SQLite's words: another database translates them.
// What is added keeps to INTEGER, TEXT and BLOB, to INTEGER PRIMARY KEY AUTOINCREMENT, and to
// the CREATE, ALTER, INSERT, UPDATE and DELETE that PostgreSQL knows too; and it gives a row
// that every transaction changes to nobody.
func Migrations() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil { // the name is no path
		panic(err)
	}
	return files
}

// Dialect is SQLite's.
func (b *Backend) Dialect() database.Dialect {
	return database.Dialect{
		Migrations:    Migrations(),
		Placeholders:  func(query string) string { return query },
		ChangeCounter: `PRAGMA data_version`,
		Size:          `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`,
		Clock:         `?`,
		Transaction:   `0`,
		RowChecksums:  true,
		Class:         classOf,
		Explain:       b.explain,
		Patience:      b.Patience,
	}
}

// Open opens the file, and makes it and its directory when absent.
func (b *Backend) Open(ctx context.Context, d database.Dialect, mustExist bool) (db *sql.DB, err error) {
	s, err := schema.New(d)
	if err != nil {
		return nil, err
	}
	if b.file, err = resolvePath(b.path, mustExist); err != nil {
		return nil, err
	}
	opening, err := b.file.lockOpening(ctx)
	if err != nil {
		return nil, err
	}
	err = b.Dialect().Patiently(ctx, func() error {
		db, err = b.open(ctx, s, mustExist)
		return err
	})
	if err := errors.Join(err, opening.Close()); err != nil {
		return nil, err
	}
	return db, nil
}

// Close does nothing: beside the database nothing is open.
func (b *Backend) Close() error { return nil }

// open makes the file ready, or refuses it and leaves it as it is.
func (b *Backend) open(ctx context.Context, s *schema.Schema, mustExist bool) (*sql.DB, error) {
	if !mustExist {
		if err := b.file.create(); err != nil {
			return nil, err
		}
	}
	if err := b.file.identify(); err != nil {
		return nil, err
	}
	if err := b.verifyUnchanged(ctx, s); err != nil {
		return nil, err
	}
	db, err := connectWAL(ctx, b.file.path)
	if err != nil {
		return nil, b.explain(err)
	}
	version, err := b.verify(ctx, db, s)
	if err == nil && version < s.Newest() {
		err = b.migrate(ctx, db, s, version)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// verifyUnchanged verifies the file without writing to it.
func (b *Backend) verifyUnchanged(ctx context.Context, s *schema.Schema) error {
	db, err := connect(b.file.path, "ro")
	if err != nil {
		return b.explain(err)
	}
	version, err := b.verify(ctx, db, s)
	if err == nil && version > 0 {
		err = b.explain(check(ctx, db, b.file.path))
	}
	if classOf(err) == database.ReadOnly {
		err = nil // what a crash left can only be cleared up by who may write
	}
	return errors.Join(err, db.Close())
}

// verify says which version the file is of, 0 of an empty one, or refuses it.
func (b *Backend) verify(ctx context.Context, db *sql.DB, s *schema.Schema) (version int, err error) {
	seen, guarded, err := b.file.seenCommits() // first: another process may commit meanwhile
	if err != nil {
		return 0, err
	}
	held, err := contentsOf(ctx, db)
	if err != nil {
		return 0, b.explain(err)
	}
	if held == foreign {
		return 0, &database.UnusableError{Err: fmt.Errorf("%s: is a database, but not a ledger — give state another path", b.file.path)}
	}
	var commits int64
	if held == ours {
		version, commits, err = s.Verify(ctx, db)
		if errors.As(err, new(*database.UnusableError)) {
			return 0, fmt.Errorf("%s: %w", b.file.path, err)
		}
		if err != nil {
			return 0, b.explain(err)
		}
	}
	if !guarded {
		b.file.restored = commits
	}
	return version, b.file.refuseOlder(commits, seen)
}

// migrate brings the file to the newest version, after a copy of what it was.
func (b *Backend) migrate(ctx context.Context, db *sql.DB, s *schema.Schema, version int) error {
	if version > 0 {
		if err := backup(ctx, db, b.file.backupPath(version)); err != nil {
			return fmt.Errorf("a copy before the migration: %w", b.explain(err))
		}
	}
	return b.explain(s.Migrate(ctx, db, version, func(t *sql.Tx) error {
		_, err := t.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d`, application))
		return err
	}))
}

// connect opens the file, which must be there. One connection: the process is one
// writer, and waits for the others' transactions to end.
func connect(path, mode string) (*sql.DB, error) {
	settings := url.Values{
		"mode":      {mode},
		"_txlock":   {"immediate"},
		"_error_rc": {"1"},
		"_dqs":      {"0"},
		"_pragma":   {"busy_timeout(5)", "foreign_keys(1)", "synchronous(FULL)", "temp_store(MEMORY)"},
	}
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: settings.Encode()}
	driver, err := ourDriver()
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector{driver, address.String()})
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	return db, nil
}

// connectWAL opens the file to be written to, by way of a write-ahead log.
func connectWAL(ctx context.Context, path string) (*sql.DB, error) {
	db, err := connect(path, "rw")
	if err != nil {
		return nil, err
	}
	var journal string
	err = db.QueryRowContext(ctx, `PRAGMA journal_mode = WAL`).Scan(&journal)
	if err == nil && journal != "wal" {
		err = &database.UnusableError{Err: fmt.Errorf("%s: its file system cannot hold a ledger (journal mode %s)", path, journal)}
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// backup puts a whole copy at the path, or nothing.
func backup(ctx context.Context, db *sql.DB, path string) error {
	unfinished := path + ".unfinished"
	if err := durable.RemoveIfThere(unfinished); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, unfinished); err != nil {
		return errors.Join(err, os.RemoveAll(unfinished))
	}
	copied, err := os.OpenFile(unfinished, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(copied.Chmod(0o600), copied.Sync(), copied.Close(), os.Rename(unfinished, path)); err != nil {
		return err
	}
	return durable.SyncDir(filepath.Dir(path))
}
