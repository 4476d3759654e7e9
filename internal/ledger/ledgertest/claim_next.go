package ledgertest

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/ledger"
)

func nextClaims() []part {
	parts := []part{
		{"periods are handed out oldest first, one at a time of each report", periodOrder},
		{"periods with the same key are handed out together", periodsAlike},
		{"a period over which a process died comes last and alone", suspectsLast},
		{"only periods that are ready are handed out", periodsReady},
		{"messages are handed out oldest first", deliveryOrder},
		{"who gets several messages of a report gets them in their order", deliveriesInTurn},
		{"only messages that are ready are handed out", deliveriesReady},
		{"what somebody asks for is ready", triedNow},
		{"processes that compete do everything once", competing},
	}
	for seed := range uint64(3) {
		parts = append(parts, part{fmt.Sprintf("whatever becomes of what is handed out, all of it is done in the end (%d)", seed), func(b *fixture) { drained(b, seed) }})
	}
	return parts
}

// everything is all that the configuration's caller can do after day 9.
func everything() ledger.Ready {
	return ledger.Ready{Account: account, Config: config, Now: due("", 9).Due}
}

// byPeriod is the key of those who read the same period.
func byPeriod(p ledger.Period) any { return p.From }

func apart(p ledger.Period) any { return p.ID }

// nextPeriods claims, and gives what as text.
func (b *fixture) nextPeriods(l *ledger.Ledger, r ledger.Ready, most int, key func(ledger.Period) any) ([]ledger.Period, string) {
	b.Helper()
	batch, err := l.ClaimNextPeriods(context.Background(), r, most, key)
	b.must(err)
	return batch, texts(batch, func(p ledger.Period) string { return p.Report + p.Name[8:] })
}

// nextDelivery claims, and gives what as text.
func (b *fixture) nextDelivery(l *ledger.Ledger, r ledger.Ready, leastTried bool) (ledger.Delivery, string) {
	b.Helper()
	d, found, err := l.ClaimNextDelivery(context.Background(), r, leastTried)
	b.must(err)
	if !found {
		return d, "none"
	}
	return d, d.Report + d.Period[8:] + " " + d.Recipient
}

func periodOrder(b *fixture) {
	l, other := b.ledger(), b.ledger()
	ctx := context.Background()
	b.plan(l, due("b", 1), due("a", 2), due("a", 1), due("b", 0))
	first, got := b.nextPeriods(l, everything(), 9, apart)
	equal(b, "first", got, "[b19]")
	equal(b, "it is claimed", words(first[0].Claimed, first[0].Crashes, first[0].Number, first[0].Claim.Row == first[0].ID), "true 1 1 true")
	second, got := b.nextPeriods(other, everything(), 9, apart)
	equal(b, "while it is made", got, "[a20]")
	_, got = b.nextPeriods(l, everything(), 9, apart)
	equal(b, "while both are made", got, "[]")
	b.must(l.RecordMade(ctx, first[0].Claim, ledger.MadePeriod{At: b.now()}))
	_, got = b.nextPeriods(l, everything(), 9, apart)
	equal(b, "after the older one", got, "[b20]")
	b.must(other.ReturnPeriod(ctx, second[0].Claim))
	_, got = b.nextPeriods(l, everything(), 9, apart)
	equal(b, "what was given back", got, "[a20]")
}

func periodsAlike(b *fixture) {
	l := b.ledger()
	for _, report := range []string{"a", "b", "c", "d"} {
		b.plan(l, due(report, 1), due(report, 2))
	}
	b.plan(l, due("b", 0))
	batch, got := b.nextPeriods(l, everything(), 3, byPeriod)
	equal(b, "nothing is like it", got, "[b19]")
	_, got = b.nextPeriods(l, everything(), 3, byPeriod)
	equal(b, "alike, but for the report that is under way", got, "[a20 c20 d20]")
	b.must(l.ReturnPeriod(context.Background(), batch[0].Claim))
	_, got = b.nextPeriods(l, everything(), 3, func(p ledger.Period) any { return "all" })
	equal(b, "of one report in their order", got, "[b19 b20 b21]")
	// A newer period is not made before an older one that is not like the first.
	b.plan(l, due("e", 3), due("f", 2), due("f", 3))
	odd := func(p ledger.Period) any { return p.Report == "f" && p.Name == due("f", 2).Name }
	_, got = b.nextPeriods(l, ledger.Ready{Account: account, Config: config, Now: due("", 9).Due, Reports: []string{"e", "f"}}, 3, odd)
	equal(b, "the odd one", got, "[f21]")
	b.plan(l, due("g", 2), due("h", 2), due("h", 3))
	odd = func(p ledger.Period) any { return p.Report == "h" && p.Name == due("h", 2).Name }
	_, got = b.nextPeriods(l, ledger.Ready{Account: account, Config: config, Now: due("", 9).Due, Reports: []string{"g", "h"}}, 3, odd)
	equal(b, "like the first, but newer than the odd one", got, "[g21]")
	many := b.ledger()
	for i := range 20 {
		b.plan(many, due(fmt.Sprintf("x%02d", i), -5))
	}
	batch, _ = b.nextPeriods(many, everything(), 16, byPeriod)
	equal(b, "at most", len(batch), 16)
}

func suspectsLast(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	b.plan(l, due("bad", 0), due("worse", 0))
	for range 2 {
		dying := b.ledger()
		b.nextPeriods(dying, everything(), 9, byPeriod)
		b.must(dying.Close())
		_, err := l.Reap(ctx)
		b.must(err)
	}
	b.plan(l, due("good", 1), due("fine", 1))
	_, got := b.nextPeriods(l, everything(), 9, byPeriod)
	equal(b, "first", got, "[fine20 good20]")
	careful := everything()
	careful.MaxCrashes = 1
	_, got = b.nextPeriods(l, careful, 9, byPeriod)
	equal(b, "when none is risked", got, "[]")
	_, got = b.nextPeriods(l, everything(), 9, byPeriod)
	equal(b, "then", got, "[bad19]")
	_, got = b.nextPeriods(l, everything(), 9, byPeriod)
	equal(b, "and then", got, "[worse19]")
}

func periodsReady(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	elsewhere, skipped := due("x", 0), due("y", 0)
	elsewhere.Config, skipped.State = "other.yaml", ledger.Skipped
	foreign := due("a", 0)
	foreign.Account = "P99999999"
	b.plan(l, elsewhere, skipped, foreign)
	r := everything()
	_, got := b.nextPeriods(l, r, 9, byPeriod)
	equal(b, "of others", got, "[]")
	b.plan(l, due("a", 1), due("b", 2), due("c", 3))
	r.Now = due("", 2).Due.Add(-time.Second)
	batch, got := b.nextPeriods(l, r, 9, apart)
	equal(b, "due", got, "[a20]")
	b.must(l.PostponePeriod(ctx, batch[0].Claim, ledger.Postponed{State: ledger.Owed, NextTry: r.Now.Add(time.Hour)}))
	_, got = b.nextPeriods(l, r, 9, apart)
	equal(b, "postponed", got, "[]")
	r.Now = r.Now.Add(time.Hour)
	r.Reports, r.Periods = []string{"a", "b"}, []string{due("", 2).Name, due("", 3).Name}
	_, got = b.nextPeriods(l, r, 9, apart)
	equal(b, "chosen", got, "[b21]")
	r.Reports, r.Periods = nil, nil
	batch, got = b.nextPeriods(l, r, 9, apart)
	equal(b, "whose time has come", got, "[a20]")
	b.must(l.PostponePeriod(ctx, batch[0].Claim, ledger.Postponed{State: ledger.Owed, NextTry: r.Now.AddDate(1, 0, 0)}))
	_, got = b.nextPeriods(l, r, 9, apart)
	equal(b, "postponed by a clock that was wrong", got, "[a20]")
}

func deliveryOrder(b *fixture) {
	l, other := b.ledger(), b.ledger()
	ctx := context.Background()
	b.made(l, due("b", 1), "x@x.no")
	b.made(l, due("a", 1), "y@x.no", "x@x.no")
	b.made(l, due("a", 0), "x@x.no")
	first, got := b.nextDelivery(l, everything(), false)
	equal(b, "first", got, "a19 x@x.no")
	equal(b, "it is claimed", words(first.Claimed, first.Claim.Row == first.ID, first.State), "true true queued")
	_, got = b.nextDelivery(other, everything(), false)
	equal(b, "second", got, "b20 x@x.no")
	b.must(l.MarkSending(ctx, first.Claim, b.now()))
	b.must(l.Finish(ctx, first.Claim, ledger.Result{At: b.now(), State: ledger.Deferred, NextTry: b.now()}))
	third, got := b.nextDelivery(l, everything(), true)
	equal(b, "least tried", got, "a20 y@x.no")
	fourth, got := b.nextDelivery(l, everything(), false)
	equal(b, "oldest, though it was tried", got, "a19 x@x.no")
	b.must(l.ReturnDelivery(ctx, third.Claim))
	_, got = b.nextDelivery(l, everything(), false)
	equal(b, "given back", got, "a20 y@x.no")
	b.must(l.Finish(ctx, fourth.Claim, ledger.Result{At: b.now(), State: ledger.Sent}))
	_, got = b.nextDelivery(l, everything(), false)
	equal(b, "last", got, "a20 x@x.no")
	_, got = b.nextDelivery(l, everything(), false)
	equal(b, "none", got, "none")
}

func deliveriesInTurn(b *fixture) {
	l, other := b.ledger(), b.ledger()
	b.made(l, due("a", 0), "x@x.no")
	b.made(l, due("a", 1), "X@x.no", "y@x.no")
	b.made(l, due("b", 2), "x@x.no")
	first, got := b.nextDelivery(l, everything(), false)
	equal(b, "the older one", got, "a19 x@x.no")
	_, got = b.nextDelivery(other, everything(), false)
	equal(b, "to another", got, "a20 y@x.no")
	_, got = b.nextDelivery(other, everything(), true)
	equal(b, "of another report", got, "b21 x@x.no")
	_, got = b.nextDelivery(other, everything(), false)
	equal(b, "while the older one is under way", got, "none")
	b.must(l.MarkSending(context.Background(), first.Claim, b.now()))
	b.must(l.Finish(context.Background(), first.Claim, ledger.Result{At: b.now(), State: ledger.Deferred, NextTry: everything().Now.Add(time.Hour)}))
	_, got = b.nextDelivery(l, everything(), false)
	equal(b, "when that one waits", got, "a20 X@x.no")
}

func deliveriesReady(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	elsewhere := due("x", 0)
	elsewhere.Config = "other.yaml"
	b.made(l, elsewhere, "x@x.no")
	r := everything()
	_, got := b.nextDelivery(l, r, false)
	equal(b, "of another configuration", got, "none")
	rows := b.made(l, due("a", 0), "a@x.no", "b@x.no", "c@x.no", "d@x.no")
	b.send(l, rows[0].ID, ledger.Result{State: ledger.Deferred, NextTry: r.Now.Add(time.Hour)})
	b.send(l, rows[1].ID, ledger.Result{State: ledger.Held})
	b.send(l, rows[2].ID, ledger.Result{State: ledger.Uncertain, NextTry: r.Now.AddDate(1, 0, 0)})
	b.must(l.DeferDeliveries(ctx, []int64{rows[3].ID}, r.Now.Add(30*time.Minute), "relay down"))
	_, got = b.nextDelivery(l, r, false)
	equal(b, "postponed by a clock that was wrong", got, "a19 c@x.no")
	_, got = b.nextDelivery(l, r, false)
	equal(b, "deferred, held", got, "none")
	r.Now = r.Now.Add(time.Hour)
	r.Reports, r.Periods = []string{"b"}, []string{due("", 0).Name}
	_, got = b.nextDelivery(l, r, false)
	equal(b, "not chosen", got, "none")
	r.Reports = []string{"b", "a"}
	d, got := b.nextDelivery(l, r, false)
	equal(b, "whose time has come", got, "a19 a@x.no")
	b.must(l.Finish(ctx, d.Claim, ledger.Result{At: b.now(), State: ledger.Held}))
	equal(b, "held before it was sent: no try", words(b.delivery(l, d.ID).State, b.delivery(l, d.ID).Attempts), "held 1")
	_, got = b.nextDelivery(l, r, false)
	equal(b, "and the next", got, "a19 d@x.no")
}

func triedNow(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	r := everything()
	for _, report := range []string{"a", "b"} {
		id := b.made(l, due(report, 0), "x@x.no")[0].ID
		b.send(l, id, ledger.Result{State: ledger.Deferred, NextTry: r.Now.Add(time.Hour)})
		claim := b.claimPeriod(l, b.plan(l, due(report, 1))[0].ID)
		b.must(l.PostponePeriod(ctx, claim, ledger.Postponed{State: ledger.Owed, NextTry: r.Now.Add(time.Hour)}))
	}
	asked := r
	asked.Reports = []string{"b"}
	b.must(l.TryNow(ctx, asked))
	_, got := b.nextPeriods(l, r, 9, apart)
	equal(b, "asked for", got, "[b20]")
	d, got := b.nextDelivery(l, r, false)
	equal(b, "asked for", got, "b19 x@x.no")
	b.must(l.Finish(ctx, d.Claim, ledger.Result{At: b.now(), State: ledger.Deferred, NextTry: r.Now.Add(time.Hour)}))
	_, got = b.nextPeriods(l, r, 9, apart)
	equal(b, "not asked for", got, "[]")
	_, got = b.nextDelivery(l, r, false)
	equal(b, "not asked for, or tried", got, "none")
}
