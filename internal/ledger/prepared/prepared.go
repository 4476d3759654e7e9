// Package prepared keeps the statements of a database that are run often: to parse one takes
// SQLite longer than to run it. It refuses to prepare any but those that it is given.
package prepared

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
)

// Statements are those that are prepared, by their text. The zero value has none.
type Statements struct {
	preparing sync.Mutex // is held while the connection is waited for, so nobody who has it takes it
	mu        sync.Mutex
	ready     map[string]*sql.Stmt
	complete  atomic.Bool
}

// In is the query as a transaction can run it, nil if it was not prepared.
func (s *Statements) In(ctx context.Context, tx *sql.Tx, query string) *sql.Stmt {
	s.mu.Lock()
	ready := s.ready[query]
	s.mu.Unlock()
	if ready == nil {
		return nil
	}
	return tx.StmtContext(ctx, ready)
}

// Prepare prepares queries, once. It needs the connection, so no transaction of the caller's may
// be under way. What cannot be prepared now is prepared by the next call.
func (s *Statements) Prepare(ctx context.Context, db *sql.DB, queries func() []string, placeholders func(string) string) {
	if s.complete.Load() {
		return
	}
	s.preparing.Lock()
	defer s.preparing.Unlock()
	for _, query := range queries()[len(s.ready):] {
		stmt, err := db.PrepareContext(ctx, placeholders(query))
		if err != nil {
			return
		}
		s.keep(query, stmt)
	}
	s.complete.Store(true)
}

func (s *Statements) keep(query string, stmt *sql.Stmt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready == nil {
		s.ready = map[string]*sql.Stmt{}
	}
	s.ready[query] = stmt
}
