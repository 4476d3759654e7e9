package ledgertest

import (
	"context"
	"errors"
	"fmt"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
)

func servedTables() []part {
	return []part{
		{"what is written in one transaction with others' rows goes down with them or not at all", oneTransaction},
		{"of two reports that are the same the second is refused, also when both are made at once", sameReports},
		{"a report that was deleted is gone, and another like it may be made", deletedReports},
		{"when a file's report was first seen does not change", firstSeen},
		{"a report that ends has nothing owed and nothing waiting, but for what is held", reportEnds},
		{"an act is written with what was done, and found again", acts},
		{"a decision and its act are one", decisionWithAct},
		{"the first who asks for a key makes it for all", signingKeys},
		{"a session is found by its id until it is ended", sessions},
		{"a link opens one session", links},
		{"figures are replaced from a day on, and no day between is left unread", dayFigures},
		{"a hook is told of an event once", hookDeliveries},
		{"a duty has one holder at a time", duties},
		{"files are listed once each, the newest period first, until they are pruned", files},
		{"a period that is planned in a transaction is planned once", plannedInTransaction},
	}
}

var errUndo = errors.New("undo")

func oneTransaction(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	act := served.Act{At: b.now(), Account: account, Actor: served.Actor{Name: "kari", Via: served.ViaPage}, Action: "x", Object: "y"}
	err := l.Write(ctx, func(tx ledger.Tx) error {
		if _, _, err := tx.Plan(due("daily", 1)); err != nil {
			return err
		}
		return errors.Join(act.WriteDown(tx), errUndo)
	})
	if !errors.Is(err, errUndo) {
		b.Fatal(err)
	}
	all, err := served.Of(l).Acts(ctx, served.ActFilter{Account: account, Limit: 10})
	b.must(err)
	owed, err := l.OwedPeriods(ctx, account)
	b.must(err)
	equal(b, "left of what was undone", len(all)+len(owed), 0)
}

func plannedInTransaction(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	var first, again ledger.Period
	var found [2]bool
	b.must(l.Write(ctx, func(tx ledger.Tx) (err error) {
		first, found[0], err = tx.Plan(due("daily", 1))
		return err
	}))
	b.must(l.Write(ctx, func(tx ledger.Tx) (err error) {
		again, found[1], err = tx.Plan(due("daily", 1))
		return err
	}))
	equal(b, "the same", fmt.Sprint(found, first.ID == again.ID, again.State), "[false true] trueowed")
	b.must(l.CancelPeriods(ctx, []int64{first.ID}, "x"))
	b.must(l.Write(ctx, func(tx ledger.Tx) error { return tx.Reopen(first.ID) }))
	equal(b, "reopened", b.period(l, due("daily", 1).Key).State, ledger.Owed)
}
