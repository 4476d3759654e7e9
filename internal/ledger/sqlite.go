package ledger

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

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed sqlite/*.sql
var sqliteMigrations embed.FS

const sqliteApplication = 0x52505254 // "RPRT", in the header of each file that is ours

func sqliteDialect(p *dbFile) (*dialect, error) {
	migrations, err := fs.Sub(sqliteMigrations, "sqlite")
	if err != nil {
		return nil, err
	}
	return &dialect{
		placeholders:  func(query string) string { return query },
		changeCounter: `PRAGMA data_version`,
		migrations:    migrations,
		look: func(context.Context) (*sql.DB, error) {
			return connectSQLite(p.path, "ro")
		},
		open:  func(ctx context.Context) (*sql.DB, error) { return openSQLite(ctx, p.path) },
		holds: sqliteHolds,
		check: func(ctx context.Context, db *sql.DB) error { return checkSQLite(ctx, db, p.path) },
		sign: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d`, sqliteApplication))
			return err
		},
		backup: func(ctx context.Context, db *sql.DB, version int) error {
			return backupSQLite(ctx, db, p.backupPath(version))
		},
		class:    classSQLite,
		patience: 15 * time.Second,
	}, nil
}

// connectSQLite opens the file, which must be there. One connection: the process is one
// writer, and waits for the others' transactions to end.
func connectSQLite(path, mode string) (*sql.DB, error) {
	settings := url.Values{
		"mode":      {mode},
		"_txlock":   {"immediate"},
		"_error_rc": {"1"},
		"_dqs":      {"0"},
		"_pragma":   {"busy_timeout(5)", "foreign_keys(1)", "synchronous(FULL)", "temp_store(MEMORY)"},
	}
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: settings.Encode()}
	connector, err := sqlite.NewConnector(address.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	return db, nil
}

func openSQLite(ctx context.Context, path string) (*sql.DB, error) {
	db, err := connectSQLite(path, "rw")
	if err != nil {
		return nil, err
	}
	var journal string
	err = db.QueryRowContext(ctx, `PRAGMA journal_mode = WAL`).Scan(&journal)
	if err == nil && journal != "wal" {
		err = &unusableError{fmt.Errorf("%s: its file system cannot hold a ledger (journal mode %s)", path, journal)}
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func sqliteHolds(ctx context.Context, db *sql.DB) (content, error) {
	var application, objects int64
	if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&application); err != nil {
		return 0, err
	}
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(&objects); err != nil {
		return 0, err
	}
	switch {
	case application == sqliteApplication:
		return ours, nil
	case application == 0 && objects == 0:
		return nothing, nil
	}
	return foreign, nil
}

const checkPatience = 2 * time.Second // about a gigabyte

// checkSQLite looks at the structure of the file, not at each value in it: the format has
// no checksums.
func checkSQLite(ctx context.Context, db *sql.DB, path string) error {
	if err := wholePages(ctx, db, path); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	var finding string
	err := db.QueryRowContext(bounded, `PRAGMA quick_check(1)`).Scan(&finding)
	if bounded.Err() != nil {
		return ctx.Err()
	}
	if err == nil && finding != "ok" {
		err = errDamaged(finding)
	}
	return err
}

// wholePages fails when the file ends in the middle of a page and no log says what comes
// there.
func wholePages(ctx context.Context, db *sql.DB, path string) error {
	var page int64
	if err := db.QueryRowContext(ctx, `PRAGMA page_size`).Scan(&page); err != nil {
		return err
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return nil
	}
	file, err := os.Stat(path)
	if err == nil && file.Size()%page != 0 {
		err = errDamaged(fmt.Sprintf("it ends after %d bytes, in the middle of a page", file.Size()))
	}
	return err
}

type errDamaged string

func (e errDamaged) Error() string { return string(e) }

// backupSQLite puts a whole copy at the path, or nothing.
func backupSQLite(ctx context.Context, db *sql.DB, path string) error {
	unfinished := path + ".unfinished"
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, fs.ErrNotExist) {
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
	return syncDir(filepath.Dir(path))
}

func classSQLite(err error) class {
	var found errDamaged
	if errors.As(err, &found) {
		return damaged
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return other
	}
	switch e.Code() {
	case sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_WRITE: // a limit or a quota says it this way
		return full
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return busy
	case sqlite3.SQLITE_FULL:
		return full
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT:
		return damaged
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return readOnly
	}
	return other
}
