package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"rapport/internal/ledger/database"
	"rapport/internal/ledger/processes"
	"rapport/internal/ledger/rendezvous"
)

const (
	selectCandidates = `SELECT x.id, x.account, x.report, x.from_at, x.to_at, x.name, x.schedule, x.due_at`
	inOrder          = isReady + ` AND x.due_at <= ?` + oneAtATime + ` ORDER BY x.due_at, x.from_at, x.report, x.id LIMIT ?`
	withoutCrash     = ` AND x.crashes = 0` + inOrder
	withCrashes      = ` AND x.crashes > 0` + inOrder
	// lookahead is how many periods are looked at for those that are made together.
	lookahead = 400
)

func scanCandidate(row database.Scanner) (p Period, err error) {
	return p, row.Scan(&p.ID, &p.Account, &p.Report, &p.From, &p.To, &p.Name, &p.Schedule, &p.Due)
}

// claimNext is claim, but that a process which never claimed anything does not begin to, as
// long as nothing is ready: most of what runs has nothing to do.
func (l Queue) claimNext(ctx context.Context, r Ready, do func(t database.Tx, process string) error) error {
	if l.process.ID() == "" {
		next, some, err := l.NextTry(ctx, r)
		if err == nil && (!some || !next.IsZero()) {
			err = errNothingReady
		}
		if err != nil {
			return err
		}
	}
	return l.process.Claim(ctx, do)
}

// ClaimNextPeriods claims the periods that are to be made next, together: the oldest due one
// that is ready, and those soon after it whose key is the same, up to most. Of a report of which
// a period is under way there is none, and never a newer one before an older. One over which a
// process died comes after all others, and alone. Key is called inside of the transaction, with
// what names a period: it must not call the ledger. None is ready: none, without an error.
func (l Queue) ClaimNextPeriods(ctx context.Context, r Ready, most int, key func(Period) any) (batch []Period, err error) {
	r.machine = l.options.Now()
	err = l.claimNext(ctx, r, func(t database.Tx, process string) error {
		batch = nil
		free := r.periods()
		if err := free.letTimePass(t, r.Now); err != nil {
			return err
		}
		next := &together{most: most, key: key, passed: map[string]bool{}, others: l.firstElsewhere(r, key)}
		err := database.Each(t, scanCandidate, next.add, selectCandidates+free.clause+withoutCrash, slices.Concat(free.args, []any{database.Millis(r.Now), lookahead})...)
		if err == nil && len(next.batch) == 0 && next.others != nil { // then what others might have taken by now
			next = &together{most: most, key: key, passed: map[string]bool{}, others: func(p Period) bool { return r.Now.Sub(p.Due) < l.process.Share(comesFirst) }}
			err = database.Each(t, scanCandidate, next.add, selectCandidates+free.clause+withoutCrash, slices.Concat(free.args, []any{database.Millis(r.Now), lookahead})...)
		}
		if err == nil && len(next.batch) == 0 {
			err = database.Each(t, scanCandidate, next.add, selectCandidates+free.clause+withCrashes, slices.Concat(free.args, []any{database.Millis(r.Now), 1})...)
		}
		if err != nil {
			return err
		}
		for _, p := range next.batch {
			if p, err = takePeriod(t, process, processes.NewClaim(p.ID), l.options.Now()); err != nil {
				return err
			}
			batch = append(batch, p)
		}
		if len(batch) == 0 {
			return errNothingReady
		}
		return nil
	})
	if errors.Is(err, errNothingReady) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("next period: claim: %w", err)
	}
	return batch, nil
}

// together is the first of some periods, and those that can be made along with it.
type together struct {
	most   int
	key    func(Period) any
	batch  []Period
	first  any               // its key
	passed map[string]bool   // reports of which an older period is not in the batch
	others func(Period) bool // whether it is left to others; nil: nothing is
}

// comesFirst is how long a period is left to the machine that comes first for it.
const comesFirst = 10 * time.Second

// firstElsewhere tells which periods another of the machines that are alive comes first for, so
// that they do not all reach for the same one: by a hash of each machine and what is asked of the
// source. Nil: this one comes first for all.
func (l Queue) firstElsewhere(r Ready, key func(Period) any) func(Period) bool {
	machines := l.process.Machines()
	if !r.Patient || len(machines) < 2 {
		return nil
	}
	return func(p Period) bool { return rendezvous.First(machines, fmt.Sprint(key(p))) != l.db.Dialect.Machine }
}

// add takes a period in, or passes it by, and tells whether there is room for more.
func (b *together) add(p Period) (more bool) {
	if b.others != nil && b.others(p) {
		b.passed[p.Report] = true
		return true
	}
	key := b.key(p)
	if len(b.batch) == 0 && !b.passed[p.Report] {
		b.first = key
	}
	if b.passed[p.Report] || key != b.first {
		b.passed[p.Report] = true
		return true
	}
	b.batch = append(b.batch, p)
	return len(b.batch) < b.most
}

// inTurn leaves out a message as long as an older one of its report is under way to the same
// recipient: who gets several gets them in their order, and a correction after what it corrects.
const inTurn = ` AND NOT EXISTS (SELECT 1 FROM delivery u JOIN period up ON up.id = u.period_id JOIN period xp ON xp.id = x.period_id
	WHERE u.claimed_by IS NOT NULL AND u.account = x.account AND (u.from_at < x.from_at OR u.from_at = x.from_at AND u.id < x.id) AND up.report = xp.report AND lower(u.recipient) = lower(x.recipient))`

const (
	oldestDelivery     = isReady + inTurn + ` ORDER BY x.due_at, x.from_at, x.id LIMIT 1`
	leastTriedDelivery = isReady + inTurn + ` ORDER BY x.attempts, x.due_at, x.from_at, x.id LIMIT 1`
)

// ClaimNextDelivery claims the message that is to be sent next: the oldest due one that is
// ready, or of those that were tried least the oldest due one, so that no one message keeps a
// relay that may be down from all others. One that follows a message of its report which is
// under way to the same recipient is not ready. None is ready: found is false.
func (l Queue) ClaimNextDelivery(ctx context.Context, r Ready, leastTried bool) (d Delivery, found bool, err error) {
	order := oldestDelivery
	if leastTried {
		order = leastTriedDelivery
	}
	err = l.claimNext(ctx, r, func(t database.Tx, process string) error {
		free := r.deliveries()
		if err := free.letTimePass(t, r.Now); err != nil {
			return err
		}
		var id int64
		err := t.Row([]any{&id}, `SELECT x.id`+free.clause+order+t.Dialect.SkipLocked, free.args...)
		if errors.Is(err, sql.ErrNoRows) {
			return errNothingReady
		}
		if err == nil {
			d, err = takeDelivery(t, process, processes.NewClaim(id))
		}
		return err
	})
	if errors.Is(err, errNothingReady) {
		return Delivery{}, false, nil
	}
	if err != nil {
		return Delivery{}, false, fmt.Errorf("next delivery: claim: %w", err)
	}
	return d, true, nil
}
