package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"rapport/fetch"
	"rapport/internal/builder"
	"rapport/internal/ledger"
	"rapport/internal/logging"
	"rapport/internal/queueid"
	"rapport/internal/text"
	ourmail "rapport/mail"
)

// faults are errors that belong to no event: a run ends with them, a daemon logs them.
type faults struct {
	mode    Mode
	log     *slog.Logger
	account string
	stop    func() // begins nothing more

	mu   sync.Mutex
	list []error
}

func (f *faults) add(err error) {
	if f.mode == Daemon {
		f.log.Error("fault", "account", f.account, "error", err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.ContainsFunc(f.list, func(other error) bool { return other.Error() == err.Error() }) {
		f.list = append(f.list, err)
	}
}

// addLedger keeps an error of the ledger. A single run begins nothing more after it:
// what cannot be written down is not to be done.
func (f *faults) addLedger(err error) {
	f.add(fmt.Errorf("ledger: %w", err))
	if f.mode == Once {
		f.stop()
	}
}

func (f *faults) all() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Join(f.list...)
}

// setLogs makes the logs that Log does not do for.
func (c *Config) setLogs() {
	if c.EventLog == nil {
		c.EventLog = c.Log
	}
	if c.lasting = c.Log; c.Mode == Daemon {
		c.lasting = logging.WithoutRepeats(c.Log, c.Clock)
	}
}

// isKnownFault tells whether a period that could not be made for before cannot be made for err
// as well, as far as anybody has to know. Of a source that refuses our login one hears that,
// and the others that they were not asked.
func isKnownFault(before string, err error) bool {
	return text.SameButNumbers(before, err.Error()) || errors.Is(err, errNotAsked) || before == errNotAsked.Error() && fetch.Unauthorized(err)
}

// deliveryLevel is how bad the error is for which a message was not sent.
func deliveryLevel(err error) slog.Level {
	var failed *ourmail.Error
	if !errors.As(err, &failed) {
		return builder.FaultLevel(err)
	}
	ours := failed.Relay && failed.About == ourmail.AboutUs
	if ours || failed.Code/100 == 5 && failed.About != ourmail.AboutAddress && failed.About != ourmail.AboutNow {
		return slog.LevelError
	}
	return slog.LevelWarn
}

// isKnownWait tells whether a message goes on waiting for what the log has said that it, or
// another one of the same relay, waits for.
func (s *sender) isKnownWait(ctx context.Context, row ledger.Delivery, result ledger.Result, err error) bool {
	if result.State != ledger.Deferred {
		return false
	}
	known := row.State == ledger.Deferred && text.SameButNumbers(row.Answer, result.Answer)
	var failed *ourmail.Error
	if !errors.As(err, &failed) || !failed.Relay {
		return known
	}
	known = s.relay.isKnown(result.Answer) || known
	if !known && row.State == ledger.Deferred { // an earlier process may have said it
		rows, err := s.Ledger.Unsent(ctx, s.Account.ID)
		if err != nil {
			s.faults.addLedger(err)
		}
		known = slices.ContainsFunc(rows, func(other ledger.Delivery) bool { return text.SameButNumbers(other.Answer, result.Answer) })
	}
	return known && row.State == ledger.Deferred
}

// deliveryEvent says how a try of a message ended.
func deliveryEvent(row ledger.Delivery, result ledger.Result) builder.Event {
	e := builder.Event{
		Type: "delivery", Report: row.Report, Period: row.Period, Recipient: row.Recipient, State: string(result.State), Delivery: row.ID, MessageID: row.MessageID,
	}
	if result.State == ledger.Sent {
		e.Answer, e.QueueID = result.Answer, queueid.In(result.Answer)
	}
	return e
}
