package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"rapport/internal/ledger"
)

func claims() []part {
	return []part{
		{"of many who claim a row one gets it", oneGetsIt},
		{"eight workers share many deliveries and none comes twice", noneTwice},
		{"who holds a row is named", holderNamed},
		{"who lost a claim cannot write, though its own process has the row again", fenced},
		{"two who plan at once plan each period once", plannedByTwo},
	}
}

// race runs all at once and gives how many succeeded; the others must say held or over.
func race(b *fixture, all ...func() error) (won int) {
	var done sync.WaitGroup
	gate := make(chan struct{})
	errs := make([]error, len(all))
	for i, one := range all {
		done.Go(func() {
			<-gate
			errs[i] = one()
		})
	}
	close(gate)
	done.Wait()
	for _, err := range errs {
		if err == nil {
			won++
		} else if got := errorName(err); got != "locked" && got != "over" {
			b.Errorf("who lost: %v", err)
		}
	}
	return won
}

func oneGetsIt(b *fixture) {
	ctx := context.Background()
	x, y := b.ledger(), b.ledger()
	for day := range 20 {
		row := due("a", day)
		id := b.plan(x, row)[0].ID
		claim := func(l *ledger.Ledger) func() error {
			return func() error { _, err := l.ClaimPeriod(ctx, id); return err }
		}
		equal(b, "claims of a period", race(b, claim(x), claim(y), claim(x), claim(y)), 1)
	}
	for day := range 20 {
		id := b.made(x, due("b", day), "a@x.no")[0].ID
		claim := func(l *ledger.Ledger) func() error {
			return func() error { _, err := l.ClaimDelivery(ctx, id); return err }
		}
		equal(b, "claims of a delivery", race(b, claim(x), claim(y), claim(x), claim(y)), 1)
	}
}

func noneTwice(b *fixture) {
	ctx := context.Background()
	ledgers := []*ledger.Ledger{b.ledger(), b.ledger()}
	var recipients []string
	for i := range crowd {
		recipients = append(recipients, fmt.Sprintf("r%04d@x.no", i))
	}
	rows := b.made(ledgers[0], due("a", 1), recipients...)
	at := b.now()
	var mu sync.Mutex
	times := map[int64]int{}
	var workers sync.WaitGroup
	for w := range 8 {
		l := ledgers[w%len(ledgers)]
		workers.Go(func() {
			for i := range rows {
				// Pairs of workers of both ledgers start together at the same row.
				id := rows[(i+w/2*len(rows)/4)%len(rows)].ID
				d, err := l.ClaimDelivery(ctx, id)
				var locked *ledger.LockedError
				if errors.Is(err, ledger.ErrOver) || errors.As(err, &locked) {
					continue
				}
				if err == nil {
					err = l.Finish(ctx, d.Claim, ledger.Result{At: at, State: ledger.Sent})
				}
				if err != nil {
					b.Error(err)
					return
				}
				mu.Lock()
				times[id]++
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	for _, row := range rows {
		equal(b, "times that "+row.Recipient+" was done", times[row.ID], 1)
	}
	stats, err := ledgers[0].Stats(ctx, account)
	b.must(err)
	equal(b, "attempts", stats.Attempts, crowd)
}

func holderNamed(b *fixture) {
	ctx := context.Background()
	x, y := b.ledger(), b.ledger()
	id := b.made(x, due("a", 1), "a@x.no")[0].ID
	b.claimDelivery(x, id)
	_, err := y.ClaimDelivery(ctx, id)
	var locked *ledger.LockedError
	if !errors.As(err, &locked) || locked.Host != host || locked.PID != os.Getpid() {
		b.Errorf("who holds it: %v", err)
	}
	equal(b, "seen by the other", b.delivery(y, id).Claimed, true)
}

// fenced: a goroutine that was stalled must not write under the claim of another one.
func fenced(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	row := due("a", 1)
	id := b.plan(l, row)[0].ID
	stale := b.claimPeriod(l, id)
	b.must(l.ReturnPeriod(ctx, stale))
	claim := b.claimPeriod(l, id)
	before := b.period(l, row.Key)
	for what, err := range map[string]error{
		"record":   l.RecordMade(ctx, stale, ledger.MadePeriod{At: b.now()}),
		"postpone": l.PostponePeriod(ctx, stale, ledger.Postponed{State: ledger.Failed}),
		"return":   l.ReturnPeriod(ctx, stale),
		"no token": l.ReturnPeriod(ctx, ledger.Claim{Row: id}),
	} {
		if errorName(err) != "lost" {
			b.Errorf("%s under a claim that was given back: %v", what, err)
		}
	}
	equal(b, "the period", b.period(l, row.Key), before)
	b.must(l.RecordMade(ctx, claim, ledger.MadePeriod{At: b.now(), Deliveries: []ledger.NewDelivery{frozen("m", "a@x.no")}}))
	all, err := l.Unsent(ctx, account)
	b.must(err)
	d := all[0]
	stale = b.claimDelivery(l, d.ID)
	b.must(l.ReturnDelivery(ctx, stale))
	claim = b.claimDelivery(l, d.ID)
	was := b.delivery(l, d.ID)
	for what, err := range map[string]error{
		"mark sending": l.MarkSending(ctx, stale, b.now()),
		"finish":       l.Finish(ctx, stale, ledger.Result{At: b.now(), State: ledger.Sent}),
		"refreeze":     l.Refreeze(ctx, stale, frozen("other", "a@x.no")),
		"return":       l.ReturnDelivery(ctx, stale),
		"no token":     l.Finish(ctx, ledger.Claim{Row: d.ID}, ledger.Result{At: b.now(), State: ledger.Sent}),
	} {
		if errorName(err) != "lost" {
			b.Errorf("%s under a claim that was given back: %v", what, err)
		}
	}
	equal(b, "the delivery", b.delivery(l, d.ID), was)
	b.must(l.MarkSending(ctx, claim, b.now()))
	b.must(l.Finish(ctx, claim, ledger.Result{At: b.now(), State: ledger.Sent}))
}

func plannedByTwo(b *fixture) {
	ledgers := []*ledger.Ledger{b.ledger(), b.ledger()}
	var rows []ledger.Planned
	for day := range 100 {
		rows = append(rows, due("a", day))
	}
	counts := make([]int, len(ledgers))
	var both sync.WaitGroup
	for i, l := range ledgers {
		both.Go(func() {
			for _, row := range rows {
				added, err := l.Plan(context.Background(), []ledger.Planned{row})
				if err != nil {
					b.Error(err)
				}
				counts[i] += len(added)
			}
		})
	}
	both.Wait()
	equal(b, "added by both", counts[0]+counts[1], len(rows))
}

func suspects() []part {
	return []part{
		{"a period over which three processes died is left alone, and the operator is to hear", leftAlone},
		{"in a test it is left alone for less", leftAloneBriefly},
	}
}

func leftAlone(b *fixture) { leftAloneFor(b, 0, time.Hour) }

// leftAloneBriefly: in a test the pause is shorter, as leases are.
func leftAloneBriefly(b *fixture) { leftAloneFor(b, 60, time.Minute) }

func leftAloneFor(b *fixture, divisor int, first time.Duration) {
	ctx := context.Background()
	now := start()
	open := func() *ledger.Ledger {
		return b.open(b.T, ledger.Options{Now: func() time.Time { return now }, Host: host, LeaseDivisor: divisor})
	}
	l := open()
	b.plan(l, due("poison", 0), due("good", 0))
	everything := func() ledger.Ready {
		return ledger.Ready{Account: account, Config: config, Now: now.AddDate(1, 0, 0)} // whatever somebody's --now is
	}
	claim := func(l *ledger.Ledger) string {
		b.Helper()
		batch, err := l.ClaimNextPeriods(ctx, everything(), 1, func(p ledger.Period) any { return p.ID })
		b.must(err)
		return texts(batch, func(p ledger.Period) string { return p.Report })
	}
	b.must(l.Close())
	for crash := range 5 {
		l = open()
		_, err := l.Reap(ctx)
		b.must(err)
		b.must(l.TryNow(ctx, everything()))
		if crash == 0 {
			equal(b, "first", claim(l), "[good]")
		}
		equal(b, fmt.Sprint("after ", crash, " crashes"), claim(l), "[poison]")
		b.must(l.Close())
		l = open()
		_, err = l.Reap(ctx)
		b.must(err)
		if crash == 0 { // the good one is made in the end
			batch, err := l.ClaimNextPeriods(ctx, ledger.Ready{Account: account, Config: config, Now: now, Reports: []string{"good"}}, 1, func(p ledger.Period) any { return p.ID })
			b.must(err)
			b.must(l.RecordMade(ctx, batch[0].Claim, ledger.MadePeriod{At: now}))
		}
		if crash < 2 {
			b.must(l.Close())
			continue
		}
		b.must(l.TryNow(ctx, everything()))
		equal(b, "left alone", claim(l), "[]")
		next, ok, err := l.NextTry(ctx, everything())
		b.must(err)
		wait := first << (crash - 2)
		if !ok || !next.Equal(now.Add(wait)) {
			b.Errorf("after %d crashes the next try is %v (%v), want in %v", crash+1, next, ok, wait)
		}
		alarms, err := l.OpenAlarms(ctx, account)
		b.must(err)
		equal(b, "alarm", texts(alarms, func(a ledger.Alarm) string { return fmt.Sprint(a.Kind, a.Args[:3]) }), fmt.Sprintf("[crash[poison 2026-11-19 %d]]", crash+1))
		b.must(l.Close())
		now = now.Add(wait)
	}
}
