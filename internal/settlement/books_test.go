package settlement_test

import (
	"cmp"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/payment"
	"rapport/internal/settlement"
)

// books are what a source tells; they make bridges of it one after the other.
type books struct {
	t       *testing.T
	zone    *time.Location
	history *settlement.History
	paid    map[string]*payment.Settlement
	moves   []settlement.Movement
	filter  settlement.Question // sellers and providers
}

func newBooks(t *testing.T) *books {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return &books{t: t, zone: zone, history: newHistory(t), paid: map[string]*payment.Settlement{}}
}

// newHistory is a history that keeps what records have counted in a file.
func newHistory(t *testing.T) *settlement.History {
	t.Helper()
	spool, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { spool.Close() })
	return settlement.NewHistory(spool)
}

// at is a local time: "11-19 14:05" of 2026, or with its year.
func (b *books) at(text string) time.Time {
	b.t.Helper()
	if len(text) < len("2026-11-19 14:05") {
		text = "2026-" + text
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, b.zone)
	if err != nil {
		b.t.Fatal(err)
	}
	return at
}

// settles tells of a settlement in kroner; fee is what it takes.
func (b *books) settles(id, when, provider string, capture, refund, fee int64) *payment.Settlement {
	s := &payment.Settlement{ID: id, Provider: provider, ProviderReference: "ref-" + id, PaymentStatus: payment.StatusPaid, SettledAt: b.at(when),
		Amounts: []payment.SettlementAmount{{Currency: "NOK", Capture: capture, Refund: refund, Fee: fee, Amount: capture - refund - fee}}}
	b.paid[id] = s
	return s
}

// sold tells of a capture, below zero of a refund, that is in a settlement if it is named.
func (b *books) sold(when, product string, amount int64, in string) {
	m := settlement.Movement{At: b.at(when), Transaction: fmt.Sprintf("t%04d", len(b.moves)), Event: "e", Amount: amount, Refund: amount < 0, Currency: "NOK", Product: product}
	if in != "" {
		m.Parts = []settlement.Part{{Settlement: in, Gross: amount}}
	}
	b.moves = append(b.moves, m)
}

// settle puts a movement that was not settled into a settlement.
func (b *books) settle(i int, in string) {
	b.moves[i].Parts = []settlement.Part{{Settlement: in, Gross: b.moves[i].Amount}}
}

func (b *books) reading() *settlement.Reading {
	b.t.Helper()
	moves := slices.SortedStableFunc(slices.Values(b.moves), func(x, y settlement.Movement) int {
		return cmp.Compare(settlement.MovementHash(x.Transaction, x.Event), settlement.MovementHash(y.Transaction, y.Event))
	})
	r := &settlement.Reading{Settlements: b.paid, Known: true, Movements: func() iter.Seq2[*settlement.Movement, error] {
		return func(yield func(*settlement.Movement, error) bool) {
			for i := range moves {
				if !yield(&moves[i], nil) {
					return
				}
			}
		}
	}}
	if err := r.Learn(b.zone); err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *books) question(name string) settlement.Question {
	b.t.Helper()
	p, err := calendar.ParsePeriod(name, b.zone)
	if err != nil {
		b.t.Fatal(err)
	}
	return settlement.Question{Report: "payouts", Name: name, Period: p, Zone: b.zone, Sellers: b.filter.Sellers, Providers: b.filter.Providers}
}

// bridge makes the bridge of a period, which the next one goes on from.
func (b *books) bridge(name string) *settlement.Outcome {
	b.t.Helper()
	o, err := settlement.Make(b.question(name), b.history, b.reading())
	if err != nil {
		b.t.Fatal(err)
	}
	b.holds(o)
	packed, err := o.Record.Pack()
	if err != nil {
		b.t.Fatal(err)
	}
	record, err := settlement.UnpackRecord(packed)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.history.Add(record); err != nil {
		b.t.Fatal(err)
	}
	return o
}

// holds holds a bridge to its identity.
func (b *books) holds(o *settlement.Outcome) {
	b.t.Helper()
	for _, l := range o.Lines {
		if l.Opening+l.Captured+l.Refunded-l.Fees-l.PaidOut != l.Closing || l.NotSettled+l.Postponed+l.Unexplained != l.Closing {
			b.t.Errorf("%s: a line does not add up: %+v", o.Record.Name, l)
		}
	}
}

// says is a bridge in short: what is not 0 of each line, and how many settlements have a row.
func says(o *settlement.Outcome) string {
	var out []string
	for _, l := range o.Lines {
		line := strings.TrimSpace(l.Seller + " " + l.Provider)
		for i, minor := range []int64{l.Opening, l.Captured, l.Refunded, l.Fees, l.PaidOut, l.Closing, l.NotSettled, l.Postponed, l.Unexplained} {
			if minor != 0 {
				line += fmt.Sprintf(" %s %d", []string{"opening", "captured", "refunded", "fees", "paid", "closing", "unsettled", "postponed", "unexplained"}[i], minor)
			}
		}
		out = append(out, line)
	}
	return fmt.Sprintf("%s, %d rows", strings.Join(out, "; "), len(o.Rows))
}

func (b *books) expect(name, want string) *settlement.Outcome {
	b.t.Helper()
	o := b.bridge(name)
	if got := says(o); got != want {
		b.t.Errorf("%s: %s\nwant %s", name, got, want)
	}
	return o
}
