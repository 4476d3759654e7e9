package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/message"
	"rapport/internal/report"
	"rapport/internal/reportset"
	"rapport/internal/workers"
	ourmail "rapport/mail"
)

// maxUnknown is how often a process may die over one message before a person must look.
const maxUnknown = 10

// A sender sends the messages that the ledger hands out.
type sender struct {
	*core
	pool      workers.Pool
	relay     relay
	ready     func() ledger.Ready              // what is to be sent
	chosen    func(report, period string) bool // whether it is of what was asked for
	madeAgain func()                           // a period is to be made again
	doubts    doubtfulRefusals
}

func newSender(c *core) *sender {
	s := &sender{core: c, relay: relay{probing: true}, chosen: func(string, string) bool { return true }}
	s.ready = func() ledger.Ready { return c.ready(c.Clock()) }
	s.pool = workers.Pool{Name: "send", Activity: c.activity, Log: c.Log, Fault: c.faults.add, Claim: s.claim, Limit: func() int {
		switch {
		case c.stopped():
			return 0
		case s.relay.isProbing():
			return 1
		}
		return c.Senders
	}}
	return s
}

// claim takes the message that is to be sent next; while the relay is probed one that was
// tried least, so that no one message keeps it from all others.
func (s *sender) claim() (job func(), found bool) {
	if !s.relay.outUntil(s.Clock()).IsZero() {
		return nil, false
	}
	row, found, err := s.Ledger.ClaimNextDelivery(s.sending, s.ready(), s.relay.isProbing())
	if err != nil {
		s.faults.addLedger(err)
		return nil, false
	}
	return func() { s.sendClaimed(row) }, found
}

// madeReady is called when a period was made: its messages can be sent.
func (s *sender) madeReady() {
	now := s.Clock()
	if out := s.relay.outUntil(now); !out.IsZero() {
		s.deferAll(now, out)
		return
	}
	s.pool.Start()
}

func (s *sender) sendClaimed(row ledger.Delivery) {
	switch s.deliver(s.sending, row) {
	case relayFailed:
		now := s.Clock()
		defer s.events.Group()()
		s.deferAll(now, s.relay.failed(now, row.ID))
	case relayAnswered:
		news, wasOut := s.relay.works()
		if wasOut || news && s.someWaitForRelay() {
			s.EventLog.Info("the relay takes mail again", "account", s.Account.ID)
		}
		if news {
			s.pool.Start()
		}
	}
}

var errOutdated = errors.New("the configuration has changed since it was read")

// deliver tries one claimed delivery once.
func (s *sender) deliver(ctx context.Context, row ledger.Delivery) relayAnswer {
	j, ok := s.deliveryJob(row)
	if result, found := s.messages.DecidedInLost(ctx, row); found {
		s.Log.Warn("a message that waited in a restored ledger is not sent", "report", row.Report, "period", row.Period, "recipient", row.Recipient, "why", result.Answer)
		s.writeResult(row, result)
		return notAsked
	}
	if result, found := s.messages.Noted(row); found {
		s.writeResult(row, result)
		s.events.add(deliveryEvent(row, result))
		return notAsked
	}
	if s.endUnwanted(row, j, ok) {
		return notAsked
	}
	if row.InDoubt && !row.Begun || row.State == ledger.Uncertain && (j.Report.HoldUncertain || row.Uncertain >= maxUnknown) {
		s.hold(ctx, j, row, s.Clock())
		return notAsked
	}
	where, err := "", s.publish(ctx, j)
	if err == nil {
		where, err = s.messages.Send(ctx, j, &row, s.handOver)
	}
	return s.finish(ctx, j, row, where, err)
}

// endUnwanted ends or leaves to others a delivery that this configuration has no recipient for.
func (s *sender) endUnwanted(row ledger.Delivery, j report.Job, ok bool) bool {
	switch {
	case ok && j.Report.HasRecipient(row.Recipient):
		return false
	case !ok && !s.owner.Orphan(row.Config, row.Report): // it got another id, or is new, since we have read the file
		s.outdated.Store(true)
		s.pending.Write(deliveryName(row), func(ctx context.Context) error { return s.giveBack(ctx, row, errOutdated) })
	case s.stopped(): // perhaps of reports that are newer than ours
		s.pending.Write(deliveryName(row), func(ctx context.Context) error { return s.Ledger.ReturnDelivery(ctx, row.Claim) })
	case !ok && !s.others.Load().Wanted(row.Report):
		s.cancelClaimed(row, "the report left the configuration before it was sent")
	case !ok || s.others.Load().Wanted(reportset.RecipientKey(row.Report, row.Recipient)), j.Report.Part != nil && s.others.Load().Wanted(row.Report):
		leaveToOthers(s.core, row)
	default:
		s.cancelClaimed(row, "the recipient left the configuration before it was sent")
	}
	return true
}

// handOver tells also whether it was written down that the message is about to be sent.
func (s *sender) handOver(ctx context.Context, m message.Stored, claim ledger.Claim) (where string, begun bool, err error) {
	if s.Sender == nil {
		return "", false, errors.New("the configuration has no mail: block")
	}
	defer s.measure("send")()
	where, err = s.Sender.Send(ourmail.WithDotCheck(ctx, s.Ledger.ProveLease), m.Name, m.Frozen, func() error {
		if err := s.Ledger.MarkSending(context.WithoutCancel(ctx), claim, s.Clock()); err != nil {
			return fmt.Errorf("what cannot be written down is not sent: ledger: %w", err)
		}
		begun = true
		return nil
	})
	return where, begun, err
}

// hold leaves an uncertain delivery to the operator, as its report is configured.
func (s *sender) hold(ctx context.Context, j report.Job, row ledger.Delivery, now time.Time) {
	text := uncertainText(j, row, ledger.Held)
	err := s.Ledger.ReturnDelivery(ctx, row.Claim)
	if err == nil {
		err = s.Ledger.Hold(ctx, row.ID, row.Answer)
	}
	var state *ledger.StateError
	if errors.As(err, &state) || errors.Is(err, ledger.ErrOver) {
		return // somebody was faster
	}
	if err != nil {
		s.faults.addLedger(fmt.Errorf("report %s: %s: %w", j.Report.ID, j.PeriodName(), err))
		return
	}
	e := deliveryEvent(row, ledger.Result{State: ledger.Held})
	e.Error = "report " + text
	s.event(j, e)
	s.raiseUnsure(ctx, j, row, ledger.Held, now)
}

// raiseUnsure tells that it is not known whether a message arrived.
func (s *sender) raiseUnsure(ctx context.Context, j report.Job, row ledger.Delivery, state ledger.DeliveryState, now time.Time) {
	kind, args := ledger.AlarmUncertain, []string{j.Report.ID, j.PeriodName(), row.Recipient}
	if state == ledger.Held {
		kind, args = ledger.AlarmHeld, append(args, fmt.Sprint(row.ID))
	}
	s.alarms.Raise(ctx, kind, fmt.Sprint(row.ID), now, args...)
}

func uncertainText(j report.Job, row ledger.Delivery, state ledger.DeliveryState) string {
	text := fmt.Sprintf("%s: %s to %s: it was sent, and whether it arrived is not known; ", j.Report.ID, j.PeriodName(), row.Recipient)
	if state == ledger.Held || j.Report.HoldUncertain {
		return text + fmt.Sprintf("ask, then rapport deliveries --release %d sends the same message again, --close %d says that it arrived", row.ID, row.ID)
	}
	return text + "the same message is sent once more, with the same Message-ID"
}

// leaveToOthers puts off a delivery whose recipient only another machine's configuration has.
func leaveToOthers(e *core, row ledger.Delivery) {
	e.pending.Write(deliveryName(row), func(ctx context.Context) error {
		if err := e.Ledger.ReturnDelivery(ctx, row.Claim); err != nil {
			return err
		}
		return e.Ledger.DeferDeliveries(ctx, []int64{row.ID}, e.Clock().Add(time.Minute), "waits for a machine whose configuration has the recipient")
	})
}

// cancelClaimed ends a delivery that nobody wants any more.
func (e *core) cancelClaimed(row ledger.Delivery, why string) {
	result := ledger.Result{At: e.Clock(), State: ledger.CancelledDelivery, Answer: why}
	e.pending.Write(deliveryName(row), func(ctx context.Context) error { return e.Ledger.Finish(ctx, row.Claim, result) })
	e.messages.Discard(row)
	e.events.add(deliveryEvent(row, result))
}

func deliveryName(row ledger.Delivery) string { return fmt.Sprintf("delivery %d", row.ID) }

// mailbox is what addresses are compared by: those that differ in case alone are one
// mailbox to the configuration too.
func mailbox(address string) string { return strings.ToLower(address) }
