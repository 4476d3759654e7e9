package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rapport/internal/ledger/alarms"
	"rapport/internal/ledger/crashes"
	"rapport/internal/ledger/database"
)

const diedSending = "the process died while it was sending; the relay may have it"

// Reap frees the claims of processes that are dead. What they were making is owed, with
// the crash counted; what they were sending is uncertain; the alarms that they were mailing are
// pending.
func (l *Ledger) Reap(ctx context.Context) (Reaped, error) {
	var dead, suspect []string
	look := func(t database.Tx) (err error) {
		dead, suspect, err = l.deadProcesses(t)
		return err
	}
	if err := l.db.Read(ctx, look); err != nil {
		return Reaped{}, fmt.Errorf("reap: %w", err)
	}
	if len(dead)+len(suspect) == 0 {
		return Reaped{}, nil
	}
	var freed Reaped
	err := l.db.Write(ctx, func(t database.Tx) error {
		if err := look(t); err != nil { // one that was silent may have spoken
			return err
		}
		freed = Reaped{}
		for _, id := range suspect {
			if err := l.releaseUnbegun(t, id, l.options.Now(), &freed); err != nil {
				return err
			}
		}
		for _, id := range dead {
			if err := l.releaseClaims(t, id, l.options.Now(), &freed); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Reaped{}, fmt.Errorf("reap: %w", err)
	}
	for _, id := range dead {
		if err := l.db.Backend.Leave(id); err != nil {
			return freed, fmt.Errorf("reap: %w", err)
		}
	}
	return freed, nil
}

// releaseUnbegun frees what a process has claimed and of which nothing can have left it: were it
// alive, its next write would fail, and nothing leaves before that.
func (l *store) releaseUnbegun(t database.Tx, process string, now time.Time, freed *Reaped) error {
	if err := l.suspectPeriods(t, process, now); err != nil {
		return err
	}
	n, err := t.Exec(`UPDATE period SET claimed_by = NULL, claim = NULL WHERE claimed_by = ?`, process)
	if err != nil {
		return err
	}
	freed.Periods += int(n)
	n, err = t.Exec(`UPDATE delivery SET claimed_by = NULL, claim = NULL WHERE claimed_by = ? AND state <> 'sending'`, process)
	freed.Deliveries += int(n)
	return err
}

func (l *store) releaseClaims(t database.Tx, process string, now time.Time, freed *Reaped) error {
	if err := l.releaseUnbegun(t, process, now, freed); err != nil {
		return err
	}
	sending, err := database.Collect(t, scanDelivery, selectDeliveries+` WHERE d.claimed_by = ? AND d.state = 'sending' ORDER BY d.id`, process)
	if err != nil {
		return err
	}
	for _, d := range sending {
		s := Result{At: d.LastTry, State: Uncertain, Answer: diedSending}
		if err := finishRow(t, d, s); err != nil {
			return err
		}
		if d, err = deliveryByID(t, d.ID); err != nil {
			return err
		}
		freed.Uncertain = append(freed.Uncertain, d)
	}
	freed.Deliveries += len(sending)
	for _, table := range []string{`alarm SET notifying = 0,`, `notification SET`} {
		if _, err := t.Exec(`UPDATE `+table+` claimed_by = NULL, claim = NULL WHERE claimed_by = ?`, process); err != nil {
			return err
		}
	}
	_, err = t.Exec(`DELETE FROM process WHERE id = ?`, process)
	return err
}

// deadProcesses gives the ids of the processes that are dead, and of those that are suspect and
// have claimed what can be taken from them.
func (l *store) deadProcesses(t database.Tx) (dead, suspect []string, err error) {
	type row struct {
		id, host string
		silent   int64 // milliseconds since its last heartbeat
		unbegun  bool
	}
	others, err := database.Collect(t, func(s database.Scanner) (r row, err error) {
		return r, s.Scan(&r.id, &r.host, &r.silent, &r.unbegun)
	}, `SELECT id, host, `+t.Dialect.Clock+` - heartbeat_at, `+claimsUnbegun+` FROM process WHERE id <> ? ORDER BY id`, database.Millis(l.options.Now()), l.process.ID())
	if err != nil {
		return nil, nil, err
	}
	for _, o := range others {
		life, err := l.db.Backend.Look(o.id)
		if err != nil {
			return nil, nil, err
		}
		overdue := o.silent >= l.process.Lease().Milliseconds()
		here := o.host == l.options.Host // where a process can be seen before it has its row
		switch {
		case life == database.Dead, life == database.Suspect && overdue, life == database.Unseen && (here || overdue):
			dead = append(dead, o.id)
		case life == database.Suspect && o.unbegun:
			suspect = append(suspect, o.id)
		}
	}
	return dead, suspect, nil
}

// claimsUnbegun is true of a process that has claimed what releaseUnbegun frees.
const claimsUnbegun = `(EXISTS (SELECT 1 FROM period WHERE claimed_by = process.id)
	OR EXISTS (SELECT 1 FROM delivery WHERE claimed_by = process.id AND state <> 'sending'))`

// suspectPeriods leaves alone what a dead process was making, if others died over it before,
// and raises the alarm of it in the same transaction: the next process may not live to do so.
func (l *store) suspectPeriods(t database.Tx, process string, now time.Time) error {
	suspects, err := crashes.LeaveAlone(Tx{t}, process, l.process.Share(crashes.First))
	for _, s := range suspects {
		until := s.Until.Format(time.RFC3339)
		err = errors.Join(err, alarms.Raise(t, Alarm{
			Account: s.Account, Kind: AlarmCrash, Subject: s.Report + " " + s.Name, Raised: now, Args: []string{s.Report, s.Name, fmt.Sprint(s.Crashes), until},
			Text: fmt.Sprintf("%s %s: making it ended the process %d times; it is tried again after %s", s.Report, s.Name, s.Crashes, until),
		}))
	}
	return err
}
