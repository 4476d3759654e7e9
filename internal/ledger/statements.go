package ledger

import (
	"context"
	"database/sql"
	"sync"
)

// How often a query is seen before it is kept prepared, and how many are.
const (
	oftenSeen    = 3
	mostPrepared = 64
)

// statements are the queries that come again and again, prepared: to understand one takes
// SQLite longer than to run it.
type statements struct {
	mu    sync.Mutex
	ready map[string]*sql.Stmt
	seen  map[string]int
}

// A runnable is a query, prepared or not.
type runnable interface {
	ExecContext(ctx context.Context, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, args ...any) *sql.Row
}

type unprepared struct {
	*sql.Tx
	query string
}

func (u unprepared) ExecContext(ctx context.Context, args ...any) (sql.Result, error) {
	return u.Tx.ExecContext(ctx, u.query, args...)
}

func (u unprepared) QueryRowContext(ctx context.Context, args ...any) *sql.Row {
	return u.Tx.QueryRowContext(ctx, u.query, args...)
}

// statement is the query as this transaction can run it.
func (t tx) statement(query string) runnable {
	query = t.d.placeholders(query)
	if t.s == nil {
		return unprepared{t.sql, query}
	}
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	if ready := t.s.ready[query]; ready != nil {
		return t.sql.StmtContext(t.ctx, ready)
	}
	if t.s.seen == nil || len(t.s.seen) > 4*mostPrepared {
		t.s.seen = map[string]int{}
	}
	t.s.seen[query]++
	return unprepared{t.sql, query}
}

// prepare prepares what was seen often. It needs the connection, so no transaction of the
// caller's may be under way. What cannot be prepared runs as it is.
func (s *statements) prepare(db *sql.DB) {
	for _, query := range s.often() {
		stmt, err := db.PrepareContext(context.Background(), query)
		if err != nil {
			continue
		}
		s.mu.Lock()
		if s.ready == nil {
			s.ready = map[string]*sql.Stmt{}
		}
		s.ready[query] = stmt
		s.mu.Unlock()
	}
}

// often lists what was seen often and is not prepared, each once.
func (s *statements) often() (queries []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for query, times := range s.seen {
		if times >= oftenSeen && len(s.ready)+len(queries) < mostPrepared {
			delete(s.seen, query)
			queries = append(queries, query)
		}
	}
	return queries
}
