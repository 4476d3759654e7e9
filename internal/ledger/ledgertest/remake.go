package ledgertest

import (
	"context"
	"errors"

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
