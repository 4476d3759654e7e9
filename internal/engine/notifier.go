package engine

import (
	"context"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/notifications"
	"rapport/internal/report"
	"rapport/internal/workers"
	"rapport/reportconfig"
)

// Hooks tell others over HTTP: a monitor that a report started, succeeded or failed, and
// whoever takes alarms as JSON. An error says nothing of the URL, which is as good as a secret.
type Hooks interface {
	Ping(ctx context.Context, url, signal string) error
	Post(ctx context.Context, url string, body []byte) error
}

// How long others are called before it is given up.
const (
	notificationLife = 24 * time.Hour
	startLife        = 10 * time.Minute // of a ping that says that something begins
	hooksAtOnce      = 4
)

// A notifier calls others, as the ledger hands the notifications out: one that is not heard
// is given again, by the next process too.
type notifier struct {
	*core
	pool workers.Pool
}

func newNotifier(c *core) *notifier {
	n := &notifier{core: c}
	n.pool = workers.Pool{Name: "notify", Activity: c.activity, Log: c.Log, Fault: c.faults.add, Claim: n.claim, Limit: func() int {
		if c.Hooks == nil || c.stopped() {
			return 0
		}
		return hooksAtOnce
	}}
	return n
}

func (n *notifier) claim() (job func(), found bool) {
	row, found, err := n.Ledger.ClaimNextNotification(context.WithoutCancel(n.building), n.Account.ID, n.Path, n.Clock())
	if err != nil {
		n.faults.addLedger(err)
		return nil, false
	}
	return func() { n.give(n.building, row) }, found
}

// give calls once, and writes down that it was heard, or when to call again.
func (n *notifier) give(ctx context.Context, row notifications.Notification) {
	now := n.Clock()
	life := notificationLife
	if row.Kind == notifications.Ping && row.Body == notifications.PingStart {
		life = startLife
	}
	err := n.call(ctx, row)
	alone := context.WithoutCancel(ctx)
	switch {
	case err == nil:
		err = n.Ledger.EndNotification(alone, row.Claim)
	case ctx.Err() != nil:
		err = n.Ledger.DeferNotification(alone, row.Claim, now, "stopped")
	case now.Sub(row.QueuedAt) >= life:
		n.lasting.Error(row.Kind+" is given up", "account", n.Account.ID, "target", row.Target, "error", err)
		err = n.Ledger.EndNotification(alone, row.Claim)
	default:
		if row.Attempts == 0 {
			n.lasting.Warn(row.Kind+" was not heard, and is given again", "account", n.Account.ID, "target", row.Target, "error", err)
		}
		err = n.Ledger.DeferNotification(alone, row.Claim, now.Add(min(time.Minute<<min(row.Attempts, 6), time.Hour)), err.Error())
	}
	if err != nil {
		n.faults.addLedger(err)
	}
}

// call tells what a notification is about. One that nobody wants any more is as good as heard.
func (n *notifier) call(ctx context.Context, row notifications.Notification) error {
	if row.Kind == notifications.Ping {
		if entry := n.report(row.Target); entry != nil && entry.Ping != "" {
			return n.Hooks.Ping(ctx, entry.Ping, row.Body)
		}
		return nil
	}
	if n.Operator.AlarmURL == "" {
		return nil
	}
	body, err := n.alarms.PostOf(row.Body)
	if err != nil {
		return err
	}
	return n.Hooks.Post(ctx, n.Operator.AlarmURL, body)
}

// The signals of a ping beside notifications.PingStart.
const (
	pingFail    = "fail"
	pingSuccess = ""
)

// ping tells the report's monitor, if it has one. No report depends on it.
func (e *core) ping(ctx context.Context, entry *reportconfig.Report, signal string) {
	if e.Hooks == nil || entry.Ping == "" {
		return
	}
	n := notifications.Notification{Account: e.Account.ID, Config: e.Path, Kind: notifications.Ping, Target: entry.ID, Body: signal, QueuedAt: e.Clock()}
	if err := e.Ledger.Notify(context.WithoutCancel(ctx), n); err != nil {
		e.faults.addLedger(err)
		return
	}
	e.notifier.pool.Start()
}

// pingWhenAll tells of success once everybody has the period.
func (e *core) pingWhenAll(ctx context.Context, j report.Job) {
	rows, err := e.Ledger.Deliveries(context.WithoutCancel(ctx), ledger.Filter{Account: e.Account.ID, Report: j.Report.ID, Period: j.PeriodName()})
	if err != nil {
		e.faults.addLedger(err)
		return
	}
	for _, row := range rows {
		if row.State != ledger.Sent && row.State != ledger.CancelledDelivery && row.State != ledger.Closed {
			return
		}
	}
	e.ping(ctx, j.Report, pingSuccess)
}
