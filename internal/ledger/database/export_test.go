package database

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// Together starts calls, waits until all of them wait to be written, and lets them be written.
func (db *DB) Together(calls ...func() error) []error {
	for !db.takeWriting() { // somebody's earlier write ends first
		runtime.Gosched()
	}
	faults := make([]error, len(calls))
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() { faults[i] = call() })
	}
	for db.waiting() < len(calls) {
		runtime.Gosched()
	}
	db.writeWaiting(&db.groupCommit)
	all.Wait()
	return faults
}

// takeWriting makes the caller the one who writes, if nobody is.
func (db *DB) takeWriting() bool {
	db.groupCommit.mu.Lock()
	defer db.groupCommit.mu.Unlock()
	free := !db.groupCommit.busy
	db.groupCommit.busy = true
	return free
}

func (db *DB) waiting() int {
	db.groupCommit.mu.Lock()
	defer db.groupCommit.mu.Unlock()
	return len(db.groupCommit.waiting)
}

// ExecGrouped runs a statement in a transaction with others, and then fails with err if that is one.
func (db *DB) ExecGrouped(ctx context.Context, err error, query string, args ...any) error {
	return db.WriteGrouped(ctx, func(t Tx) error {
		if _, wrong := t.Exec(query, args...); wrong != nil {
			return wrong
		}
		return err
	})
}

// ReadRow reads a row.
func (db *DB) ReadRow(dest any, query string) error {
	return db.SQL.QueryRow(query).Scan(dest)
}

// ReadDuring reads a row, and once it has the connection has another write, which waits for it.
func (db *DB) ReadDuring(write func() error) error {
	done := make(chan error, 1)
	err := db.Read(context.Background(), func(t Tx) error {
		before := db.SQL.Stats().WaitCount
		go func() { done <- write() }()
		for db.SQL.Stats().WaitCount == before {
			runtime.Gosched()
		}
		var n int
		return t.Row([]any{&n}, `SELECT 1`)
	})
	return errors.Join(err, <-done)
}

// Unprepared gives the frequent statements that are not prepared in the next transaction, and
// whether the query is.
func (db *DB) Unprepared(query string) (missing []string, is bool, err error) {
	err = db.Write(context.Background(), func(t Tx) error {
		for _, q := range db.frequent(db.Dialect) {
			if t.s.In(t.ctx, t.sql, q) == nil {
				missing = append(missing, q)
			}
		}
		is = t.s.In(t.ctx, t.sql, query) != nil
		return nil
	})
	return missing, is, err
}
