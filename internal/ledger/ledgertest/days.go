package ledgertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/vouchers"
)

// Account is whose rows the helpers make.
const Account = account

// Now is when all tests begin.
func Now() time.Time { return start() }

// Options are those of a process of this machine whose clock stands at Now.
func Options() ledger.Options { return ledger.Options{Now: start, Host: host} }

// PlanDay plans the day'th daily period of 2026.
func PlanDay(t testing.TB, l *ledger.Ledger, day int) ledger.Period {
	t.Helper()
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day)
	to := from.AddDate(0, 0, 1)
	added, err := l.Plan(context.Background(), []ledger.Planned{{
		Key: ledger.Key{Account: account, Report: "daily", From: from, To: to}, Name: from.Format(time.DateOnly), Schedule: "daily", Config: config, Due: to, State: ledger.Owed,
	}})
	Must(t, err)
	if len(added) != 1 {
		t.Fatalf("day %d was planned already", day)
	}
	return added[0]
}

// MakeDay makes a period of one recipient and gives the delivery's id.
func MakeDay(t testing.TB, l *ledger.Ledger, day int) int64 {
	t.Helper()
	ctx := context.Background()
	p := PlanDay(t, l, day)
	p, err := l.ClaimPeriod(ctx, p.ID)
	Must(t, err)
	Must(t, l.RecordMade(ctx, p.Claim, ledger.MadePeriod{At: start(), MessageContent: make([]byte, 2000), Totals: make([]ledger.Total, 20),
		Deliveries: []ledger.NewDelivery{{Recipient: "a@x.no", MessageID: "<m>", File: "m.eml", SHA256: "sum", Size: 1}}}))
	all, err := l.Deliveries(ctx, ledger.Filter{Period: p.Name})
	Must(t, err)
	return all[0].ID
}

// BookDay makes a period of a report of settlements that leaves a record and books a settlement.
func BookDay(t testing.TB, l *ledger.Ledger, day int) {
	t.Helper()
	ctx := context.Background()
	p := PlanDay(t, l, day)
	p, err := l.ClaimPeriod(ctx, p.ID)
	Must(t, err)
	Must(t, l.RecordMade(ctx, p.Claim, ledger.MadePeriod{At: start(), Settlements: &vouchers.Made{Data: []byte("what the bridge closed with"),
		Vouchers: []vouchers.Voucher{{Settlement: "s", Currency: "NOK", Report: p.Report, Number: 7}}}}))
}

// Booked is all that a ledger says of settlements, or the first error.
func Booked(l *ledger.Ledger) (said string, err error) {
	ctx := context.Background()
	err = l.SettlementRecords(ctx, account, "daily", func(r vouchers.Record) error {
		said += fmt.Sprintf("%s %s\n", r.Name, r.Data)
		return nil
	})
	if err != nil {
		return "", err
	}
	booked, err := l.Vouchers(ctx, account, []string{"s"})
	if err != nil {
		return "", err
	}
	last, err := l.LastVoucher(ctx, account, "daily")
	return said + fmt.Sprint(booked, last), err
}

// SendDay takes a delivery through a try that ends well.
func SendDay(t testing.TB, l *ledger.Ledger, id int64) {
	t.Helper()
	ctx := context.Background()
	d, err := l.ClaimDelivery(ctx, id)
	Must(t, err)
	Must(t, l.MarkSending(ctx, d.Claim, start()))
	Must(t, l.Finish(ctx, d.Claim, ledger.Result{At: start(), State: ledger.Sent, Answer: "250 ok"}))
}

// Must ends a test that met an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
