// Package alarm tells the operator what needs attention: once, again while it lasts, and once
// more when it is well again, by mail and to a URL. It refuses to tell recipients of reports.
package alarm

import (
	"context"
	"fmt"
	"log/slog"
	"net/mail"
	"sync"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/message"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// Config is whose alarms are told to whom.
type Config struct {
	Account  statement.Account
	Path     string // of the configuration
	Operator reportconfig.Operator
	From     mail.Address
	Envelope string
	Sender   message.Sender // nil: nobody is told by mail
	Ledger   *ledger.Ledger
	Log      *slog.Logger
	Fault    func(error)                                                             // takes an error of the ledger
	Write    func(name string, write func(ctx context.Context) error) (written bool) // writes to the ledger what has happened
}

// A Notifier raises and resolves the alarms of an account, and tells of them.
type Notifier struct {
	Config

	mu   sync.Mutex
	open map[key]bool // as far as is known: resolving another one asks nobody

	groups   int // that are open
	unlogged []logged
}

type key struct{ kind, subject string }

// New makes a notifier that knows of no open alarm yet.
func New(c Config) *Notifier { return &Notifier{Config: c, open: map[key]bool{}} }

// Raise opens an alarm, and tells whether it was not open. Args fill the sentence of its
// kind; those that are instants are in RFC 3339. It is written to the log once.
func (n *Notifier) Raise(ctx context.Context, kind, subject string, at time.Time, args ...string) (news bool) {
	a := Of(n.Account.ID, n.Account.Location, kind, subject, at, args...)
	n.mu.Lock()
	if news = !n.open[key{kind, subject}]; news {
		n.open[key{kind, subject}] = true
		n.log(logged{kind: kind, subject: subject, text: a.Text})
	}
	n.mu.Unlock()
	if err := n.Ledger.Raise(context.WithoutCancel(ctx), a); err != nil {
		n.Fault(err)
	}
	return news
}

// Resolve says that it is well again, if it was not.
func (n *Notifier) Resolve(ctx context.Context, kind, subject string, at time.Time) {
	n.mu.Lock()
	open := n.open[key{kind, subject}]
	if open {
		delete(n.open, key{kind, subject})
		n.log(logged{kind: kind, subject: subject, resolved: true})
	}
	n.mu.Unlock()
	if !open {
		return
	}
	if err := n.Ledger.Resolve(context.WithoutCancel(ctx), n.Account.ID, kind, subject, at); err != nil {
		n.Fault(err)
	}
}

// Refresh learns which alarms are open, of an earlier process or of another one.
func (n *Notifier) Refresh(ctx context.Context) error {
	list, err := n.Ledger.OpenAlarms(ctx, n.Account.ID)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, a := range list {
		n.open[key{a.Kind, a.Subject}] = true
	}
	return nil
}
