// Package ledgertest is the contract that every database under the ledger passes: what is
// planned, claimed, sent, decided, told and forgotten, and all that is not allowed. It
// knows no database, and refuses to look behind the ledger's own methods.
package ledgertest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/ledger"
)

// Open opens a ledger. All that are opened for one test share one database, and two tests
// never do. The ledger is closed when the test ends, if it is not by then.
type Open func(t testing.TB, o ledger.Options) *ledger.Ledger

// Run holds a database to the contract.
func Run(t *testing.T, open Open) {
	for _, part := range slices.Concat(planning(), renaming(), making(), moves(), claims(), nextClaims(), endings(), decisions(), alarms(), signals(), suspects(), numbers(), retention(), settlements(), servedTables(), digests(), correctedTables(), chance()) {
		t.Run(part.promise, func(t *testing.T) {
			t.Parallel()
			part.check(&fixture{T: t, open: open})
		})
	}
}

// A part is one promise of the contract.
type part struct {
	promise string
	check   func(*fixture)
}

// A fixture is a test with the ledgers that it has opened.
type fixture struct {
	*testing.T
	open Open
	step int
}

const (
	account = "T12345678"
	config  = "rapport.yaml"
	host    = "here"
)

// start is when all tests begin.
func start() time.Time { return time.Date(2026, 11, 20, 5, 0, 0, 0, time.UTC) }

// ledger opens one more ledger on the test's database, as another process would.
func (b *fixture) ledger() *ledger.Ledger {
	b.Helper()
	return b.open(b.T, ledger.Options{Now: start, Host: host})
}

// now is an instant that was not before.
func (b *fixture) now() time.Time {
	b.step++
	return start().Add(time.Duration(b.step) * time.Second)
}

func (b *fixture) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// due is the day'th daily period of a report, owed.
func due(report string, day int) ledger.Planned {
	from := start().Truncate(24*time.Hour).AddDate(0, 0, day-1)
	return ledger.Planned{
		Key:  ledger.Key{Account: account, Report: report, From: from, To: from.AddDate(0, 0, 1)},
		Name: from.Format(time.DateOnly), Schedule: "daily", Config: config, Due: from.AddDate(0, 0, 1).Add(5 * time.Hour), State: ledger.Owed,
	}
}

// plan plans and gives what was added.
func (b *fixture) plan(l *ledger.Ledger, rows ...ledger.Planned) []ledger.Period {
	b.Helper()
	added, err := l.Plan(context.Background(), rows)
	b.must(err)
	return added
}

// made makes a period whose messages go to the recipients, and gives its deliveries.
func (b *fixture) made(l *ledger.Ledger, p ledger.Planned, recipients ...string) []ledger.Delivery {
	b.Helper()
	ctx := context.Background()
	added := b.plan(l, p)
	if len(added) != 1 {
		b.Fatalf("%s %s was planned already", p.Report, p.Name)
	}
	claim := b.claimPeriod(l, added[0].ID)
	m := ledger.MadePeriod{At: b.now(), MessageContent: []byte("letter")}
	for _, r := range recipients {
		m.Deliveries = append(m.Deliveries, frozen(p.Report+p.Name, r))
	}
	b.must(l.RecordMade(ctx, claim, m))
	all, err := l.Deliveries(ctx, ledger.Filter{Account: account, Report: p.Report, Period: p.Name})
	b.must(err)
	slices.SortFunc(all, func(x, y ledger.Delivery) int { return cmp.Compare(x.ID, y.ID) })
	return all
}

func frozen(of, recipient string) ledger.NewDelivery {
	name := of + "-" + recipient
	return ledger.NewDelivery{Recipient: recipient, MessageID: "<" + name + ">", File: name + ".eml", SHA256: "sum of " + name, Size: int64(len(name))}
}

// delivery reads a delivery.
func (b *fixture) delivery(l *ledger.Ledger, id int64) ledger.Delivery {
	b.Helper()
	d, err := l.Delivery(context.Background(), id)
	b.must(err)
	return d
}

// period reads a period.
func (b *fixture) period(l *ledger.Ledger, key ledger.Key) ledger.Period {
	b.Helper()
	p, found, err := l.Period(context.Background(), key)
	b.must(err)
	if !found {
		b.Fatalf("%s from %s is not known", key.Report, key.From)
	}
	return p
}

// claimPeriod claims a period.
func (b *fixture) claimPeriod(l *ledger.Ledger, id int64) ledger.Claim {
	b.Helper()
	p, err := l.ClaimPeriod(context.Background(), id)
	b.must(err)
	return p.Claim
}

// claimDelivery claims a delivery.
func (b *fixture) claimDelivery(l *ledger.Ledger, id int64) ledger.Claim {
	b.Helper()
	d, err := l.ClaimDelivery(context.Background(), id)
	b.must(err)
	return d.Claim
}

// send takes a delivery through a whole try.
func (b *fixture) send(l *ledger.Ledger, id int64, r ledger.Result) {
	b.Helper()
	ctx := context.Background()
	claim := b.claimDelivery(l, id)
	b.must(l.MarkSending(ctx, claim, b.now()))
	r.At = b.now()
	b.must(l.Finish(ctx, claim, r))
}

// equal fails when got is not want.
func equal[T comparable](b *fixture, what string, got, want T) {
	b.Helper()
	if got != want {
		b.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// texts are things as text, to be compared in their order.
func texts[T any](all []T, text func(T) string) string {
	var s []string
	for _, one := range all {
		s = append(s, text(one))
	}
	return fmt.Sprint(s)
}

// words are values as text, to be compared at once.
func words(values ...any) string { return strings.TrimSuffix(fmt.Sprintln(values...), "\n") }
