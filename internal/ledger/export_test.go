package ledger

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// Together starts calls, waits until all of them wait to be written, and lets them be written.
func (l *Ledger) Together(calls ...func() error) []error {
	for !l.takeWriting() { // somebody's earlier write ends first
		runtime.Gosched()
	}
	faults := make([]error, len(calls))
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() { faults[i] = call() })
	}
	for l.waiting() < len(calls) {
		runtime.Gosched()
	}
	l.writeWaiting()
	all.Wait()
	return faults
}

// takeWriting makes the caller the one who writes, if nobody is.
func (l *Ledger) takeWriting() bool {
	l.groupCommit.mu.Lock()
	defer l.groupCommit.mu.Unlock()
	free := !l.groupCommit.busy
	l.groupCommit.busy = true
	return free
}

func (l *Ledger) waiting() int {
	l.groupCommit.mu.Lock()
	defer l.groupCommit.mu.Unlock()
	return len(l.groupCommit.waiting)
}

// Exec runs a statement in a transaction with others, and then fails with err if that is one.
func (l *Ledger) Exec(ctx context.Context, err error, query string, args ...any) error {
	return l.writeGrouped(ctx, func(t tx) error {
		if _, wrong := t.exec(query, args...); wrong != nil {
			return wrong
		}
		return err
	})
}

// Row reads a row.
func (l *Ledger) Row(dest any, query string) error {
	return l.db.QueryRow(query).Scan(dest)
}

// ReadDuring reads a row, and once it has the connection has another write, which waits for it.
func (l *Ledger) ReadDuring(write func() error) error {
	done := make(chan error, 1)
	err := l.read(context.Background(), func(t tx) error {
		before := l.db.Stats().WaitCount
		go func() { done <- write() }()
		for l.db.Stats().WaitCount == before {
			runtime.Gosched()
		}
		var n int
		return t.row([]any{&n}, `SELECT 1`)
	})
	return errors.Join(err, <-done)
}

// Unprepared gives the frequent statements that are not prepared in the next transaction, and
// whether the query is.
func (l *Ledger) Unprepared(query string) (missing []string, is bool, err error) {
	err = l.write(context.Background(), func(t tx) error {
		for _, q := range frequentStatements(l.dialect) {
			if t.s.In(t.ctx, t.sql, q) == nil {
				missing = append(missing, q)
			}
		}
		is = t.s.In(t.ctx, t.sql, query) != nil
		return nil
	})
	return missing, is, err
}
