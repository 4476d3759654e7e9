package main

import (
	"context"
	"time"

	"rapport/internal/daemon"
	"rapport/internal/ledger"
	"rapport/internal/status"
)

// accounts are what the metrics show of each account and ledger, and of each configuration's reports.
func (s *server) accounts(ctx context.Context) (all []daemon.AccountStats, err error) {
	type key struct {
		ledger  *sharedLedger
		account string
	}
	seen := map[key]bool{}
	for _, w := range s.atWork() {
		k := key{w.ledger, w.config.Account}
		err := w.ledger.use(func() error {
			shown, err := status.Read(ctx, w.config, w.ledger, s.now())
			if err != nil {
				return err
			}
			one := daemon.AccountStats{Account: k.account}
			if !seen[k] {
				stats, err := w.ledger.Stats(ctx, k.account)
				if err != nil {
					return err
				}
				one = accountStats(k.account, stats, shown)
				seen[k] = true
			}
			addReports(&one, shown)
			all = append(all, one)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func accountStats(account string, stats ledger.Stats, shown *status.Status) daemon.AccountStats {
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
		Account: account, Owed: stats.Owed, Deliveries: byState, Attempts: stats.Attempts, Uncertain: stats.Uncertain, LastSuccess: stats.LastSuccess, Alarms: alarms,
	}
}

// addReports adds what is the configuration's own.
func addReports(one *daemon.AccountStats, shown *status.Status) {
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
