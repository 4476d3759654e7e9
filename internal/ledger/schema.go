package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// A Schema is the tables that the ledger needs, as the migrations that lead to them.
type Schema struct {
	migrations []migration
	dialect    Dialect
}

// A migration brings the database from one version to the next. Those that were released
// never change.
type migration struct {
	number    int
	name, sum string
	text      string
}

// NewSchema reads the migrations of a dialect.
func NewSchema(d Dialect) (*Schema, error) {
	names, err := fs.Glob(d.Migrations, "*.sql")
	if err != nil {
		return nil, err
	}
	s := &Schema{dialect: d}
	for i, name := range names {
		text, err := fs.ReadFile(d.Migrations, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		m := migration{number: i + 1, name: name, sum: hex.EncodeToString(sum[:]), text: string(text)}
		if prefix := fmt.Sprintf("%04d_", m.number); len(name) < 5 || name[:5] != prefix {
			return nil, fmt.Errorf("migration %s: the next number is %s", name, prefix)
		}
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
	t := tx{ctx: ctx, sql: started, d: s.dialect, s: &statements{}}
	if version, err = s.applied(t); err != nil {
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
	err = t.row([]any{&commits}, `SELECT commits FROM `+counter)
	if errors.Is(err, sql.ErrNoRows) {
		err = DamagedError("its count of transactions is gone")
	}
	return version, commits, err
}

// applied is how many of the known migrations a database has seen.
func (s *Schema) applied(t tx) (int, error) {
	seen, err := collect(t, func(row scanner) (m migration, err error) {
		return m, row.Scan(&m.number, &m.name, &m.sum)
	}, `SELECT number, name, sha256 FROM migration ORDER BY number`)
	if err != nil {
		return 0, err
	}
	for i, m := range seen {
		if i >= len(s.migrations) || m.number != s.migrations[i].number {
			return 0, errNewer("it has " + m.name)
		}
		if m.sum != s.migrations[i].sum {
			return 0, errNewer("its " + m.name + " is another one")
		}
	}
	return len(seen), nil
}

func errNewer(what string) error {
	return &UnusableError{fmt.Errorf("was written by another version (%s) — use that version, or one after it", what)}
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
