package frozenmail_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"rapport/internal/engine"
	"rapport/internal/ledger"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
)

// A locking relay has somebody lock the ledger the moment that it took a message.
type locking struct {
	*shoptest.Relay
	lock func()
}

func (l locking) Send(ctx context.Context, name string, f ourmail.Frozen, intent func() error) (string, error) {
	where, err := l.Relay.Send(ctx, name, f, intent)
	l.lock()
	return where, err
}

// TestWhatTheRelayTookIsKnownThoughTheLedgerWasLocked: somebody's shell holds the ledger from
// the moment that the relay has the message until the process ends. The next one knows.
func TestWhatTheRelayTookIsKnownThoughTheLedgerWasLocked(t *testing.T) {
	for name, before := range map[string]func(s *shoptest.Shop){
		"the first time": func(*shoptest.Shop) {},
		"sent once more, composed anew": func(s *shoptest.Shop) {
			s.Run()
			s.Sent()
			book := s.Open()
			defer book.Close()
			_, err := book.Resend(t.Context(), s.Delivery("a@x.no").ID, s.Clock.Now())
			paymenttest.Must(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
			before(s)
			testLockedLedger(t, s)
		})
	}
}

func testLockedLedger(t *testing.T, s *shoptest.Shop) {
	s.Patience = 100 * time.Millisecond
	var shell *sql.DB
	var held *sql.Conn
	s.Sender = locking{s.Box, func() {
		var err error
		shell, err = sql.Open("sqlite", s.State())
		paymenttest.Must(t, err)
		held, err = shell.Conn(t.Context())
		paymenttest.Must(t, err)
		_, err = held.ExecContext(t.Context(), "BEGIN IMMEDIATE")
		paymenttest.Must(t, err)
	}}
	book := s.Open()
	if _, err := s.Engine(book, nil).Run(t.Context(), engine.Selection{}); err == nil {
		t.Error("the ledger could not be written, and nobody says so")
	}
	_, err := held.ExecContext(t.Context(), "ROLLBACK")
	paymenttest.Must(t, err)
	paymenttest.Must(t, held.Close())
	paymenttest.Must(t, shell.Close())
	book.Close() // may complain: it could not be written
	s.Sender = nil
	s.Run()
	if d := s.Delivery("a@x.no"); d.State != ledger.Sent || len(s.Box.Got) != 1 || d.Uncertain > 1 {
		t.Errorf("%s, %d mails", d.State, len(s.Box.Got))
	}
	if got := s.Alarms(); got != "" {
		t.Errorf("alarms %q", got)
	}
}
