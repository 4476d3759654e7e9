package ledger

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"sync"
	"time"

	"rapport/internal/ledger/heartbeat"
	"rapport/internal/ledger/prepared"
	"rapport/internal/series"
)

// Options say what a ledger cannot know by itself.
type Options struct {
	Now       func() time.Time // the real clock, for heartbeats and leases only
	Host      string           // this machine's name
	MustExist bool             // do not make a ledger: a missing one is an error that wraps fs.ErrNotExist

	LeaseDivisor int // leases and signs of life are so much shorter, for tests; 0: they are not
}

// A Ledger is one process's hold on the database. All methods may be called at any time, from
// any goroutine. They are grouped by who has what to do with them.
type Ledger struct {
	*store
	Planner
	Queue
	Operator
	Alarms
	Notifications
	History
	Retention
	Settlements
}

type (
	// A Planner writes down what is owed.
	Planner struct{ *store }
	// A Queue hands out what is to be done, and takes down what came of it.
	Queue struct{ *store }
	// An Operator decides what no program can.
	Operator struct{ *store }
	// Alarms are what the operator is notified of.
	Alarms struct{ *store }
	// Notifications are signals to others over HTTP.
	Notifications struct{ *store }
	// History is what was promised and what happened.
	History struct{ *store }
	// Retention removes what is old.
	Retention struct{ *store }
)

// A store is the database and this process's part in it.
type store struct {
	options Options
	backend Backend
	dialect Dialect
	db      *sql.DB

	groupCommit groupCommit
	statements  prepared.Statements
	heart       heartbeat.Heart

	mu       sync.Mutex
	process  *process  // from the first claim on
	alone    io.Closer // from ServeAlone on
	machines []string  // that gave a sign of life lately, of a ledger that several share
}

// Open opens the ledger that a backend keeps, and makes it when absent. Errors are Unusable,
// or may be over when tried again.
func Open(ctx context.Context, b Backend, o Options) (*Ledger, error) {
	s := &store{options: o, backend: b, dialect: b.Dialect()}
	var err error
	if s.db, err = b.Open(ctx, s.dialect, o.MustExist); err != nil {
		return nil, err
	}
	s.dialect = b.Dialect() // that of the database which is open now
	b.KeepReserve()
	if commits := b.Restored(); commits > 0 {
		if err := s.noteRestore(ctx, commits); err != nil {
			return nil, errors.Join(err, s.db.Close())
		}
	}
	l := &Ledger{s, Planner{s}, Queue{s}, Operator{s}, Alarms{s}, Notifications{s}, History{s}, Retention{s}, Settlements{s}}
	if err := series.Reconstruct(ctx, l.Read, l.Write); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return l, nil
}

// Close ends the hold. Claims that were not given back are a dead process's from then on.
func (l *Ledger) Close() error {
	l.heart.Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.endProcess()
	if l.alone != nil {
		err = errors.Join(err, l.alone.Close())
	}
	l.process, l.alone = nil, nil
	return errors.Join(err, l.db.Close(), l.backend.Close())
}

// Check says whether the ledger is in its place and can be read. It writes nothing: who asks
// often would keep those waiting who have something to write.
func (l *Ledger) Check(ctx context.Context) error {
	if err := l.backend.Intact(); err != nil {
		return err
	}
	return l.read(ctx, func(t tx) error {
		commits := 0
		return t.row([]any{&commits}, `SELECT coalesce(sum(commits), 0) FROM commit_count`)
	})
}

// ServeAlone makes this process the ledger's one daemon; a *LockedError names another that is.
func (l *Ledger) ServeAlone() (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.alone == nil {
		l.alone, err = l.backend.ServeAlone(l.options.Host)
	}
	return err
}
