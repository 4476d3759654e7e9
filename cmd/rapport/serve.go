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
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"rapport/fetch"
	"rapport/internal/connections"
	"rapport/internal/daemon"
	"rapport/internal/engine"
	"rapport/internal/ledger"
	"rapport/internal/ledgerpool"
	"rapport/internal/logging"
	"rapport/internal/monitoring"
	"rapport/internal/renderslots"
	"rapport/internal/status"
	"rapport/internal/webhook"
	"rapport/internal/webserver"
	"rapport/internal/webservice"
)

func serveCommand(p *program) *cobra.Command {
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
		Args:              someConfigs,
		ValidArgsFunction: completeConfigs,
		RunE:              func(cmd *cobra.Command, args []string) error { return p.serve(cmd.Context(), args) },
	}
}

// A server is the daemon with what its configurations share.
type server struct {
	*program
	paths        []string
	log          *slog.Logger
	renderSlots  *renderslots.Slots
	metrics      *daemon.Metrics
	monitoring   *monitoring.Monitoring
	limiter      *fetch.Limiter
	relays       connections.Relays
	pollInterval time.Duration // of the ledger; zero: a minute
	hooks        engine.Hooks
	ledgers      *ledgerpool.Pool
	web          *webservice.Service
	background   context.Context // of what outlives a request
	warned       []string        // of files that others can read or write

	mu      sync.Mutex
	workers []worker // at work
}

func newServer(p *program, paths []string, log *slog.Logger) *server {
	s := &server{
		program: p, paths: paths, log: log, renderSlots: renderslots.New(runtime.GOMAXPROCS(0)),
		monitoring: &monitoring.Monitoring{Listen: net.Listen, Log: log},
		limiter:    fetch.NewLimiter(20, 8).Clock(p.now), hooks: webhook.New("rapport/" + version()),
		web: &webservice.Service{Server: &webserver.Server{Log: log}, Now: p.now, Random: randomBytes, Log: log, Agent: "rapport/" + version(), User: shellUser(p.getenv), Out: p.stdout, IsJournal: logging.UnderJournal(p.stdout, p.getenv("JOURNAL_STREAM"))}, background: context.Background(),
		ledgers: &ledgerpool.Pool{Open: p.openLedger, Key: ledgerKey, Name: ledgerName},
	}
	s.metrics = daemon.NewMetrics(version(), s.accounts)
	return s
}

func (p *program) serve(ctx context.Context, paths []string) (err error) {
	log, err := p.logger("info")
	if err != nil {
		return err
	}
	s := newServer(p, paths, log)
	defer func() { err = errors.Join(err, s.ledgers.Close()) }()
	if runtime.GOOS == "windows" {
		log.Info("Windows knows no SIGHUP: restart rapport after a change of a configuration")
	}
	reload := make(chan struct{}, 1)
	defer forwardHangups(reload)()
	d := daemon.New(daemon.Config{
		Load: s.load, Now: p.now, Reload: reload, MaxJump: s.maxJump, Notify: daemon.NewNotifier(), Metrics: s.metrics, Ready: s.ready, Log: log,
	})
	s.monitoring.Handler = d.Handler(s.metrics.Handler())
	defer s.monitoring.Stop()
	var stop context.CancelFunc
	s.background, stop = context.WithCancel(context.WithoutCancel(ctx))
	defer s.web.Stop()
	defer stop()
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

// forwardHangups requests a reload at each SIGHUP; those that come while one waits are one.
func forwardHangups(reload chan<- struct{}) (stop func()) {
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

// atWork are the workers of the last load that was taken.
func (s *server) atWork() []worker {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.workers
}

// maxJump is the shortest catchup: a longer jump of the clock would skip periods.
func (s *server) maxJump() time.Duration {
	shortest := time.Duration(0)
	for _, w := range s.atWork() {
		if shortest == 0 || w.config.Catchup < shortest {
			shortest = w.config.Catchup
		}
	}
	return shortest
}

// ready tells whether every ledger can be read, and every report's place in the archive used.
func (s *server) ready(ctx context.Context) error {
	for _, w := range s.atWork() {
		var open []ledger.Alarm
		err := w.ledger.Use(func() (err error) {
			if err = w.ledger.Check(ctx); err == nil {
				open, err = w.ledger.OpenAlarms(ctx, w.config.Account)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		for _, a := range open {
			if a.Kind == ledger.AlarmArchive {
				return fmt.Errorf("archive: %s", a.Text)
			}
		}
	}
	return nil
}

// accounts are what the metrics show of each account and ledger, and of each configuration's reports.
func (s *server) accounts(ctx context.Context) (all []daemon.AccountStats, err error) {
	type key struct {
		ledger  *ledgerpool.Ledger
		account string
	}
	seen := map[key]bool{}
	for _, w := range s.atWork() {
		k := key{w.ledger, w.config.Account}
		err := w.ledger.Use(func() error {
			config := *w.config
			config.Reports = engine.CurrentReports(w.Engine)
			shown, err := status.Read(ctx, &config, w.ledger, s.now())
			if err != nil {
				return err
			}
			one := daemon.AccountStats{Account: k.account}
			if !seen[k] {
				if one, err = monitoring.ReadAccount(ctx, w.ledger, k.account, shown); err != nil {
					return err
				}
				seen[k] = true
			}
			monitoring.AddReports(&one, shown)
			all = append(all, one)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
