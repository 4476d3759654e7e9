package ledgertest

import (
	"context"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/corrected"
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

// makeFingerprinted makes a period that has fingerprints.
func (b *fixture) makeFingerprinted(l *ledger.Ledger, row ledger.Planned, fingerprints []byte) int64 {
	ctx := context.Background()
	id := b.plan(l, row)[0].ID
	claim := b.claimPeriod(l, id)
	b.must(l.RecordMade(ctx, claim, ledger.MadePeriod{At: b.now(), Fingerprints: fingerprints}))
	return id
}

// changed: fingerprints are kept beside a period, found by the time that it holds, replaced along
// with an alarm or not at all, and forgotten with the rest.
func changed(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	none, empty, some := due("a", 1), due("a", 2), due("a", 3)
	b.makeFingerprinted(l, none, nil)
	b.makeFingerprinted(l, empty, []byte{})
	id := b.makeFingerprinted(l, some, []byte{1, 255, 0})
	b.makeFingerprinted(l, due("b", 3), []byte{9})
	b.plan(l, due("a", 4))
	fingerprinted := func(from, to time.Time) string {
		all, err := corrected.Of(l).FingerprintedPeriods(ctx, account, from, to)
		b.must(err)
		return texts(all, func(p ledger.Period) string { return p.Report + " " + p.Name })
	}
	equal(b, "fingerprinted", fingerprinted(none.From, some.To.Add(time.Hour)), "[a "+empty.Name+" a "+some.Name+" b "+some.Name+"]")
	equal(b, "of an instant", fingerprinted(some.From, some.From.Add(time.Millisecond)), "[a "+some.Name+" b "+some.Name+"]")
	equal(b, "half-open", fingerprinted(some.To, some.To.Add(time.Hour)), "[]")
	alarm := ledger.Alarm{Account: account, Kind: "changed", Subject: "a", Text: "a row more", Raised: b.now()}
	b.must(corrected.Of(l).RecordChange(ctx, id, []byte{1, 2}, alarm))
	fingerprints, err := corrected.Of(l).Fingerprints(ctx, id)
	b.must(err)
	equal(b, "new fingerprints", string(fingerprints), "\x01\x02")
	if err := corrected.Of(l).RecordChange(ctx, id+100, []byte{3}, alarm); errorName(err) != "none" {
		b.Errorf("no such period: %v", err)
	}
	if err := corrected.Of(l).RecordChange(ctx, id, []byte{3}, ledger.Alarm{Account: account, Kind: "changed", Subject: "b"}); err == nil {
		b.Error("a change at no instant")
	}
	b.must(l.PurgeNotified(ctx, account, "changed", b.now()))
	equal(b, "told", notify(b, l), "[changed a a row more true]")
	b.must(l.PurgeNotified(ctx, account, "other", b.now()))
	equal(b, "open", openAlarms(b, l), 1)
	b.must(l.PurgeNotified(ctx, account, "changed", b.now()))
	equal(b, "open", openAlarms(b, l), 0)
	b.must(l.PurgeDetails(ctx, id))
	fingerprints, err = corrected.Of(l).Fingerprints(ctx, id)
	b.must(err)
	equal(b, "purged", fingerprints == nil, true)
	equal(b, "fingerprinted", fingerprinted(none.From, some.To), "[a "+empty.Name+" b "+some.Name+"]")
}
