package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
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
	"rapport/internal/ledger"
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
	paths   []string
	log     *slog.Logger
	render  chan struct{}
	metrics *daemon.Metrics
	limiter *fetch.Limiter
	glance  time.Duration // at the ledger; zero: a minute
	pings   *pinger

	mu      sync.Mutex
	books   map[string]*ledger.Ledger // by path; opened once, kept until the end
	configs []*reportconfig.Config    // those at work
}

func (p *program) serve(ctx context.Context, paths []string) (err error) {
	log, err := p.logger("info")
	if err != nil {
		return err
	}
	s := &server{program: p, paths: paths, log: log, render: make(chan struct{}, runtime.GOMAXPROCS(0)), limiter: fetch.NewLimiter(20, 8).Clock(p.now), pings: newPinger(log), books: map[string]*ledger.Ledger{}}
	defer func() {
		for _, book := range s.books {
			err = errors.Join(err, book.Close())
		}
	}()
	s.metrics = daemon.NewMetrics(version(), s.numbers)
	reload := make(chan struct{}, 1)
	defer onHangup(reload)()
	defer s.pings.wait()
	d := daemon.New(daemon.Config{
		Load: s.load, Reload: reload, MaxJump: s.maxJump, Notify: daemon.NewNotifier(p.getenv), Metrics: s.metrics, Ready: s.ready, Log: log,
	})
	configs, err := s.read()
	if err != nil {
		return err
	}
	stop, err := s.listen(ctx, configs, d)
	if err != nil {
		return err
	}
	defer stop()
	if err := d.Run(ctx); err != nil {
		var coded *exit
		if errors.As(err, &coded) {
			return coded
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
	if faults = append(faults, clashes(configs)...); len(faults) > 0 {
		return nil, configFault(errors.Join(faults...))
	}
	return configs, nil
}

// load makes the tenants of all configurations, or none.
func (s *server) load(ctx context.Context, poke func()) (tenants []daemon.Tenant, err error) {
	configs, err := s.read()
	if err != nil {
		return nil, err
	}
	debug.FreeOSMemory() // reading a large file leaves more behind than the daemon needs for weeks
	for _, config := range configs {
		mails := slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool { return len(r.Emails) > 0 })
		runner, err := s.wire(config, wiring{clock: s.now, log: s.log, mails: mails || config.Operator != nil, limiter: s.limiter, pings: s.pings})
		if err != nil {
			return nil, err
		}
		book, err := s.book(ctx, config.State)
		if err != nil {
			return nil, err
		}
		runner.Render, runner.Meter, runner.Emit = s.render, s.metrics, func(pipeline.Event) {}
		d := desk(config, runner, book, true, poke)
		if s.glance > 0 {
			d.Glance = s.glance
		}
		tenants = append(tenants, d)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.configs = configs
	return tenants, nil
}

// book is the ledger at path, which no second daemon may serve.
func (s *server) book(ctx context.Context, path string) (*ledger.Ledger, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if book := s.books[path]; book != nil {
		return book, nil
	}
	book, err := s.ledger(ctx, path, false)
	if err != nil {
		return nil, err
	}
	if err := book.ServeAlone(); err != nil {
		var held *ledger.LockedError
		if err = errors.Join(err, book.Close()); errors.As(err, &held) {
			err = fmt.Errorf("ledger %s: another daemon serves it, process %d — stop that one first", path, held.PID)
		}
		return nil, &exit{exitWaiting, err}
	}
	s.books[path] = book
	return book, nil
}

func (s *server) maxJump() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	shortest := time.Duration(0)
	for _, c := range s.configs {
		if shortest == 0 || c.Catchup < shortest {
			shortest = c.Catchup
		}
	}
	return shortest
}

// ready tells whether every ledger can be read and written.
func (s *server) ready(ctx context.Context) error {
	s.mu.Lock()
	books := slices.Collect(maps.Values(s.books))
	s.mu.Unlock()
	for _, book := range books {
		if err := book.Check(ctx); err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
	}
	return nil
}

// numbers are what the metrics show of each account.
func (s *server) numbers(ctx context.Context) (out []daemon.Numbers, err error) {
	s.mu.Lock()
	configs, books := s.configs, maps.Clone(s.books)
	s.mu.Unlock()
	type shelf struct{ state, account string }
	seen := map[shelf]bool{}
	for _, config := range configs {
		place := shelf{config.State, config.Account}
		if seen[place] {
			continue
		}
		seen[place] = true
		stats, err := books[config.State].Stats(ctx, config.Account)
		if err != nil {
			return nil, err
		}
		n := daemon.Numbers{Account: config.Account, Owed: stats.Owed, Deliveries: map[string]int{}, Attempts: stats.Attempts, Uncertain: stats.Uncertain, LastSuccess: stats.LastSuccess}
		for state, count := range stats.Deliveries {
			n.Deliveries[string(state)] = count
		}
		out = append(out, n)
	}
	return out, nil
}

// listen serves health and metrics at every address that a configuration names. The
// address that none names may be taken: then there is none.
func (s *server) listen(ctx context.Context, configs []*reportconfig.Config, d *daemon.Daemon) (stop func(), err error) {
	named := map[string]bool{}
	for _, c := range configs {
		named[c.Listen] = named[c.Listen] || c.ListenSet
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // a daemon that drains says so
	var serving sync.WaitGroup
	for _, address := range slices.Sorted(maps.Keys(named)) {
		listener, err := net.Listen("tcp", address)
		if err != nil && named[address] {
			cancel()
			serving.Wait()
			return nil, configFault(fmt.Errorf("listen: %w", err))
		}
		if err != nil {
			s.log.Warn("health and metrics are not served — set listen: to another address", "error", err)
			continue
		}
		s.log.Info("health and metrics", "address", listener.Addr().String())
		serving.Go(func() {
			if err := daemon.Serve(ctx, listener, d.Handler(s.metrics.Handler())); err != nil {
				s.log.Error("health and metrics", "error", err)
			}
		})
	}
	return func() { cancel(); serving.Wait() }, nil
}
