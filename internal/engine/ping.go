package engine

import (
	"context"

	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/reportconfig"
)

// The signals of a ping beside ledger.PingStart.
const (
	pingFail    = "fail"
	pingSuccess = ""
)

// ping tells the report's monitor, if it has one. No report depends on it.
func (e *core) ping(ctx context.Context, entry *reportconfig.Report, signal string) {
	if e.Hooks == nil || entry.Ping == "" {
		return
	}
	n := ledger.Notification{Account: e.Account.ID, Config: e.Path, Kind: ledger.NotificationPing, Target: entry.ID, Body: signal, QueuedAt: e.Clock()}
	if err := e.Ledger.Notify(context.WithoutCancel(ctx), n); err != nil {
		e.faults.addLedger(err)
		return
	}
	e.notifier.pool.start()
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
