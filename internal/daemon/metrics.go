package daemon

import (
	"context"
	"net/http"
	"time"
)

// Numbers are what the ledger counts for one account. LastSuccess is by report.
type Numbers struct {
	Account             string
	Owed                int            // periods that are due and not delivered
	Deliveries          map[string]int // by state
	Attempts, Uncertain int64          // since ever
	LastSuccess         map[string]time.Time
}

// Metrics are for Prometheus.
type Metrics struct {
	version string
	numbers func(ctx context.Context) ([]Numbers, error)
}

// NewMetrics asks numbers at each scrape.
func NewMetrics(version string, numbers func(ctx context.Context) ([]Numbers, error)) *Metrics {
	return &Metrics{version, numbers}
}

// Start measures one fetch, render or send, until stop is called.
func (m *Metrics) Start(stage string) (stop func()) { return func() {} }

// Handler answers a scrape.
func (m *Metrics) Handler() http.Handler { return http.NotFoundHandler() }
