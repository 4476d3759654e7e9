package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/corrected"
)

func correctedTables() []part {
	return []part{
		{"a correction is a period of its own beside the one that it corrects, made and sent like any", correctionBeside},
		{"a closed period is due to be read until it was, the one first that waits longest", closedPeriods},
		{"a part is read with the whole, and the sum of its rows is kept until they change", closedParts},
		{"what was found goes down once, and is found again", foundOnce},
	}
}

// makeClosed makes a period that can be checked.
func makeClosed(b *fixture, l *ledger.Ledger, row ledger.Planned, rows []byte) ledger.Period {
	id := b.plan(l, row)[0].ID
	b.must(l.RecordMade(context.Background(), b.claimPeriod(l, id), ledger.MadePeriod{At: b.now(), Also: func(t ledger.Tx, id int64) error {
		return corrected.Keep(t, corrected.Closed{PeriodID: id, Account: account, FilterHash: "f", Zone: "Europe/Oslo", CheckedAt: b.now()}, rows)
	}}))
	return b.period(l, row.Key)
}

func correctionBeside(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	t := corrected.Of(l)
	first := makeClosed(b, l, due("a", 1), []byte{1, 2})
	plan := func(n int) (id int64, err error) {
		return id, l.Write(ctx, func(tx ledger.Tx) error {
			id, err = corrected.Plan(tx, first, n, b.now())
			return err
		})
	}
	id, err := plan(1)
	b.must(err)
	again, err := plan(1)
	b.must(err)
	equal(b, "planned once", again, id)
	owed, err := l.OwedPeriods(ctx, account)
	b.must(err)
	equal(b, "owed", words(len(owed), owed[0].ID == id, owed[0].Edition, owed[0].Remake, owed[0].Number == first.Number, owed[0].Key == first.Key), "1 true 1 changed true true")
	equal(b, "the first", b.period(l, first.Key).ID, first.ID)
	closed, of, err := t.First(ctx, owed[0])
	b.must(err)
	equal(b, "what it corrects", words(closed.PeriodID, of.ID), words(first.ID, first.ID))

	claim := b.claimPeriod(l, id)
	b.must(l.PostponePeriod(ctx, claim, ledger.Postponed{At: b.now(), State: ledger.Cancelled, Error: "nothing has changed"}))
	again, err = plan(1)
	b.must(err)
	equal(b, "owed again", again, id)
	b.must(l.RecordMade(ctx, b.claimPeriod(l, id), ledger.MadePeriod{At: b.now(), Deliveries: []ledger.NewDelivery{{Recipient: "a@x.no", MessageID: "m", File: "f", SHA256: "s", Size: 1}}}))
	var state *ledger.StateError
	if _, err := plan(1); !errors.As(err, &state) {
		b.Errorf("one that was made is planned: %v", err)
	}
	if err := l.Remake(ctx, id, ledger.RemakeLost, b.now()); !errors.As(err, &state) {
		b.Errorf("a correction is made again: %v", err)
	}
	deliveries, err := l.Deliveries(ctx, ledger.Filter{Account: account, Report: "a"})
	b.must(err)
	equal(b, "its delivery", words(len(deliveries), deliveries[0].Edition, deliveries[0].Remake, deliveries[0].Key == first.Key), "1 1 changed true")
	id2, err := plan(2)
	b.must(err)
	equal(b, "the second", id2 != id, true)
}

func closedPeriods(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	t := corrected.Of(l)
	one, two := makeClosed(b, l, due("a", 1), nil), makeClosed(b, l, due("a", 2), []byte{7})
	show := func(endsAfter, before time.Time) (out string) {
		all, err := t.DuePeriods(ctx, account, endsAfter, before)
		b.must(err)
		for _, d := range all {
			out += d.Name + " "
		}
		return out
	}
	later := b.now().Add(time.Hour)
	equal(b, "both", show(time.Time{}, later), one.Name+" "+two.Name+" ")
	equal(b, "those that end later", show(one.To, later), two.Name+" ")
	b.must(t.Checked(ctx, later, one.ID))
	equal(b, "the other", show(time.Time{}, later), two.Name+" ")
	known, err := t.NoteSeen(ctx, one.ID, []byte{1}, true)
	b.must(err)
	equal(b, "a suspect", words(known, show(time.Time{}, later)), "true "+one.Name+" "+two.Name+" ")
	rows, found, err := t.Rows(ctx, two.ID)
	b.must(err)
	equal(b, "its rows", words(found, rows), "true [7]")
	_, found, err = t.Rows(ctx, one.ID)
	b.must(err)
	equal(b, "kept elsewhere", found, false)
	for _, n := range []int64{3, 4} {
		b.must(t.Spend(ctx, account, start(), n))
	}
	b.must(t.Spend(ctx, account, later, 1))
	spent, err := t.Spent(ctx, account, later)
	b.must(err)
	equal(b, "spent", spent, int64(1))
	b.must(t.Forget(ctx, account, two.To.Add(time.Hour)))
	equal(b, "forgotten", show(time.Time{}, later), "")
}

func closedParts(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	t := corrected.Of(l)
	whole := makeClosed(b, l, due("a", 1), nil)
	id := b.plan(l, due("a.x", 1))[0].ID
	b.must(l.RecordMade(ctx, b.claimPeriod(l, id), ledger.MadePeriod{At: b.now(), Also: func(tx ledger.Tx, id int64) error {
		of, err := corrected.WholeOf(tx, ledger.Period{Key: due("a.x", 1).Key}, "a")
		b.must(err)
		return corrected.KeepFirst(tx, corrected.Closed{PeriodID: id, Account: account, FilterHash: "f", Zone: "Europe/Oslo", CheckedAt: b.now(), Form: "no", RowSum: "5", Whole: of}, nil)
	}}))
	dues, err := t.DuePeriods(ctx, account, time.Time{}, b.now().Add(time.Hour))
	b.must(err)
	equal(b, "due", words(len(dues), dues[0].PeriodID == whole.ID, dues[0].RowSum), "1 true ")
	b.must(t.Same(ctx, b.now().Add(time.Hour), []corrected.Closed{{PeriodID: whole.ID, Form: "en", RowSum: "7", Unsummed: true}}))
	sum := func(of []corrected.Due, err error) string {
		b.must(err)
		return words(len(of), of[0].Report, of[0].Form, of[0].RowSum)
	}
	equal(b, "the whole", sum(t.DuePeriods(ctx, account, time.Time{}, b.now().Add(2*time.Hour))), "1 a en 7")
	equal(b, "the part", sum(t.Parts(ctx, account, whole.ID)), "1 a.x no 5")
	b.must(t.Summed(ctx, id, "no", "6"))
	equal(b, "summed anew", sum(t.Parts(ctx, account, whole.ID)), "1 a.x no 6")
	b.must(l.Write(ctx, func(tx ledger.Tx) error {
		return corrected.Record(tx, id, corrected.Correction{Position: 1, FoundAt: b.now(), Changes: []byte{1}})
	}))
	equal(b, "changed", sum(t.Parts(ctx, account, whole.ID)), "1 a.x  ")
}

func foundOnce(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	t := corrected.Of(l)
	p := makeClosed(b, l, due("a", 1), nil)
	one := corrected.Correction{Position: 1, FoundAt: b.now(), Added: 2, Back: true, State: "s", Changes: []byte{9}, Totals: []ledger.Total{{Dimension: "currency", Currency: "NOK", Measure: "captured", Count: 2, Sum: 5}}}
	record := func() error {
		return l.Write(ctx, func(tx ledger.Tx) error { return corrected.Record(tx, p.ID, one) })
	}
	b.must(record())
	if record() == nil {
		b.Error("the same is found twice")
	}
	all, err := t.Corrections(ctx, p.ID)
	b.must(err)
	one.FoundAt = one.FoundAt.UTC()
	equal(b, "found", fmt.Sprint(all), fmt.Sprint([]corrected.Correction{one}))
	b.must(t.Forget(ctx, account, p.To.Add(time.Hour)))
	all, err = t.Corrections(ctx, p.ID)
	b.must(err)
	equal(b, "of which the rows are gone", words(len(all), len(all[0].Changes), all[0].Totals[0].Sum), "1 0 5")
}
