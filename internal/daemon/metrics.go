package daemon

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// AccountStats are what the ledger counts for one account.
type AccountStats struct {
	Account             string
	Owed                int                    // periods that are due and not delivered
	Deliveries          map[string]int         // by state
	Attempts, Uncertain int64                  // since the ledger began
	LastSuccess         map[string]time.Time   // by report
	Reports             map[string]ReportStats // by report
	Alarms              map[string]int         // that are open, by kind
	ClockAhead          time.Duration          // of the machine's clock, of a ledger that machines share
	OldestWaiting       time.Duration          // of the messages that are not sent yet; zero: there is none
}

// ReportStats say when a report is due next, and how long it should have been made.
type ReportStats struct {
	NextDue time.Time
	Late    time.Duration // since its oldest period that is not made was due; zero: it is in time
}

// Metrics are for Prometheus: counts and times by account, report and state. No label
// holds an address or a secret.
type Metrics struct {
	registry *prometheus.Registry
	accounts func(ctx context.Context) ([]AccountStats, error)
	stages   *prometheus.HistogramVec
	configOK prometheus.Gauge
	loaded   prometheus.Gauge
	held     prometheus.Gauge
	failures prometheus.Counter

	mu        sync.Mutex
	log       *slog.Logger
	lastError string // of a scrape, as it was logged
}

// NewMetrics calls accounts at each scrape. Its registry is its own.
func NewMetrics(version string, accounts func(ctx context.Context) ([]AccountStats, error)) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), accounts: accounts}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "rapport_build_info", Help: "Always 1; the labels say which build this is.",
	}, []string{"version", "goversion"})
	build.WithLabelValues(validUTF8(version), runtime.Version()).Set(1)
	m.stages = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "rapport_stage_duration_seconds", Help: "How long it took to fetch, render or send once.",
		Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600},
	}, []string{"stage"})
	for _, stage := range []string{"fetch", "render", "send"} {
		m.stages.WithLabelValues(stage)
	}
	m.configOK = gauge("rapport_config_ok", "1 if the configuration was read when it was last asked for; 0 if it was refused and the old one is at work.")
	m.loaded = gauge("rapport_config_last_reload_success_timestamp_seconds", "When the configuration at work was read.")
	m.held = gauge("rapport_clock_held", "1 while no report is started because the clock jumped forward.")
	m.failures = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "rapport_wake_failures_total", Help: "How often a configuration could not look for work.",
	})
	m.registry.MustRegister(build, m.stages, m.configOK, m.loaded, m.held, m.failures,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
}

// Start measures one fetch, render or send in seconds, until stop is called.
func (m *Metrics) Start(stage string) (stop func()) {
	start := time.Now()
	return func() { m.stages.WithLabelValues(validUTF8(stage)).Observe(time.Since(start).Seconds()) }
}

// Handler answers a scrape. A ledger that cannot be read makes rapport_scrape_ok 0.
func (m *Metrics) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fresh := prometheus.NewRegistry()
		fresh.MustRegister(ledgerCollector{r.Context(), m})
		w.Header().Set("Cache-Control", "no-store")
		promhttp.HandlerFor(prometheus.Gatherers{m.registry, fresh}, promhttp.HandlerOpts{
			ErrorHandling: promhttp.ContinueOnError,
		}).ServeHTTP(w, r)
	})
}

func (m *Metrics) logTo(log *slog.Logger) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.log = log
}

func (m *Metrics) reloaded(now time.Time, err error) {
	if m == nil {
		return
	}
	if err != nil {
		m.configOK.Set(0)
		return
	}
	m.configOK.Set(1)
	m.loaded.Set(seconds(now))
}

func (m *Metrics) setHeld(held bool) {
	if m != nil {
		m.held.Set(boolValue(held))
	}
}

func (m *Metrics) wakeFailed() {
	if m != nil {
		m.failures.Inc()
	}
}
