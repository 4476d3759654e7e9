package ledgertest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"rapport/internal/ledger"
)

// competing has workers of two processes make and send until nothing is left.
func competing(b *bench) {
	ctx := context.Background()
	ledgers := []*ledger.Ledger{b.ledger(), b.ledger()}
	reports, days := crowd/40, 4
	var rows []ledger.Planned
	for day := range days {
		for report := range reports {
			rows = append(rows, due(fmt.Sprintf("r%03d", report), day))
		}
	}
	b.plan(ledgers[0], rows...)
	at := b.now()
	var mu sync.Mutex
	made, sent, underWay := map[string][]string{}, map[int64]int{}, map[string]bool{}
	begin := func(batch []ledger.Period) {
		mu.Lock()
		defer mu.Unlock()
		for _, p := range batch {
			if underWay[p.Report] {
				b.Errorf("two periods of %s are under way", p.Report)
			}
			underWay[p.Report] = true
			made[p.Report] = append(made[p.Report], p.Name)
		}
	}
	end := func(p ledger.Period) {
		mu.Lock()
		defer mu.Unlock()
		delete(underWay, p.Report)
	}
	work := func(l *ledger.Ledger) error {
		batch, err := l.ClaimNextPeriods(ctx, everything(), 16, byPeriod)
		if err != nil {
			return err
		}
		begin(batch)
		for _, p := range batch {
			end(p)
			if err := l.RecordMade(ctx, p.Claim, ledger.MadePeriod{At: at, Deliveries: []ledger.NewDelivery{frozen(p.Report+p.Name, "a@x.no"), frozen(p.Report+p.Name, "b@x.no")}}); err != nil {
				return err
			}
		}
		d, found, err := l.ClaimNextDelivery(ctx, everything(), false)
		if err != nil || !found {
			return err
		}
		mu.Lock()
		sent[d.ID]++
		mu.Unlock()
		if err := l.MarkSending(ctx, d.Claim, at); err != nil {
			return err
		}
		return l.Finish(ctx, d.Claim, ledger.Result{At: at, State: ledger.Sent})
	}
	finished := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(sent) == 2*len(rows) || b.Failed()
	}
	var workers sync.WaitGroup
	for w := range 8 {
		workers.Go(func() {
			for !finished() {
				if err := work(ledgers[w%len(ledgers)]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
	for report, names := range made {
		if !slices.IsSorted(names) || len(names) != days {
			b.Errorf("%s was made in the order %s", report, names)
		}
	}
	for id, n := range sent {
		equal(b, fmt.Sprint("times that ", id, " was sent"), n, 1)
	}
	stats, err := ledgers[0].Stats(ctx, account)
	b.must(err)
	equal(b, "numbers", words(stats.Owed, stats.Deliveries, stats.Attempts), words(0, map[ledger.DeliveryState]int{ledger.Sent: 2 * len(rows)}, 2*len(rows)))
}

// drained lets two processes, of which one dies now and then, take what is next and do
// anything with it, and has the last one do the rest.
func drained(b *bench, seed uint64) {
	ctx := context.Background()
	dice := rand.New(rand.NewPCG(seed, 2))
	ledgers := []*ledger.Ledger{b.ledger(), b.ledger()}
	var rows []ledger.Planned
	for day := range 4 {
		for _, report := range []string{"a", "b", "c"} {
			rows = append(rows, due(report, day))
		}
	}
	b.plan(ledgers[0], rows...)
	r := everything()
	periods, deliveries := [2][]ledger.Period{}, [2][]ledger.Delivery{}
	underWay := map[string]int{} // which process makes a report
	for range steps {
		who := dice.IntN(2)
		l := ledgers[who]
		r.Now = r.Now.Add(time.Duration(dice.IntN(20)) * time.Minute)
		switch dice.IntN(8) {
		case 0, 1:
			batch, _ := b.nextPeriods(l, r, 1+dice.IntN(3), byPeriod)
			for _, p := range batch {
				if other, is := underWay[p.Report]; is {
					b.Fatalf("%s %s is given to %d, while %d makes another", p.Report, p.Name, who, other)
				}
				underWay[p.Report] = who
			}
			periods[who] = append(periods[who], batch...)
		case 2, 3:
			if d, got := b.nextDelivery(l, r, dice.IntN(2) == 0); got != "none" {
				deliveries[who] = append(deliveries[who], d)
			}
		case 4, 5:
			if p, ok := pick(dice, &periods[who]); ok {
				delete(underWay, p.Report)
				b.must(anyEnd(b, dice, l, p, r.Now))
			}
		case 6:
			if d, ok := pick(dice, &deliveries[who]); ok {
				b.must(anyResult(b, dice, l, d, r.Now))
			}
		case 7:
			if dice.IntN(10) > 0 {
				continue
			}
			b.must(l.Close())
			_, err := ledgers[1-who].Reap(ctx)
			b.must(err)
			for _, p := range periods[who] {
				delete(underWay, p.Report)
			}
			stale := slices.Concat(claimsOf(periods[who]), claimsOf(deliveries[who]))
			periods[who], deliveries[who], ledgers[who] = nil, nil, b.ledger()
			for _, claim := range stale {
				if err := ledgers[who].Finish(ctx, claim, ledger.Result{At: b.now(), State: ledger.Sent}); err == nil {
					b.Fatal("written under a claim of the dead")
				}
			}
		}
	}
	b.must(ledgers[0].Close())
	l := ledgers[1]
	_, err := l.Reap(ctx)
	b.must(err)
	for _, p := range periods[1] {
		b.must(l.ReturnPeriod(ctx, p.Claim))
	}
	for _, d := range deliveries[1] {
		b.must(l.Finish(ctx, d.Claim, ledger.Result{At: b.now(), State: ledger.Sent}))
	}
	r.Now = r.Now.AddDate(0, 0, 1)
	finishAll(b, l, r)
	all, err := l.Periods(ctx, ledger.Filter{})
	b.must(err)
	for _, p := range all {
		equal(b, p.Report+p.Name, words(p.State, p.Claimed), "made false")
	}
	states := map[ledger.DeliveryState]int{}
	sent, err := l.Deliveries(ctx, ledger.Filter{})
	b.must(err)
	for _, d := range sent {
		states[d.State]++
	}
	equal(b, "messages", words(states), words(map[ledger.DeliveryState]int{ledger.Sent: len(rows)}))
}

type claimed interface {
	ledger.Period | ledger.Delivery
}

// pick takes any of them out.
func pick[T claimed](dice *rand.Rand, all *[]T) (one T, ok bool) {
	if len(*all) == 0 {
		return one, false
	}
	i := dice.IntN(len(*all))
	one = (*all)[i]
	*all = slices.Delete(*all, i, i+1)
	return one, true
}

func claimsOf[T claimed](all []T) (claims []ledger.Claim) {
	for _, one := range all {
		switch row := any(one).(type) {
		case ledger.Period:
			claims = append(claims, row.Claim)
		case ledger.Delivery:
			claims = append(claims, row.Claim)
		}
	}
	return claims
}

// anyEnd ends the making of a period in any way after which it is made in the end.
func anyEnd(b *bench, dice *rand.Rand, l *ledger.Ledger, p ledger.Period, now time.Time) error {
	ctx := context.Background()
	switch dice.IntN(3) {
	case 0:
		return l.ReturnPeriod(ctx, p.Claim)
	case 1:
		return l.PostponePeriod(ctx, p.Claim, ledger.Postponed{State: ledger.Owed, NextTry: now.Add(time.Duration(dice.IntN(200)) * time.Minute)})
	}
	return l.RecordMade(ctx, p.Claim, ledger.MadePeriod{At: b.now(), Deliveries: []ledger.NewDelivery{frozen(p.Report+p.Name, "a@x.no")}})
}

// anyResult ends the sending of a message in any way after which it is sent in the end.
func anyResult(b *bench, dice *rand.Rand, l *ledger.Ledger, d ledger.Delivery, now time.Time) error {
	ctx := context.Background()
	way := dice.IntN(4)
	if way == 0 {
		return l.ReturnDelivery(ctx, d.Claim)
	}
	if way > 1 {
		if err := l.MarkSending(ctx, d.Claim, b.now()); err != nil {
			return err
		}
	}
	state := []ledger.DeliveryState{ledger.Deferred, ledger.Deferred, ledger.Uncertain, ledger.Sent}[way]
	return l.Finish(ctx, d.Claim, ledger.Result{At: b.now(), State: state, NextTry: now.Add(time.Duration(dice.IntN(200)) * time.Minute)})
}

// finishAll makes and sends what is left.
func finishAll(b *bench, l *ledger.Ledger, r ledger.Ready) {
	b.Helper()
	ctx := context.Background()
	for {
		batch, _ := b.nextPeriods(l, r, 16, byPeriod)
		for _, p := range batch {
			b.must(l.RecordMade(ctx, p.Claim, ledger.MadePeriod{At: b.now(), Deliveries: []ledger.NewDelivery{frozen(p.Report+p.Name, "a@x.no")}}))
		}
		d, got := b.nextDelivery(l, r, false)
		if len(batch) == 0 && got == "none" {
			return
		}
		if got != "none" {
			b.must(l.Finish(ctx, d.Claim, ledger.Result{At: b.now(), State: ledger.Sent}))
		}
	}
}
