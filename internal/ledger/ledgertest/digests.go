package ledgertest

import (
	"context"
	"errors"
	"slices"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/mailcopy"
	"rapport/internal/series"
)

func digests() []part {
	return []part{
		{"each report that is made has a digest that follows from the one before it", chained},
		{"a report whose files name another digest than the one before it is not recorded", digestOvertaken},
		{"a series goes on under another id, and beside one that has begun", renamedSeries},
		{"a report that is made again has a digest of its own", chainedAgain},
		{"retention takes a series from its beginning, and what stays follows from what it took", trimmed},
		{"a message is kept as it was frozen, and goes with its period", copied},
	}
}

// digestLinks are all of a series.
func digestLinks(b *fixture, l *ledger.Ledger, name string) (all []series.Link) {
	b.Helper()
	b.must(l.Read(context.Background(), func(tx ledger.Tx) error {
		page, faults, err := series.PageByPosition(tx, account, name, 0)
		if all = page; len(faults) > 0 {
			b.Errorf("series %s: %v", name, faults)
		}
		return err
	}))
	return all
}

func chain(b *fixture, l *ledger.Ledger, name string) string {
	b.Helper()
	previous, text := "", ""
	for i, link := range digestLinks(b, l, name) {
		if i > 0 && link.Previous != previous {
			b.Errorf("%s does not follow from %s", link.Dir, previous)
		}
		previous = link.Digest
		text += words(link.Position, link.Report, link.Number, link.Period(), link.State, len(link.Files)) + ", "
	}
	return text
}

// madeOf makes a period of which there are files.
func (b *fixture) madeOf(l *ledger.Ledger, p ledger.Planned, m ledger.MadePeriod) error {
	b.Helper()
	claim := b.claimPeriod(l, b.plan(l, p)[0].ID)
	m.At = b.now()
	m.Artifacts = []ledger.Artifact{{Path: p.Report + "/" + p.Name + "/a.csv", SHA256: "aa"}, {Path: p.Report + "/" + p.Name + "/a.pdf", SHA256: "bb"}}
	err := l.RecordMade(context.Background(), claim, m)
	if err != nil {
		b.must(l.ReturnPeriod(context.Background(), claim))
	}
	return err
}

func chained(b *fixture) {
	l := b.ledger()
	b.must(b.madeOf(l, due("a", 1), ledger.MadePeriod{}))
	b.must(b.madeOf(l, due("c", 1), ledger.MadePeriod{}))
	b.must(b.madeOf(l, due("a", 2), ledger.MadePeriod{Origin: []byte(`{}`)}))
	equal(b, "a", chain(b, l, "a"), "1 a 1 2026-11-20 0 2, 2 a 2 2026-11-21 0 2, ")
	equal(b, "c", chain(b, l, "c"), "1 c 1 2026-11-20 0 2, ")
	first := digestLinks(b, l, "a")[0]
	equal(b, "the first follows from none", first.Previous, "")
	p := due("a", 1)
	f := series.Facts{Account: account, Report: "a", Number: "1", From: p.From, To: p.To, Files: []series.File{{Name: "a.csv", SHA256: "aa"}, {Name: "a.pdf", SHA256: "bb"}}}
	equal(b, "digest", first.Digest, f.Digest(""))
}

func digestOvertaken(b *fixture) {
	l := b.ledger()
	b.must(b.madeOf(l, due("a", 1), ledger.MadePeriod{}))
	first := digestLinks(b, l, "a")[0].Digest
	b.must(b.madeOf(l, due("a", 2), ledger.MadePeriod{Previous: first}))
	third := due("a", 3)
	if err := b.madeOf(l, third, ledger.MadePeriod{Previous: first}); !errors.Is(err, series.ErrOvertaken) {
		b.Errorf("%v", err)
	}
	equal(b, "nothing was recorded", words(b.period(l, third.Key).State, len(digestLinks(b, l, "a"))), "owed 2")
	before, err := series.Before(context.Background(), l.Read, account, "a", due("a", 2).From, due("a", 2).To, 0)
	b.must(err)
	equal(b, "before the second", before, first)
	before, err = series.Before(context.Background(), l.Read, account, "a", third.From, third.To, 0)
	b.must(err)
	equal(b, "before the next", before, digestLinks(b, l, "a")[1].Digest)
}

func renamedSeries(b *fixture) {
	l := b.ledger()
	b.must(b.madeOf(l, due("a", 1), ledger.MadePeriod{}))
	b.must(b.madeOf(l, due("c", 1), ledger.MadePeriod{}))
	for _, part := range []string{"a.north", "ab"} {
		b.must(b.madeOf(l, due(part, 1), ledger.MadePeriod{}))
	}
	b.rename(l, "a", "b")
	equal(b, "a part goes along", chain(b, l, "b.north"), "1 a.north 1 2026-11-20 0 2, ")
	equal(b, "and no other", chain(b, l, "ab"), "1 ab 1 2026-11-20 0 2, ")
	b.must(b.madeOf(l, due("b", 2), ledger.MadePeriod{}))
	equal(b, "it goes on", chain(b, l, "b"), "1 a 1 2026-11-20 0 2, 2 b 2 2026-11-21 0 2, ")
	equal(b, "none is left", chain(b, l, "a"), "")
	b.rename(l, "c", "b")
	equal(b, "one that has begun is as it was", chain(b, l, "b"), "1 a 1 2026-11-20 0 2, 2 b 2 2026-11-21 0 2, ")
	equal(b, "and so is the other", chain(b, l, "c"), "1 c 1 2026-11-20 0 2, ")
}

func chainedAgain(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	b.must(b.madeOf(l, due("a", 1), ledger.MadePeriod{}))
	p := b.period(l, due("a", 1).Key)
	b.must(l.Remake(ctx, p.ID, ledger.RemakeLost, b.now()))
	b.must(l.RecordMade(ctx, b.claimPeriod(l, p.ID), ledger.MadePeriod{At: b.now(), Artifacts: []ledger.Artifact{{Path: "a/2026-11-20/a_correction-1.csv", SHA256: "cc"}}}))
	equal(b, "both", chain(b, l, "a"), "1 a 1 2026-11-20 0 2, 2 a 1-1 2026-11-20 0 1, ")
}

func trimmed(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	for day := range 4 {
		b.must(b.madeOf(l, due("a", day+1), ledger.MadePeriod{}))
	}
	all := digestLinks(b, l, "a")
	b.must(l.BeginRemoval(ctx, all[0].PeriodID))
	equal(b, "begun", digestLinks(b, l, "a")[0].State, series.Removing)
	for _, link := range []series.Link{all[0], all[1], all[3]} {
		b.must(l.PurgeDetails(ctx, link.PeriodID))
	}
	equal(b, "removed", chain(b, l, "a"), "1 a 1 2026-11-20 2 2, 2 a 2 2026-11-21 2 2, 3 a 3 2026-11-22 0 2, 4 a 4 2026-11-23 2 2, ")
	n, err := l.PurgeKeys(ctx, account, due("a", 2).Due.Add(time.Hour))
	b.must(err)
	equal(b, "forgotten", n, 2)
	equal(b, "what stays", chain(b, l, "a"), "3 a 3 2026-11-22 0 2, 4 a 4 2026-11-23 2 2, ")
	b.must(l.Read(ctx, func(tx ledger.Tx) error {
		h, err := series.HeadOf(tx, account, "a")
		equal(b, "what was taken", words(h.Taken, h.TakenDigest == all[1].Digest, h.Last, h.LastDigest == all[3].Digest), "2 true 4 true")
		return err
	}))
}

func copied(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	message := []byte("To: a\r\n\r\nwhat all get\r\nand the file")
	d := frozen("a", "a@x.no")
	c, err := new(mailcopy.Cutter).Cut("name", d.SHA256, slices.Concat(message[:9], message[21:23], message[35:]), []mailcopy.Piece{{At: 9, Text: message[9:21]}, {At: 23, Text: message[23:35], File: "a.csv"}})
	b.must(err)
	d.Copy = &c
	b.must(b.madeOf(l, due("a", 1), ledger.MadePeriod{Deliveries: []ledger.NewDelivery{d, frozen("a", "b@x.no")}}))
	id := digestLinks(b, l, "a")[0].PeriodID
	kept := func() (text string) {
		b.must(l.Read(ctx, func(tx ledger.Tx) error {
			all, err := mailcopy.Of(tx, id)
			if err != nil {
				return err
			}
			parts, err := mailcopy.PartsOf(tx, id)
			text = words(len(all), len(parts))
			for _, k := range all {
				text += words(" ", k.Revision, k.Name, k.MessageID, k.SHA256)
			}
			return err
		}))
		return text
	}
	equal(b, "kept", kept(), "1 1  0 name <a-a@x.no> sum of a-a@x.no")
	unsent, err := l.Unsent(ctx, account)
	b.must(err)
	for _, one := range unsent {
		b.send(l, one.ID, ledger.Result{State: ledger.Sent})
	}
	b.must(l.PurgeDetails(ctx, id))
	equal(b, "gone", kept(), "0 0")
}
