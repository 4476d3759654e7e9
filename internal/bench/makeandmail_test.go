package bench

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	stdmail "net/mail"
	"path/filepath"
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/engine"
	"rapport/internal/ledger"
	"rapport/internal/ledger/sqlite"
	"rapport/internal/message"
	"rapport/internal/payment"
	"rapport/internal/statement"
	"rapport/mail"
	"rapport/reportconfig"
)

// payments is a source of so many captures on the day before runDay.
type payments int

func (n payments) Transactions(context.Context, payment.Query) iter.Seq2[payment.Transaction, error] {
	return func(yield func(payment.Transaction, error) bool) {
		day := runDay().AddDate(0, 0, -1)
		for i := range int(n) {
			at := day.Add(time.Duration(i) * time.Second)
			t := payment.Transaction{
				ID: fmt.Sprintf("T12345678.%022d", i), MerchantReference: fmt.Sprint("order-", i), Product: "vipps", ProductType: "vipps",
				Status: "CAPTURED", Store: payment.Store{ID: "sc029", Name: "Oslo"}, Amount: int64(10_000 + i), Currency: "NOK", CreatedAt: at,
				Events: []payment.Event{
					{ID: "a", Type: "AUTHORIZE", Success: true, Amount: int64(10_000 + i), CreatedAt: at},
					{ID: "b", Type: "CAPTURE", Success: true, Amount: int64(10_000 + i), CreatedAt: at},
				},
			}
			if !yield(t, nil) {
				return
			}
		}
	}
}

func (payments) Orders(context.Context, payment.Query) iter.Seq2[payment.Order, error] {
	return func(func(payment.Order, error) bool) {}
}

func (payments) Wallets(context.Context, payment.Query) iter.Seq2[payment.WalletTransaction, error] {
	return func(func(payment.WalletTransaction, error) bool) {}
}

func runDay() time.Time { return time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC) }

// smtpSender is as the program has it.
type smtpSender struct{ *mail.Pool }

func (s smtpSender) Send(ctx context.Context, _ string, f mail.Frozen, intent func() error) (string, error) {
	return s.Pool.Send(ctx, f, intent)
}

// makeAndMail makes the reports of a day and mails each to its recipients, with a new ledger
// and archive on disk, and returns how long it took.
func makeAndMail(b *testing.B, source builder.Source, reports []reportconfig.Report, port, connections int) time.Duration {
	b.Helper()
	ctx, dir := context.Background(), b.TempDir()
	book, err := ledger.Open(ctx, sqlite.New(filepath.Join(dir, "rapport.db")), ledger.Options{Now: time.Now, Host: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	defer book.Close()
	relay := &mail.SMTP{Host: "127.0.0.1", Port: port, TLS: mail.None, Helo: "rapport.test"}
	from := stdmail.Address{Address: "rapport@fjordfisk.no"}
	account, log := statement.Account{ID: "T12345678", Zone: "UTC", Location: time.UTC}, slog.New(slog.DiscardHandler)
	start := time.Now()
	outcome, err := engine.New(engine.Config{
		Account: account, Path: "shop.yaml", Archive: archive.Archive{Dir: filepath.Join(dir, "archive")}, MaxMessage: 10_000_000,
		Reports: reports, Catchup: 24 * time.Hour, Senders: 2 * connections, Ledger: book,
		Builder:  &builder.Builder{Account: account, Source: source, Log: log},
		Composer: &message.Composer{Account: account, From: from, Envelope: from.Address, Log: log},
		Sender:   smtpSender{mail.NewPool(relay, connections)}, Clock: runDay, Log: log, Emit: func(builder.Event) {},
	}).Run(ctx, engine.Selection{})
	took := time.Since(start)
	if err != nil || outcome != (builder.Outcome{}) {
		b.Fatalf("%+v, %v", outcome, err)
	}
	return took
}

// dailyReports have so many recipients each.
func dailyReports(reports, recipients int) (all []reportconfig.Report) {
	for i := range reports {
		r := reportconfig.Report{
			ID: fmt.Sprint("shop-", i), Data: reportconfig.Transactions{}, Schedule: calendar.Daily, Language: reportconfig.Norwegian,
			ContentTypes: []reportconfig.ContentType{reportconfig.CSV}, Reconcile: reportconfig.ReconcileOff,
		}
		for j := range recipients {
			r.Emails = append(r.Emails, stdmail.Address{Address: fmt.Sprintf("r%d-%d@fjordfisk.no", i, j)})
		}
		all = append(all, r)
	}
	return all
}
