package ledgertest

import (
	"context"
	"time"

	"rapport/internal/ledger"
)

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
		all, err := l.FingerprintedPeriods(ctx, account, from, to)
		b.must(err)
		return texts(all, func(p ledger.Period) string { return p.Report + " " + p.Name })
	}
	equal(b, "fingerprinted", fingerprinted(none.From, some.To.Add(time.Hour)), "[a "+empty.Name+" a "+some.Name+" b "+some.Name+"]")
	equal(b, "of an instant", fingerprinted(some.From, some.From.Add(time.Millisecond)), "[a "+some.Name+" b "+some.Name+"]")
	equal(b, "half-open", fingerprinted(some.To, some.To.Add(time.Hour)), "[]")
	alarm := ledger.Alarm{Account: account, Kind: "changed", Subject: "a", Text: "a row more", Raised: b.now()}
	b.must(l.RecordChange(ctx, id, []byte{1, 2}, alarm))
	fingerprints, err := l.Fingerprints(ctx, id)
	b.must(err)
	equal(b, "new fingerprints", string(fingerprints), "\x01\x02")
	if err := l.RecordChange(ctx, id+100, []byte{3}, alarm); errorName(err) != "none" {
		b.Errorf("no such period: %v", err)
	}
	if err := l.RecordChange(ctx, id, []byte{3}, ledger.Alarm{Account: account, Kind: "changed", Subject: "b"}); err == nil {
		b.Error("a change at no instant")
	}
	b.must(l.PurgeNotified(ctx, account, "changed", b.now()))
	equal(b, "told", notify(b, l), "[changed a a row more true]")
	b.must(l.PurgeNotified(ctx, account, "other", b.now()))
	equal(b, "open", openAlarms(b, l), 1)
	b.must(l.PurgeNotified(ctx, account, "changed", b.now()))
	equal(b, "open", openAlarms(b, l), 0)
	b.must(l.PurgeDetails(ctx, id))
	fingerprints, err = l.Fingerprints(ctx, id)
	b.must(err)
	equal(b, "purged", fingerprints == nil, true)
	equal(b, "fingerprinted", fingerprinted(none.From, some.To), "[a "+empty.Name+" b "+some.Name+"]")
}
