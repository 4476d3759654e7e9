package ledgertest

import (
	"context"

	"rapport/internal/ledger"
)

func retention() []part {
	return []part{
		{"what is forgotten leaves its key, and is not made again", forgotten},
		{"only what is done and old is to be forgotten", prunable},
		{"only periods whose messages may lie on the disk are to be swept", swept},
		{"keys go when they are old, the newest never", keysForgotten},
	}
}

func forgotten(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	row := due("a", 1)
	d := b.made(l, row, "a@x.no")[0]
	b.send(l, d.ID, ledger.Result{State: ledger.Sent})
	before := b.period(l, row.Key)
	b.must(l.PurgeDetails(ctx, d.PeriodID))
	b.must(l.PurgeDetails(ctx, d.PeriodID))
	left, err := l.Deliveries(ctx, ledger.Filter{})
	b.must(err)
	history, err := l.Attempts(ctx, d.ID)
	b.must(err)
	content, err := l.MessageContent(ctx, d.PeriodID)
	b.must(err)
	equal(b, "left", words(len(left), len(history), len(content)), "0 0 0")
	equal(b, "its details are known to be gone", words(before.Detailed, b.period(l, row.Key).Detailed), "true false")
	equal(b, "planned again", len(b.plan(l, row)), 0)
	equal(b, "its state", b.period(l, row.Key).State, ledger.Made)
	stats, err := l.Stats(ctx, account)
	b.must(err)
	equal(b, "what only grows", words(stats.Attempts, len(stats.LastSuccess)), "1 1")
	if _, err := l.Resend(ctx, d.ID, b.now()); errorName(err) != "none" {
		b.Errorf("resend what was forgotten: %v", err)
	}
	next := b.made(l, due("a", 2), "a@x.no")[0]
	if next.ID <= d.ID {
		b.Errorf("the id %d was given twice", next.ID)
	}
	if err := l.PurgeDetails(ctx, next.PeriodID); errorName(err) != "forbidden" {
		b.Errorf("forget what is not sent: %v", err)
	}
}

func prunable(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	names := func(all []ledger.Period) string {
		return texts(all, func(p ledger.Period) string { return p.Report })
	}
	done := b.made(l, due("done", 1), "a@x.no")[0]
	open := b.made(l, due("open", 1), "a@x.no")[0]
	b.made(l, due("alone", 1))
	b.plan(l, due("owed", 1))
	b.send(l, done.ID, ledger.Result{State: ledger.Refused})
	b.send(l, open.ID, ledger.Result{State: ledger.Held})
	all, err := l.Prunable(ctx, account, b.now())
	b.must(err)
	equal(b, "prunable", names(all), "[done alone]")
	all, err = l.Prunable(ctx, account, start())
	b.must(err)
	equal(b, "before they were made", names(all), "[]")
	b.must(l.PurgeDetails(ctx, done.PeriodID))
	all, err = l.Prunable(ctx, account, b.now())
	b.must(err)
	equal(b, "after one was forgotten", names(all), "[alone]")
}

func keysForgotten(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	for day := range 3 {
		b.made(l, due("a", day))
		b.must(l.PurgeDetails(ctx, b.period(l, due("a", day).Key).ID))
	}
	b.made(l, due("detailed", 0))
	b.made(l, due("detailed", 1))
	b.plan(l, due("owed", 0), due("owed", 1))
	n, err := l.PurgeKeys(ctx, account, due("a", 9).Due)
	b.must(err)
	equal(b, "purged", n, 2)
	plannedThrough, err := l.PlannedThrough(ctx, account)
	b.must(err)
	got := texts(plannedThrough, func(f ledger.PlannedThrough) string { return words(f.Report, f.To.Day()) })
	equal(b, "plannedThrough", got, "[a 22 detailed 21 owed 21]")
	n, err = l.PurgeKeys(ctx, account, due("a", 9).Due)
	b.must(err)
	equal(b, "purged again", n, 0)
}

func swept(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	done := b.made(l, due("done", 1), "a@x.no")[0]
	open := b.made(l, due("open", 1), "a@x.no", "b@x.no")[0]
	b.made(l, due("alone", 1))
	b.plan(l, due("owed", 1))
	elsewhere := due("elsewhere", 1)
	elsewhere.Config = "other.yaml"
	b.made(l, elsewhere)
	b.send(l, done.ID, ledger.Result{State: ledger.Sent})
	b.send(l, open.ID, ledger.Result{State: ledger.Refused})
	sweep := func() string {
		all, err := l.PeriodsToSweep(ctx, account, config)
		b.must(err)
		var ids []int64
		for _, p := range all {
			ids = append(ids, p.ID)
		}
		b.must(l.MarkSwept(ctx, ids))
		return texts(all, func(p ledger.Period) string { return p.Report })
	}
	equal(b, "first", sweep(), "[done open alone]")
	equal(b, "then", sweep(), "[open]")
	_, err := l.Resend(ctx, done.ID, b.now())
	b.must(err)
	claim := b.claimDelivery(l, done.ID)
	b.must(l.Refreeze(ctx, claim, frozen("anew", "a@x.no")))
	b.must(l.ReturnDelivery(ctx, claim))
	b.send(l, done.ID, ledger.Result{State: ledger.Sent})
	equal(b, "frozen anew", sweep(), "[done open]")
	equal(b, "then", sweep(), "[open]")
}
