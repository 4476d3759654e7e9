package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// A groupCommit is calls that wait to be written. While one transaction goes down to the
// disk the next ones gather, and go down together: the disk is waited for once.
type groupCommit struct {
	mu      sync.Mutex
	waiting []*call
	busy    bool
}

// A call is a write of its own, as its caller sees it: on disk when it returns nil, and
// when it returns an error it has changed nothing, whatever became of its neighbours.
type call struct {
	ctx  context.Context
	do   func(tx) error // may be run more than once
	err  error
	done chan struct{}
}

// writeGrouped is write, in one transaction with others that come at the same time.
func (l *store) writeGrouped(ctx context.Context, do func(tx) error) error {
	c := &call{ctx: ctx, do: do, done: make(chan struct{})}
	l.groupCommit.mu.Lock()
	l.groupCommit.waiting = append(l.groupCommit.waiting, c)
	begin := !l.groupCommit.busy
	l.groupCommit.busy = true
	l.groupCommit.mu.Unlock()
	if begin {
		go l.writeWaiting()
	}
	<-c.done
	return c.err
}

// writeWaiting writes until nobody waits.
func (l *store) writeWaiting() {
	for {
		l.groupCommit.mu.Lock()
		calls := l.groupCommit.waiting
		l.groupCommit.waiting = nil
		l.groupCommit.busy = len(calls) > 0
		l.groupCommit.mu.Unlock()
		if len(calls) == 0 {
			return
		}
		l.writeAll(calls)
		for _, c := range calls {
			close(c.done)
		}
	}
}

// errSpoiled says that one call's fault undid the whole transaction.
var errSpoiled = errors.New("undone by another's fault")

// writeAll writes calls in one transaction, or, where that is spoiled, each in its own.
func (l *store) writeAll(calls []*call) {
	err := errSpoiled
	if len(calls) > 1 {
		err = l.write(context.Background(), func(t tx) error {
			for _, c := range calls {
				if err := l.writeSavepoint(t, c); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, c := range calls {
		switch {
		case errors.Is(err, errSpoiled):
			c.err = l.write(c.ctx, c.do)
		case err != nil:
			c.err = err
		}
	}
}

// writeSavepoint runs a call as a part of a transaction that the others do not see fail.
func (l *store) writeSavepoint(t tx, c *call) error {
	if c.err = c.ctx.Err(); c.err != nil {
		return nil
	}
	if _, err := t.exec(`SAVEPOINT one`); err != nil {
		return fmt.Errorf("%w: %w", errSpoiled, err)
	}
	c.err = l.dialect.Explain(c.do(tx{ctx: context.WithoutCancel(c.ctx), sql: t.sql, d: t.d, s: t.s}))
	end := `RELEASE one`
	if c.err != nil {
		end = `ROLLBACK TO one`
	}
	if _, err := t.exec(end); err != nil { // after some faults the database has rolled back everything by itself
		return fmt.Errorf("%w: %w", errSpoiled, err)
	}
	return nil
}
