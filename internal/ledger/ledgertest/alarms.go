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
func told(b *bench, l *ledger.Ledger) string {
	b.Helper()
	ctx := context.Background()
	untold, err := l.Untold(ctx, account)
	b.must(err)
	var ids []int64
	for _, a := range untold {
		ids = append(ids, a.ID)
	}
	b.must(l.Told(ctx, ids, b.now()))
	return texts(untold, func(a ledger.Alarm) string { return words(a.Kind, a.Subject, a.Text, a.Well.IsZero()) })
}

func standing(b *bench, l *ledger.Ledger) int {
	b.Helper()
	all, err := l.Standing(context.Background(), account)
	b.must(err)
	return len(all)
}

func alarmOnce(b *bench) {
	l := b.ledger()
	ctx := context.Background()
	b.must(l.Raise(ctx, account, "login", "smtp", "535", b.now()))
	b.must(l.Raise(ctx, account, "login", "smtp", "535 again", b.now()))
	b.must(l.Raise(ctx, account, "login", "dintero", "401", b.now()))
	equal(b, "told", told(b, l), "[login smtp 535 again true login dintero 401 true]")
	b.must(l.Raise(ctx, account, "login", "smtp", "535 still", b.now()))
	equal(b, "told again", told(b, l), "[]")
	equal(b, "standing", standing(b, l), 2)
	b.must(l.Clear(ctx, account, "login", "smtp", b.now()))
	b.must(l.Clear(ctx, account, "login", "smtp", b.now()))
	b.must(l.Clear(ctx, account, "login", "other", b.now()))
	equal(b, "standing", standing(b, l), 1)
	equal(b, "well", told(b, l), "[login smtp 535 still false]")
	equal(b, "well again", told(b, l), "[]")
	b.must(l.Raise(ctx, account, "login", "smtp", "535 anew", b.now()))
	equal(b, "raised anew", told(b, l), "[login smtp 535 anew true]")
}

func alarmUnheard(b *bench) {
	l := b.ledger()
	ctx := context.Background()
	b.must(l.Raise(ctx, account, "disk", "", "full", b.now()))
	b.must(l.Clear(ctx, account, "disk", "", b.now()))
	equal(b, "told", told(b, l), "[]")
	equal(b, "standing", standing(b, l), 0)
}

func alarmBack(b *bench) {
	l := b.ledger()
	ctx := context.Background()
	b.must(l.Raise(ctx, account, "disk", "", "full", b.now()))
	told(b, l)
	first, err := l.Standing(ctx, account)
	b.must(err)
	b.must(l.Clear(ctx, account, "disk", "", b.now()))
	b.must(l.Raise(ctx, account, "disk", "", "full", b.now()))
	equal(b, "told", told(b, l), "[]")
	again, err := l.Standing(ctx, account)
	b.must(err)
	equal(b, "standing", words(again), words(first))
}
