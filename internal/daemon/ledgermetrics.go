package daemon

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const scrapeTimeout = 5 * time.Second

// A ledgerCollector reads the ledger for one scrape.
type ledgerCollector struct {
	ctx context.Context
	*Metrics
}

// Describe sends nothing, as the labels are known only when they are collected.
func (c ledgerCollector) Describe(chan<- *prometheus.Desc) {}

// Collect sends the figures of all accounts, or none of them and rapport_scrape_ok 0.
func (c ledgerCollector) Collect(out chan<- prometheus.Metric) {
	accounts, err := c.read()
	c.logOnce(err)
	send := func(name, help string, kind prometheus.ValueType, value float64, pairs ...string) {
		var names, values []string
		for i := 0; i < len(pairs); i += 2 {
			names, values = append(names, pairs[i]), append(values, validUTF8(pairs[i+1]))
		}
		desc := prometheus.NewDesc("rapport_"+name, help, names, nil)
		metric, err := prometheus.NewConstMetric(desc, kind, value, values...)
		if err != nil {
			metric = prometheus.NewInvalidMetric(desc, err)
		}
		out <- metric
	}
	const gauge, counter = prometheus.GaugeValue, prometheus.CounterValue
	send("scrape_ok", "1 if the ledger could be asked for this scrape.", gauge, boolValue(err == nil))
	for _, n := range accounts {
		send("owed_periods", "Periods that are due and not delivered yet.", gauge, float64(n.Owed), "account", n.Account)
		send("delivery_attempts_total", "Messages handed to the mail server, each try counted.", counter, float64(n.Attempts), "account", n.Account)
		send("uncertain_total", "Deliveries of which it is unknown whether the mail server took them.", counter, float64(n.Uncertain), "account", n.Account)
		send("clock_ahead_seconds", "How far this machine's clock is ahead of the ledger's, of a ledger that machines share; else 0.", gauge, n.ClockAhead.Seconds(), "account", n.Account)
		for _, state := range slices.Sorted(maps.Keys(n.Deliveries)) {
			send("deliveries", "Deliveries by state.", gauge, float64(n.Deliveries[state]), "account", n.Account, "state", state)
		}
		send("oldest_waiting_seconds", "How long the oldest message that is not sent yet has waited; 0 if there is none.", gauge, n.OldestWaiting.Seconds(), "account", n.Account)
		for _, kind := range slices.Sorted(maps.Keys(n.Alarms)) {
			send("alarms_standing", "Alarms that are open, by kind.", gauge, float64(n.Alarms[kind]), "account", n.Account, "kind", kind)
		}
		for _, report := range slices.Sorted(maps.Keys(n.Reports)) {
			r := n.Reports[report]
			send("report_next_due_timestamp_seconds", "When the report is due next.", gauge, seconds(r.NextDue), "account", n.Account, "report", report)
			send("report_late_seconds", "How long ago the report's oldest period that is not made was due; 0 if it is in time.", gauge, r.Late.Seconds(), "account", n.Account, "report", report)
		}
		for _, report := range slices.Sorted(maps.Keys(n.LastSuccess)) {
			send("last_success_timestamp_seconds", "When the report was last delivered.", gauge, seconds(n.LastSuccess[report]), "account", n.Account, "report", report)
		}
	}
}

// read gives the stats of each account. A panic is an error: here it would end the process.
func (c ledgerCollector) read() (accounts []AccountStats, err error) {
	defer func() {
		if p := recover(); p != nil {
			accounts, err = nil, fmt.Errorf("panic: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeout(c.ctx, scrapeTimeout)
	defer cancel()
	all, err := c.accounts(ctx)
	if err != nil {
		return nil, err
	}
	merged := map[string]AccountStats{}
	for _, n := range all {
		n.Account = validUTF8(n.Account)
		merged[n.Account] = add(merged[n.Account], n)
	}
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		accounts = append(accounts, merged[name])
	}
	return accounts, nil
}

// add sums what two ledgers say of one account.
func add(a, b AccountStats) AccountStats {
	sum := AccountStats{
		Account: b.Account, Owed: a.Owed + b.Owed, Attempts: a.Attempts + b.Attempts, Uncertain: a.Uncertain + b.Uncertain,
		Deliveries: map[string]int{}, LastSuccess: map[string]time.Time{}, Alarms: map[string]int{}, Reports: map[string]ReportStats{}, OldestWaiting: max(a.OldestWaiting, b.OldestWaiting),
		ClockAhead: a.ClockAhead,
	}
	if b.ClockAhead.Abs() > a.ClockAhead.Abs() {
		sum.ClockAhead = b.ClockAhead
	}
	for _, n := range []AccountStats{a, b} {
		for kind, count := range n.Alarms {
			sum.Alarms[validUTF8(kind)] += count
		}
		for report, r := range n.Reports {
			name := validUTF8(report)
			if known, twice := sum.Reports[name]; twice { // in another ledger
				r.Late = max(r.Late, known.Late)
				if known.NextDue.Before(r.NextDue) {
					r.NextDue = known.NextDue
				}
			}
			sum.Reports[name] = r
		}
		for state, count := range n.Deliveries {
			sum.Deliveries[validUTF8(state)] += count
		}
		for report, at := range n.LastSuccess {
			if name := validUTF8(report); at.After(sum.LastSuccess[name]) {
				sum.LastSuccess[name] = at
			}
		}
	}
	return sum
}

// logOnce logs a failed scrape, but not each of a row that fails for one reason.
func (c ledgerCollector) logOnce(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.log != nil && text != c.lastError && err != nil {
		c.log.Warn("metrics: the ledger could not be asked", "error", err)
	}
	c.lastError = text
}

func validUTF8(text string) string { return strings.ToValidUTF8(text, "�") }

func boolValue(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
