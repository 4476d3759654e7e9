package ledgertest

import (
	"context"
	"errors"
	"time"

	"rapport/internal/ledger"
)

func making() []part {
	return []part{
		{"what was made comes back whole", madeWhole},
		{"what cannot be recorded whole is not recorded", madeOrNot},
		{"a change of what was made is told once, with what it was", changed},
		{"a period that was made early is owed again, and goes to everybody", madeEarly},
		{"a period whose files were lost is owed again for those who got nothing", filesLost},
		{"a try that failed is counted and tried again", postponed},
		{"a stop counts nothing", returned},
		{"a report's numbers run on", numbered},
		{"a period allows what its state allows", periodMoves},
	}
}

func madeWhole(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	id := b.plan(l, due("a", 1))[0].ID
	claim := b.claimPeriod(l, id)
	at := b.now()
	m := ledger.MadePeriod{
		At:             at,
		FilterHash:     "what was asked",
		Artifacts:      []ledger.Artifact{{Path: "a/b.pdf", ContentType: "application/pdf", SHA256: "aa", Size: 1 << 40, Rows: 3}, {Path: "a/a.csv", ContentType: "text/csv", SHA256: "bb"}},
		Totals:         []ledger.Total{{Dimension: "store", Name: "Ålesund ✓", Label: "Å", Currency: "NOK", Measure: "captured", Count: 3, Sum: -1 << 62}, {Dimension: "currency", Name: "NOK", Currency: "NOK", Measure: "net"}},
		MessageContent: []byte{0, 255, 10},
		Deliveries:     []ledger.NewDelivery{frozen("m", "b@x.no"), frozen("m", "a@x.no")},
	}
	b.must(l.RecordMade(ctx, claim, m))
	artifacts, err := l.Artifacts(ctx, id)
	b.must(err)
	equal(b, "artifacts", words(artifacts), words(m.Artifacts))
	totals, err := l.Totals(ctx, id)
	b.must(err)
	equal(b, "totals", words(totals), words(m.Totals))
	content, err := l.MessageContent(ctx, id)
	b.must(err)
	equal(b, "message content", string(content), string(m.MessageContent))
	p := b.period(l, due("a", 1).Key)
	equal(b, "period", words(p.State, p.MadeAt, p.FilterHash, p.Crashes, p.Claimed), words("made", at, m.FilterHash, 0, false))
	unsent, err := l.Unsent(ctx, account)
	b.must(err)
	equal(b, "unsent", len(unsent), 2)
	for i, want := range m.Deliveries {
		d := unsent[i]
		equal(b, "frozen", ledger.NewDelivery{Recipient: d.Recipient, MessageID: d.MessageID, File: d.File, SHA256: d.SHA256, Size: d.Size}, want)
		equal(b, "state", words(d.State, d.PeriodID, d.Key == p.Key, d.QueuedAt, d.Attempts, d.Begun, d.Due), words("queued", id, true, at, 0, false, p.Due))
	}
	none, err := l.MessageContent(ctx, id+1)
	b.must(err)
	equal(b, "no message content", none == nil, true)
}

func madeOrNot(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	row := due("a", 1)
	id := b.plan(l, row)[0].ID
	claim := b.claimPeriod(l, id)
	twice := ledger.MadePeriod{At: b.now(), Artifacts: []ledger.Artifact{{Path: "x"}}, Deliveries: []ledger.NewDelivery{frozen("m", "a@x.no"), frozen("m", "a@x.no")}}
	if err := l.RecordMade(ctx, claim, twice); err == nil {
		b.Error("two deliveries to one recipient were recorded")
	}
	if err := l.RecordMade(ctx, claim, ledger.MadePeriod{}); err == nil {
		b.Error("a period was made at no instant")
	}
	artifacts, err := l.Artifacts(ctx, id)
	b.must(err)
	p := b.period(l, row.Key)
	equal(b, "left", words(p.State, p.Claimed, len(artifacts)), "owed true 0")
	b.must(l.RecordMade(ctx, claim, ledger.MadePeriod{At: b.now()}))
}

func postponed(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	row := due("a", 1)
	id := b.plan(l, row)[0].ID
	next := start().Add(time.Hour)
	for try := 1; try <= 3; try++ {
		claim := b.claimPeriod(l, id)
		b.must(l.PostponePeriod(ctx, claim, ledger.Postponed{NextTry: next, State: ledger.Owed, Error: "page 3: 500"}))
		p := b.period(l, row.Key)
		equal(b, "postponed", words(p.State, p.Attempts, p.Crashes, p.NextTry, p.Error, p.Claimed), words("owed", try, 0, next, "page 3: 500", false))
	}
	claim := b.claimPeriod(l, id)
	if err := l.PostponePeriod(ctx, claim, ledger.Postponed{State: ledger.Made}); err == nil {
		b.Error("a period was postponed to made")
	}
	b.must(l.PostponePeriod(ctx, claim, ledger.Postponed{State: ledger.Archived, NextTry: next}))
	p := b.period(l, row.Key)
	equal(b, "archived", words(p.State, p.Attempts, p.NextTry.IsZero()), "archived 3 true")
}

func returned(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	before := b.plan(l, due("a", 1))[0]
	claimed, err := l.ClaimPeriod(ctx, before.ID)
	b.must(err)
	equal(b, "claimed", words(claimed.Claimed, claimed.Crashes), "true 1")
	b.must(l.ReturnPeriod(ctx, claimed.Claim))
	before.Number = claimed.Number // which it keeps
	equal(b, "returned", b.period(l, before.Key), before)
}

// numbered: a number comes with the first claim and stays; a report's own never repeat,
// not even when periods are forgotten, and go on after one that is known from elsewhere.
func numbered(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	next := func(row ledger.Planned) int {
		n, err := l.NextNumber(ctx, row.Key)
		b.must(err)
		return n
	}
	claim := func(row ledger.Planned) int {
		b.plan(l, row)
		before := b.period(l, row.Key)
		p, err := l.ClaimPeriod(ctx, before.ID)
		b.must(err)
		equal(b, "the number that is kept", b.period(l, row.Key).Number, p.Number)
		b.must(l.PostponePeriod(ctx, p.Claim, ledger.Postponed{State: ledger.Owed}))
		return p.Number
	}
	equal(b, "foretold", next(due("a", 2)), 1)
	equal(b, "first", claim(due("a", 2)), 1)
	equal(b, "foretold again", next(due("a", 2)), 1)
	equal(b, "again", claim(due("a", 2)), 1)
	equal(b, "another period, though older", claim(due("a", 1)), 2)
	equal(b, "another report", claim(due("b", 1)), 1)
	b.made(l, due("a", 3))
	equal(b, "of a period that was made", next(due("a", 3)), 3)
	b.plan(l, due("d", 1), due("d", 2), due("d", 3))
	equal(b, "claimed before those that are older", claim(due("d", 3)), 3)
	equal(b, "one that had to wait", claim(due("d", 1)), 1)
	held := due("c", 1)
	held.State, held.Number = ledger.Archived, 41
	b.plan(l, held)
	equal(b, "after one from the archive", claim(due("c", 2)), 42)
	for day := range 3 {
		p := b.period(l, due("a", day+1).Key)
		if p.State == ledger.Owed {
			b.must(l.CancelPeriods(ctx, []int64{p.ID}, ""))
			continue
		}
		b.must(l.PurgeDetails(ctx, p.ID))
	}
	_, err := l.PurgeKeys(ctx, account, start().AddDate(1, 0, 0))
	b.must(err)
	equal(b, "after all was forgotten", claim(due("a", 9)), 4)
}

// periodMoves asks everything of a period in every state.
func periodMoves(b *fixture) {
	ctx := context.Background()
	ours, theirs := b.ledger(), b.ledger()
	held := map[int64]ledger.Claim{} // ours, the last of each
	claim := func(id int64) ledger.Claim {
		if c, ok := held[id]; ok {
			return c
		}
		return ledger.Claim{Row: id}
	}
	calls := map[string]func(id int64) error{
		"claim": func(id int64) error { _, err := ours.ClaimPeriod(ctx, id); return err },
		"record": func(id int64) error {
			return ours.RecordMade(ctx, claim(id), ledger.MadePeriod{At: b.now(), Deliveries: []ledger.NewDelivery{frozen("", "a@x.no")}})
		},
		"postpone": func(id int64) error {
			return ours.PostponePeriod(ctx, claim(id), ledger.Postponed{State: ledger.Failed})
		},
		"return": func(id int64) error { return ours.ReturnPeriod(ctx, claim(id)) },
		"reopen": func(id int64) error { return ours.Reopen(ctx, id) },
		"cancel": func(id int64) error { return ours.CancelPeriods(ctx, []int64{id}, "gone") },
		"purge":  func(id int64) error { return ours.PurgeDetails(ctx, id) },
	}
	arrive := func(name string, row ledger.Planned) int64 {
		if name == "skipped" || name == "archived" {
			row.State = ledger.PeriodState(name)
		}
		id := b.plan(ours, row)[0].ID
		if row.State != ledger.Owed || name == "owed" {
			return id
		}
		if name == "theirs" {
			b.claimPeriod(theirs, id)
			return id
		}
		held[id] = b.claimPeriod(ours, id)
		switch name {
		case "made":
			b.must(ours.RecordMade(ctx, held[id], ledger.MadePeriod{At: b.now()}))
		case "failed", "cancelled":
			b.must(ours.PostponePeriod(ctx, held[id], ledger.Postponed{State: ledger.PeriodState(name)}))
		}
		return id
	}
	check(b, periodTable, calls, arrive, func(row ledger.Planned) (string, ledger.Period) {
		p := b.period(ours, row.Key)
		return string(p.State), p
	})
}

// periodTable: what each call leads to, from each state; ours and theirs are owed and
// claimed. A state is where the period is then, anything else the error.
const periodTable = `
           owed       made   failed   skipped   archived   cancelled   ours     theirs
claim      owed       over   over     over      over       over        locked   locked
record     lost       lost   lost     lost      lost       lost        made     lost
postpone   lost       lost   lost     lost      lost       lost        failed   lost
return     lost       lost   lost     lost      lost       lost        owed     lost
reopen     forbidden  forbidden owed  owed      forbidden  owed        forbidden forbidden
cancel     cancelled  made   failed   skipped   archived   cancelled   owed     owed
purge      forbidden  made   failed   skipped   archived   cancelled   forbidden forbidden
`

// errorName names an error of the ledger as the tables do.
func errorName(err error) string {
	var locked *ledger.LockedError
	var state *ledger.StateError
	switch {
	case errors.As(err, &locked):
		return "locked"
	case errors.As(err, &state):
		return "forbidden"
	case errors.Is(err, ledger.ErrOver):
		return "over"
	case errors.Is(err, ledger.ErrLost):
		return "lost"
	case errors.Is(err, ledger.ErrNoDelivery), errors.Is(err, ledger.ErrNoPeriod):
		return "none"
	}
	return "error"
}
