package ledgertest

import (
	"context"

	"rapport/internal/ledger"
)

func alarms() []part {
	return []part{
		{"an alarm is told once, and once that it is well", alarmOnce},
		{"an alarm that nobody heard of goes without a word", alarmUnheard},
		{"an alarm that comes back before its end was told stands as before", alarmBack},
	}
}

// told reads what is to be told and says that it was.
func notify(b *bench, l *ledger.Ledger) string {
	b.Helper()
	ctx := context.Background()
	pending, err := l.PendingAlarms(ctx, account)
	b.must(err)
	var ids []int64
	for _, a := range pending {
		ids = append(ids, a.ID)
	}
	b.must(l.AlarmsNotified(ctx, ids, b.now()))
	return texts(pending, func(a ledger.Alarm) string { return words(a.Kind, a.Subject, a.Text, a.Resolved.IsZero()) })
}

func openAlarms(b *bench, l *ledger.Ledger) int {
	b.Helper()
	all, err := l.OpenAlarms(context.Background(), account)
	b.must(err)
	return len(all)
}

func alarmOnce(b *bench) {
	l := b.ledger()
	ctx := context.Background()
	b.must(l.Raise(ctx, account, "login", "smtp", "535", b.now()))
	b.must(l.Raise(ctx, account, "login", "smtp", "535 again", b.now()))
	b.must(l.Raise(ctx, account, "login", "dintero", "401", b.now()))
	equal(b, "told", notify(b, l), "[login smtp 535 again true login dintero 401 true]")
	b.must(l.Raise(ctx, account, "login", "smtp", "535 still", b.now()))
	equal(b, "told again", notify(b, l), "[]")
	equal(b, "open", openAlarms(b, l), 2)
	b.must(l.Resolve(ctx, account, "login", "smtp", b.now()))
	b.must(l.Resolve(ctx, account, "login", "smtp", b.now()))
	b.must(l.Resolve(ctx, account, "login", "other", b.now()))
	equal(b, "open", openAlarms(b, l), 1)
	equal(b, "well", notify(b, l), "[login smtp 535 still false]")
	equal(b, "well again", notify(b, l), "[]")
	b.must(l.Raise(ctx, account, "login", "smtp", "535 anew", b.now()))
	equal(b, "raised anew", notify(b, l), "[login smtp 535 anew true]")
}

func alarmUnheard(b *bench) {
	l := b.ledger()
	ctx := context.Background()
	b.must(l.Raise(ctx, account, "disk", "", "full", b.now()))
	b.must(l.Resolve(ctx, account, "disk", "", b.now()))
	equal(b, "told", notify(b, l), "[]")
	equal(b, "open", openAlarms(b, l), 0)
}

func alarmBack(b *bench) {
	l := b.ledger()
	ctx := context.Background()
	b.must(l.Raise(ctx, account, "disk", "", "full", b.now()))
	notify(b, l)
	first, err := l.OpenAlarms(ctx, account)
	b.must(err)
	b.must(l.Resolve(ctx, account, "disk", "", b.now()))
	b.must(l.Raise(ctx, account, "disk", "", "full", b.now()))
	equal(b, "told", notify(b, l), "[]")
	again, err := l.OpenAlarms(ctx, account)
	b.must(err)
	equal(b, "open", words(again), words(first))
}
