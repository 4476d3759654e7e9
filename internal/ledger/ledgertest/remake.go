package ledgertest

import (
	"context"
	"errors"
	"time"

	"rapport/internal/ledger"
)

// madeTo makes a period whose mail goes to some, in a try of its own.
func (b *fixture) madeTo(l *ledger.Ledger, claim ledger.Claim, revision int, mark string, recipients ...string) {
	b.Helper()
	m := ledger.MadePeriod{At: b.now(), Artifacts: []ledger.Artifact{{Path: mark + ".csv"}}, Totals: []ledger.Total{{Dimension: "currency", Name: mark}}}
	for _, to := range recipients {
		d := frozen(mark, to)
		d.Revision = revision
		m.Deliveries = append(m.Deliveries, d)
	}
	b.must(l.RecordMade(context.Background(), claim, m))
}

// sendTo sends the message to one recipient.
func (b *fixture) sendTo(l *ledger.Ledger, recipient string) {
	b.Helper()
	ctx := context.Background()
	for _, d := range b.deliveries(l) {
		if d.Recipient != recipient {
			continue
		}
		claimed, err := l.ClaimDelivery(ctx, d.ID)
		b.must(err)
		b.must(l.MarkSending(ctx, claimed.Claim, b.now()))
		b.must(l.Finish(ctx, claimed.Claim, ledger.Result{At: b.now(), State: ledger.Sent, Answer: "250"}))
	}
}

func (b *fixture) deliveries(l *ledger.Ledger) []ledger.Delivery {
	b.Helper()
	all, err := l.Deliveries(context.Background(), ledger.Filter{Account: account})
	b.must(err)
	return all
}

// states are those of all deliveries, by recipient.
func (b *fixture) states(l *ledger.Ledger) (out []any) {
	b.Helper()
	for _, d := range b.deliveries(l) {
		out = append(out, d.Recipient, d.State, d.Revision, d.Edition, d.MessageID)
	}
	return out
}

func madeEarly(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	id := b.plan(l, due("a", 1))[0].ID
	b.madeTo(l, b.claimPeriod(l, id), 0, "first", "a@x.no", "b@x.no")
	b.sendTo(l, "a@x.no")
	early, err := l.MadeEarly(ctx, account, config, due("a", 1).To)
	b.must(err)
	equal(b, "when it is over", len(early), 0)
	early, err = l.MadeEarly(ctx, account, config, due("a", 1).From)
	b.must(err)
	equal(b, "before that", words(len(early), early[0].ID), words(1, id))
	b.must(l.Remake(ctx, id, ledger.RemakeEarly, b.now()))
	var state *ledger.StateError
	if err := l.Remake(ctx, id, ledger.RemakeEarly, b.now()); !errors.As(err, &state) {
		b.Errorf("twice: %v", err)
	}
	p := b.period(l, due("a", 1).Key)
	equal(b, "owed again", words(p.State, p.Edition, p.Remake, p.Number), "owed 1 early 1")
	equal(b, "nothing waits", words(b.states(l)...), words("a@x.no", "sent", 0, 1, frozen("first", "a@x.no").MessageID, "b@x.no", "cancelled", 0, 1, frozen("first", "b@x.no").MessageID))
	b.madeTo(l, b.claimPeriod(l, id), 1, "second", "a@x.no", "b@x.no")
	equal(b, "to everybody", words(b.states(l)...), words("a@x.no", "queued", 1, 1, frozen("second", "a@x.no").MessageID, "b@x.no", "queued", 1, 1, frozen("second", "b@x.no").MessageID))
	artifacts, err := l.Artifacts(ctx, id)
	b.must(err)
	all, err := l.ArtifactsOfAllEditions(ctx, id)
	b.must(err)
	totals, err := l.Totals(ctx, id)
	b.must(err)
	equal(b, "its files and figures", words(len(artifacts), artifacts[0].Path, len(all), len(totals), totals[0].Name), "1 second.csv 2 1 second")
}

func filesLost(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	id := b.plan(l, due("a", 1))[0].ID
	b.madeTo(l, b.claimPeriod(l, id), 0, "first", "a@x.no", "b@x.no", "c@x.no")
	b.sendTo(l, "a@x.no")
	for _, d := range b.deliveries(l) {
		if d.Recipient == "c@x.no" {
			claimed, err := l.ClaimDelivery(ctx, d.ID)
			b.must(err)
			b.must(l.MarkSending(ctx, claimed.Claim, b.now()))
			b.must(l.Finish(ctx, claimed.Claim, ledger.Result{At: b.now(), State: ledger.Uncertain, NextTry: b.now(), Answer: "?"}))
		}
	}
	b.must(l.Remake(ctx, id, ledger.RemakeLost, b.now()))
	b.madeTo(l, b.claimPeriod(l, id), 1, "second", "a@x.no", "b@x.no", "c@x.no")
	equal(b, "who got nothing gets it", words(b.states(l)...), words("a@x.no", "sent", 0, 1, frozen("first", "a@x.no").MessageID,
		"b@x.no", "queued", 1, 1, frozen("second", "b@x.no").MessageID, "c@x.no", "uncertain", 0, 1, frozen("first", "c@x.no").MessageID))
}

// part is one of report a for a period.
func (b *fixture) partOf(whole ledger.Planned, slug string, recipients ...string) ledger.MadePart {
	p := ledger.MadePart{Planned: whole, Slug: slug, Value: "of " + slug, MadePeriod: ledger.MadePeriod{At: b.now(), MessageContent: []byte(slug), Artifacts: []ledger.Artifact{{Path: slug + ".csv"}}}}
	p.Report, p.State, p.Number = whole.Report+"."+slug, ledger.Made, 1
	for _, to := range recipients {
		p.Deliveries = append(p.Deliveries, frozen(slug, to))
	}
	return p
}

func sequence(err error, parts ...ledger.MadePart) func(func(ledger.MadePart, error) bool) {
	return func(yield func(ledger.MadePart, error) bool) {
		for _, p := range parts {
			if !yield(p, nil) {
				return
			}
		}
		if err != nil {
			yield(ledger.MadePart{}, err)
		}
	}
}

// partsAtOnce: the parts of a period are written down with the whole, all or none.
func partsAtOnce(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	whole := due("a", 1)
	claim := b.claimPeriod(l, b.plan(l, whole)[0].ID)
	torn := errors.New("torn")
	done := ledger.MadePeriod{At: b.now(), Deliveries: []ledger.NewDelivery{frozen("a", "ops@x.no")}}
	err := l.RecordSplit(ctx, claim, done, sequence(torn, b.partOf(whole, "x", "x@x.no")))
	equal(b, "an error", errors.Is(err, torn), true)
	equal(b, "and nothing is written down", len(b.deliveries(l)), 0)
	held := b.partOf(whole, "held")
	held.State, held.Number = ledger.Archived, 7
	b.must(l.RecordSplit(ctx, claim, done, sequence(nil, b.partOf(whole, "x", "x@x.no", "x2@x.no"), b.partOf(whole, "nobody"), held)))
	equal(b, "deliveries", len(b.deliveries(l)), 3)
	periods, err := l.Periods(ctx, ledger.Filter{Account: account})
	b.must(err)
	equal(b, "periods", texts(periods, func(p ledger.Period) string { return words(p.Report, p.State) }), "[a made a.held archived a.nobody made a.x made]")
	for report, want := range map[string]int{"a.x": 2, "a.held": 8, "a.new": 1} {
		key := due(report, 2).Key
		n, err := l.NextNumber(ctx, key)
		b.must(err)
		equal(b, "the number after that of "+report, n, want)
	}
	equal(b, "what is planned through is the whole's", b.planned(l), "[a daily 2026-11-21]")
	stats, err := l.Stats(ctx, account)
	b.must(err)
	equal(b, "parts have no last success of their own", len(stats.LastSuccess), 0)
	for _, only := range []struct {
		reports []string
		want    string
	}{{[]string{"a.x"}, "x@x.no"}, {[]string{"b"}, ""}, {[]string{"a"}, "ops@x.no"}} {
		d, found, err := l.ClaimNextDelivery(ctx, ledger.Ready{Account: account, Config: config, Now: b.now(), Reports: only.reports}, false)
		b.must(err)
		equal(b, "of "+only.reports[0], words(d.Recipient), only.want)
		if found {
			b.must(l.ReturnDelivery(ctx, d.Claim))
		}
	}
	_, found, err := l.ClaimNextDelivery(ctx, ledger.Ready{Account: account, Config: config, Now: b.now(), Except: []string{"a"}}, false)
	b.must(err)
	equal(b, "left to others", found, false)
}

// partsGoAlong with a whole that gets another id, or another configuration.
func partsGoAlong(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	whole := due("a", 1)
	b.must(l.RecordSplit(ctx, b.claimPeriod(l, b.plan(l, whole)[0].ID), ledger.MadePeriod{At: b.now()}, sequence(nil, b.partOf(whole, "x", "x@x.no"))))
	equal(b, "renamed", b.rename(l, "a", "b"), true)
	periods, err := l.Periods(ctx, ledger.Filter{Account: account, Report: "b.x"})
	b.must(err)
	equal(b, "the part", texts(periods, func(p ledger.Period) string { return words(p.Report, p.ArchivedUnder, p.To.Format(time.DateOnly)) }), "[b.x a.x 2026-11-21]")
	n, err := l.NextNumber(ctx, due("b.x", 2).Key)
	b.must(err)
	equal(b, "its next number", n, 2)
	values := ""
	b.must(l.Read(ctx, func(tx ledger.Tx) error {
		return tx.Row([]any{&values}, `SELECT report || ' ' || slug || ' ' || value FROM part WHERE account = ?`, account)
	}))
	equal(b, "its name", values, "b x of x")
	b.must(l.TakeOver(ctx, account, "b", config, "other.yaml"))
	_, found, err := l.ClaimNextDelivery(ctx, ledger.Ready{Account: account, Config: "other.yaml", Now: b.now()}, false)
	b.must(err)
	equal(b, "its message is the other's to send", found, true)
}
