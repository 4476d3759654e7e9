package engine_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/ledger"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	ourmail "rapport/mail"
)

// TestAMessageOverWhichProcessesDieIsHeld: perhaps it is the message that they die of, and each
// of them may have delivered it.
func TestAMessageOverWhichProcessesDieIsHeld(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	const most = 10
	for range most {
		cut(s)
	}
	if len(s.Box.Got) != most || !cmp.Equal(s.Box.Got[0], s.Box.Got[most-1]) {
		t.Fatalf("%d sent", len(s.Box.Got))
	}
	if o := s.Run(); o != (builder.Outcome{Waiting: true, Held: 1}) || len(s.Box.Got) != most || s.Delivery("a@x.no").State != ledger.Held {
		t.Errorf("%+v: %s, %d sent", o, s.Said(), len(s.Box.Got))
	}
}

// A brokenOff relay is one whose dialogue is cut off before the message went out.
type brokenOff struct{ began chan struct{} }

func (b brokenOff) Send(ctx context.Context, _ string, _ ourmail.Frozen, _ func() error) (string, error) {
	close(b.began)
	<-ctx.Done()
	return "", &ourmail.Error{Verdict: ourmail.NotSent, Step: "recipient", Err: ctx.Err()}
}

// TestWhatAStopBrokeOffCountsNothing: it is no try, and nobody is told of it.
func TestWhatAStopBrokeOffCountsNothing(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	relay := brokenOff{make(chan struct{})}
	s.Sender = relay
	d, _ := daemon(s)
	if _, err := d.Wake(t.Context(), s.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	<-relay.began
	patience, end := context.WithCancel(t.Context())
	end()
	if err := d.Drain(patience); !errors.Is(err, context.Canceled) {
		t.Errorf("drained: %v", err)
	}
	<-d.Idle()
	if row := s.Delivery("a@x.no"); row.State != ledger.Queued || row.Attempts != 0 || row.Answer != "" || s.Alarms() != "" {
		t.Errorf("%+v, alarms %q", row, s.Alarms())
	}
	s.Sender = nil
	if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "2026-11-19 a@x.no" {
		t.Errorf("the next process sends it: %+v %s", o, s.Said())
	}
}

// A gone ledger is taken away when the relay has the recipient, before the message goes out.
type gone struct {
	*shoptest.Relay
	book *ledger.Ledger
}

func (g gone) Send(ctx context.Context, name string, f ourmail.Frozen, intent func() error) (string, error) {
	return g.Relay.Send(ctx, name, f, func() error {
		g.book.Close()
		return intent()
	})
}

func TestWhatCannotBeWrittenDownIsNotSent(t *testing.T) {
	t.Parallel()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	book := s.Open()
	s.Sender = gone{s.Box, book}
	_, err := s.Engine(book, nil).Run(t.Context(), engine.Selection{})
	if err == nil || s.Box.Asked != 1 || len(s.Box.Got) != 0 {
		t.Errorf("asked %d times, %d sent: %v", s.Box.Asked, len(s.Box.Got), err)
	}
	if len(s.Events) == 0 {
		t.Fatal("nothing is told")
	}
	if last := s.Events[len(s.Events)-1]; !strings.Contains(last.Error, "what cannot be written down is not sent") {
		t.Errorf("told is %+v", last)
	}
	s.Sender = nil
	if o := s.Run(); o != (builder.Outcome{}) || s.Sent() != "2026-11-19 a@x.no" {
		t.Errorf("the next run sends it: %+v %s", o, s.Said())
	}
}

// A frozen process sends by a real dialogue, and stands still before the message is whole.
type frozen struct {
	pool  *ourmail.Pool
	clock *paymenttest.Clock
}

func (f frozen) Send(ctx context.Context, _ string, m ourmail.Frozen, intent func() error) (string, error) {
	return f.pool.Send(ctx, m, func() error {
		err := intent()
		f.clock.Time = f.clock.Add(9 * time.Minute) // longer than others surely take it for alive
		return err
	})
}

// TestTheRightToSendIsProvenBeforeTheDot: others may have the message by now.
func TestTheRightToSendIsProvenBeforeTheDot(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	taken := make(chan bool, 1)
	go func() { taken <- takesOne(listener) }()
	s := shoptest.New(t, paymenttest.OneSale(t), paymenttest.Mailed("a@x.no"))
	pool := ourmail.NewPool(&ourmail.SMTP{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, TLS: ourmail.None}, 1)
	s.Sender = frozen{pool, s.Clock}
	o := s.Run()
	pool.CloseIdle()
	listener.Close() // where nobody came
	if <-taken || o != (builder.Outcome{Waiting: true}) || s.Delivery("a@x.no").State != ledger.Deferred || !strings.Contains(s.Delivery("a@x.no").Answer, "others may take it for dead") {
		t.Errorf("%+v: %+v", o, s.Delivery("a@x.no"))
	}
}

// takesOne is a relay of one connection, and tells whether it took a message.
func takesOne(listener net.Listener) (taken bool) {
	conn, err := listener.Accept()
	if err != nil {
		return false
	}
	defer conn.Close()
	say := func(reply string) { fmt.Fprintf(conn, "%s\r\n", reply) }
	say("220 relay")
	body := false
	for in := bufio.NewScanner(conn); in.Scan(); {
		switch line := in.Text(); {
		case body && line == ".":
			body, taken = false, true
			say("250 taken")
		case body:
		case line == "DATA":
			body = true
			say("354 go on")
		default:
			say("250 ok")
		}
	}
	return taken
}
