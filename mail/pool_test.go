package mail_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"rapport/mail"
)

// connCounter counts the connections of a relay.
type connCounter struct {
	mu          sync.Mutex
	open, all   int
	limit, code int // connections past the limit hear the code at MAIL; 0: none
}

// watch has the relay count, and limit, what it serves.
func (w *connCounter) watch(r *relay) {
	r.Backend = smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.open++
		w.all++
		return &counted{session: session{relay: r}, counter: w, at: w.open}, nil
	})
}

func (w *connCounter) seen() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all
}

type counted struct {
	session
	counter *connCounter
	at      int // how many there were when it came
}

func (c *counted) Mail(from string, options *smtp.MailOptions) error {
	if limit := c.counter.limit; limit > 0 && c.at > limit {
		return reply(c.counter.code, "too many connections")
	}
	return c.session.Mail(from, options)
}

func (c *counted) Logout() error {
	c.counter.mu.Lock()
	defer c.counter.mu.Unlock()
	c.counter.open--
	return nil
}

// sendAll sends n messages at once and fails the test unless each was intended once and
// arrived once.
func sendAll(t *testing.T, r *relay, pool *mail.Pool, n int) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			f := compose(t, daily())
			f.To = fmt.Sprintf("nr%d@fjordfisk.no", i)
			intents := 0
			if _, err := pool.Send(t.Context(), f, func() error { intents++; return nil }); err != nil || intents != 1 {
				t.Errorf("%s: %d intents, %v", f.To, intents, err)
			}
		})
	}
	all.Wait()
	pool.CloseIdle()
	var to []string
	for _, k := range r.messages() {
		to = append(to, k.to)
	}
	slices.Sort(to)
	if len(to) != n || len(slices.Compact(to)) != n {
		t.Errorf("%d arrived: %q", len(to), to)
	}
}

func TestAPoolSendsManyMessagesOverFewConnections(t *testing.T) {
	for _, way := range []mail.TLS{mail.None, mail.STARTTLS, mail.Implicit} {
		var w connCounter
		r := startRelay(t, way, w.watch)
		sendAll(t, r, mail.NewPool(r.sender(way), 3), 20)
		if n := w.seen(); n > 3+3 { // STARTTLS counts twice
			t.Errorf("%d connections", n)
		}
	}
}

// TestARelayThatWantsFewerConnectionsGetsFewer, and every message all the same.
func TestARelayThatWantsFewerConnectionsGetsFewer(t *testing.T) {
	for _, code := range []int{421, 450, 451} {
		w := connCounter{limit: 2, code: code}
		r := startRelay(t, mail.None, w.watch)
		sendAll(t, r, mail.NewPool(r.sender(mail.None), 8), 30)
	}
}

// TestAFurtherConnectionThatIsRefusedWaitsForTheOthers: at the greeting nothing is known
// of the message yet.
func TestAFurtherConnectionThatIsRefusedWaitsForTheOthers(t *testing.T) {
	var w connCounter
	r := startRelay(t, mail.None, func(r *relay) {
		w.watch(r)
		inner := r.Backend
		r.Backend = smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
			s, err := inner.NewSession(c)
			if err == nil && s.(*counted).at > 2 {
				return nil, errors.Join(s.Logout(), reply(421, "too many connections"))
			}
			return s, err
		})
	})
	sendAll(t, r, mail.NewPool(r.sender(mail.None), 8), 30)
}

// TestARelayThatTakesFewMessagesPerConnectionGetsThemAll over new ones.
func TestARelayThatTakesFewMessagesPerConnectionGetsThemAll(t *testing.T) {
	for _, code := range []int{421, 452, 554} {
		r := startRelay(t, mail.None, func(r *relay) {
			r.Backend = smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &limitedSession{session{relay: r}, 0, code}, nil })
		})
		sendAll(t, r, mail.NewPool(r.sender(mail.None), 2), 12)
	}
}

type limitedSession struct {
	session
	mails, code int
}

func (s *limitedSession) Mail(from string, options *smtp.MailOptions) error {
	if s.mails++; s.mails > 3 {
		return reply(s.code, "enough of this connection")
	}
	return s.session.Mail(from, options)
}

func TestARefusedMessageDoesNotSpoilItsConnection(t *testing.T) {
	var w connCounter
	r := startRelay(t, mail.None, func(r *relay) {
		w.watch(r)
		r.onRcpt = func(to string) error {
			if to == "nobody@fjordfisk.no" {
				return reply(550, "no such user")
			}
			return nil
		}
	})
	pool := mail.NewPool(r.sender(mail.None), 1)
	f := compose(t, daily())
	f.To = "nobody@fjordfisk.no"
	if _, err := pool.Send(t.Context(), f, nil); verdictOf(t, err).Verdict != mail.Refused {
		t.Error(err)
	}
	sendAll(t, r, pool, 3)
	if n := w.seen(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestAnIntentThatFailsIsNotTriedAgain(t *testing.T) {
	r := startRelay(t, mail.None, nil)
	pool := mail.NewPool(r.sender(mail.None), 1)
	if _, err := pool.Send(t.Context(), compose(t, daily()), nil); err != nil {
		t.Fatal(err)
	}
	full, asked := errors.New("the disk is full"), 0
	_, err := pool.Send(t.Context(), compose(t, daily()), func() error { asked++; return full })
	if e := verdictOf(t, err); e.Verdict != mail.NotSent || e.Relay || !errors.Is(err, full) || asked != 1 {
		t.Errorf("asked %d times: %+v", asked, e)
	}
	pool.CloseIdle()
	if n := len(r.messages()); n != 1 {
		t.Errorf("%d arrived", n)
	}
}
