package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"time"

	"rapport/internal/ledger"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

const (
	giveUp      = 5 * 24 * time.Hour // how long a message is tried
	mostUnknown = 10                 // how often a process may die over one message before a person must look
)

// deliver tries one delivery once.
func (d *Desk) deliver(ctx context.Context, row ledger.Delivery) relayWord {
	j, ok := d.deliveryJob(row)
	if !ok {
		return notAsked
	}
	now := d.Clock()
	switch {
	case !isRecipient(j.Report, row.Recipient):
		d.cancel(ctx, row, "the recipient left the configuration before it was sent")
		return notAsked
	case row.State == ledger.Uncertain && (j.Report.HoldUncertain || row.Uncertain >= mostUnknown):
		d.hold(ctx, j, row, now)
		return notAsked
	}
	row, err := d.Ledger.ClaimDelivery(ctx, row.ID)
	if err != nil {
		d.notOurs(j, err)
		return notAsked
	}
	where, err := "", d.publish(j)
	if err == nil {
		where, err = d.send(ctx, j, row)
	}
	return d.settle(ctx, j, row, where, err)
}

// deliveryJob is the report and the period of a delivery, if it is in the configuration.
func (d *Desk) deliveryJob(row ledger.Delivery) (Job, bool) {
	return d.job(ledger.Period{Key: row.Key, Name: row.Period, Schedule: row.Schedule})
}

// send hands the frozen message over. A relay that takes only smaller ones gets a
// smaller one, as long as no part of the first ever left.
func (d *Desk) send(ctx context.Context, j Job, row ledger.Delivery) (where string, err error) {
	m, err := d.frozen(ctx, j, &row, d.MaxMessage)
	if err != nil {
		return "", err
	}
	where, err = d.handOver(ctx, m, row.Claim)
	var failed *ourmail.Error
	if !errors.As(err, &failed) || failed.Limit == 0 || row.Begun {
		return where, err
	}
	smaller, left, err2 := d.refreeze(ctx, j, &row, failed.Limit)
	if err2 != nil {
		return "", err2
	}
	if int64(len(smaller.Bytes)) > failed.Limit {
		return "", err
	}
	d.tellLeft(ctx, j, left, d.Clock())
	return d.handOver(ctx, smaller, row.Claim)
}

func (d *Desk) handOver(ctx context.Context, m spooled, claim ledger.Claim) (where string, err error) {
	if d.Sender == nil {
		return "", errors.New("the configuration has no mail: block")
	}
	defer d.meter("send")()
	return d.Sender.Send(ctx, m.name, m.Frozen, func() error {
		if err := d.Ledger.MarkSending(context.WithoutCancel(ctx), claim, d.Clock()); err != nil {
			return fmt.Errorf("what cannot be written down is not sent: ledger: %w", err)
		}
		return nil
	})
}

// settle writes the verdict down before a word is said of it, takes the message off the
// disk when it is decided, and tells.
func (d *Desk) settle(ctx context.Context, j Job, row ledger.Delivery, where string, err error) relayWord {
	var failed *ourmail.Error
	errors.As(err, &failed)
	if err != nil && ctx.Err() != nil && (failed == nil || failed.Verdict == ourmail.NotSent) {
		d.later(fmt.Sprintf("delivery %d", row.ID), func(ctx context.Context) error { return d.giveBack(ctx, row.Claim, err) })
		return notAsked
	}
	s, e := d.judge(j, row, where, err), Event{Type: "delivery", Recipient: row.Recipient}
	d.later(fmt.Sprintf("delivery %d", row.ID), func(ctx context.Context) error { return d.Ledger.Finish(ctx, row.Claim, s) })
	e.State = string(s.State)
	switch {
	case err != nil:
		e.Error = fmt.Sprintf("report %s: mail to %s: %v", j.Report.ID, row.Recipient, err)
	case filepath.IsAbs(where):
		e.State, e.Path = Written, where
	}
	if s.State == ledger.Sent || s.State == ledger.Refused || s.State == ledger.Expired {
		d.discard(row)
	}
	d.event(j, e)
	d.tellVerdict(ctx, j, row, s, failed, err)
	switch {
	case failed == nil && err != nil:
		return notAsked
	case failed != nil && failed.Relay:
		return relayFailed
	}
	return relayAnswered
}

// giveBack returns a claim whose message surely was not sent. One that was intended keeps
// its intent's count and waits.
func (d *Desk) giveBack(ctx context.Context, claim ledger.Claim, cause error) error {
	if err := d.Ledger.ReturnDelivery(ctx, claim); !errors.Is(err, ledger.ErrOver) && !errors.Is(err, ledger.ErrLost) {
		return err
	}
	at := d.Clock()
	return d.Ledger.Finish(ctx, claim, ledger.Result{At: at, NextTry: at, State: ledger.Deferred, Answer: cause.Error()})
}

// judge turns how a send ended into the delivery's next state.
func (d *Desk) judge(j Job, row ledger.Delivery, where string, err error) ledger.Result {
	at := d.Clock()
	if err == nil {
		return ledger.Result{At: at, State: ledger.Sent, Answer: where}
	}
	s := ledger.Result{At: at, State: ledger.Deferred, Answer: err.Error(), NextTry: at.Add(backoff(row.Attempts+1, row.ID))}
	var failed *ourmail.Error
	if errors.As(err, &failed) {
		switch failed.Verdict {
		case ourmail.Refused:
			s.State, s.NextTry = ledger.Refused, time.Time{}
		case ourmail.Uncertain:
			s.State = ledger.Uncertain
			if row.Uncertain > 0 || j.Report.HoldUncertain { // it was sent again once already, or is not to be
				s.State, s.NextTry = ledger.Held, time.Time{}
			}
		}
	}
	if s.State == ledger.Deferred && !at.Before(row.QueuedAt.Add(giveUp)) {
		s.State, s.NextTry = ledger.Expired, time.Time{}
	}
	return s
}

// tellVerdict raises and clears what the operator is told of deliveries.
func (d *Desk) tellVerdict(ctx context.Context, j Job, row ledger.Delivery, s ledger.Result, failed *ourmail.Error, err error) {
	what := fmt.Sprintf("%s %s to %s", j.Report.ID, j.name(), row.Recipient)
	switch s.State {
	case ledger.Sent:
		d.clear(ctx, alarmRelay, d.Account, s.At)
		d.clear(ctx, alarmRefused, row.Recipient, s.At)
	case ledger.Refused, ledger.Expired:
		d.raise(ctx, alarmRefused, row.Recipient, fmt.Sprintf("%s: %v", what, err), s.At)
		d.ping(ctx, j.Report, "fail")
	case ledger.Uncertain:
		d.raise(ctx, alarmUncertain, fmt.Sprint(row.ID), d.uncertainText(j, row, s.State), s.At)
	case ledger.Held:
		d.raise(ctx, alarmHeld, fmt.Sprint(row.ID), d.uncertainText(j, row, s.State), s.At)
	}
	if failed != nil && failed.Relay && (failed.Step == "login" || failed.Code/100 == 5) {
		d.raise(ctx, alarmRelay, d.Account, err.Error(), s.At)
	}
	if s.State == ledger.Sent && j.Report.Ping != "" {
		d.pingWhenAll(ctx, j)
	}
}

// hold leaves an uncertain delivery to the operator, as its report is configured.
func (d *Desk) hold(ctx context.Context, j Job, row ledger.Delivery, now time.Time) {
	text := d.uncertainText(j, row, ledger.Held)
	if err := d.Ledger.Hold(ctx, row.ID, row.Answer); err != nil {
		d.notOurs(j, err)
		return
	}
	d.event(j, Event{Type: "delivery", Recipient: row.Recipient, State: string(ledger.Held), Error: "report " + text})
	d.raise(ctx, alarmHeld, fmt.Sprint(row.ID), text, now)
}

func (d *Desk) uncertainText(j Job, row ledger.Delivery, state ledger.DeliveryState) string {
	text := fmt.Sprintf("%s: %s to %s: it was sent, and whether it arrived is not known; ", j.Report.ID, j.name(), row.Recipient)
	if state == ledger.Held || j.Report.HoldUncertain {
		return text + fmt.Sprintf("ask, then rapport deliveries --release %d sends the same message again, --close %d says that it arrived", row.ID, row.ID)
	}
	return text + "the same message is sent once more, with the same Message-ID"
}

// cancel ends a delivery that nobody wants any more, unless another process is at it.
func (d *Desk) cancel(ctx context.Context, row ledger.Delivery, why string) {
	at := d.Clock()
	claimed, err := d.Ledger.ClaimDelivery(ctx, row.ID)
	var held *ledger.LockedError
	if errors.As(err, &held) || errors.Is(err, ledger.ErrOver) {
		return
	}
	if err != nil {
		d.ledgerFault(err)
		return
	}
	d.later(sendKey(row.ID), func(ctx context.Context) error {
		return d.Ledger.Finish(ctx, claimed.Claim, ledger.Result{At: at, State: ledger.CancelledDelivery, Answer: why})
	})
	d.discard(row)
	d.emit(Event{Type: "delivery", Report: row.Report, Period: row.Period, Recipient: row.Recipient, State: string(ledger.CancelledDelivery)})
}

// discard takes a message that is decided off the disk.
func (d *Desk) discard(row ledger.Delivery) {
	if row.File == "" {
		return
	}
	path := filepath.Join(d.Archive, row.File)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.Log.Warn("a message that is decided stays on the disk", "path", path, "error", err)
	}
	if err := removeSpool(filepath.Dir(path)); err != nil {
		d.Log.Warn("a directory that is empty stays on the disk", "path", filepath.Dir(path), "error", err)
	}
}

func isRecipient(report *reportconfig.Report, address string) bool {
	return slices.ContainsFunc(report.Emails, func(to mail.Address) bool { return to.Address == address })
}
