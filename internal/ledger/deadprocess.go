package ledger

import (
	"context"
	"fmt"
	"time"
)

const diedSending = "the process died while it was sending; the relay may have it"

// Reap frees the claims of processes that are dead. What they were making is owed, with
// the crash counted; what they were sending is uncertain; the alarms that they were mailing are
// pending.
func (l *Ledger) Reap(ctx context.Context) (Reaped, error) {
	var dead []string
	look := func(t tx) (err error) {
		dead, err = l.deadProcesses(t)
		return err
	}
	if err := l.read(ctx, look); err != nil {
		return Reaped{}, fmt.Errorf("reap: %w", err)
	}
	if len(dead) == 0 {
		return Reaped{}, nil
	}
	var freed Reaped
	err := l.write(ctx, func(t tx) error {
		if err := look(t); err != nil { // one that was silent may have spoken
			return err
		}
		freed = Reaped{}
		for _, id := range dead {
			if err := releaseClaims(t, id, &freed); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Reaped{}, fmt.Errorf("reap: %w", err)
	}
	for _, id := range dead {
		if err := l.backend.Leave(id); err != nil {
			return freed, fmt.Errorf("reap: %w", err)
		}
	}
	return freed, nil
}

func releaseClaims(t tx, process string, freed *Reaped) error {
	n, err := t.exec(`UPDATE period SET claimed_by = NULL, claim = NULL WHERE claimed_by = ?`, process)
	if err != nil {
		return err
	}
	freed.Periods += int(n)
	sending, err := collect(t, scanDelivery, selectDeliveries+` WHERE d.claimed_by = ? AND d.state = 'sending' ORDER BY d.id`, process)
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
	n, err = t.exec(`UPDATE delivery SET claimed_by = NULL, claim = NULL WHERE claimed_by = ?`, process)
	if err != nil {
		return err
	}
	freed.Deliveries += int(n) + len(sending)
	_, err = t.exec(`UPDATE alarm SET claimed_by = NULL, claim = NULL, notifying = 0 WHERE claimed_by = ?`, process)
	if err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM process WHERE id = ?`, process)
	return err
}

// deadProcesses gives the ids of the processes that are dead.
func (l *store) deadProcesses(t tx) (ids []string, err error) {
	type row struct {
		id, host string
		beat     time.Time
	}
	others, err := collect(t, func(s scanner) (r row, err error) {
		return r, s.Scan(&r.id, &r.host, instant{&r.beat})
	}, `SELECT id, host, heartbeat_at FROM process WHERE id <> ? ORDER BY id`, l.processID())
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		alive, known, err := l.backend.Alive(o.id)
		if err != nil {
			return nil, err
		}
		if !known { // a process on this machine can be seen before it has its row
			alive = o.host != l.options.Host && l.options.Now().Sub(o.beat) < lease
		}
		if !alive {
			ids = append(ids, o.id)
		}
	}
	return ids, nil
}
