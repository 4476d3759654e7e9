package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"time"

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
		{"what happened is found until the hook is told of it", hookEvents},
		{"a duty has one holder at a time", duties},
		{"one process keeps house, and forgets no more than it may", housekeeping},
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

func dayFigures(b *fixture) {
	t, ctx := served.Of(b.ledger()), context.Background()
	day := func(n int) time.Time { return start().Truncate(24*time.Hour).AddDate(0, 0, n) }
	figure := func(n int, sum int64) served.DayFigure {
		return served.DayFigure{Day: day(n), Event: "CAPTURE", ProductType: "vipps", Currency: "NOK", Count: 1, Sum: sum}
	}
	b.must(t.RecordFigures(ctx, account, served.Coverage{From: day(-3), ReadAt: day(0).Add(time.Hour)}, []served.DayFigure{figure(-4, 9), figure(-3, 1), figure(-1, 2), figure(0, 3)}))
	b.must(t.RecordFigures(ctx, account, served.Coverage{From: day(-1), ReadAt: day(0).Add(2 * time.Hour)}, []served.DayFigure{figure(-1, 20)}))
	show := func(from int) string {
		all, err := t.Figures(ctx, account, "CAPTURE", day(from))
		b.must(err)
		return texts(all, func(f served.DayFigure) string { return fmt.Sprint(f.Day.Day(), " ", f.Sum) })
	}
	equal(b, "all", show(-9), "[17 1 19 20]")
	equal(b, "since a day", show(-1), "[19 20]")
	for what, read := range map[string]served.Coverage{
		"it is older": {From: day(-1), ReadAt: day(0)}, "it leaves a gap": {From: day(2), ReadAt: day(3)},
	} {
		if err := t.RecordFigures(ctx, account, read, nil); err == nil {
			b.Errorf("taken though %s", what)
		}
	}
	b.must(t.RecordFigures(ctx, account, served.Coverage{From: day(-9), ReadAt: day(0).Add(3 * time.Hour)}, []served.DayFigure{figure(-9, 5)}))
	c, err := t.Coverage(ctx, account)
	b.must(err)
	equal(b, "coverage", words(c.From.Equal(day(-9)), c.ReadAt.Equal(day(0).Add(3*time.Hour)), show(-9)), "true true [11 5]")
	none, err := t.Coverage(ctx, "T87654321")
	b.must(err)
	equal(b, "of another account", none.ReadAt.IsZero(), true)
}

func duties(b *fixture) {
	one, two, ctx, at := served.Of(b.ledger()), served.Of(b.ledger()), context.Background(), b.now()
	take := func(t served.Tables, holder string, now time.Time) bool {
		taken, err := t.TakeDuty(ctx, account, "kpi", holder, now, now.Add(2*time.Minute))
		b.must(err)
		return taken
	}
	equal(b, "taken", words(take(one, "1", at), take(two, "2", at), take(one, "1", at.Add(time.Minute)), take(two, "2", at.Add(2*time.Minute)), take(two, "2", at.Add(3*time.Minute))), "true false true false true")
	b.must(one.DropDuty(ctx, account, "kpi", "1"))
	equal(b, "dropped by another", take(one, "1", at.Add(3*time.Minute)), false)
	b.must(two.DropDuty(ctx, account, "kpi", "2"))
	equal(b, "dropped", take(one, "1", at.Add(3*time.Minute)), true)
}

func files(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	t := served.Of(l)
	for i := range 3 {
		p := due("daily", i)
		claim := b.claimPeriod(l, b.plan(l, p)[0].ID)
		m := ledger.MadePeriod{At: start().Add(time.Duration(i/2) * time.Hour), Facts: []byte(`{"n":` + fmt.Sprint(i) + `}`)} // two of one instant
		for _, kind := range []string{"pdf", "csv"} {
			m.Artifacts = append(m.Artifacts, ledger.Artifact{Path: p.Name + "." + kind, ContentType: kind, SHA256: "sum", Size: 7, Rows: 1})
		}
		b.must(l.RecordMade(ctx, claim, m))
	}
	b.plan(l, due("daily", 9))
	var got []string
	cursor := served.FileCursor{}
	for {
		page, err := t.Files(ctx, account, cursor, 2)
		b.must(err)
		if len(page) == 0 {
			break
		}
		for _, f := range page {
			got = append(got, f.Path+string(f.Facts))
			cursor = served.FileCursor{MadeAt: f.MadeAt, PeriodID: f.PeriodID, Position: f.Position}
		}
	}
	equal(b, "listed", fmt.Sprint(got), `[2026-11-21.pdf{"n":2} 2026-11-21.csv{"n":2} 2026-11-20.pdf{"n":1} 2026-11-20.csv{"n":1} 2026-11-19.pdf{"n":0} 2026-11-19.csv{"n":0}]`)
	id := b.period(l, due("daily", 0).Key).ID
	f, found, err := t.File(ctx, id, 1)
	b.must(err)
	equal(b, "one", fmt.Sprint(found, f.Path, f.Period, f.Size), "true2026-11-19.csv2026-11-197")
	b.must(l.PurgeDetails(ctx, id))
	_, found, err = t.File(ctx, id, 1)
	b.must(err)
	equal(b, "after it was pruned", found, false)
}

func hookDeliveries(b *fixture) {
	l, ctx, at := b.ledger(), context.Background(), b.now()
	t := served.Of(l)
	tell := func(id, event, subject string) (told bool) {
		b.must(l.Write(ctx, func(tx ledger.Tx) (err error) {
			told, err = served.HookDelivery{ID: id, Account: account, Hook: "h", Event: event, Subject: subject, Queued: at}.TellHook(tx)
			return err
		}))
		return told
	}
	equal(b, "told", words(tell("one", "report_add", "period 1"), tell("two", "report_add", "period 1"), tell("three", "report_add", "period 2"), tell("zero", served.HookBegins, "")), "true false true true")
	began, err := t.HookBegan(ctx, account, "h")
	b.must(err)
	never, err := t.HookBegan(ctx, account, "another")
	b.must(err)
	equal(b, "began", words(began.Equal(at), never.IsZero()), "true true")
	b.must(t.HookTried(ctx, "one", served.HookQueued, "503", at, at.Add(time.Minute)))
	queue, err := t.HookQueue(ctx, account, "h", 10)
	b.must(err)
	equal(b, "the queue", texts(queue, func(d served.HookDelivery) string { return words(d.ID, !d.NextTry.IsZero()) }), "[three false zero false one true]")
	b.must(t.HookTried(ctx, "one", served.HookHeard, "204", at.Add(time.Minute), time.Time{}))
	b.must(t.HookTried(ctx, "zero", served.HookHeard, "204", at.Add(time.Minute), time.Time{}))
	b.must(t.HookTried(ctx, "one", served.HookGivenUp, "late", at.Add(time.Hour), time.Time{}))
	d, found, err := t.HookDelivery(ctx, "one")
	b.must(err)
	equal(b, "how it went", words(found, d.State, d.Attempts, d.Answer, d.Ended.Equal(at.Add(time.Minute))), "true heard 2 204 true")
	b.must(t.PurgeHookDeliveries(ctx, account, at.Add(time.Hour)))
	all, err := t.HookDeliveries(ctx, account, 10)
	b.must(err)
	equal(b, "what is kept", texts(all, func(d served.HookDelivery) string { return d.ID + d.State }), "[threequeued zeroheard]")
}

// hookEvents: what happened is found until the hook was told of it, and not what happened before.
func hookEvents(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	t := served.Of(l)
	row := b.plan(l, due("daily", 1))[0]
	b.must(l.RecordMade(ctx, b.claimPeriod(l, row.ID), ledger.MadePeriod{
		At: b.now(), MessageContent: []byte("letter"), Deliveries: []ledger.NewDelivery{frozen("daily", "kari@example.com")},
		Artifacts: []ledger.Artifact{{Path: "daily/1.csv", ContentType: "text/csv", SHA256: "sum", Size: 1}},
	}))
	rows, err := l.Deliveries(ctx, ledger.Filter{Account: account})
	b.must(err)
	since := b.now().Add(-time.Hour)
	untold := func(event, config string, since time.Time) string {
		all, err := t.HookUntold(ctx, account, config, "h", event, since, 10)
		b.must(err)
		return texts(all, served.HookSubject.String)
	}
	file := served.HookSubject{Period: rows[0].PeriodID}
	equal(b, "made", untold("report_add", config, since), "["+file.String()+"]")
	equal(b, "another configuration's", untold("report_add", "other.yaml", since), "[]")
	equal(b, "before", untold("report_add", config, b.now().Add(time.Hour)), "[]")
	equal(b, "an event that is unknown", untold("x", config, since), "[]")
	read, ok := served.ReadHookSubject(file.String())
	equal(b, "a subject", words(read == file, ok), "true true")
	b.must(t.TellHooks(ctx, []served.HookDelivery{{ID: "1", Account: account, Hook: "h", Event: "report_add", Subject: file.String(), Queued: b.now()}}))
	equal(b, "told", untold("report_add", config, since), "[]")

	equal(b, "nothing failed", untold("report_failed", config, since)+untold("delivery_failed", config, since), "[][]")
	b.send(l, rows[0].ID, ledger.Result{At: b.now(), State: ledger.Refused, Answer: "550"})
	equal(b, "refused", untold("delivery_failed", config, since), "["+served.HookSubject{Delivery: rows[0].ID}.String()+"]")

	owed := b.plan(l, due("daily", 2))[0]
	b.must(l.PostponePeriod(ctx, b.claimPeriod(l, owed.ID), ledger.Postponed{At: b.now(), NextTry: b.now().Add(time.Hour), State: ledger.Owed, Error: "away"}))
	equal(b, "not made", untold("report_failed", config, since), "["+served.HookSubject{Period: owed.ID}.String()+"]")
}

func housekeeping(b *fixture) {
	one, two, ctx, at := served.Of(b.ledger()), served.Of(b.ledger()), context.Background(), b.now()
	keeper := func(t served.Tables, config, holder string) served.Housekeeper {
		return served.Housekeeper{Tables: t, Account: account, Config: config, Holder: holder, Fault: b.must}
	}
	keeps := func(k served.Housekeeper, now time.Time) bool { return k.KeepsHouse(ctx, now) }
	first, second := keeper(one, config, "1"), keeper(two, config, "2")
	equal(b, "who keeps house", words(keeps(first, at), keeps(second, at), keeps(keeper(two, "other.yaml", "2"), at), keeps(second, at.Add(3*time.Minute))), "true false true true")

	l := b.ledger()
	for day := range 3 {
		when := at.AddDate(0, 0, -day)
		b.must(l.Write(ctx, func(tx ledger.Tx) error {
			d := served.HookDelivery{ID: fmt.Sprint(day), Account: account, Hook: "h", Event: "report_add", Subject: fmt.Sprint(day), Queued: when}
			_, err := d.TellHook(tx)
			return errors.Join(err, served.Act{At: when, Account: account, Actor: served.Actor{Via: served.ViaPage}, Action: "x"}.WriteDown(tx))
		}))
		b.must(one.HookTried(ctx, fmt.Sprint(day), served.HookHeard, "", when, time.Time{}))
		b.must(one.BeginSession(ctx, served.Session{ID: fmt.Sprint(day), Name: "x", Proof: "x", How: served.ByPassword, Created: when, Seen: when}))
	}
	b.must(first.Prune(ctx, at.AddDate(0, 0, -1), at))
	left := func() string {
		acts, err := one.Acts(ctx, served.ActFilter{Account: account, Limit: 10})
		b.must(err)
		told, err := one.HookDeliveries(ctx, account, 10)
		b.must(err)
		sessions, err := one.Sessions(ctx)
		b.must(err)
		return words(len(acts), len(told), len(sessions))
	}
	equal(b, "acts, what was told this week, sessions", left(), "2 3 1")
	b.must(first.Prune(ctx, at.AddDate(0, 0, 7), at.AddDate(0, 0, 9)))
	equal(b, "after nine days", left(), "0 0 0")
}
