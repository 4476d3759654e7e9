package ledgertest

import (
	"context"
	"time"

	"rapport/internal/ledger"
)

func numbers() []part {
	return []part{
		{"the numbers are those of the rows", stats},
		{"a report's last success is its newest complete period's", lastSuccess},
		{"the next try is the earliest of what is free", nextTry},
		{"nobody is woken by what is for others", nextTryOfOthers},
	}
}

func stats(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	rows := b.made(l, due("a", 1), "a@x.no", "b@x.no", "c@x.no")
	b.plan(l, due("a", 2), due("a", 3))
	b.send(l, rows[0].ID, ledger.Result{State: ledger.Sent})
	b.send(l, rows[1].ID, ledger.Result{State: ledger.Deferred})
	s, err := l.Stats(ctx, account)
	b.must(err)
	equal(b, "numbers", words(s), "{2 map[deferred:1 queued:1 sent:1] 2 0 map[]}")
	none, err := l.Stats(ctx, "P99999999")
	b.must(err)
	equal(b, "of an account without any", words(none), "{0 map[] 0 0 map[]}")
}

func lastSuccess(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	last := func(report string) time.Time {
		s, err := l.Stats(ctx, account)
		b.must(err)
		return s.LastSuccess[report]
	}
	rows := b.made(l, due("a", 1), "a@x.no", "b@x.no")
	b.send(l, rows[0].ID, ledger.Result{State: ledger.Sent})
	equal(b, "with one underway", last("a"), time.Time{})
	d, err := l.CloseDelivery(ctx, rows[1].ID, b.now())
	b.must(err)
	equal(b, "complete", last("a"), d.FinishedAt)
	older := b.made(l, due("a", 0), "a@x.no")[0].ID
	b.send(l, older, ledger.Result{State: ledger.Sent})
	equal(b, "an older one later", last("a"), d.FinishedAt)
	refused := b.made(l, due("a", 2), "a@x.no")[0].ID
	b.send(l, refused, ledger.Result{State: ledger.Refused})
	equal(b, "a newer one that was refused", last("a"), d.FinishedAt)
	b.made(l, due("archive", 1))
	equal(b, "without recipients", last("archive"), b.period(l, due("archive", 1).Key).MadeAt)
}

func nextTry(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	ready := ledger.Ready{Account: account, Config: config, Now: start()}
	expect := func(want time.Time, wanted bool) {
		b.Helper()
		at, ok, err := l.NextTry(ctx, ready)
		b.must(err)
		equal(b, "next try", words(at, ok), words(want, wanted))
	}
	expect(time.Time{}, false)
	soon, late := start().Add(time.Hour), start().Add(2*time.Hour)
	p := b.plan(l, due("a", 0))[0]
	expect(time.Time{}, true)
	claim := b.claimPeriod(l, p.ID)
	expect(time.Time{}, false)
	b.must(l.PostponePeriod(ctx, claim, ledger.Postponed{NextTry: late, State: ledger.Owed}))
	expect(late, true)
	id := b.made(l, due("b", 0), "a@x.no")[0].ID
	b.send(l, id, ledger.Result{State: ledger.Deferred, NextTry: soon})
	expect(soon, true)
	ready.Now = soon
	expect(time.Time{}, true)
	ready.Now = start()
	b.send(l, id, ledger.Result{State: ledger.Held, NextTry: soon})
	expect(late, true)
}

// nextTryOfOthers: a caller is not woken by what it can do nothing about.
func nextTryOfOthers(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	ready := ledger.Ready{Account: account, Config: config, Now: start(), MaxCrashes: 2}
	expect := func(what string, want time.Time, wanted bool) {
		b.Helper()
		at, ok, err := l.NextTry(ctx, ready)
		b.must(err)
		equal(b, what, words(at, ok), words(want, wanted))
	}
	elsewhere, waiting := due("x", 0), due("y", 0)
	elsewhere.Config, waiting.Config = "other.yaml", "other.yaml"
	b.plan(l, elsewhere)
	b.send(l, b.made(l, waiting, "a@x.no")[0].ID, ledger.Result{State: ledger.Deferred, NextTry: start().Add(time.Minute)})
	expect("of another configuration", time.Time{}, false)
	later := b.plan(l, due("a", 1))[0]
	expect("not due yet", later.Due, true)
	ready.Now = later.Due
	expect("due", time.Time{}, true)
	earlier := b.plan(l, due("a", 0))[0]
	claim := b.claimPeriod(l, earlier.ID)
	expect("while another period of the report is under way", time.Time{}, false)
	b.must(l.PostponePeriod(ctx, claim, ledger.Postponed{State: ledger.Cancelled}))
	claim = b.claimPeriod(l, later.ID)
	b.must(l.PostponePeriod(ctx, claim, ledger.Postponed{State: ledger.Owed, NextTry: ready.Now.Add(72 * time.Hour)}))
	expect("at an instant that a wrong clock wrote", time.Time{}, true)
	for range 2 {
		dying := b.ledger()
		b.claimPeriod(dying, later.ID)
		b.must(dying.Close())
		_, err := l.Reap(ctx)
		b.must(err)
	}
	expect("what processes die over", time.Time{}, false)
	ready.MaxCrashes = 0
	expect("if it may be tried", time.Time{}, true)
}
