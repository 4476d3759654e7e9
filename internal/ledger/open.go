package ledger

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"rapport/internal/ledger/alarms"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/notifications"
	"rapport/internal/ledger/ownership"
	"rapport/internal/ledger/processes"
	"rapport/internal/ledger/vouchers"
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
	alarms.Alarms
	notifications.Notifications
	ownership.Ownership
	vouchers.Settlements
	History
	Retention
}

type (
	// A Planner writes down what is owed.
	Planner struct{ *store }
	// A Queue hands out what is to be done, and takes down what came of it.
	Queue struct{ *store }
	// An Operator decides what no program can.
	Operator struct{ *store }
	// History is what was promised and what happened.
	History struct{ *store }
	// Retention removes what is old.
	Retention struct{ *store }
)

// A store is the database and this process's part in it.
type store struct {
	options Options
	db      *database.DB
	process *processes.Process

	mu    sync.Mutex
	alone io.Closer // from ServeAlone on
}

// Open opens the ledger that a backend keeps, and makes it when absent. Errors are Unusable,
// or may be over when tried again.
func Open(ctx context.Context, b database.Backend, o Options) (*Ledger, error) {
	db, err := database.Open(ctx, b, o.MustExist, frequentStatements)
	if err != nil {
		return nil, err
	}
	s := &store{options: o, db: db, process: &processes.Process{DB: db, Now: o.Now, Host: o.Host, LeaseDivisor: o.LeaseDivisor}}
	b.KeepReserve()
	if commits := b.Restored(); commits > 0 {
		if err := s.noteRestore(ctx, commits); err != nil {
			return nil, errors.Join(err, db.SQL.Close())
		}
	}
	l := &Ledger{
		s, Planner{s}, Queue{s}, Operator{s}, alarms.Of(db, s.process), notifications.Of(db, s.process), ownership.Of(db, ofDelivery), vouchers.Of(db), History{s}, Retention{s},
	}
	if err := series.Reconstruct(ctx, l.Read, l.Write); err != nil {
		return nil, errors.Join(err, db.SQL.Close())
	}
	return l, nil
}

// Close ends the hold. Claims that were not given back are a dead process's from then on.
func (l *Ledger) Close() error {
	err := l.process.End()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.alone != nil {
		err = errors.Join(err, l.alone.Close())
	}
	l.alone = nil
	return errors.Join(err, l.db.SQL.Close(), l.db.Backend.Close())
}

// ProveLease fails when this process has given no sign of life for so long that others may soon
// take it for dead: what cannot be taken back is not to be done then. It asks nobody.
func (l *Ledger) ProveLease() error { return l.process.ProveLease() }

// ClockAhead is how far the clock of a machine is ahead of that of the database which it shares
// with others; 0 where it shares it with none.
func (l *Ledger) ClockAhead(ctx context.Context) (time.Duration, error) {
	return l.process.ClockAhead(ctx)
}

// Register shows that this process is there to whom it shares the ledger with, before it has
// claimed anything.
func (l *Ledger) Register(ctx context.Context) error { return l.process.Register(ctx) }

// Database is where the ledger is kept, for those that try how it is written.
func (l *Ledger) Database() *database.DB { return l.db }

// Check says whether the ledger is in its place and can be read. It writes nothing: who asks
// often would keep those waiting who have something to write.
func (l *Ledger) Check(ctx context.Context) error {
	if err := l.db.Backend.Intact(); err != nil {
		return err
	}
	return l.db.Read(ctx, func(t database.Tx) error {
		commits := 0
		return t.Row([]any{&commits}, `SELECT coalesce(sum(commits), 0) FROM commit_count`)
	})
}

// ServeAlone makes this process the ledger's one daemon; a *LockedError names another that is.
func (l *Ledger) ServeAlone() (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.alone == nil {
		l.alone, err = l.db.Backend.ServeAlone(l.options.Host)
	}
	return err
}
