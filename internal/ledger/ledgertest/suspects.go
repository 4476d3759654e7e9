package ledgertest

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/ledger"
)

func suspects() []part {
	return []part{{"a period over which three processes died is left alone, and the operator is to hear", leftAlone}}
}

func leftAlone(b *fixture) {
	ctx := context.Background()
	now := start()
	open := func() *ledger.Ledger {
		return b.open(b.T, ledger.Options{Now: func() time.Time { return now }, Host: host})
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
		wait := time.Hour << (crash - 2)
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
