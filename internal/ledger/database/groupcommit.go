package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// A groupCommit writes what comes at the same time in one transaction. While that goes down to
// the disk the next writes gather, and go down together: the disk is waited for once.
type groupCommit struct {
	isolation sql.IsolationLevel // 0: the database's own

	mu      sync.Mutex
	waiting []*pendingWrite
	busy    bool
}

// A pendingWrite is a transaction of its own, as its caller sees it: on disk when it returns
// nil, and when it returns an error it has changed nothing, whatever became of the others.
type pendingWrite struct {
	ctx  context.Context
	do   func(Tx) error // may be run more than once
	err  error
	done chan struct{}
}

// WriteGrouped is Write, in one transaction with others that come at the same time.
func (db *DB) WriteGrouped(ctx context.Context, do func(Tx) error) error {
	return db.writeIn(ctx, &db.groupCommit, do)
}

// WriteOwnRow is WriteGrouped of what decides by the row alone that it writes, and which others
// may write: a database that guards whatever was read need not guard more. Where several machines
// write at once it is so not undone because of what they read.
func (db *DB) WriteOwnRow(ctx context.Context, do func(Tx) error) error {
	if db.Dialect.OwnRow == 0 {
		return db.WriteGrouped(ctx, do)
	}
	return db.writeIn(ctx, &db.ownRowCommit, do)
}

func (db *DB) writeIn(ctx context.Context, g *groupCommit, do func(Tx) error) error {
	w := &pendingWrite{ctx: ctx, do: do, done: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	begin := !g.busy
	g.busy = true
	g.mu.Unlock()
	if begin {
		go db.writeWaiting(g)
	}
	<-w.done
	return w.err
}

// writeWaiting writes until nobody waits.
func (db *DB) writeWaiting(g *groupCommit) {
	for {
		g.mu.Lock()
		writes := g.waiting
		g.waiting = nil
		g.busy = len(writes) > 0
		g.mu.Unlock()
		if len(writes) == 0 {
			return
		}
		db.writeAll(writes, g.isolation)
		for _, w := range writes {
			close(w.done)
		}
	}
}

// errSpoiled says that one write's fault undid the whole transaction.
var errSpoiled = errors.New("undone by another's fault")

// writeAll runs writes in one transaction, or, where that is spoiled, each in its own.
func (db *DB) writeAll(writes []*pendingWrite, isolation sql.IsolationLevel) {
	err := errSpoiled
	if len(writes) > 1 {
		err = db.write(context.Background(), isolation, func(t Tx) error {
			for _, w := range writes {
				if err := db.writeSavepoint(t, w); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, w := range writes {
		switch {
		case errors.Is(err, errSpoiled):
			w.err = db.write(w.ctx, isolation, w.do)
		case err != nil:
			w.err = err
		}
	}
}

const (
	savepoint = `SAVEPOINT one`
	release   = `RELEASE one`
)

// Savepoints are the statements that each write takes.
func Savepoints() []string { return []string{savepoint, release} }

// writeSavepoint runs a write as a part of a transaction that the others do not see fail.
func (db *DB) writeSavepoint(t Tx, w *pendingWrite) error {
	if w.err = w.ctx.Err(); w.err != nil {
		return nil
	}
	if _, err := t.Exec(savepoint); err != nil {
		return fmt.Errorf("%w: %w", errSpoiled, err)
	}
	err := w.do(Tx{ctx: context.WithoutCancel(w.ctx), sql: t.sql, Dialect: t.Dialect, s: t.s})
	if db.Dialect.Class(err) == Busy {
		return err // and all of them are run again
	}
	w.err = db.Dialect.Explain(err)
	end := release
	if w.err != nil {
		end = `ROLLBACK TO one`
	}
	if _, err := t.Exec(end); err != nil { // after some faults the database has rolled back everything by itself
		return fmt.Errorf("%w: %w", errSpoiled, err)
	}
	return nil
}
