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

	"rapport/fetch"
	"rapport/internal/ledger"
	"rapport/internal/ledger/sqlite"
	"rapport/internal/pipeline"
	"rapport/mail"
	"rapport/reportconfig"
)

// payments is a source of n captures on the day before runDay.
type payments int

func (n payments) Transactions(context.Context, fetch.Query) iter.Seq2[fetch.Transaction, error] {
	return func(yield func(fetch.Transaction, error) bool) {
		day := runDay().AddDate(0, 0, -1)
		for i := range int(n) {
			at := day.Add(time.Duration(i) * time.Second)
			t := fetch.Transaction{
				ID: fmt.Sprintf("T12345678.%022d", i), MerchantReference: fmt.Sprint("order-", i), Product: "vipps", ProductType: "vipps",
				Status: "CAPTURED", Store: fetch.Store{ID: "sc029", Name: "Oslo"}, Amount: int64(10_000 + i), Currency: "NOK", CreatedAt: at,
				Events: []fetch.Event{
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

func (payments) Orders(context.Context, fetch.Query) iter.Seq2[fetch.Order, error] {
	return func(func(fetch.Order, error) bool) {}
}

func (payments) Wallets(context.Context, fetch.Query) iter.Seq2[fetch.WalletTransaction, error] {
	return func(func(fetch.WalletTransaction, error) bool) {}
}

func runDay() time.Time { return time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC) }

// smtpSender is the program's own.
type smtpSender struct{ *mail.Pool }

func (s smtpSender) Send(ctx context.Context, _ string, f mail.Frozen, intent func() error) (string, error) {
	return s.Pool.Send(ctx, f, intent)
}

// mailOut makes the reports of a day and mails each to its recipients, with a ledger and
// an archive on disk, and says how long it took. Nothing is there before.
func mailOut(b *testing.B, source pipeline.Source, reports []reportconfig.Report, port, connections int) time.Duration {
	b.Helper()
	ctx, dir := context.Background(), b.TempDir()
	book, err := ledger.Open(ctx, sqlite.New(filepath.Join(dir, "rapport.db")), ledger.Options{Now: time.Now, Host: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	defer book.Close()
	relay := &mail.SMTP{Host: "127.0.0.1", Port: port, TLS: mail.None, Helo: "rapport.test"}
	from := stdmail.Address{Address: "rapport@fjordfisk.no"}
	runner := &pipeline.Runner{
		Account: "T12345678", Config: "shop.yaml", Zone: "UTC", Location: time.UTC, Archive: filepath.Join(dir, "archive"),
		From: from, Envelope: from.Address, MaxMessage: 10_000_000, Source: source, Sender: smtpSender{mail.NewPool(relay, connections)},
		Clock: runDay, Log: slog.New(slog.DiscardHandler), Emit: func(pipeline.Event) {},
	}
	start := time.Now()
	outcome, err := pipeline.NewDesk(pipeline.Assignment{
		Runner: runner, Ledger: book, Reports: reports, Catchup: 24 * time.Hour, Senders: 2 * connections,
	}).Run(ctx, pipeline.Selection{})
	took := time.Since(start)
	if err != nil || outcome != (pipeline.Outcome{}) {
		b.Fatalf("%+v, %v", outcome, err)
	}
	return took
}

// addressed are daily reports with so many recipients each.
func addressed(reports, recipients int) (all []reportconfig.Report) {
	for i := range reports {
		r := reportconfig.Report{
			ID: fmt.Sprint("shop-", i), Data: reportconfig.Transactions{}, Schedule: reportconfig.Daily, Language: reportconfig.Norwegian,
			ContentTypes: []reportconfig.ContentType{reportconfig.CSV}, Reconcile: reportconfig.ReconcileOff,
		}
		for j := range recipients {
			r.Emails = append(r.Emails, stdmail.Address{Address: fmt.Sprintf("r%d-%d@fjordfisk.no", i, j)})
		}
		all = append(all, r)
	}
	return all
}
