package monitoring

import (
	"context"
	"time"

	"rapport/internal/daemon"
	"rapport/internal/ledger"
	"rapport/internal/status"
)

// A Ledger has the numbers of an account.
type Ledger interface {
	Stats(ctx context.Context, account string) (ledger.Stats, error)
	ClockAhead(ctx context.Context) (time.Duration, error)
}

// ReadAccount is what the metrics show of an account in a ledger.
func ReadAccount(ctx context.Context, l Ledger, account string, shown *status.Status) (daemon.AccountStats, error) {
	stats, err := l.Stats(ctx, account)
	if err != nil {
		return daemon.AccountStats{}, err
	}
	ahead, err := l.ClockAhead(ctx)
	if err != nil {
		return daemon.AccountStats{}, err
	}
	byState := map[string]int{}
	for state, count := range stats.Deliveries {
		byState[string(state)] = count
	}
	alarms := map[string]int{}
	for _, kind := range status.AlarmKinds() {
		alarms[kind] = 0
	}
	for _, a := range shown.Alarms {
		if a.Level > status.OK {
			alarms[a.Kind]++
		}
	}
	return daemon.AccountStats{
		ClockAhead: ahead,
		Account:    account, Owed: stats.Owed, Deliveries: byState, Attempts: stats.Attempts, Uncertain: stats.Uncertain, LastSuccess: stats.LastSuccess, Alarms: alarms,
	}, nil
}

// AddReports adds what is the configuration's own.
func AddReports(one *daemon.AccountStats, shown *status.Status) {
	one.Reports = map[string]daemon.ReportStats{}
	for _, r := range shown.Reports {
		late := time.Duration(0)
		if len(r.Late) > 0 {
			late = shown.Time.Sub(r.Late[0].Due)
		}
		one.Reports[r.ID] = daemon.ReportStats{NextDue: r.NextDue, Late: late}
	}
	if len(shown.Messages) > 0 {
		one.OldestWaiting = max(0, shown.Time.Sub(shown.Messages[0].Since))
	}
}
