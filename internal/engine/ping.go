package engine

import (
	"context"

	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/reportconfig"
)

// ping tells the report's watch, if it has one: "start", "fail", or "" for success.
func (d *Engine) ping(ctx context.Context, report *reportconfig.Report, signal string) {
	if d.Ping != nil && report.Ping != "" {
		d.Ping(context.WithoutCancel(ctx), report.Ping, signal)
	}
}

// pingWhenAll tells of success once everybody has the period.
func (d *Engine) pingWhenAll(ctx context.Context, j report.Job) {
	rows, err := d.Ledger.Deliveries(context.WithoutCancel(ctx), ledger.Filter{Account: d.Account.ID, Report: j.Report.ID, Period: j.PeriodName()})
	if err != nil {
		d.ledgerFault(err)
		return
	}
	for _, row := range rows {
		if row.State != ledger.Sent && row.State != ledger.CancelledDelivery && row.State != ledger.Closed {
			return
		}
	}
	d.ping(ctx, j.Report, "")
}
