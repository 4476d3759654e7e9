package ledger

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"rapport/internal/ledger/heartbeat"
)

// A process is one program that claims. It lives while it is present in the backend, which
// ends with the program, however that ends.
type process struct {
	id       string
	presence io.Closer
}

// lease is how long a process on another machine, whose lock cannot be seen here, may be silent.
// It is longer than any message takes to be sent: proof and the wait at the dot together.
const lease = 20 * time.Minute

// proof is how old the last sign of life of a process may be that still ends a message.
const proof = 8 * time.Minute

// thisProcess registers this process at its first claim.
func (l *store) thisProcess() (*process, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.process != nil {
		return l.process, nil
	}
	id := strings.ToLower(rand.Text())
	presence, err := l.backend.Enter(id)
	if err != nil {
		return nil, err
	}
	l.process = &process{id: id, presence: presence}
	return l.process, nil
}

var errBuried = errors.New("others took this process for dead")

// bury gives this process another id at its next claim: one that others took for dead is never used again.
func (l *store) bury(id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.process
	if p == nil || p.id != id {
		return nil
	}
	l.process = nil
	return errors.Join(p.presence.Close(), l.backend.Leave(id))
}

// processID is the id that this process claims by, "" before its first claim.
func (l *store) processID() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.process == nil {
		return ""
	}
	return l.process.id
}

// insertProcess registers a process, or gives a sign of life of one that was silent for a while.
func insertProcess(d Dialect) string {
	return fmt.Sprintf(`INSERT INTO process (id, host, pid, machine, started_at, heartbeat_at) VALUES (?, ?, ?, ?, %s, %s)
	ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at WHERE process.heartbeat_at < excluded.heartbeat_at - %d`,
		d.Clock, d.Clock, heartbeatEvery.Milliseconds())
}

// claim runs do, once this process has its row.
func (l *store) claim(ctx context.Context, do func(t tx, process string) error) error {
	p, err := l.thisProcess()
	if err != nil {
		return err
	}
	began, spoke := l.options.Now(), false
	mayBeBuried := l.heart.IsOf(p.id) && l.heart.Prove(l.lease(proof), began) != nil
	err = l.writeGrouped(ctx, func(t tx) error {
		if known := 0; mayBeBuried {
			if err := t.row([]any{&known}, `SELECT count(*) FROM process WHERE id = ?`, p.id); err != nil || known == 0 {
				return cmp.Or(err, errBuried)
			}
		}
		now := millis(l.options.Now())
		n, err := t.exec(insertProcess(t.d), p.id, l.options.Host, os.Getpid(), t.d.Machine, now, now)
		if spoke = n > 0; err != nil {
			return err
		}
		return do(t, p.id)
	})
	if errors.Is(err, errBuried) {
		if err := l.bury(p.id); err != nil {
			return err
		}
		return l.claim(ctx, do)
	}
	if err == nil {
		if spoke {
			l.heart.Confirm(p.id, began)
		}
		l.heart.Start(l.rhythm())
	}
	return err
}

// lease is how long of the lease's time there is; a test has less.
func (l *store) lease(of time.Duration) time.Duration {
	return of / time.Duration(max(l.options.LeaseDivisor, 1))
}

// ProveLease fails when this process has given no sign of life for so long that others may soon
// take it for dead: what cannot be taken back is not to be done then. It asks nobody.
func (l Queue) ProveLease() error { return l.heart.Prove(l.lease(proof), l.options.Now()) }

// claimsSomething is true of a process that has claimed a row which was not given back.
const claimsSomething = `(EXISTS (SELECT 1 FROM period WHERE claimed_by = process.id)
	OR EXISTS (SELECT 1 FROM delivery WHERE claimed_by = process.id)
	OR EXISTS (SELECT 1 FROM alarm WHERE claimed_by = process.id)
	OR EXISTS (SELECT 1 FROM notification WHERE claimed_by = process.id))`

// endProcess takes the row and the presence away, when nothing is claimed any more. What
// is stays claimed by a process that is dead.
func (l *store) endProcess() error {
	if l.process == nil {
		return nil
	}
	left := 0
	var err error
	if l.heart.Begun() { // else it never got a row
		err = l.write(context.Background(), func(t tx) error {
			if _, err := t.exec(`DELETE FROM process WHERE id = ? AND NOT `+claimsSomething, l.process.id); err != nil {
				return err
			}
			return t.row([]any{&left}, `SELECT count(*) FROM process WHERE id = ?`, l.process.id)
		})
	}
	if left == 0 && err == nil {
		err = l.backend.Leave(l.process.id)
	}
	return errors.Join(err, l.process.presence.Close())
}

// heartbeatEvery is how often a process that has claimed something says that it lives, for
// machines that cannot see its lock, and beatEvery how often one of several machines does so,
// whatever it has: much more often than the lease ends.
const (
	heartbeatEvery = time.Minute
	beatEvery      = 15 * time.Second
)

// rhythm is how this process says that it lives: where a ledger is shared for as long as it is
// open, else until nothing is claimed any more. A fetch that takes longer than the lease so never
// looks dead.
func (l *store) rhythm() heartbeat.Rhythm {
	r := heartbeat.Rhythm{Every: heartbeatEvery, Beat: l.heartbeat}
	if l.dialect.Machine != "" {
		r.Every, r.AtOnce = l.lease(beatEvery), true
	}
	return r
}

// heartbeat says that this process lives. With nothing claimed it writes nothing, but where
// several machines share the ledger.
func (l *store) heartbeat(ctx context.Context) error {
	l.backend.KeepReserve()
	process := l.processID()
	if l.dialect.Machine != "" {
		return l.sharedBeat(ctx, process)
	}
	began := l.options.Now()
	err := l.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE process SET heartbeat_at = `+t.d.Clock+` WHERE id = ?
			AND `+claimsSomething, millis(l.options.Now()), process)
		if err == nil && n == 0 {
			err = heartbeat.ErrRest
		}
		return err
	})
	if err == nil {
		l.heart.Confirm(process, began)
	}
	return err
}

// shared is the database as its machines see each other in it.
func (l *store) shared() heartbeat.Shared {
	return heartbeat.Shared{DB: l.db, As: l.dialect.Placeholders, Clock: l.dialect.Clock, Now: l.options.Now}
}

// sharedBeat says that this process lives, and learns which machines do.
func (l *store) sharedBeat(ctx context.Context, process string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*beatEvery)
	defer cancel()
	began := l.options.Now()
	known, machines, err := l.shared().Say(ctx, process, 4*l.lease(beatEvery))
	if !known && err == nil {
		return l.bury(process)
	}
	if !known {
		return err
	}
	l.heart.Confirm(process, began)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.machines = machines
	return err
}

// ClockAhead is how far the clock of a machine is ahead of that of the database which it shares
// with others; 0 where it shares it with none.
func (l Planner) ClockAhead(ctx context.Context) (ahead time.Duration, err error) {
	if l.dialect.Machine != "" {
		ahead, err = l.shared().ClockAhead(ctx)
	}
	return ahead, wrap(l.dialect.Explain(err), "clock of the ledger")
}

// Register shows that this process is there to whom it shares the ledger with, before it has
// claimed anything.
func (l *Ledger) Register(ctx context.Context) error {
	if l.dialect.Machine == "" || l.processID() != "" {
		return nil
	}
	return l.claim(ctx, func(tx, string) error { return nil })
}
