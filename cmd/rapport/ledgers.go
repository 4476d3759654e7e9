package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/insight"
	"rapport/internal/ledger"
	"rapport/internal/ledger/postgres"
	"rapport/internal/ledger/served"
	"rapport/internal/ledger/sqlite"
	"rapport/internal/servicestate"
	"rapport/reportconfig"
)

// openLedger opens the ledger of a configuration.
func (p *program) openLedger(ctx context.Context, config *reportconfig.Config, mustExist bool) (*ledger.Ledger, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, &exit{exitFailed, fmt.Errorf("host name: %w", err)}
	}
	l, err := ledger.Open(ctx, backend(config, secrets{p.environmentOf(config)}), ledger.Options{Now: p.now, Host: host, MustExist: mustExist})
	if err != nil {
		return nil, ledgerExit(fmt.Errorf("ledger %s: %w", ledgerName(config), err), builder.Outcome{})
	}
	return l, nil
}

func backend(config *reportconfig.Config, s secrets) ledger.Backend {
	d := config.Database
	if d == nil {
		return sqlite.New(config.State)
	}
	o := postgres.Options{URL: d.URL, Dir: config.State}
	if !d.Password.IsZero() {
		o.Password = s.reader(d.Password)
	}
	return postgres.New(o)
}

// ledgerName is where a ledger is, for a person.
func ledgerName(config *reportconfig.Config) string {
	if config.Database == nil {
		return config.State
	}
	name, _, _ := strings.Cut(config.Database.URL, "?")
	return name
}

// ledgerKey is equal of two configurations that have one ledger.
func ledgerKey(config *reportconfig.Config) string {
	if config.Database == nil {
		return servicestate.RealPath(config.State)
	}
	return config.Database.URL
}

// noLedgerFile tells that there is no ledger to look at, without opening it. Of a database it is not known.
func noLedgerFile(config *reportconfig.Config) bool {
	_, err := os.Stat(config.State)
	return err != nil && config.Database == nil
}

// withLedger works with the ledger of a configuration, and gives what root made in it to its
// user. Where nothing was made yet it does without, and says so.
func withLedger(ctx context.Context, p *program, config *reportconfig.Config, without func() error, work func(*ledger.Ledger) error) (err error) {
	l, err := p.openLedger(ctx, config, true)
	if errors.Is(err, fs.ErrNotExist) {
		if err := lostLedger(config); err != nil {
			return err
		}
		if err := without(); err != nil {
			return err
		}
		fmt.Fprintf(p.stderr, "rapport: there is no ledger %s yet: nothing was made\n", ledgerName(config))
		return nil
	}
	if err != nil {
		return err
	}
	defer func() {
		if closed := errors.Join(l.Close(), p.handOver(config, false)); err == nil && closed != nil {
			err = &exit{exitFailed, closed}
		}
	}()
	return work(l)
}

// lostLedger is the error of a ledger that is not there while the archive holds what was made; nil where nothing was made.
func lostLedger(config *reportconfig.Config) error {
	for _, id := range ids(config) {
		for _, kind := range []string{"*.csv", "*.pdf"} {
			made, err := filepath.Glob(filepath.Join(config.Archive, id, "*", kind))
			if err == nil && len(made) > 0 {
				return configFault(fmt.Errorf("there is no ledger %s, and yet the archive %s holds reports — was it moved or deleted? Put it back from the backup; without it the next run counts what the archive holds as sent",
					ledgerName(config), config.Archive))
			}
		}
	}
	return nil
}

// openLedgers are the ledgers that the daemon serves. Each is open once, and as long as
// somebody uses it.
type openLedgers struct {
	open func(ctx context.Context, config *reportconfig.Config, mustExist bool) (*ledger.Ledger, error)

	mu    sync.Mutex
	byKey map[string]*sharedLedger
}

// A sharedLedger is closed by whoever is the last to release it.
type sharedLedger struct {
	*ledger.Ledger
	set   *openLedgers
	key   string
	users int
}

// acquire gives the ledgers of the configurations, each to be released, or none of them: a fault
// makes no file and leaves nothing locked.
func (o *openLedgers) acquire(ctx context.Context, configs []*reportconfig.Config) (ledgers []*sharedLedger, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, releaseAll(ledgers))
			ledgers = nil
		}
	}()
	ledgers = make([]*sharedLedger, len(configs))
	for i, config := range configs { // those that exist may be at fault: nothing is made before
		l, err := o.acquireOne(ctx, config, true)
		if errors.Is(err, fs.ErrNotExist) {
			err = checkCreatable(config.State)
		}
		if err != nil {
			return ledgers, err
		}
		ledgers[i] = l
	}
	for i, config := range configs {
		if ledgers[i] == nil {
			if ledgers[i], err = o.acquireOne(ctx, config, false); err != nil {
				return ledgers, err
			}
		}
	}
	return ledgers, nil
}

func (o *openLedgers) acquireOne(ctx context.Context, config *reportconfig.Config, mustExist bool) (*sharedLedger, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if l := o.byKey[ledgerKey(config)]; l != nil {
		l.users++
		return l, nil
	}
	opened, err := o.open(ctx, config, mustExist)
	if err != nil {
		return nil, err
	}
	if err := opened.ServeAlone(); err != nil {
		var held *ledger.LockedError
		if err = errors.Join(err, opened.Close()); errors.As(err, &held) {
			err = fmt.Errorf("ledger %s: another daemon serves it, process %d — stop that one first", ledgerName(config), held.PID)
		}
		return nil, &exit{exitWaiting, err}
	}
	l := &sharedLedger{Ledger: opened, set: o, key: ledgerKey(config), users: 1}
	o.byKey[l.key] = l
	return l, nil
}

// closeAll closes what is open still, whoever uses it.
func (o *openLedgers) closeAll() (err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, l := range o.byKey {
		err = errors.Join(err, l.Close())
	}
	o.byKey = nil
	return err
}

// use runs do while the ledger is open, and not at all once it is closed.
func (l *sharedLedger) use(do func() error) (err error) {
	l.set.mu.Lock()
	open := l.set.byKey[l.key] == l
	if open {
		l.users++
	}
	l.set.mu.Unlock()
	if !open {
		return nil
	}
	defer func() { err = errors.Join(err, l.release()) }()
	return do()
}

func (l *sharedLedger) release() error {
	l.set.mu.Lock()
	defer l.set.mu.Unlock()
	if l.users--; l.users > 0 || l.set.byKey[l.key] != l {
		return nil
	}
	delete(l.set.byKey, l.key)
	return l.Close()
}

func releaseAll(ledgers []*sharedLedger) (err error) {
	for _, l := range ledgers {
		if l != nil {
			err = errors.Join(err, l.release())
		}
	}
	return err
}

// checkCreatable fails where no ledger can be made: it makes a file in the nearest directory
// that exists, and takes it away again.
func checkCreatable(path string) error {
	dir := filepath.Dir(servicestate.RealPath(path))
	for {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		dir = filepath.Dir(dir)
	}
	f, err := os.CreateTemp(dir, ".rapport-*")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		return &exit{exitWaiting, fmt.Errorf("ledger %s: %w", path, err)}
	}
	return nil
}

// moreReports gives an engine the reports that were made over HTTP; nil where nothing is served.
func moreReports(config *reportconfig.Config, path string, l *ledger.Ledger, log *slog.Logger) func(context.Context, string) ([]reportconfig.Report, string, error) {
	if config.Web == nil {
		return nil
	}
	return func(ctx context.Context, known string) ([]reportconfig.Report, string, error) {
		return insight.ReportsOf(ctx, served.Of(l), config, path, known, func(report, what string) {
			log.Error("a report that was made over HTTP is not as it was", "account", config.Account, "report", report, "error", what)
		})
	}
}

// adopt makes the account's reports that were made over HTTP this configuration's, and refuses
// one of the file whose id is theirs.
func (s *server) adopt(ctx context.Context, config *reportconfig.Config, c engine.Config) error {
	if config.Web == nil {
		return nil
	}
	tables := served.Of(c.Ledger)
	for _, r := range config.Reports {
		row, found, err := tables.Report(ctx, config.Account, r.ID)
		if err != nil {
			return ledgerFault(config, err)
		}
		if found && row.DeletedAt.IsZero() {
			return configFault(fmt.Errorf("%s: report %s was made over HTTP and has this id already — delete it there, or give this one another id", config.Path, r.ID))
		}
	}
	if err := tables.AdoptReports(ctx, config.Account, c.Path); err != nil {
		return ledgerFault(config, err)
	}
	return nil
}

func ledgerFault(config *reportconfig.Config, err error) error {
	return &exit{exitWaiting, fmt.Errorf("ledger %s: %w", ledgerName(config), err)}
}

// addServed adds the reports that were made over HTTP to those of the file, for a command that
// looks once.
func addServed(ctx context.Context, p *program, config *reportconfig.Config, l *ledger.Ledger) error {
	if config.Web == nil {
		return nil
	}
	if l == nil {
		opened, err := p.openLedger(ctx, config, true)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		defer opened.Close()
		l = opened
	}
	path, err := absolute(config)
	if err != nil {
		return err
	}
	more, _, err := insight.ReportsOf(ctx, served.Of(l), config, path, "", func(report, what string) {
		fmt.Fprintf(p.asides(slog.LevelWarn), "rapport: warning: report %s, made over HTTP: %s\n", report, what)
	})
	if err != nil {
		return ledgerFault(config, err)
	}
	config.Reports = append(config.Reports, more...)
	return nil
}
