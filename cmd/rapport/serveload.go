package main

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"rapport/internal/builder"
	"rapport/internal/daemon"
	"rapport/internal/engine"
	"rapport/internal/exposure"
	"rapport/internal/insight"
	"rapport/internal/ledgerpool"
	"rapport/internal/logging"
	"rapport/internal/monitoring"
	"rapport/internal/webservice"
	"rapport/reportconfig"
)

// load makes the workers of all configurations, or changes nothing: what may be at fault
// comes first, what leaves a trace last.
func (s *server) load(ctx context.Context, requestWake func()) (workers []daemon.Worker, err error) {
	configs, err := s.loadAll(s.paths)
	if err != nil {
		return nil, err
	}
	for _, config := range configs {
		for _, w := range exposure.Warnings(config) {
			if !slices.Contains(s.warned, w) { // not again with each reload
				s.log.Warn(w)
				s.warned = append(s.warned, w)
			}
		}
	}
	debug.FreeOSMemory() // reading a large file leaves more behind than the daemon needs for weeks
	var setups []engine.Config
	for _, config := range configs {
		mails := slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool { return r.Mails() })
		c, err := s.setup(config, setupOptions{clock: s.now, log: s.log, lasting: logging.WithoutRepeats(s.log, s.now), mails: mails || config.Operator.Address != nil || config.Web != nil && config.Mail.From != nil, limiter: s.limiter, relays: &s.relays, hooks: s.hooks})
		if err != nil {
			return nil, err
		}
		c.Builder.Render, c.Builder.Meter, c.Meter = s.renderSlots, s.metrics, s.metrics
		c.Mode, c.Emit, c.RequestWake, c.RealClock, c.PollInterval = engine.Daemon, func(builder.Event) { s.web.Happened() }, requestWake, true, s.pollInterval
		setups = append(setups, c)
	}
	opened, err := s.monitoring.Open(configs)
	if err != nil {
		return nil, listenExit(err)
	}
	plan, err := s.web.Plan(configs, secretOf(s.program))
	if err != nil {
		monitoring.Close(opened)
		return nil, listenExit(err)
	}
	undo := func() { monitoring.Close(opened); s.web.Undo(plan) }
	for _, config := range configs {
		if err := s.claimState(config); err != nil {
			undo()
			return nil, err
		}
	}
	ledgers, err := s.ledgers.Acquire(ctx, configs)
	if err != nil {
		undo()
		return nil, waiting(err)
	}
	for i := range setups {
		setups[i].Ledger = ledgers[i].Ledger
		if err := insight.Adopt(ctx, ledgers[i].Ledger, configs[i], setups[i].Path); err != nil {
			undo()
			return nil, errors.Join(ledgerFault(configs[i], err), ledgerpool.ReleaseAll(ledgers))
		}
	}
	all, web := s.workersOf(setups, configs, ledgers)
	if err := s.web.Serve(s.background, plan, web); err != nil {
		undo()
		return nil, errors.Join(configFault(err), ledgerpool.ReleaseAll(ledgers))
	}
	s.monitoring.Replace(configs, opened)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workers = all
	for _, w := range all {
		workers = append(workers, w)
	}
	return workers, nil
}

func (s *server) workersOf(setups []engine.Config, configs []*reportconfig.Config, ledgers []*ledgerpool.Ledger) (all []worker, web []webservice.Worker) {
	for i, c := range setups {
		keepHouse(&c)
		c.MoreReports = insight.MoreReports(c.Ledger, configs[i], c.Path, s.log)
		c.OthersRest = func() bool { return s.restBut(configs[i].Path) }
		w := worker{engine.New(c), configs[i], ledgers[i]}
		all, web = append(all, w), append(web, webservice.Worker{Engine: w.Engine, Config: w.config, Ledger: w.ledger})
	}
	return all, web
}

// restBut tells whether no engine is at work but that of a configuration.
func (s *server) restBut(path string) bool {
	return !slices.ContainsFunc(s.atWork(), func(w worker) bool { return w.config.Path != path && w.Busy() })
}

// A worker is a configuration's engine. It keeps its ledger open until it has drained and
// its last wake has returned.
type worker struct {
	*engine.Engine
	config *reportconfig.Config
	ledger *ledgerpool.Ledger
}

func (w worker) Wake(ctx context.Context, now time.Time) (next time.Time, err error) {
	err = w.ledger.Use(func() (err error) {
		next, err = w.Engine.Wake(ctx, now)
		return err
	})
	return next, err
}

func (w worker) Hold(ctx context.Context, now time.Time, jump time.Duration) {
	err := w.ledger.Use(func() error { w.Engine.Hold(ctx, now, jump); return nil })
	if err != nil {
		w.Log.Error("ledger: close", "error", err)
	}
}

func (w worker) Drain(ctx context.Context) error {
	return errors.Join(w.Engine.Drain(ctx), w.ledger.Release())
}
