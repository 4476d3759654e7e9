package main

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"rapport/internal/daemon"
	"rapport/internal/pipeline"
	"rapport/reportconfig"
)

// load makes the workers of all configurations, or changes nothing: what may be at fault
// comes first, what leaves a trace last.
func (s *server) load(ctx context.Context, requestWake func()) (workers []daemon.Worker, err error) {
	configs, err := s.loadAll(s.paths)
	if err != nil {
		return nil, err
	}
	debug.FreeOSMemory() // reading a large file leaves more behind than the daemon needs for weeks
	var runners []*pipeline.Runner
	var paths []string
	for _, config := range configs {
		mails := slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool { return len(r.Emails) > 0 })
		runner, err := s.setup(config, setupOptions{clock: s.now, log: s.log, mails: mails || config.Operator != nil, limiter: s.limiter, pings: s.pings})
		if err != nil {
			return nil, err
		}
		runner.Render, runner.Meter, runner.Emit = s.renderSlots, s.metrics, func(pipeline.Event) {}
		runners, paths = append(runners, runner), append(paths, config.State)
	}
	opened, err := s.monitoring.open(configs)
	if err != nil {
		return nil, err
	}
	ledgers, err := s.ledgers.acquire(ctx, paths)
	if err != nil {
		closeEndpoints(opened)
		return nil, err
	}
	s.monitoring.replace(configs, opened)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workers = nil
	for i, config := range configs {
		engine := newEngine(config, runners[i], ledgers[i].Ledger, true, requestWake)
		if s.pollInterval > 0 {
			engine.Glance = s.pollInterval
		}
		w := worker{engine, config, ledgers[i]}
		s.workers, workers = append(s.workers, w), append(workers, w)
	}
	return workers, nil
}

// A worker is a configuration's engine. It keeps its ledger open until it has drained and
// its last wake has returned.
type worker struct {
	*pipeline.Desk
	config *reportconfig.Config
	ledger *sharedLedger
}

func (w worker) Wake(ctx context.Context, now time.Time) (next time.Time, err error) {
	err = w.ledger.use(func() (err error) {
		next, err = w.Desk.Wake(ctx, now)
		return err
	})
	return next, err
}

func (w worker) Hold(ctx context.Context, now time.Time, jump time.Duration) {
	err := w.ledger.use(func() error { w.Desk.Hold(ctx, now, jump); return nil })
	if err != nil {
		w.Log.Error("ledger: close", "error", err)
	}
}

func (w worker) Drain(ctx context.Context) error {
	return errors.Join(w.Desk.Drain(ctx), w.ledger.release())
}
