package ledger

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"sync"
	"time"
)

// Options say what a ledger cannot know by itself.
type Options struct {
	Now       func() time.Time // the real clock, for heartbeats and leases only
	Host      string           // this machine's name
	MustExist bool             // do not make a file: a missing one is an error that wraps fs.ErrNotExist
}

// A Ledger is one process's hold on the file. All methods may be called at any time, from
// any goroutine.
type Ledger struct {
	options Options
	file    *dbFile
	dialect *dialect
	db      *sql.DB

	groupCommit groupCommit
	statements  statements
	heart       heart

	mu      sync.Mutex
	process *process // from the first claim on
	alone   *os.File // from ServeAlone on
}

// Open opens the ledger, and makes the file and its directory when absent. Errors are
// Unusable, or may be over when tried again.
func Open(ctx context.Context, path string, o Options) (*Ledger, error) {
	return open(ctx, path, o, nil)
}

// open lets the dialect be changed before it is used.
func open(ctx context.Context, path string, o Options, change func(*dialect)) (*Ledger, error) {
	p, err := resolvePath(path, o.MustExist)
	if err != nil {
		return nil, err
	}
	d, err := sqliteDialect(p)
	if err != nil {
		return nil, err
	}
	if change != nil {
		change(d)
	}
	opening, err := p.lockOpening(ctx)
	if err != nil {
		return nil, err
	}
	l := &Ledger{options: o, file: p, dialect: d}
	err = d.patiently(ctx, func() error {
		err := l.begin(ctx)
		if err != nil && l.db != nil {
			err = errors.Join(err, l.db.Close())
		}
		return err
	})
	if err := errors.Join(err, opening.Close()); err != nil {
		return nil, err
	}
	return l, nil
}

// begin makes the file ready, or refuses it and leaves it as it is.
func (l *Ledger) begin(ctx context.Context) error {
	if !l.options.MustExist {
		if err := l.file.create(); err != nil {
			return err
		}
	}
	if err := l.file.look(); err != nil {
		return err
	}
	known, err := loadMigrations(l.dialect.migrations)
	if err != nil {
		return err
	}
	if err := l.verifyUnchanged(ctx, known); err != nil {
		return err
	}
	if l.db, err = l.dialect.open(ctx); err != nil {
		return l.explain(err)
	}
	held, done, err := l.verify(ctx, known)
	if err != nil {
		return err
	}
	if done < len(known) {
		if err := l.migrate(ctx, known[done:], held, done); err != nil {
			return err
		}
	}
	l.file.keepReserve()
	return nil
}

// verifyUnchanged verifies the file without writing to it.
func (l *Ledger) verifyUnchanged(ctx context.Context, known []migration) (err error) {
	if l.db, err = l.dialect.look(ctx); err != nil {
		return l.explain(err)
	}
	held, _, err := l.verify(ctx, known)
	if err == nil && held == ours {
		err = l.explain(l.dialect.check(ctx, l.db))
	}
	if l.dialect.class(err) == readOnly {
		err = nil // what a crash left can only be cleared up by who may write
	}
	err = errors.Join(err, l.db.Close())
	l.db = nil
	return err
}

// verify says what the file holds and how many migrations it has seen, or refuses it.
func (l *Ledger) verify(ctx context.Context, known []migration) (held content, done int, err error) {
	seen, err := l.file.seenCommits() // first: another process may commit meanwhile
	if err != nil {
		return 0, 0, err
	}
	held, err = l.dialect.holds(ctx, l.db)
	if err != nil {
		return 0, 0, l.explain(err)
	}
	if held == foreign {
		return 0, 0, l.file.foreign()
	}
	var commits int64
	if held == ours {
		err = l.read(ctx, func(t tx) error {
			if done, err = applied(t, l.file, known); err != nil {
				return err
			}
			table := "commit_count"
			if done < 2 {
				table = "pulse" // as it was called in the first version
			}
			err := t.row([]any{&commits}, `SELECT commits FROM `+table+` WHERE id = 1`)
			if errors.Is(err, sql.ErrNoRows) {
				err = errDamaged("its count of transactions is gone")
			}
			return err
		})
		if err != nil {
			return 0, 0, err
		}
	}
	return held, done, l.file.refuseOlder(commits, seen)
}

// Close ends the hold. Claims that were not given back are a dead process's from then on.
func (l *Ledger) Close() error {
	l.heart.end()
	l.mu.Lock()
	defer l.mu.Unlock()
	err := errors.Join(l.endProcess(), l.endServingAlone(), l.db.Close())
	l.process, l.alone = nil, nil
	return err
}

// Check says whether the ledger can be read and written.
func (l *Ledger) Check(ctx context.Context) error {
	return l.write(ctx, func(tx) error { return nil })
}
