package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
)

// A migration brings the database from one version to the next. Those that were released
// never change.
type migration struct {
	number    int
	name, sum string
	text      string
}

const makeMigrationTable = `CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL)`

func loadMigrations(dir fs.FS) ([]migration, error) {
	names, err := fs.Glob(dir, "*.sql")
	if err != nil {
		return nil, err
	}
	var all []migration
	for i, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		m := migration{number: i + 1, name: name, sum: hex.EncodeToString(sum[:]), text: string(text)}
		if prefix := fmt.Sprintf("%04d_", m.number); len(name) < 5 || name[:5] != prefix {
			return nil, fmt.Errorf("migration %s: the next number is %s", name, prefix)
		}
		all = append(all, m)
	}
	return all, nil
}

// applied is how many of the known migrations a database has seen. One that has seen
// others is refused.
func applied(t tx, p *dbFile, known []migration) (int, error) {
	seen, err := collect(t, func(row scanner) (m migration, err error) {
		return m, row.Scan(&m.number, &m.name, &m.sum)
	}, `SELECT number, name, sha256 FROM migration ORDER BY number`)
	if err != nil {
		return 0, err
	}
	for i, m := range seen {
		if i >= len(known) || m.number != known[i].number {
			return 0, p.newer("it has " + m.name)
		}
		if m.sum != known[i].sum {
			return 0, p.newer("its " + m.name + " is another one")
		}
	}
	return len(seen), nil
}

// migrate brings the database to the newest version in one transaction, after a copy of
// what it was.
func (l *Ledger) migrate(ctx context.Context, pending []migration, held content, version int) error {
	if held == ours {
		if err := l.dialect.backup(ctx, l.db, version); err != nil {
			return fmt.Errorf("a copy before the migration: %w", l.explain(err))
		}
	}
	started, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return l.explain(err)
	}
	if err := l.advance(ctx, started, pending, held); err != nil {
		_ = started.Rollback()
		return l.explain(err)
	}
	return l.explain(started.Commit())
}

func (l *Ledger) advance(ctx context.Context, t *sql.Tx, pending []migration, held content) error {
	if held == nothing {
		if err := l.dialect.sign(ctx, t); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, makeMigrationTable); err != nil {
			return err
		}
	}
	for _, m := range pending {
		if _, err := t.ExecContext(ctx, m.text); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
		note := l.dialect.placeholders(`INSERT INTO migration (number, name, sha256) VALUES (?, ?, ?)`)
		if _, err := t.ExecContext(ctx, note, m.number, m.name, m.sum); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
	}
	return nil
}
