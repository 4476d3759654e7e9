package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ownership"
)

func planning() []part {
	return []part{
		{"a period is planned once", plannedOnce},
		{"what cannot be planned keeps the rest from it", plannedWhole},
		{"a long plan lets others write in between, and goes on where it was cut off", plannedLong},
		{"a report belongs to one configuration until another takes it over", takenOver},
		{"what is planned comes back as it was", plannedBack},
		{"planned through is the newest period of each schedule", plannedThrough},
		{"what is owed comes by due, what crashed last", owedOrder},
		{"a filter chooses", filters},
		{"accounts do not see each other", accountsApart},
		{"a period is reopened from where it ended", reopened},
	}
}

func plannedOnce(b *fixture) {
	l, other := b.ledger(), b.ledger()
	row := due("daily", 0)
	equal(b, "added", len(b.plan(l, row)), 1)
	row.State, row.Note = ledger.Skipped, "too old"
	equal(b, "added again", len(b.plan(other, row)), 0)
	p := b.period(l, row.Key)
	equal(b, "state", p.State, ledger.Owed)
	equal(b, "note", p.Error, "")
	equal(b, "configuration", p.Config, config)
	equal(b, "twice at once", len(b.plan(l, due("daily", 1), due("daily", 1))), 1)
}

func plannedWhole(b *fixture) {
	l := b.ledger()
	for name, spoil := range map[string]func(*ledger.Planned){
		"made":       func(p *ledger.Planned) { p.State = ledger.Made },
		"no state":   func(p *ledger.Planned) { p.State = "" },
		"no account": func(p *ledger.Planned) { p.Account = "" },
		"backwards":  func(p *ledger.Planned) { p.From, p.To = p.To, p.From },
		"empty":      func(p *ledger.Planned) { p.To = p.From },
	} {
		bad := due("daily", 1)
		spoil(&bad)
		if added, err := l.Plan(context.Background(), []ledger.Planned{due("daily", 0), bad}); err == nil || len(added) > 0 {
			b.Errorf("%s: added %d, error %v", name, len(added), err)
		}
	}
	all, err := l.Periods(context.Background(), ledger.Filter{})
	b.must(err)
	equal(b, "periods", len(all), 0)
}

func plannedBack(b *fixture) {
	l := b.ledger()
	for i, state := range []ledger.PeriodState{ledger.Owed, ledger.Skipped, ledger.Archived} {
		row := due("daily", i)
		row.State, row.Note, row.From = state, "because", row.From.Add(123*time.Millisecond)
		added := b.plan(l, row)
		want := ledger.Period{ID: added[0].ID, Key: row.Key, Name: row.Name, Schedule: row.Schedule, Config: row.Config, Due: row.Due, State: state, Error: "because"}
		equal(b, "added", added[0], want)
		equal(b, "read", b.period(l, row.Key), want)
	}
	_, found, err := l.Period(context.Background(), due("daily", 9).Key)
	b.must(err)
	equal(b, "one that was not planned is found", found, false)
}

func plannedThrough(b *fixture) {
	l := b.ledger()
	weekly := due("a", 7)
	weekly.Schedule = "weekly"
	b.plan(l, due("a", 1), due("a", 3), due("a", 2), weekly, due("b", 0))
	all, err := l.PlannedThrough(context.Background(), account)
	b.must(err)
	got := texts(all, func(f ledger.PlannedThrough) string {
		return f.Report + " " + f.Schedule + " " + f.To.Format(time.DateOnly)
	})
	equal(b, "plannedThrough", got, "[a daily 2026-11-23 a weekly 2026-11-27 b daily 2026-11-20]")
}

func owedOrder(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	later := due("a", 5)
	later.State = ledger.Skipped
	added := b.plan(l, due("b", 1), due("a", 1), due("a", 0), due("a", -1), later)
	b.claimPeriod(l, added[3].ID) // under way: counts as a crash until it is given back
	owed, err := l.OwedPeriods(ctx, account)
	b.must(err)
	got := texts(owed, func(p ledger.Period) string { return words(p.Report, p.Name[8:], p.Claimed) })
	equal(b, "order", got, "[a 19 false a 20 false b 20 false a 18 true]")
}

func filters(b *fixture) {
	l := b.ledger()
	skipped := due("b", 1)
	skipped.State = ledger.Skipped
	b.made(l, due("a", 1), "x@a.no", "y@a.no")
	b.made(l, due("a", 2), "x@a.no")
	b.plan(l, due("a", 3), skipped)
	for want, f := range map[string]ledger.Filter{
		"[a22 a21 a20 b20]": {},
		"[a22 a21]":         {Account: account, Limit: 2},
		"[b20]":             {State: "skipped"},
		"[a20 b20]":         {Period: "2026-11-20"},
		"[a22 a21 a20]":     {Report: "a"},
		"[a22]":             {Since: due("a", 3).Due},
		"[]":                {Account: "P99999999"},
	} {
		all, err := l.Periods(context.Background(), f)
		b.must(err)
		equal(b, fmt.Sprintf("periods %+v", f), texts(all, func(p ledger.Period) string { return p.Report + p.Name[8:] }), want)
	}
	for want, f := range map[string]ledger.Filter{
		"[21x 20x 20y]": {},
		"[21x]":         {Limit: 1},
		"[20y]":         {Recipient: "y@a.no", State: "queued"},
		"[]":            {State: "sent"},
		"[20x 20y]":     {Period: "2026-11-20", Account: account, Report: "a"},
	} {
		all, err := l.Deliveries(context.Background(), f)
		b.must(err)
		equal(b, fmt.Sprintf("deliveries %+v", f), texts(all, func(d ledger.Delivery) string { return d.Period[8:] + d.Recipient[:1] }), want)
	}
}

func accountsApart(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	b.made(l, due("a", 1), "x@a.no")
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "kind", Subject: "subject", Text: "text", Raised: b.now()}))
	foreign := due("a", 1)
	foreign.Account = "P99999999"
	equal(b, "the same period of another account", len(b.plan(l, foreign)), 1)
	unsent, err := l.Unsent(ctx, foreign.Account)
	b.must(err)
	open, err := l.OpenAlarms(ctx, foreign.Account)
	b.must(err)
	stats, err := l.Stats(ctx, foreign.Account)
	b.must(err)
	owed, err := l.OwedPeriods(ctx, account)
	b.must(err)
	equal(b, "what the others see", words(len(unsent), len(open), stats.Owed, len(stats.Deliveries), len(owed)), "0 0 1 0 0")
}

func reopened(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	row := due("a", 1)
	id := b.plan(l, row)[0].ID
	for _, end := range []ledger.PeriodState{ledger.Failed, ledger.Cancelled} {
		claim := b.claimPeriod(l, id)
		b.must(l.PostponePeriod(ctx, claim, ledger.Postponed{State: end, Error: "broken"}))
		b.must(l.Reopen(ctx, id))
		p := b.period(l, row.Key)
		equal(b, "reopened", words(p.State, p.Attempts, p.Crashes, p.Error, p.NextTry.IsZero()), "owed 0 0  true")
	}
	var state *ledger.StateError
	if err := l.Reopen(ctx, id); !errors.As(err, &state) || state.Found != "owed" {
		b.Errorf("reopen what is owed: %v", err)
	}
	if err := l.Reopen(ctx, id+99); !errors.Is(err, ledger.ErrNoPeriod) {
		b.Errorf("reopen what is not there: %v", err)
	}
}

// longPlan is enough periods that another writes before the last is planned.
const longPlan = 12_000

// plannedLong: 30,000 periods in one transaction would keep others waiting for longer than
// they wait.
func plannedLong(b *fixture) {
	ctx, cancel := context.WithCancel(context.Background())
	l, other := b.ledger(), b.ledger()
	var rows []ledger.Planned
	for day := range longPlan {
		rows = append(rows, due("a", day-longPlan))
	}
	planned := func(most int) int {
		all, err := other.Periods(context.Background(), ledger.Filter{Limit: most})
		b.must(err)
		return len(all)
	}
	done := make(chan error)
	go func() {
		_, err := l.Plan(ctx, rows)
		done <- err
	}()
	for planned(1) == 0 {
		runtime.Gosched()
	}
	b.must(other.Raise(context.Background(), ledger.Alarm{Account: account, Kind: "kind", Subject: "subject", Text: "text", Raised: b.now()}))
	if n := planned(0); n == len(rows) {
		b.Errorf("all %d were planned before another could write", n)
	}
	cancel()
	if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
		b.Error(err)
	}
	before := planned(0)
	through, err := l.PlannedThrough(context.Background(), account)
	b.must(err)
	equal(b, "planned through what was planned", through[0].To, rows[before-1].To)
	equal(b, "added later", len(b.plan(l, rows...)), len(rows)-before)
	equal(b, "in all", planned(0), len(rows))
}

// takenOver: two files with one report id would each take the other's periods for their own.
func takenOver(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	id := b.made(l, due("a", 1), "a@x.no")[0].ID
	b.plan(l, due("a", 2), due("b", 2))
	copied, free := due("a", 3), due("c", 3)
	copied.Config, free.Config = "copy.yaml", "copy.yaml"
	refused := func(report, config string, err error) {
		b.Helper()
		var owned *ownership.OwnedElsewhereError
		if !errors.As(err, &owned) || owned.Report != report || owned.Config != config {
			b.Errorf("got %v", err)
		}
	}
	_, err := l.Plan(ctx, []ledger.Planned{free, copied})
	refused("a", config, err)
	_, found, err := l.Period(ctx, free.Key)
	b.must(err)
	equal(b, "planned beside it", found, false)
	refused("a", config, l.TakeOver(ctx, account, "a", "third.yaml", "copy.yaml"))
	b.must(l.TakeOver(ctx, account, "a", config, "copy.yaml"))
	b.must(l.TakeOver(ctx, account, "a", config, "copy.yaml"))
	equal(b, "planned", len(b.plan(l, free, copied)), 2)
	equal(b, "what was made", b.delivery(l, id).Config, "copy.yaml")
	equal(b, "what is owed", b.period(l, due("a", 2).Key).Config, "copy.yaml")
	_, err = l.Plan(ctx, []ledger.Planned{due("a", 4)})
	refused("a", "copy.yaml", err)
	through, err := l.PlannedThrough(ctx, account)
	b.must(err)
	equal(b, "who has what", texts(through, func(p ledger.PlannedThrough) string { return p.Report + " " + p.Config }), "[a copy.yaml b rapport.yaml c copy.yaml]")
	for want, config := range map[time.Time]string{due("b", 2).Due: config, due("a", 2).Due: "copy.yaml"} {
		_, ok, err := l.NextTry(ctx, ledger.Ready{Account: account, Config: config, Now: want})
		b.must(err)
		equal(b, "something to do for "+config, ok, true)
	}
	b.claimDelivery(l, id)
}
