package ledger

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
)

// frequentStatements are the ones that a report or a message takes. They are prepared before
// the first transaction that writes: to parse one takes SQLite longer than to run it.
func frequentStatements(d Dialect) []string {
	return []string{
		countCommit(d), insertProcess(d),
		insertPeriod, upsertPlannedThrough, selectPeriodByID,
		claimPeriod, periodsBeforeNumber, nextReportNumber, setReportNumber,
		recordMade, insertArtifact, insertTotal, insertDelivery, upsertLastSuccess,
		setReady("period", freePeriods+isTime), setReady("period", freePeriods+wrongClock),
		selectCandidates + freePeriods + withoutCrash, selectCandidates + freePeriods + withCrashes,
		setReady("delivery", freeDeliveries+isTime), setReady("delivery", freeDeliveries+wrongClock),
		`SELECT x.id` + freeDeliveries + oldestDelivery + d.SkipLocked, `SELECT x.id` + freeDeliveries + leastTriedDelivery + d.SkipLocked,
		claimDelivery, selectDeliveryByID, markSending, upsertDeliveryCounter, finishDelivery, insertAttempt,
	}
}

// statements are those that are prepared, by their text.
type statements struct {
	preparing sync.Mutex // is held while the connection is waited for, so nobody who has it takes it
	mu        sync.Mutex
	ready     map[string]*sql.Stmt
	complete  atomic.Bool
}

// prepared is the query as this transaction can run it, nil if it was not prepared.
func (t tx) prepared(query string) *sql.Stmt {
	t.s.mu.Lock()
	ready := t.s.ready[query]
	t.s.mu.Unlock()
	if ready == nil {
		return nil
	}
	return t.sql.StmtContext(t.ctx, ready)
}

// prepare prepares the frequent statements, once. It needs the connection, so no transaction
// of the caller's may be under way. What cannot be prepared now is prepared by the next write.
func (s *statements) prepare(ctx context.Context, db *sql.DB, d Dialect) {
	if d.Prepares || s.complete.Load() {
		return
	}
	s.preparing.Lock()
	defer s.preparing.Unlock()
	for _, query := range frequentStatements(d)[len(s.ready):] {
		stmt, err := db.PrepareContext(ctx, d.Placeholders(query))
		if err != nil {
			return
		}
		s.keep(query, stmt)
	}
	s.complete.Store(true)
}

func (s *statements) keep(query string, stmt *sql.Stmt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready == nil {
		s.ready = map[string]*sql.Stmt{}
	}
	s.ready[query] = stmt
}
