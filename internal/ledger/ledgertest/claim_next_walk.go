package ledgertest

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"rapport/internal/ledger"
)

// A walk is what two processes have taken, of which one dies now and then.
type walk struct {
	*fixture
	dice       *rand.Rand
	now        time.Time
	ledgers    []*ledger.Ledger
	periods    [2][]ledger.Period
	deliveries [2][]ledger.Delivery
	underWay   map[string]int // which of them makes a report
}

// drained lets two processes take what is next and do anything with it, and has the last one
// do the rest.
func drained(b *fixture, seed uint64) {
	w := &walk{fixture: b, dice: rand.New(rand.NewPCG(seed, 2)), now: everything().Now, ledgers: []*ledger.Ledger{b.ledger(), b.ledger()}, underWay: map[string]int{}}
	messages := 0
	for day := range 4 {
		for _, report := range []string{"a", "b", "c"} {
			b.plan(w.ledgers[0], due(report, day))
			messages++
		}
	}
	for range steps {
		w.step(w.dice.IntN(2))
	}
	w.dies(0)
	b.must(w.ledgers[0].Close())
	l := w.ledgers[1]
	for _, p := range w.periods[1] {
		b.must(l.ReturnPeriod(context.Background(), p.Claim))
	}
	for _, d := range w.deliveries[1] {
		b.must(l.ReturnDelivery(context.Background(), d.Claim))
	}
	w.now = w.now.AddDate(0, 0, 1)
	finishAll(b, l, w.ready())
	all, err := l.Periods(context.Background(), ledger.Filter{})
	b.must(err)
	for _, p := range all {
		equal(b, p.Report+p.Name, words(p.State, p.Claimed), "made false")
	}
	stats, err := l.Stats(context.Background(), account)
	b.must(err)
	equal(b, "messages", words(stats.Deliveries), words(map[ledger.DeliveryState]int{ledger.Sent: messages}))
}

func (w *walk) ready() ledger.Ready {
	r := everything()
	r.Now = w.now
	return r
}

// step has one of the two do anything.
func (w *walk) step(who int) {
	l := w.ledgers[who]
	w.now = w.now.Add(time.Duration(w.dice.IntN(20)) * time.Minute)
	switch w.dice.IntN(8) {
	case 0, 1:
		batch, _ := w.nextPeriods(l, w.ready(), 1+w.dice.IntN(3), byPeriod)
		for _, p := range batch {
			if other, is := w.underWay[p.Report]; is {
				w.Fatalf("%s %s is given to %d, while %d makes another", p.Report, p.Name, who, other)
			}
			w.underWay[p.Report] = who
		}
		w.periods[who] = append(w.periods[who], batch...)
	case 2, 3:
		if d, got := w.nextDelivery(l, w.ready(), w.dice.IntN(2) == 0); got != "none" {
			w.deliveries[who] = append(w.deliveries[who], d)
		}
	case 4, 5:
		if p, ok := pick(w.dice, &w.periods[who]); ok {
			delete(w.underWay, p.Report)
			w.must(anyEnd(w.fixture, w.dice, l, p, w.now))
		}
	case 6:
		if d, ok := pick(w.dice, &w.deliveries[who]); ok {
			w.must(anyResult(w.fixture, w.dice, l, d, w.now))
		}
	case 7:
		if w.dice.IntN(10) == 0 {
			w.dies(who)
		}
	}
}

// dies ends one of the two, and puts another in its place, which can do nothing under the
// claims of the dead.
func (w *walk) dies(who int) {
	ctx := context.Background()
	w.must(w.ledgers[who].Close())
	_, err := w.ledgers[1-who].Reap(ctx)
	w.must(err)
	for _, p := range w.periods[who] {
		delete(w.underWay, p.Report)
	}
	stale := slices.Concat(claimsOf(w.periods[who]), claimsOf(w.deliveries[who]))
	w.periods[who], w.deliveries[who], w.ledgers[who] = nil, nil, w.ledger()
	for _, claim := range stale {
		if err := w.ledgers[who].Finish(ctx, claim, ledger.Result{At: w.fixture.now(), State: ledger.Sent}); err == nil {
			w.Fatal("written under a claim of the dead")
		}
	}
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
func anyEnd(b *fixture, dice *rand.Rand, l *ledger.Ledger, p ledger.Period, now time.Time) error {
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
func anyResult(b *fixture, dice *rand.Rand, l *ledger.Ledger, d ledger.Delivery, now time.Time) error {
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
func finishAll(b *fixture, l *ledger.Ledger, r ledger.Ready) {
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
