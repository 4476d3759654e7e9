package engine

import (
	"context"

	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/reportconfig"
)

// ping tells the report's watch, if it has one: "start", "fail", or "" for success.
func (e *core) ping(ctx context.Context, entry *reportconfig.Report, signal string) {
	if e.Ping != nil && entry.Ping != "" {
		e.Ping(context.WithoutCancel(ctx), entry.Ping, signal)
	}
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
	e.ping(ctx, j.Report, "")
}
