package ledgertest

import (
	"context"
	"time"

	"rapport/internal/ledger"
)

func endings() []part {
	return []part{
		{"a try is counted once and kept in the history", countedOnce},
		{"an unknown outcome is counted", unknownCounted},
		{"the instants of a delivery are its own", instants},
		{"other bytes only before the first ones went out", refrozen},
		{"what a dead process held is free, what it sent uncertain", reaped},
		{"a living process keeps what it holds", notReaped},
		{"a period that kills its process each time is known by it", poison},
		{"an answer of any kind can be kept", answers},
	}
}

func countedOnce(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	id := b.made(l, due("a", 1), "a@x.no")[0].ID
	b.send(l, id, ledger.Result{State: ledger.Deferred, Answer: "451 later"})
	claim := b.claimDelivery(l, id) // and one that was never marked as being sent
	b.must(l.Finish(ctx, claim, ledger.Result{At: b.now(), State: ledger.Deferred, Answer: "connection refused"}))
	b.send(l, id, ledger.Result{State: ledger.Sent, Answer: "250 ok"})
	d := b.delivery(l, id)
	equal(b, "delivery", words(d.State, d.Attempts, d.Uncertain, d.Answer, d.Claimed, d.Begun), "sent 3 0 250 ok false true")
	history, err := l.Attempts(ctx, id)
	b.must(err)
	got := texts(history, func(a ledger.Attempt) string { return words(a.Revision, a.State, a.Answer) })
	equal(b, "history", got, "[0 deferred 451 later 0 deferred connection refused 0 sent 250 ok]")
	equal(b, "last", history[2].At, d.FinishedAt)
}

func unknownCounted(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	id := b.made(l, due("a", 1), "a@x.no")[0].ID
	b.send(l, id, ledger.Result{State: ledger.Uncertain, Answer: "no answer"})
	equal(b, "once", b.delivery(l, id).Uncertain, 1)
	b.send(l, id, ledger.Result{State: ledger.Held, Answer: "no answer"})
	equal(b, "held from sending", b.delivery(l, id).Uncertain, 2)
	_, err := l.Release(ctx, id, b.now())
	b.must(err)
	b.send(l, id, ledger.Result{State: ledger.Sent})
	equal(b, "sent", b.delivery(l, id).Uncertain, 2)
	other := b.made(l, due("a", 2), "a@x.no")[0].ID
	b.send(l, other, ledger.Result{State: ledger.Uncertain})
	b.must(l.Hold(ctx, other, "ask"))
	equal(b, "held later", b.delivery(l, other).Uncertain, 1)
	stats, err := l.Stats(ctx, account)
	b.must(err)
	equal(b, "in all", words(stats.Uncertain, stats.Attempts), "3 4")
}

func instants(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	d := b.made(l, due("a", 1), "a@x.no")[0]
	zone := time.FixedZone("", 3600)
	claim := b.claimDelivery(l, d.ID)
	first, next := b.now(), start().AddDate(0, 0, 1)
	b.must(l.MarkSending(ctx, claim, first.In(zone)))
	b.must(l.Finish(ctx, claim, ledger.Result{At: b.now(), NextTry: next.In(zone), State: ledger.Deferred}))
	got := b.delivery(l, d.ID)
	equal(b, "deferred", words(got.FirstTry, got.LastTry, got.NextTry, got.FinishedAt.IsZero()), words(first, first, next, true))
	b.send(l, d.ID, ledger.Result{State: ledger.Sent, NextTry: next})
	got = b.delivery(l, d.ID)
	if got.FirstTry != first || !got.LastTry.After(first) || !got.NextTry.IsZero() || !got.FinishedAt.After(got.LastTry) || got.QueuedAt != d.QueuedAt {
		b.Errorf("sent: %+v", got)
	}
	for _, none := range []error{
		l.MarkSending(ctx, claim, time.Time{}), l.Finish(ctx, claim, ledger.Result{State: ledger.Sent}),
		l.Raise(ctx, ledger.Alarm{Account: account, Kind: "k", Subject: "s"}),
	} {
		if none == nil {
			b.Error("something happened at no instant")
		}
	}
}

func refrozen(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	id := b.made(l, due("a", 1), "a@x.no")[0].ID
	claim := b.claimDelivery(l, id)
	small := ledger.NewDelivery{MessageID: "<small>", File: "small.eml", SHA256: "small", Size: 1}
	b.must(l.Refreeze(ctx, claim, small))
	b.must(l.MarkSending(ctx, claim, b.now()))
	if err := l.Refreeze(ctx, claim, small); errorName(err) != "over" {
		b.Errorf("bytes that are being sent were changed: %v", err)
	}
	b.must(l.UnmarkSending(ctx, claim, b.now(), "552 too large"))
	b.must(l.Refreeze(ctx, claim, small))
	b.must(l.MarkSending(ctx, claim, b.now()))
	b.must(l.Finish(ctx, claim, ledger.Result{At: b.now(), State: ledger.Deferred}))
	d, err := l.ClaimDelivery(ctx, id)
	b.must(err)
	equal(b, "refused", words(d.Begun, d.Attempts), "false 2")
	tries, err := l.Attempts(ctx, id)
	b.must(err)
	equal(b, "both tries", texts(tries, func(a ledger.Attempt) string { return words(a.State, a.Answer) }), "[deferred 552 too large deferred ]")
	b.must(l.MarkSending(ctx, d.Claim, b.now()))
	b.must(l.Finish(ctx, d.Claim, ledger.Result{At: b.now(), State: ledger.Uncertain}))
	d, err = l.ClaimDelivery(ctx, id)
	b.must(err)
	equal(b, "uncertain", d.Begun, true)
	b.must(l.MarkSending(ctx, d.Claim, b.now()))
	if err := l.UnmarkSending(ctx, d.Claim, b.now(), "552"); errorName(err) != "over" {
		b.Errorf("what may have been delivered was not: %v", err)
	}
	b.must(l.Finish(ctx, d.Claim, ledger.Result{At: b.now(), State: ledger.Deferred}))
	d, err = l.ClaimDelivery(ctx, id)
	b.must(err)
	equal(b, "begun", d.Begun, true)
	if err := l.Refreeze(ctx, d.Claim, frozen("other", "a@x.no")); errorName(err) != "over" {
		b.Errorf("bytes that went out were changed: %v", err)
	}
	d = b.delivery(l, id)
	equal(b, "bytes", words(d.MessageID, d.File, d.SHA256, d.Size, d.Recipient), "<small> small.eml small 1 a@x.no")
}

func reaped(b *fixture) {
	ctx := context.Background()
	dying, other := b.ledger(), b.ledger()
	rows := b.made(dying, due("a", 1), "a@x.no", "b@x.no", "c@x.no")
	making := b.plan(dying, due("b", 1))[0]
	b.claimPeriod(dying, making.ID)
	claim := b.claimDelivery(dying, rows[0].ID)
	b.claimDelivery(dying, rows[1].ID)
	sent := b.now()
	b.must(dying.MarkSending(ctx, claim, sent))
	b.claimDelivery(other, rows[2].ID)
	b.must(dying.Close()) // with its claims: to the others it is dead

	freed, err := other.Reap(ctx)
	b.must(err)
	equal(b, "freed", words(freed.Periods, freed.Deliveries, len(freed.Uncertain)), "1 2 1")
	equal(b, "uncertain", freed.Uncertain[0], b.delivery(other, rows[0].ID))
	d := freed.Uncertain[0]
	equal(b, "sending", words(d.State, d.Attempts, d.Uncertain, d.Claimed, d.Begun, d.LastTry), words("uncertain", 1, 1, false, true, sent))
	history, err := other.Attempts(ctx, d.ID)
	b.must(err)
	equal(b, "its history", words(len(history), history[0].State, history[0].At), words(1, ledger.Uncertain, sent))
	equal(b, "claimed", b.delivery(other, rows[1].ID), rows[1])
	equal(b, "the other's", b.delivery(other, rows[2].ID).Claimed, true)
	p := b.period(other, making.Key)
	equal(b, "making", words(p.State, p.Claimed, p.Crashes), "owed false 1")
	again, err := other.Reap(ctx)
	b.must(err)
	equal(b, "freed again", words(again), words(ledger.Reaped{}))
	late := ledger.Result{At: b.now(), State: ledger.Sent, Answer: "250 late"}
	settled, err := other.Testify(ctx, claim, d.Revision+1, late)
	b.must(err)
	equal(b, "a late word of another message", words(settled, b.delivery(other, d.ID).State), "false uncertain")
	settled, err = other.Testify(ctx, claim, d.Revision, late)
	b.must(err)
	equal(b, "its own late word", words(settled, b.delivery(other, d.ID).State), "true sent")
}

func notReaped(b *fixture) {
	ctx := context.Background()
	x, y := b.ledger(), b.ledger()
	id := b.made(x, due("a", 1), "a@x.no")[0].ID
	claim := b.claimDelivery(x, id)
	b.must(x.MarkSending(ctx, claim, b.now()))
	for _, l := range []*ledger.Ledger{x, y, x} {
		freed, err := l.Reap(ctx)
		b.must(err)
		equal(b, "freed", freed.Deliveries, 0)
	}
	b.must(x.Finish(ctx, claim, ledger.Result{At: b.now(), State: ledger.Sent}))
}

func poison(b *fixture) {
	ctx := context.Background()
	row := due("a", 1)
	id := b.plan(b.ledger(), row)[0].ID
	for crash := 1; crash <= 3; crash++ {
		dying := b.ledger()
		_, err := dying.Reap(ctx)
		b.must(err)
		p, err := dying.ClaimPeriod(ctx, id)
		b.must(err)
		equal(b, "crashes", p.Crashes, crash)
		b.must(dying.Close())
	}
}

func answers(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	for i, answer := range []string{"", "250 \xff\xfe", "a\x00b", "’); DROP TABLE delivery; --", string(make([]byte, 1<<20))} {
		d := b.made(l, due("a", i), "a@x.no")[0]
		b.send(l, d.ID, ledger.Result{State: ledger.Refused, Answer: answer})
		kept := b.delivery(l, d.ID).Answer
		history, err := l.Attempts(ctx, d.ID)
		b.must(err)
		equal(b, "in the history", history[0].Answer, kept)
		if len(kept) > 20000 || (len(kept) == 0) != (len(answer) == 0) {
			b.Errorf("answer %d: kept %d bytes of %d", i, len(kept), len(answer))
		}
	}
}
