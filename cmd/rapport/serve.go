package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"rapport/fetch"
	"rapport/internal/daemon"
	"rapport/internal/pipeline"
	"rapport/reportconfig"
)

func (p *program) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve CONFIG…",
		Short: "The daemon: makes and mails every report when it is due",
		Long: `Runs until it is stopped: makes every report when it is due, mails it, and tries again what
could not be sent. SIGHUP reads the configurations again: a faulty one changes nothing.
SIGTERM ends what is being said to a mail server, and then the daemon; a second one ends it
at once. Health and metrics are served at listen: /healthz, /readyz, /metrics.`,
		Example: `  rapport serve shop.yaml
  rapport serve /etc/rapport/*.yaml
  kill -HUP $(pidof rapport)          read the configurations again`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("serve: want at least one configuration file")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return p.serve(cmd.Context(), args) },
	}
}

// A server is the daemon with what its configurations share.
type server struct {
	*program
	paths      []string
	log        *slog.Logger
	render     chan struct{}
	metrics    *daemon.Metrics
	monitoring *monitoring
	limiter    *fetch.Limiter
	glance     time.Duration // at the ledger; zero: a minute
	pings      *pinger
	ledgers    *openLedgers

	mu      sync.Mutex
	configs []*reportconfig.Config // those at work
}

func (p *program) newServer(paths []string, log *slog.Logger) *server {
	s := &server{
		program: p, paths: paths, log: log, render: make(chan struct{}, runtime.GOMAXPROCS(0)), limiter: fetch.NewLimiter(20, 8).Clock(p.now), pings: newPinger(log),
		monitoring: &monitoring{listen: net.Listen, log: log, endpoints: map[string]*endpoint{}}, ledgers: &openLedgers{open: p.ledger, byPath: map[string]*sharedLedger{}},
	}
	s.metrics = daemon.NewMetrics(version(), s.numbers)
	return s
}

func (p *program) serve(ctx context.Context, paths []string) (err error) {
	log, err := p.logger("info")
	if err != nil {
		return err
	}
	s := p.newServer(paths, log)
	defer func() { err = errors.Join(err, s.ledgers.closeAll()) }()
	reload := make(chan struct{}, 1)
	defer onHangup(reload)()
	defer s.pings.wait()
	d := daemon.New(daemon.Config{
		Load: s.load, Reload: reload, MaxJump: s.maxJump, Notify: daemon.NewNotifier(), Metrics: s.metrics, Ready: s.ready, Log: log,
	})
	s.monitoring.handler = d.Handler(s.metrics.Handler())
	defer s.monitoring.stop()
	if err := d.Run(ctx); err != nil {
		var coded *exit
		if errors.As(err, &coded) {
			return coded
		}
		if len(s.atWork()) == 0 {
			return err
		}
		log.Error("stopped before all was over; the next start goes on with it", "error", err)
	}
	return nil
}

// onHangup passes SIGHUP on; what comes while one waits is the same wish.
func onHangup(reload chan<- struct{}) (stop func()) {
	hangups := make(chan os.Signal, 1)
	done := make(chan struct{})
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-hangups:
				select {
				case reload <- struct{}{}:
				default:
				}
			case <-done:
				return
			}
		}
	}()
	return func() { signal.Stop(hangups); close(done) }
}

// read reads all configurations whole.
func (s *server) read() (configs []*reportconfig.Config, err error) {
	var faults []error
	for _, path := range s.paths {
		config, err := s.program.load(path)
		if err != nil {
			faults = append(faults, errors.Unwrap(err))
			continue
		}
		configs = append(configs, config)
	}
	if faults = append(faults, conflicts(configs)...); len(faults) > 0 {
		return nil, configFault(errors.Join(faults...))
	}
	return configs, nil
}

// load makes the tenants of all configurations, or changes nothing: what may be at fault
// comes first, what leaves a trace last.
func (s *server) load(ctx context.Context, poke func()) (tenants []daemon.Worker, err error) {
	configs, err := s.read()
	if err != nil {
		return nil, err
	}
	debug.FreeOSMemory() // reading a large file leaves more behind than the daemon needs for weeks
	var runners []*pipeline.Runner
	var paths []string
	for _, config := range configs {
		mails := slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool { return len(r.Emails) > 0 })
		runner, err := s.wire(config, wiring{clock: s.now, log: s.log, mails: mails || config.Operator != nil, limiter: s.limiter, pings: s.pings})
		if err != nil {
			return nil, err
		}
		runner.Render, runner.Meter, runner.Emit = s.render, s.metrics, func(pipeline.Event) {}
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
	for i, config := range configs {
		d := desk(config, runners[i], ledgers[i].Ledger, true, poke)
		if s.glance > 0 {
			d.Glance = s.glance
		}
		tenants = append(tenants, servedDesk{d, ledgers[i]})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.configs = configs
	return tenants, nil
}

// A servedDesk keeps its ledger open until it has drained and its last wake has returned.
type servedDesk struct {
	*pipeline.Desk
	ledger *sharedLedger
}

func (d servedDesk) Wake(ctx context.Context, now time.Time) (next time.Time, err error) {
	if !d.ledger.retain() {
		return time.Time{}, nil // it drained before this wake began
	}
	defer func() { err = errors.Join(err, d.ledger.release()) }()
	return d.Desk.Wake(ctx, now)
}

func (d servedDesk) Hold(ctx context.Context, now time.Time, jump time.Duration) {
	if !d.ledger.retain() {
		return
	}
	d.Desk.Hold(ctx, now, jump)
	if err := d.ledger.release(); err != nil {
		d.Log.Error("ledger: close", "error", err)
	}
}

func (d servedDesk) Drain(ctx context.Context) error {
	return errors.Join(d.Desk.Drain(ctx), d.ledger.release())
}

func (s *server) atWork() []*reportconfig.Config {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.configs
}

func (s *server) maxJump() time.Duration {
	shortest := time.Duration(0)
	for _, c := range s.atWork() {
		if shortest == 0 || c.Catchup < shortest {
			shortest = c.Catchup
		}
	}
	return shortest
}

// ready tells whether every ledger can be read and written.
func (s *server) ready(ctx context.Context) (err error) {
	ledgers := s.ledgers.all()
	defer func() { err = errors.Join(err, releaseAll(ledgers)) }()
	for _, l := range ledgers {
		if err := l.Check(ctx); err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
	}
	return nil
}

// numbers are what the metrics show of each account.
func (s *server) numbers(ctx context.Context) (out []daemon.AccountStats, err error) {
	type key struct{ state, account string }
	seen := map[key]bool{}
	for _, config := range s.atWork() {
		k := key{config.State, config.Account}
		if seen[k] {
			continue
		}
		seen[k] = true
		n, err := s.accountNumbers(ctx, config)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func (s *server) accountNumbers(ctx context.Context, config *reportconfig.Config) (n daemon.AccountStats, err error) {
	n = daemon.AccountStats{Account: config.Account, Deliveries: map[string]int{}}
	l := s.ledgers.find(config.State)
	if l == nil {
		return n, nil // a reload has just given it up
	}
	defer func() { err = errors.Join(err, l.release()) }()
	stats, err := l.Stats(ctx, config.Account)
	if err != nil {
		return n, err
	}
	n.Owed, n.Attempts, n.Uncertain, n.LastSuccess = stats.Owed, stats.Attempts, stats.Uncertain, stats.LastSuccess
	for state, count := range stats.Deliveries {
		n.Deliveries[string(state)] = count
	}
	return n, nil
}
