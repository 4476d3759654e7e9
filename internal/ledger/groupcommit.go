package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// A groupCommit writes what comes at the same time in one transaction. While that goes down to
// the disk the next writes gather, and go down together: the disk is waited for once.
type groupCommit struct {
	mu      sync.Mutex
	waiting []*pendingWrite
	busy    bool
}

// A pendingWrite is a transaction of its own, as its caller sees it: on disk when it returns
// nil, and when it returns an error it has changed nothing, whatever became of the others.
type pendingWrite struct {
	ctx  context.Context
	do   func(tx) error // may be run more than once
	err  error
	done chan struct{}
}

// writeGrouped is write, in one transaction with others that come at the same time.
func (l *store) writeGrouped(ctx context.Context, do func(tx) error) error {
	w := &pendingWrite{ctx: ctx, do: do, done: make(chan struct{})}
	l.groupCommit.mu.Lock()
	l.groupCommit.waiting = append(l.groupCommit.waiting, w)
	begin := !l.groupCommit.busy
	l.groupCommit.busy = true
	l.groupCommit.mu.Unlock()
	if begin {
		go l.writeWaiting()
	}
	<-w.done
	return w.err
}

// writeWaiting writes until nobody waits.
func (l *store) writeWaiting() {
	for {
		l.groupCommit.mu.Lock()
		writes := l.groupCommit.waiting
		l.groupCommit.waiting = nil
		l.groupCommit.busy = len(writes) > 0
		l.groupCommit.mu.Unlock()
		if len(writes) == 0 {
			return
		}
		l.writeAll(writes)
		for _, w := range writes {
			close(w.done)
		}
	}
}

// errSpoiled says that one write's fault undid the whole transaction.
var errSpoiled = errors.New("undone by another's fault")

// writeAll runs writes in one transaction, or, where that is spoiled, each in its own.
func (l *store) writeAll(writes []*pendingWrite) {
	err := errSpoiled
	if len(writes) > 1 {
		err = l.write(context.Background(), func(t tx) error {
			for _, w := range writes {
				if err := l.writeSavepoint(t, w); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, w := range writes {
		switch {
		case errors.Is(err, errSpoiled):
			w.err = l.write(w.ctx, w.do)
		case err != nil:
			w.err = err
		}
	}
}

// writeSavepoint runs a write as a part of a transaction that the others do not see fail.
func (l *store) writeSavepoint(t tx, w *pendingWrite) error {
	if w.err = w.ctx.Err(); w.err != nil {
		return nil
	}
	if _, err := t.exec(`SAVEPOINT one`); err != nil {
		return fmt.Errorf("%w: %w", errSpoiled, err)
	}
	err := w.do(tx{ctx: context.WithoutCancel(w.ctx), sql: t.sql, d: t.d, s: t.s})
	if l.dialect.Class(err) == Busy {
		return err // and all of them are run again
	}
	w.err = l.dialect.Explain(err)
	end := `RELEASE one`
	if w.err != nil {
		end = `ROLLBACK TO one`
	}
	if _, err := t.exec(end); err != nil { // after some faults the database has rolled back everything by itself
		return fmt.Errorf("%w: %w", errSpoiled, err)
	}
	return nil
}
