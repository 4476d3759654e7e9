package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
)

// apiReport is a report that was made over HTTP.
func apiReport(id, sameness string, at time.Time) served.Report {
	return served.Report{Account: account, ID: id, Config: config, Kind: served.Scheduled, Body: []byte(`{"name":"` + id + `"}`), Sameness: sameness, CreatedAt: at, CreatedBy: "bi"}
}

func (b *fixture) insert(l *ledger.Ledger, r served.Report) error {
	return l.Write(context.Background(), r.Insert)
}

func sameReports(b *fixture) {
	at, ctx := b.now(), context.Background()
	var wg sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		l := b.ledger()
		wg.Go(func() { results[i] = b.insert(l, apiReport(fmt.Sprint("report-", i), "same", at)) })
	}
	wg.Wait()
	l, made := b.ledger(), ""
	for i, err := range results {
		var same *served.SameError
		switch {
		case err == nil && made == "":
			made = fmt.Sprint("report-", i)
		case !errors.As(err, &same):
			b.Errorf("report %d: %v", i, err)
		}
	}
	all, version, err := served.Of(l).Reports(ctx, account, config, "")
	b.must(err)
	equal(b, "there are", texts(all, func(r served.Report) string {
		return fmt.Sprint(r.ID, r.Sameness, string(r.Body), r.CreatedBy, r.CreatedAt.Equal(at))
	}),
		fmt.Sprintf(`[%ssame{"name":"%s"}bitrue]`, made, made))
	none, same1, err := served.Of(l).Reports(ctx, account, config, version)
	b.must(err)
	equal(b, "asked for again", words(len(none), same1 == version), "0 true")

	other := apiReport("other", "else", at)
	b.must(b.insert(l, other))
	other.Sameness = "same"
	var same *served.SameError
	if err := l.Write(ctx, other.Replace); !errors.As(err, &same) || same.ID != made {
		b.Errorf("one that becomes the same: %v", err)
	}
	other.Sameness, other.Body = "else", []byte(`{}`)
	b.must(l.Write(ctx, other.Replace))
	got, found, err := served.Of(l).Report(ctx, account, "other")
	b.must(err)
	equal(b, "replaced", fmt.Sprint(found, string(got.Body), got.CreatedBy), "true{}bi")
	once := apiReport("generate-1", "same", at)
	once.Kind = served.Generated
	b.must(b.insert(l, once))
	all, changed, err := served.Of(l).Reports(ctx, account, config, version)
	b.must(err)
	equal(b, "changed, and nothing owed of the generated one", words(len(all), changed != version), "2 true")
	owed := due("generate-1", 1)
	b.plan(l, owed)
	all, changed, err = served.Of(l).Reports(ctx, account, config, changed)
	b.must(err)
	equal(b, "something is owed of it", texts(all, func(r served.Report) string { return r.Kind }), "[scheduled scheduled generated]")
	b.must(l.CancelPeriods(ctx, []int64{b.period(l, owed.Key).ID}, "x"))
	all, _, err = served.Of(l).Reports(ctx, account, config, changed)
	b.must(err)
	equal(b, "no more", len(all), 2)
	b.must(served.Of(l).AdoptReports(ctx, account, "other.yaml"))
	all, _, err = served.Of(l).Reports(ctx, account, config, "")
	b.must(err)
	adopted, _, err := served.Of(l).Reports(ctx, account, "other.yaml", "")
	b.must(err)
	equal(b, "after another configuration adopted them", words(len(all), len(adopted)), "0 2")
}

func deletedReports(b *fixture) {
	l, ctx, at := b.ledger(), context.Background(), b.now()
	t := served.Of(l)
	b.must(b.insert(l, apiReport("a", "same", at)))
	remove := func() error {
		return l.Write(ctx, func(tx ledger.Tx) error { return apiReport("a", "", at).Delete(tx, at) })
	}
	b.must(remove())
	if err := remove(); err == nil {
		b.Error("it was deleted twice")
	}
	if err := l.Write(ctx, apiReport("a", "x", at).Replace); err == nil {
		b.Error("it was changed after it was deleted")
	}
	b.must(b.insert(l, apiReport("b", "same", at)))
	all, _, err := t.Reports(ctx, account, config, "")
	b.must(err)
	equal(b, "there", texts(all, func(r served.Report) string { return r.ID }), "[b]")
	gone, found, err := t.Report(ctx, account, "a")
	b.must(err)
	equal(b, "the other", fmt.Sprint(found, gone.DeletedAt.Equal(at)), "true true")

	made := due("a", 1)
	b.made(l, made, "kari@x.no")
	b.must(t.PurgeReports(ctx, account, at.Add(time.Hour)))
	_, found, err = t.Report(ctx, account, "a")
	b.must(err)
	equal(b, "known while the ledger has its files", found, true)
	_, found, err = t.Report(ctx, account, "b")
	b.must(err)
	equal(b, "one that is there stays", found, true)
	p := b.period(l, made.Key)
	for _, d := range b.unsent(l) {
		_, err := l.CloseDelivery(ctx, d.ID, at)
		b.must(err)
	}
	b.must(l.PurgeDetails(ctx, p.ID))
	b.must(t.PurgeReports(ctx, account, at.Add(time.Hour)))
	_, found, err = t.Report(ctx, account, "a")
	b.must(err)
	equal(b, "known after its files went", found, false)
}

func (b *fixture) unsent(l *ledger.Ledger) []ledger.Delivery {
	b.Helper()
	all, err := l.Unsent(context.Background(), account)
	b.must(err)
	return all
}

func firstSeen(b *fixture) {
	t, ctx := served.Of(b.ledger()), context.Background()
	first, later := b.now(), b.now()
	_, err := t.FirstSeen(ctx, account, []string{"a", "b"}, first)
	b.must(err)
	seen, err := t.FirstSeen(ctx, account, []string{"b", "c"}, later)
	b.must(err)
	equal(b, "a b c", words(seen["a"].Equal(first), seen["b"].Equal(first), seen["c"].Equal(later)), "true true true")
}

func reportEnds(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	sent := b.made(l, due("daily", 1), "queued@x.no", "held@x.no", "claimed@x.no", "sent@x.no", "uncertain@x.no")
	b.send(l, sent[1].ID, ledger.Result{State: ledger.Held})
	b.claimDelivery(l, sent[2].ID)
	b.send(l, sent[3].ID, ledger.Result{State: ledger.Sent})
	b.send(l, sent[4].ID, ledger.Result{State: ledger.Uncertain})
	b.made(l, due("other", 1), "kari@x.no")
	b.plan(l, due("daily", 2), due("daily", 3), due("other", 2))
	b.claimPeriod(l, b.period(l, due("daily", 3).Key).ID)
	b.must(l.Write(ctx, func(tx ledger.Tx) error { return tx.EndReport(account, "daily", "was deleted", b.now()) }))
	for recipient, want := range map[string]ledger.DeliveryState{"queued": ledger.CancelledDelivery, "held": ledger.Held, "claimed": ledger.Queued, "sent": ledger.Sent, "uncertain": ledger.CancelledDelivery} {
		all, err := l.Deliveries(ctx, ledger.Filter{Account: account, Report: "daily", Recipient: recipient + "@x.no"})
		b.must(err)
		equal(b, recipient, all[0].State, want)
	}
	for _, c := range []struct {
		p    ledger.Planned
		want ledger.PeriodState
	}{{due("daily", 2), ledger.Cancelled}, {due("daily", 3), ledger.Owed}, {due("other", 2), ledger.Owed}} {
		equal(b, c.p.Report+" "+c.p.Name, b.period(l, c.p.Key).State, c.want)
	}
	equal(b, "why", b.period(l, due("daily", 2).Key).Error, "was deleted")
}
