// Package schema brings the database of a ledger to the tables that the program needs, by
// migrations whose checksums the database keeps. It knows no row, and refuses a database that has
// seen other migrations, and leaves it as it is.
package schema

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"rapport/internal/ledger/database"
)

// A Schema is the tables that the ledger needs, as the migrations that lead to them.
type Schema struct {
	migrations []migration
	dialect    database.Dialect
}

// A migration brings the database from one version to the next. Those that were released
// never change.
type migration struct {
	number    int
	name, sum string
	text      string
}

// New reads the migrations of a dialect.
func New(d database.Dialect) (*Schema, error) {
	names, err := fs.Glob(d.Migrations, "*.sql")
	if err != nil {
		return nil, err
	}
	s := &Schema{dialect: d}
	last := 0
	for _, name := range names {
		text, err := fs.ReadFile(d.Migrations, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		m := migration{name: name, sum: hex.EncodeToString(sum[:]), text: string(text)}
		digits, _, _ := strings.Cut(name, "_")
		if m.number, err = strconv.Atoi(digits); err != nil || len(digits) != 4 || m.number <= last {
			return nil, fmt.Errorf("migration %s: wants a number of four digits after %04d", name, last)
		}
		last = m.number
		s.migrations = append(s.migrations, m)
	}
	return s, nil
}

// Newest is the version that Migrate leads to.
func (s *Schema) Newest() int { return len(s.migrations) }

// Verify says which version a ledger's database is of, 0 before the first, and how many
// transactions were committed to it. One that has seen other migrations is Unusable.
func (s *Schema) Verify(ctx context.Context, db *sql.DB) (version int, commits int64, err error) {
	started, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, started.Rollback()) }()
	if version, err = s.applied(ctx, started); err != nil {
		return 0, 0, err
	}
	counter := `pulse WHERE id = 1` // as it was called in the first version
	for _, m := range s.migrations[:version] {
		switch {
		case strings.HasSuffix(m.name, "_names.sql"):
			counter = `commit_count WHERE id = 1`
		case strings.HasSuffix(m.name, "_writers.sql"):
			counter = `commit_count WHERE writer = ''`
		}
	}
	err = started.QueryRowContext(ctx, `SELECT commits FROM `+counter).Scan(&commits)
	if errors.Is(err, sql.ErrNoRows) {
		err = database.DamagedError("its count of transactions is gone")
	}
	return version, commits, err
}

// applied is how many of the known migrations a database has seen.
func (s *Schema) applied(ctx context.Context, t *sql.Tx) (n int, err error) {
	rows, err := t.QueryContext(ctx, `SELECT number, name, sha256 FROM migration ORDER BY number`)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		var seen migration
		if err := rows.Scan(&seen.number, &seen.name, &seen.sum); err != nil {
			return 0, err
		}
		if n >= len(s.migrations) || seen.number != s.migrations[n].number {
			return 0, errNewer("it has " + seen.name)
		}
		if seen.sum != s.migrations[n].sum {
			return 0, errNewer("its " + seen.name + " is another one")
		}
	}
	return n, rows.Err()
}

func errNewer(what string) error {
	return &database.UnusableError{Err: fmt.Errorf("was written by another version (%s) — use that version, or one after it", what)}
}

const makeMigrationTable = `CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL)`

// Migrate brings a database from a version to the newest, in one transaction. Before the first
// version sign marks the database as a ledger's.
func (s *Schema) Migrate(ctx context.Context, db *sql.DB, version int, sign func(*sql.Tx) error) error {
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := s.advance(ctx, t, version, sign); err != nil {
		_ = t.Rollback() // after some faults the database has rolled back by itself
		return err
	}
	return t.Commit()
}

func (s *Schema) advance(ctx context.Context, t *sql.Tx, version int, sign func(*sql.Tx) error) error {
	if version == 0 {
		if err := sign(t); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, makeMigrationTable); err != nil {
			return err
		}
	}
	for _, m := range s.migrations[version:] {
		text := m.text
		if s.dialect.Tables != nil {
			text = s.dialect.Tables(text)
		}
		if _, err := t.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
		note := s.dialect.Placeholders(`INSERT INTO migration (number, name, sha256) VALUES (?, ?, ?)`)
		if _, err := t.ExecContext(ctx, note, m.number, m.name, m.sum); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
	}
	return nil
}
