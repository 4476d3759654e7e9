package ledgertest

import (
	"context"
	"errors"
	"slices"
	"time"

	"rapport/internal/ledger"
)

func decisions() []part {
	return []part{
		{"to resend is to begin anew, one revision on", resent},
		{"to release is to try the same bytes", released},
		{"to close is to take the operator's word", closed},
		{"a decision that is not possible names those that are", notPossible},
		{"a made period can be sent to one recipient more", oneMore},
		{"rows are given by when they were due, and by pages", pages},
		{"a relay that is down costs no try", deferred},
		{"who left the configuration gets nothing", cancelled},
	}
}

func resent(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	before := b.made(l, due("a", 1), "a@x.no")[0]
	b.send(l, before.ID, ledger.Result{State: ledger.Uncertain})
	b.send(l, before.ID, ledger.Result{State: ledger.Sent, Answer: "250 ok"})
	at := b.now()
	d, err := l.Resend(ctx, before.ID, at)
	b.must(err)
	want := before
	want.Revision, want.QueuedAt = 1, at
	want.MessageID, want.File, want.SHA256, want.Size = "", "", "", 0
	equal(b, "resent", d, want)
	claim := b.claimDelivery(l, d.ID)
	b.must(l.Refreeze(ctx, claim, frozen("anew", "a@x.no")))
	b.must(l.ReturnDelivery(ctx, claim))
	b.send(l, d.ID, ledger.Result{State: ledger.Sent, Answer: "250 again"})
	history, err := l.Attempts(ctx, d.ID)
	b.must(err)
	got := texts(history, func(a ledger.Attempt) string { return words(a.Revision, a.State) })
	equal(b, "history", got, "[0 uncertain 0 sent 1 sent]")
	stats, err := l.Stats(ctx, account)
	b.must(err)
	equal(b, "counted", words(stats.Attempts, stats.Uncertain), "3 1")
}

func released(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	before := b.made(l, due("a", 1), "a@x.no")[0]
	b.send(l, before.ID, ledger.Result{State: ledger.Held})
	at := b.now()
	d, err := l.Release(ctx, before.ID, at)
	b.must(err)
	equal(b, "released", words(d.State, d.Revision, d.Attempts, d.Begun, d.QueuedAt), words("queued", 0, 1, true, at))
	equal(b, "bytes", words(d.MessageID, d.File, d.SHA256, d.Size), words(before.MessageID, before.File, before.SHA256, before.Size))
}

func closed(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	id := b.made(l, due("a", 1), "a@x.no")[0].ID
	b.send(l, id, ledger.Result{State: ledger.Uncertain, Answer: "no answer", NextTry: start().AddDate(0, 0, 1)})
	at := b.now()
	d, err := l.CloseDelivery(ctx, id, at)
	b.must(err)
	equal(b, "closed", words(d.State, d.FinishedAt, d.NextTry.IsZero(), d.Answer), words("closed", at, true, "no answer"))
	unsent, err := l.Unsent(ctx, account)
	b.must(err)
	equal(b, "unsent", len(unsent), 0)
}

func notPossible(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	id := b.made(l, due("a", 1), "a@x.no")[0].ID
	expect := func(err error, asked, found string, claimed bool, possible ...string) {
		b.Helper()
		var e *ledger.StateError
		if !errors.As(err, &e) || e.Asked != asked || e.Found != found || e.Claimed != claimed || !slices.Equal(e.Possible, possible) {
			b.Errorf("%s: got %+v (%v)", asked, e, err)
		}
	}
	_, err := l.Release(ctx, id, b.now())
	expect(err, "release", "queued", false, "close")
	b.send(l, id, ledger.Result{State: ledger.Uncertain})
	_, err = l.Release(ctx, id, b.now())
	expect(err, "release", "uncertain", false, "resend", "close")
	b.send(l, id, ledger.Result{State: ledger.Sent})
	_, err = l.CloseDelivery(ctx, id, b.now())
	expect(err, "close", "sent", false, "resend")
	_, err = l.Resend(ctx, id, b.now())
	b.must(err)
	b.claimDelivery(l, id)
	_, err = l.CloseDelivery(ctx, id, b.now())
	expect(err, "close", "queued", true)
}

func deferred(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	rows := b.made(l, due("a", 1), "a@x.no", "b@x.no", "c@x.no")
	soon, late := start().Add(time.Hour), start().Add(3*time.Hour)
	b.send(l, rows[1].ID, ledger.Result{State: ledger.Uncertain, NextTry: late})
	b.claimDelivery(l, rows[2].ID)
	b.must(l.DeferDeliveries(ctx, []int64{rows[0].ID, rows[1].ID, rows[2].ID}, soon, "relay down"))
	for i, want := range []string{
		words("deferred", 0, soon, "relay down"), words("uncertain", 1, late, "relay down"), words("queued", 0, time.Time{}, ""),
	} {
		d := b.delivery(l, rows[i].ID)
		equal(b, d.Recipient, words(d.State, d.Attempts, d.NextTry, d.Answer), want)
	}
	b.must(l.DeferDeliveries(ctx, nil, soon, ""))
}

func cancelled(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	rows := b.made(l, due("a", 1), "a@x.no", "b@x.no")
	claim := b.claimDelivery(l, rows[0].ID)
	at := b.now()
	b.must(l.Finish(ctx, claim, ledger.Result{At: at, State: ledger.CancelledDelivery, Answer: "left the configuration"}))
	d := b.delivery(l, rows[0].ID)
	equal(b, "cancelled", words(d.State, d.FinishedAt, d.Answer, d.Attempts), words("cancelled", at, "left the configuration", 0))
	equal(b, "the other", b.delivery(l, rows[1].ID), rows[1])
	p := b.plan(l, due("b", 1), due("b", 2))
	b.claimPeriod(l, p[1].ID)
	b.must(l.CancelPeriods(ctx, []int64{p[0].ID, p[1].ID}, "left"))
	equal(b, "periods", words(b.period(l, p[0].Key).State, b.period(l, p[0].Key).Error, b.period(l, p[1].Key).State), "cancelled left owed")
}

func oneMore(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	first := b.made(l, due("a", 1), "a@x.no")[0]
	at := b.now()
	d, err := l.AddRecipient(ctx, first.PeriodID, "b@x.no", at)
	b.must(err)
	equal(b, "added", words(d.Report, d.Period, d.Recipient, d.State, d.QueuedAt, d.Begun, d.File == "", d.Config), words("a", first.Period, "b@x.no", "queued", at, false, true, config))
	next, found, err := l.ClaimNextDelivery(ctx, ledger.Ready{Account: account, Config: config, Now: start().AddDate(0, 0, 2)}, false)
	b.must(err)
	equal(b, "handed out", words(found, next.Recipient), "true a@x.no")
	var has *ledger.HasItError
	if _, err := l.AddRecipient(ctx, first.PeriodID, "A@X.no", at); !errors.As(err, &has) || has.Delivery.ID != first.ID {
		b.Errorf("the same mailbox: %v", err)
	}
	owed := b.plan(l, due("a", 2))[0]
	var state *ledger.StateError
	if _, err := l.AddRecipient(ctx, owed.ID, "b@x.no", at); !errors.As(err, &state) || state.Found != "owed" {
		b.Errorf("one that is owed: %v", err)
	}
	if _, err := l.AddRecipient(ctx, 99, "b@x.no", at); !errors.Is(err, ledger.ErrNoPeriod) {
		b.Errorf("none: %v", err)
	}
}

func pages(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	for day := range 5 {
		b.made(l, due("a", day+1), "a@x.no")
	}
	list := func(f ledger.Filter, want ...int) {
		b.Helper()
		rows, err := l.Deliveries(ctx, f)
		b.must(err)
		periods, err := l.Periods(ctx, f)
		b.must(err)
		var names []string
		for _, day := range want {
			names = append(names, due("a", day).Name)
		}
		equal(b, "deliveries", texts(rows, func(d ledger.Delivery) string { return d.Period }), texts(names, func(s string) string { return s }))
		equal(b, "periods", texts(periods, func(p ledger.Period) string { return p.Name }), texts(names, func(s string) string { return s }))
	}
	list(ledger.Filter{Account: account, Since: due("a", 2).Due, Until: due("a", 4).Due}, 3, 2)
	list(ledger.Filter{Account: account, Limit: 2}, 5, 4)
	list(ledger.Filter{Account: account, Limit: 2, Offset: 2}, 3, 2)
	list(ledger.Filter{Account: account, Limit: 2, Offset: 4}, 1)
	list(ledger.Filter{Account: account, Until: due("a", 1).Due})
}
