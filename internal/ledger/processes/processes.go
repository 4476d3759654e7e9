// Package processes knows the programs that share a ledger: which of them claims by which id, and that
// it lives. It refuses to let one claim that others took for dead, and frees no claim itself.
package processes

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/heartbeat"
)

// A Process is this program's part in a ledger.
type Process struct {
	DB           *database.DB
	Now          func() time.Time // the real clock, for heartbeats and leases only
	Host         string           // this machine's name
	LeaseDivisor int              // leases and signs of life are so much shorter, for tests; 0: they are not

	heart heartbeat.Heart

	mu       sync.Mutex
	own      *process // from the first claim on
	machines []string // that gave a sign of life lately, of a ledger that several share
}

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
func (p *Process) thisProcess() (*process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.own != nil {
		return p.own, nil
	}
	id := strings.ToLower(rand.Text())
	presence, err := p.DB.Backend.Enter(id)
	if err != nil {
		return nil, err
	}
	p.own = &process{id: id, presence: presence}
	return p.own, nil
}

var errBuried = errors.New("others took this process for dead")

// bury gives this process another id at its next claim: one that others took for dead is never used again.
func (p *Process) bury(id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	gone := p.own
	if gone == nil || gone.id != id {
		return nil
	}
	p.own = nil
	return errors.Join(gone.presence.Close(), p.DB.Backend.Leave(id))
}

// ID is the id that this process claims by, "" before its first claim.
func (p *Process) ID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.own == nil {
		return ""
	}
	return p.own.id
}

// InsertProcess registers a process, or gives a sign of life of one that was silent for a while.
func InsertProcess(d database.Dialect) string {
	return fmt.Sprintf(`INSERT INTO process (id, host, pid, machine, started_at, heartbeat_at) VALUES (?, ?, ?, ?, %s, %s)
	ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at WHERE process.heartbeat_at < excluded.heartbeat_at - %d`,
		d.Clock, d.Clock, heartbeatEvery.Milliseconds())
}

// Claim runs do, once this process has its row.
func (p *Process) Claim(ctx context.Context, do func(t database.Tx, process string) error) error {
	this, err := p.thisProcess()
	if err != nil {
		return err
	}
	began, spoke := p.Now(), false
	mayBeBuried := p.heart.IsOf(this.id) && p.heart.Prove(p.Share(proof), began) != nil
	err = p.DB.WriteGrouped(ctx, func(t database.Tx) error {
		if known := 0; mayBeBuried {
			if err := t.Row([]any{&known}, `SELECT count(*) FROM process WHERE id = ?`, this.id); err != nil || known == 0 {
				return cmp.Or(err, errBuried)
			}
		}
		now := database.Millis(p.Now())
		n, err := t.Exec(InsertProcess(t.Dialect), this.id, p.Host, os.Getpid(), t.Dialect.Machine, now, now)
		if spoke = n > 0; err != nil {
			return err
		}
		return do(t, this.id)
	})
	if errors.Is(err, errBuried) {
		if err := p.bury(this.id); err != nil {
			return err
		}
		return p.Claim(ctx, do)
	}
	if err == nil {
		if spoke {
			p.heart.Confirm(this.id, began)
		}
		p.heart.Start(p.rhythm())
	}
	return err
}

// Lease is how long a process may be silent until it counts as dead.
func (p *Process) Lease() time.Duration { return p.Share(lease) }

// Share is how long of a time by the lease there is; a test has less.
func (p *Process) Share(of time.Duration) time.Duration {
	return of / time.Duration(max(p.LeaseDivisor, 1))
}

// ProveLease fails when this process has given no sign of life for so long that others may soon
// take it for dead: what cannot be taken back is not to be done then. It asks nobody.
func (p *Process) ProveLease() error { return p.heart.Prove(p.Share(proof), p.Now()) }

// claimsSomething is true of a process that has claimed a row which was not given back.
const claimsSomething = `(EXISTS (SELECT 1 FROM period WHERE claimed_by = process.id)
	OR EXISTS (SELECT 1 FROM delivery WHERE claimed_by = process.id)
	OR EXISTS (SELECT 1 FROM alarm WHERE claimed_by = process.id)
	OR EXISTS (SELECT 1 FROM notification WHERE claimed_by = process.id))`

// End takes the row and the presence away, when nothing is claimed any more. What
// is stays claimed by a process that is dead.
func (p *Process) End() error {
	p.heart.Stop()
	p.mu.Lock()
	own := p.own
	p.mu.Unlock() // a write that is under way may ask who we are, and ours waits for its end
	if own == nil {
		return nil
	}
	left := 0
	var err error
	if p.heart.Begun() { // else it never got a row
		err = p.DB.Write(context.Background(), func(t database.Tx) error {
			if _, err := t.Exec(`DELETE FROM process WHERE id = ? AND NOT `+claimsSomething, own.id); err != nil {
				return err
			}
			return t.Row([]any{&left}, `SELECT count(*) FROM process WHERE id = ?`, own.id)
		})
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.own != own {
		return err // somebody else ended it meanwhile
	}
	p.own = nil
	if left == 0 && err == nil {
		err = p.DB.Backend.Leave(own.id)
	}
	return errors.Join(err, own.presence.Close())
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
func (p *Process) rhythm() heartbeat.Rhythm {
	r := heartbeat.Rhythm{Every: heartbeatEvery, Beat: p.heartbeat}
	if p.DB.Dialect.Machine != "" {
		r.Every, r.AtOnce = p.Share(beatEvery), true
	}
	return r
}

// heartbeat says that this process lives. With nothing claimed it writes nothing, but where
// several machines share the ledger.
func (p *Process) heartbeat(ctx context.Context) error {
	p.DB.Backend.KeepReserve()
	process := p.ID()
	if p.DB.Dialect.Machine != "" {
		return p.sharedBeat(ctx, process)
	}
	began := p.Now()
	err := p.DB.Write(ctx, func(t database.Tx) error {
		n, err := t.Exec(`UPDATE process SET heartbeat_at = `+t.Dialect.Clock+` WHERE id = ?
			AND `+claimsSomething, database.Millis(p.Now()), process)
		if err == nil && n == 0 {
			err = heartbeat.ErrRest
		}
		return err
	})
	if err == nil {
		p.heart.Confirm(process, began)
	}
	return err
}

// shared is the database as its machines see each other in it.
func (p *Process) shared() heartbeat.Shared {
	return heartbeat.Shared{DB: p.DB.SQL, As: p.DB.Dialect.Placeholders, Clock: p.DB.Dialect.Clock, Now: p.Now}
}

// sharedBeat says that this process lives, and learns which machines do.
func (p *Process) sharedBeat(ctx context.Context, process string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*beatEvery)
	defer cancel()
	began := p.Now()
	known, machines, err := p.shared().Say(ctx, process, 4*p.Share(beatEvery))
	if !known && err == nil {
		return p.bury(process)
	}
	if !known {
		return err
	}
	p.heart.Confirm(process, began)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.machines = machines
	return err
}

// ClockAhead is how far the clock of a machine is ahead of that of the database which it shares
// with others; 0 where it shares it with none.
func (p *Process) ClockAhead(ctx context.Context) (ahead time.Duration, err error) {
	if p.DB.Dialect.Machine != "" {
		ahead, err = p.shared().ClockAhead(ctx)
	}
	return ahead, database.Wrap(p.DB.Dialect.Explain(err), "clock of the ledger")
}

// Register shows that this process is there to whom it shares the ledger with, before it has
// claimed anything.
func (p *Process) Register(ctx context.Context) error {
	if p.DB.Dialect.Machine == "" || p.ID() != "" {
		return nil
	}
	return p.Claim(ctx, func(database.Tx, string) error { return nil })
}

// Machines are the ids of those that gave a sign of life lately, of a ledger that several share.
func (p *Process) Machines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.machines
}
