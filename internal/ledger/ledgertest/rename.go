package ledgertest

import (
	"context"
	"errors"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/notifications"
	"rapport/internal/ledger/ownership"
)

func renaming() []part {
	return []part{
		{"a report that gets another id goes on where it was", renamed},
		{"the files of a renamed report stay where they are", renamedFiles},
		{"to rename again changes nothing, and back is the way back", renamedAgain},
		{"nobody begins anew under an id that went on as another", renamedNotBegun},
		{"a report that began under its new id already is joined with what it was", renamedLate},
		{"a report of another configuration is not renamed", renamedElsewhere},
		{"who is at work on a report that is renamed ends it well", renamedUnderWay},
		{"alarms go along with a report that is renamed", renamedAlarms},
		{"parts are written down with their whole", partsAtOnce},
		{"parts go along with their whole", partsGoAlong},
	}
}

func (b *fixture) rename(l *ledger.Ledger, former, report string) bool {
	b.Helper()
	done, err := l.RenameReport(context.Background(), account, former, report, config)
	b.must(err)
	return done
}

func (b *fixture) planned(l *ledger.Ledger) string {
	b.Helper()
	all, err := l.PlannedThrough(context.Background(), account)
	b.must(err)
	return texts(all, func(p ledger.PlannedThrough) string { return words(p.Report, p.Schedule, p.To.Format(time.DateOnly)) })
}

func renamed(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	sent := b.made(l, due("a", 1), "a@x.no", "b@x.no")
	b.send(l, sent[0].ID, ledger.Result{State: ledger.Sent, Answer: "250 ok"})
	other := b.made(l, due("c", 1), "a@x.no")[0]
	owed := b.plan(l, due("a", 2))[0]
	b.must(l.Notify(ctx, notifications.Notification{Account: account, Config: config, Kind: notifications.Ping, Target: "a", Body: notifications.PingStart, QueuedAt: start()}))
	before, err := l.Stats(ctx, account)
	b.must(err)
	equal(b, "renamed", b.rename(l, "a", "b"), true)
	equal(b, "planned", b.planned(l), "[b daily 2026-11-22 c daily 2026-11-21]")
	for _, d := range sent {
		want := d
		want.Report, want.ArchivedUnder = "b", "a"
		got := b.delivery(l, d.ID)
		if d.ID == sent[0].ID {
			equal(b, "sent", words(got.Report, got.State, got.Answer), "b sent 250 ok")
			continue
		}
		equal(b, "waiting", got, want)
	}
	equal(b, "another report", b.delivery(l, other.ID), other)
	key := owed.Key
	key.Report = "b"
	equal(b, "owed", words(b.period(l, key).ID, b.period(l, key).State, b.period(l, key).ArchivedUnder), words(owed.ID, "owed", ""))
	n, err := l.NextNumber(ctx, key)
	b.must(err)
	equal(b, "number", n, 2)
	after, err := l.Stats(ctx, account)
	b.must(err)
	equal(b, "last success", words(len(after.LastSuccess), after.LastSuccess["b"]), words(len(before.LastSuccess), before.LastSuccess["a"]))
	ping, found, err := l.ClaimNextNotification(ctx, account, config, start())
	b.must(err)
	equal(b, "ping", words(found, ping.Target), "true b")
	added := b.plan(l, due("b", 1), due("b", 2), due("b", 3))
	equal(b, "planned anew", texts(added, func(p ledger.Period) string { return p.Name }), "["+due("b", 3).Name+"]")
}

func renamedFiles(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	id := b.plan(l, due("a", 1))[0].ID
	b.must(l.RecordMade(ctx, b.claimPeriod(l, id), ledger.MadePeriod{At: b.now(), Artifacts: []ledger.Artifact{{Path: "a/2026-11-20/x.csv", SHA256: "s"}}}))
	b.rename(l, "a", "b")
	b.rename(l, "b", "c")
	files, err := l.Artifacts(ctx, id)
	b.must(err)
	equal(b, "file", texts(files, func(a ledger.Artifact) string { return a.Path }), "[a/2026-11-20/x.csv]")
	p := b.period(l, due("c", 1).Key)
	equal(b, "directory", p.ArchivedUnder, "a")
	b.must(l.Remake(ctx, p.ID, ledger.RemakeLost, b.now()))
	b.rename(l, "c", "d")
	equal(b, "directory of what is made again", b.period(l, due("d", 1).Key).ArchivedUnder, "a")
}

func renamedAgain(b *fixture) {
	l := b.ledger()
	b.made(l, due("a", 1))
	for range 2 {
		equal(b, "unknown", b.rename(l, "x", "a"), false)
		equal(b, "itself", b.rename(l, "a", "a"), false)
	}
	equal(b, "first", b.rename(l, "a", "b"), true)
	equal(b, "second", b.rename(l, "a", "b"), false)
	equal(b, "back", b.rename(l, "b", "a"), true)
	equal(b, "planned", b.planned(l), "[a daily 2026-11-21]")
	former, err := l.FormerReportIDs(context.Background(), account)
	b.must(err)
	equal(b, "former", words(len(former), former["b"]), "1 a")
	b.plan(l, due("a", 2))
}

func renamedNotBegun(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	b.made(l, due("a", 1))
	b.rename(l, "a", "b")
	b.rename(l, "b", "c")
	for _, former := range []string{"a", "b"} {
		var e *ownership.RenamedError
		if added, err := l.Plan(ctx, []ledger.Planned{due(former, 2)}); !errors.As(err, &e) || e.Report != "c" || e.Former != former || len(added) > 0 {
			b.Errorf("%s: %v, %v", former, added, err)
		}
	}
	b.must(l.ForgetFormerReportID(ctx, account, "a"))
	equal(b, "another report of that id", len(b.plan(l, due("a", 2))), 1)
	equal(b, "planned", b.planned(l), "[a daily 2026-11-22 c daily 2026-11-21]")
}

// renamedLate: days were made under both ids, and what was left out meanwhile is owed still.
func renamedLate(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	for day := range 3 {
		b.made(l, due("a", day+1), "a@x.no")
	}
	b.made(l, due("b", 3), "a@x.no")
	b.made(l, due("b", 5), "a@x.no")
	b.rename(l, "a", "b")
	equal(b, "planned", b.planned(l), "[b daily 2026-11-23]")
	added := b.plan(l, due("b", 4), due("b", 5), due("b", 6))
	equal(b, "added", texts(added, func(p ledger.Period) string { return p.Name }), "["+due("b", 4).Name+" "+due("b", 6).Name+"]")
	n, err := l.NextNumber(ctx, due("b", 6).Key)
	b.must(err)
	equal(b, "number", n, 4)
	stayed, err := l.Periods(ctx, ledger.Filter{Account: account, Report: "a"})
	b.must(err)
	equal(b, "stayed", texts(stayed, func(p ledger.Period) string { return p.Name }), "["+due("a", 3).Name+"]")
}

func renamedElsewhere(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	theirs := due("a", 1)
	theirs.Config = "theirs.yaml"
	b.plan(l, theirs)
	var e *ownership.OwnedElsewhereError
	if _, err := l.RenameReport(ctx, account, "a", "b", config); !errors.As(err, &e) || e.Report != "a" || e.Config != "theirs.yaml" {
		b.Errorf("its former id is theirs: %v", err)
	}
	b.plan(l, due("c", 1))
	if _, err := l.RenameReport(ctx, account, "c", "a", config); !errors.As(err, &e) || e.Report != "a" {
		b.Errorf("its new id is theirs: %v", err)
	}
	equal(b, "planned", b.planned(l), "[a daily 2026-11-21 c daily 2026-11-21]")
}

func renamedUnderWay(b *fixture) {
	one, other := b.ledger(), b.ledger()
	ctx := context.Background()
	rows := b.made(one, due("a", 1), "a@x.no")
	period := b.plan(one, due("a", 2))[0]
	making, sending := b.claimPeriod(one, period.ID), b.claimDelivery(one, rows[0].ID)
	b.must(one.MarkSending(ctx, sending, b.now()))
	b.rename(other, "a", "b")
	b.must(one.Finish(ctx, sending, ledger.Result{At: b.now(), State: ledger.Sent}))
	b.must(one.RecordMade(ctx, making, ledger.MadePeriod{At: b.now(), Deliveries: []ledger.NewDelivery{frozen("x", "a@x.no")}}))
	all, err := other.Deliveries(ctx, ledger.Filter{Account: account, Report: "b"})
	b.must(err)
	equal(b, "deliveries", texts(all, func(d ledger.Delivery) string { return words(d.Period, d.State, d.ArchivedUnder) }),
		"["+due("b", 2).Name+" queued a "+due("b", 1).Name+" sent a]")
}

func renamedAlarms(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	b.plan(l, due("7", 1))
	raise := func(kind, subject string, args ...string) {
		b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: kind, Subject: subject, Text: "x", Args: args, Raised: b.now()}))
	}
	raise(ledger.AlarmLate, "7", "7", "2026-11-19")
	raise(ledger.AlarmReconcile, "7 2026-11-19", "7", "2026-11-19")
	raise(ledger.AlarmHeld, "7", "7", "2026-11-19", "a@x.no", "7") // of delivery 7
	raise(ledger.AlarmLate, "70", "70", "2026-11-19")
	raise(ledger.AlarmSkipped, "b", "b", "2026-11-01")
	raise(ledger.AlarmSkipped, "7", "7", "2026-11-02")
	b.rename(l, "7", "b")
	open, err := l.OpenAlarms(ctx, account)
	b.must(err)
	got := texts(open, func(a ledger.Alarm) string { return words(a.Kind, a.Subject, a.Args) })
	equal(b, "alarms", got, "[late b [b 2026-11-19] reconcile b 2026-11-19 [b 2026-11-19] held 7 [b 2026-11-19 a@x.no 7] late 70 [70 2026-11-19] skipped b [b 2026-11-01]]")
}
