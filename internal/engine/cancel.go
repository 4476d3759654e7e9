package engine

import (
	"context"
	"errors"
	"fmt"

	"rapport/internal/builder"
	"rapport/internal/ledger"
)

// cancelOrphans ends what nobody wants any more: what waits of reports that are in no
// configuration, also none of another machine. It also sees whether another process is at work.
func (e *Engine) cancelOrphans(ctx context.Context) error {
	periods, err := e.Ledger.OwedPeriods(ctx, e.Account.ID)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if e.stopped() { // what was read may be of reports that are newer than ours
		return nil
	}
	if err := e.refresh(ctx); err != nil { // and of reports that were made over HTTP meanwhile
		return err
	}
	e.outdated.Store(false)
	var orphans []int64
	again := false
	for _, row := range periods {
		again = again || row.Claimed
		if e.report(row.Report) == nil && !row.Claimed && !e.others.Load().Wanted(row.Report) && e.nobodys(row.Config, row.Report) {
			orphans = append(orphans, row.ID)
			e.events.add(builder.Event{Type: "report", Report: row.Report, Period: row.Name, State: string(ledger.Cancelled)})
		}
	}
	if len(orphans) > 0 {
		if err := e.Ledger.CancelPeriods(ctx, orphans, "the report left the configuration before it was made"); err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
	}
	deliveries, err := e.Ledger.Unsent(ctx, e.Account.ID)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if e.stopped() {
		return nil
	}
	if err := e.refresh(ctx); err != nil {
		return err
	}
	for _, row := range deliveries {
		again = again || row.Claimed
		if e.report(row.Report) == nil && !row.Claimed && row.State != ledger.Held && !e.others.Load().Wanted(row.Report) && e.nobodys(row.Config, row.Report) {
			e.cancel(ctx, row)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.again = e.again || again
	return nil
}

// nobodys is orphan, and takes note if the file has the report by now.
func (e *Engine) nobodys(path, id string) bool {
	if e.owner.Orphan(path, id) {
		return true
	}
	if e.owner.IsOurs(path) {
		e.outdated.Store(true)
	}
	return false
}

// cancel ends a delivery of a report that left, unless another process is at it.
func (e *Engine) cancel(ctx context.Context, row ledger.Delivery) {
	claimed, err := e.Ledger.ClaimDelivery(ctx, row.ID)
	var locked *ledger.LockedError
	switch {
	case errors.As(err, &locked), errors.Is(err, ledger.ErrOver):
	case err != nil:
		e.faults.addLedger(err)
	default:
		e.cancelClaimed(claimed, "the report left the configuration before it was sent")
	}
}
