// Package machines is what the machines that share a ledger know of each other: which there are,
// what their processes hold, which of them say nothing any more, whose clock is wrong, and which
// reports their configurations have. It refuses to take anything from a process that may live,
// and to end one that gives signs of life.
package machines

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/database"
)

// A State is what others may think of a process.
type State string

// The states.
const (
	Alive   State = "alive"
	Suspect State = "suspect" // its session has ended; what it has not begun is free
	Dead    State = "dead"    // what it was sending is uncertain once somebody looks
	Mute    State = "mute"    // it has its session, and gives no sign of life: it is stopped, or hangs
)

// A Process is one program that has claimed something, or is ready to.
type Process struct {
	ID, Machine, Host  string
	PID                int
	State              State
	Started, Heartbeat time.Time // by the ledger's clock
	Silent             time.Duration
	ClockAhead         time.Duration // of its machine's clock, as it measured
	Periods            int           // that it is making
	Deliveries         int           // that it has claimed and not begun to send
	Sending            int
	Alarms             int // and notifications, that it is telling
}

// A Machine is one that has a process, or noted its reports lately.
type Machine struct {
	ID, Host  string
	Processes []Process
	Configs   []string  // whose reports it has noted
	Noted     time.Time // when it did so last
}

const selectProcesses = `SELECT id, machine, host, pid, started_at, heartbeat_at, clock_ahead,
	(SELECT count(*) FROM period WHERE claimed_by = process.id),
	(SELECT count(*) FROM delivery WHERE claimed_by = process.id AND state <> 'sending'),
	(SELECT count(*) FROM delivery WHERE claimed_by = process.id AND state = 'sending'),
	(SELECT count(*) FROM alarm WHERE claimed_by = process.id) + (SELECT count(*) FROM notification WHERE claimed_by = process.id)
	FROM process ORDER BY host, machine, started_at, id`

// List gives all machines of an account's ledger with their processes. Now is this machine's.
func List(ctx context.Context, l *ledger.Ledger, account string, now time.Time) (all []Machine, err error) {
	err = l.Read(ctx, func(t ledger.Tx) error {
		all = nil
		byID := func(id, host string) *Machine {
			i := slices.IndexFunc(all, func(m Machine) bool { return m.ID == id && (id != "" || m.Host == host) })
			if i < 0 {
				all, i = append(all, Machine{ID: id, Host: host}), len(all)
			}
			all[i].Host = cmp.Or(all[i].Host, host)
			return &all[i]
		}
		processes, err := readProcesses(t, l, now)
		if err != nil {
			return err
		}
		for _, p := range processes {
			m := byID(p.Machine, p.Host)
			m.Processes = append(m.Processes, p)
		}
		return t.Each(func(columns func(dest ...any) error) error {
			var id, config string
			var noted time.Time
			if err := columns(&id, &config, &noted); err != nil {
				return err
			}
			m := byID(id, "")
			m.Configs = append(m.Configs, config)
			if noted.After(m.Noted) {
				m.Noted = noted
			}
			return nil
		}, `SELECT machine, config, noted_at FROM report_note WHERE account = ? ORDER BY machine, config`, account)
	})
	if err != nil {
		return nil, fmt.Errorf("machines: %w", err)
	}
	return all, nil
}

func readProcesses(t ledger.Tx, l *ledger.Ledger, own time.Time) (all []Process, err error) {
	now, err := t.Now(own)
	if err != nil {
		return nil, err
	}
	err = t.Each(func(columns func(dest ...any) error) error {
		var p Process
		var ahead int64
		err := columns(&p.ID, &p.Machine, &p.Host, &p.PID, &p.Started, &p.Heartbeat, &ahead, &p.Periods, &p.Deliveries, &p.Sending, &p.Alarms)
		p.ClockAhead, p.Silent = time.Duration(ahead)*time.Millisecond, max(now.Sub(p.Heartbeat), 0)
		all = append(all, p)
		return err
	}, selectProcesses)
	for i := range all {
		if err == nil {
			err = all[i].look(l)
		}
	}
	return all, err
}

// look finds out the state of a process.
func (p *Process) look(l *ledger.Ledger) error {
	life, err := l.Presence().Look(p.ID)
	overdue := p.Silent >= l.Lease()
	switch {
	case life == database.Alive && l.Machine() != "" && p.Silent >= 2*l.Lease():
		p.State = Mute
	case life == database.Alive:
		p.State = Alive
	case life == database.Dead, overdue, life == database.Unseen && p.Host == l.Host():
		p.State = Dead
	default:
		p.State = Suspect
	}
	return err
}

// A RefusedError says why a process cannot be ended.
type RefusedError struct {
	ID      string
	State   State // "": there is none
	Until   time.Duration
	Several bool // that the id may mean
}

func (e *RefusedError) Error() string {
	switch {
	case e.Several:
		return fmt.Sprintf("the id is that of several processes, as %s: give all of it", e.ID)
	case e.State == Alive:
		return fmt.Sprintf("process %s is alive: stop it on its machine", e.ID)
	case e.State == Suspect:
		return fmt.Sprintf("process %s may still be sending: it counts as dead in %s, by itself", e.ID, e.Until.Round(time.Second))
	}
	return fmt.Sprintf("there is no process %s", e.ID)
}

// End takes from a process that is dead what it had, and from one that is mute its session
// first. The id may be cut off. Any other is a *RefusedError.
func End(ctx context.Context, l *ledger.Ledger, account, id string, now time.Time) (ledger.Reaped, error) {
	all, err := List(ctx, l, account, now)
	if err != nil {
		return ledger.Reaped{}, err
	}
	refused := &RefusedError{ID: id}
	for _, m := range all {
		for _, p := range m.Processes {
			if strings.HasPrefix(p.ID, id) {
				if refused.Several = refused.State != ""; refused.Several {
					return ledger.Reaped{}, refused
				}
				refused.ID, refused.State, refused.Until = p.ID, p.State, l.Lease()-p.Silent
			}
		}
	}
	switch refused.State {
	case Mute:
		if err := l.Presence().EndSession(refused.ID); err != nil {
			return ledger.Reaped{}, fmt.Errorf("process %s: end: %w", id, err)
		}
	case Dead:
	default:
		return ledger.Reaped{}, refused
	}
	return l.Reap(ctx)
}
