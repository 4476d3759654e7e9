package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"rapport/internal/builder"
	"rapport/internal/frozenmail"
	"rapport/internal/ledger"
	"rapport/internal/report"
	ourmail "rapport/mail"
)

const giveUp = 5 * 24 * time.Hour // how long a message is tried

// finish ends a try, unless others have to be heard first.
func (s *sender) finish(ctx context.Context, j report.Job, row ledger.Delivery, where string, err error) relayAnswer {
	var failed *ourmail.Error
	errors.As(err, &failed)
	if err != nil && ctx.Err() != nil && (failed == nil || failed.Verdict == ourmail.NotSent) {
		s.pending.Write(deliveryName(row), func(ctx context.Context) error { return s.giveBack(ctx, row, err) })
		return notAsked
	}
	if isDoubtful(failed) {
		s.doubts.add(doubtfulRefusal{job: j, row: row, err: err, answer: answerOf(failed)})
		return relayAnswered
	}
	if err == nil || failed != nil && failed.Verdict == ourmail.Refused {
		s.doubts.addOther()
	}
	s.conclude(ctx, j, row, s.resultOf(ctx, j, row, where, err), where, err)
	switch {
	case failed == nil && err != nil:
		return notAsked
	case failed != nil && failed.Relay:
		return relayFailed
	}
	return relayAnswered
}

// conclude writes the verdict down before a word is said of it, takes the message off the
// disk when it is decided, and tells.
func (s *sender) conclude(ctx context.Context, j report.Job, row ledger.Delivery, result ledger.Result, where string, err error) {
	e := deliveryEvent(row, result)
	e.Known = s.isKnownWait(ctx, row, result, err)
	if result.State != ledger.Sent {
		s.writeResult(row, result)
	} else if err := s.messages.FinishSent(row, result, func() bool { return s.writeResult(row, result) }); err != nil {
		s.faults.add(err)
	}
	switch {
	case err != nil:
		e.Level = deliveryLevel(err)
		e.Error = fmt.Sprintf("report %s: mail to %s: %v", j.Report.ID, row.Recipient, err)
	case filepath.IsAbs(where):
		e.State, e.Path, e.Answer = builder.Written, where, ""
	}
	s.event(j, e)
	s.tellResult(ctx, j, row, result, err)
	s.raiseArchive(ctx, j, err, result.At)
	if lost := (*frozenmail.LostError)(nil); errors.As(err, &lost) {
		s.remakeLost(ctx, j, row, result.At)
	}
}

// giveBack returns a claim whose message surely was not sent. One that was marked as sending
// keeps its mark's count and waits.
func (s *sender) giveBack(ctx context.Context, row ledger.Delivery, cause error) error {
	if err := s.Ledger.ReturnDelivery(ctx, row.Claim); !errors.Is(err, ledger.ErrOver) && !errors.Is(err, ledger.ErrLost) {
		return err
	}
	at := s.Clock()
	return recordResult(ctx, s, row, ledger.Result{At: at, NextTry: at, State: ledger.Deferred, Answer: cause.Error()})
}

// recordResult writes down how a try ended, also when others took this process for dead meanwhile. What
// is decided so is taken off the disk.
func recordResult(ctx context.Context, s *sender, row ledger.Delivery, result ledger.Result) error {
	err, decided := s.Ledger.Finish(ctx, row.Claim, result), true
	if errors.Is(err, ledger.ErrLost) {
		decided, err = s.Ledger.Testify(ctx, row.Claim, row.Revision, result)
		s.Log.Warn("others took this process for dead while it sent a message; how that ended is written down late", "delivery", row.ID, "state", result.State, "settled", decided)
	}
	if err == nil && decided && (result.State == ledger.Sent || result.State == ledger.Refused || result.State == ledger.Expired) {
		s.messages.Discard(row)
	}
	return err
}

// resultOf turns how a send ended into the delivery's next state.
func (s *sender) resultOf(ctx context.Context, j report.Job, row ledger.Delivery, where string, err error) ledger.Result {
	at := s.Clock()
	if err == nil {
		return ledger.Result{At: at, State: ledger.Sent, Answer: where}
	}
	r := ledger.Result{At: at, State: ledger.Deferred, Answer: err.Error(), NextTry: at.Add(backoff(row.Attempts+1, row.ID))}
	var failed *ourmail.Error
	if errors.As(err, &failed) {
		switch failed.Verdict {
		case ourmail.Refused:
			r.State, r.NextTry = ledger.Refused, time.Time{}
		case ourmail.Uncertain:
			r.State = ledger.Uncertain
			if row.Uncertain > 0 || j.Report.HoldUncertain { // it was sent again once already, or is not to be
				r.State, r.NextTry = ledger.Held, time.Time{}
			}
		}
	}
	if r.State == ledger.Deferred && s.isExpired(ctx, row, at) {
		r.State, r.NextTry = ledger.Expired, time.Time{}
	}
	return r
}

// isExpired tells whether a message was tried for long enough, by the source's clock too.
func (s *sender) isExpired(ctx context.Context, row ledger.Delivery, at time.Time) bool {
	end := row.QueuedAt.Add(giveUp)
	if at.Before(end) {
		return false
	}
	at, err := s.source.Witnessed(ctx, at)
	return err == nil && !at.Before(end)
}

// tellResult raises and resolves what the operator is told of deliveries.
func (s *sender) tellResult(ctx context.Context, j report.Job, row ledger.Delivery, r ledger.Result, err error) {
	switch r.State {
	case ledger.Sent:
		s.alarms.Resolve(ctx, ledger.AlarmRelay, s.relaySubject(), r.At)
		s.alarms.Resolve(ctx, ledger.AlarmRelay, s.Account.ID, r.At) // as older versions named it
		s.alarms.Resolve(ctx, ledger.AlarmRefused, mailbox(row.Recipient), r.At)
	case ledger.Refused, ledger.Expired:
		s.alarms.Raise(ctx, ledger.AlarmRefused, mailbox(row.Recipient), r.At, j.Report.ID, j.PeriodName(), row.Recipient, err.Error())
		s.ping(ctx, j.Report, pingFail)
	case ledger.Uncertain, ledger.Held:
		s.raiseUnsure(ctx, j, row, r.State, r.At)
	}
	s.tellRelay(ctx, row, r, err)
	if r.State == ledger.Sent && j.Report.Ping != "" {
		s.pingWhenAll(ctx, j)
	}
}

// relayLasts is how long a message waits for a relay that is busy or away until the operator
// is told.
const relayLasts = time.Hour

// relaySubject is what the alarm of the relay is about.
func (e *core) relaySubject() string { return e.Account.ID + " " + e.Path }

// tellRelay tells the operator at once of what somebody must mend, and of what may pass by
// itself when it lasts.
func (s *sender) tellRelay(ctx context.Context, row ledger.Delivery, r ledger.Result, err error) {
	var failed *ourmail.Error
	if r.State != ledger.Deferred || !errors.As(err, &failed) {
		return
	}
	switch {
	case failed.Relay && (failed.About == ourmail.AboutUs || r.At.Sub(row.QueuedAt) >= relayLasts):
		s.raiseRelay(ctx, "", err, r.At)
	case !failed.Relay && failed.Code/100 == 5 && failed.About != ourmail.AboutAddress && failed.About != ourmail.AboutNow:
		s.raiseRelay(ctx, answerOf(failed), err, r.At)
	}
}

// raiseRelay tells that the relay refuses us, or with an answer that it refuses some messages
// for what is not their recipients' fault. Each report whose mail waits fails for its monitor.
func (s *sender) raiseRelay(ctx context.Context, answer string, err error, at time.Time) {
	subject := s.relaySubject()
	if answer != "" {
		subject += " " + answer
	}
	if !s.alarms.Raise(ctx, ledger.AlarmRelay, subject, at, err.Error()) {
		return
	}
	rows, err := s.Ledger.Unsent(context.WithoutCancel(ctx), s.Account.ID)
	if err != nil {
		s.faults.addLedger(err)
		return
	}
	told := map[string]bool{}
	for _, row := range rows {
		if entry := s.report(row.Report); entry != nil && !told[row.Report] {
			told[row.Report] = true
			s.ping(ctx, entry, pingFail)
		}
	}
}

func (s *sender) writeResult(row ledger.Delivery, result ledger.Result) (written bool) {
	return s.pending.Write(deliveryName(row), func(ctx context.Context) error { return recordResult(ctx, s, row, result) })
}
