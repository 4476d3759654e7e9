package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"rapport/internal/ledger"
)

func claims() []part {
	return []part{
		{"of many who claim a row one gets it", oneGetsIt},
		{"eight workers share many deliveries and none comes twice", noneTwice},
		{"who holds a row is named", holderNamed},
		{"two who plan at once plan each period once", plannedByTwo},
	}
}

// race runs all at once and gives how many succeeded; the others must say held or over.
func race(b *bench, all ...func() error) (won int) {
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

func oneGetsIt(b *bench) {
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

func noneTwice(b *bench) {
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
				_, err := l.ClaimDelivery(ctx, id)
				var locked *ledger.LockedError
				if errors.Is(err, ledger.ErrOver) || errors.As(err, &locked) {
					continue
				}
				if err == nil {
					err = l.Finish(ctx, id, ledger.Result{At: at, State: ledger.Sent})
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

func holderNamed(b *bench) {
	ctx := context.Background()
	x, y := b.ledger(), b.ledger()
	id := b.made(x, due("a", 1), "a@x.no")[0].ID
	_, err := x.ClaimDelivery(ctx, id)
	b.must(err)
	_, err = y.ClaimDelivery(ctx, id)
	var locked *ledger.LockedError
	if !errors.As(err, &locked) || locked.Host != host || locked.PID != os.Getpid() {
		b.Errorf("who holds it: %v", err)
	}
	equal(b, "seen by the other", b.delivery(y, id).Claimed, true)
}

func plannedByTwo(b *bench) {
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
