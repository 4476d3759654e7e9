package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"rapport/internal/builder"
	"rapport/internal/engine"
	"rapport/internal/insight"
	"rapport/internal/ledger"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/postgres"
	"rapport/internal/ledger/served"
	"rapport/internal/ledger/sqlite"
	"rapport/internal/secrets"
	"rapport/internal/servicestate"
	"rapport/reportconfig"
)

// openLedger opens the ledger of a configuration.
func (p *program) openLedger(ctx context.Context, config *reportconfig.Config, mustExist bool) (*ledger.Ledger, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, &exit{exitFailed, fmt.Errorf("host name: %w", err)}
	}
	l, err := ledger.Open(ctx, backend(config, secrets.Source{Getenv: p.environmentOf(config)}), ledger.Options{Now: p.now, Host: host, MustExist: mustExist, LeaseDivisor: p.leaseDivisor})
	if err != nil {
		return nil, ledgerExit(fmt.Errorf("ledger %s: %w", ledgerName(config), err), builder.Outcome{})
	}
	return l, nil
}

func backend(config *reportconfig.Config, s secrets.Source) database.Backend {
	d := config.Database
	if d == nil {
		return sqlite.New(config.State)
	}
	o := postgres.Options{URL: d.URL, Dir: config.State}
	if !d.Password.IsZero() {
		o.Password = s.Reader(d.Password)
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
	for _, id := range config.ReportIDs() {
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

// ledgerFault is the exit of a command that the ledger of a configuration stopped.
func ledgerFault(config *reportconfig.Config, err error) error {
	if errors.As(err, new(*insight.IDTakenError)) {
		return configFault(err)
	}
	return waiting(fmt.Errorf("ledger %s: %w", ledgerName(config), err))
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

// keepHouse has an engine keep house for all that its ledger has.
func keepHouse(c *engine.Config) {
	h := served.Housekeeper{Tables: served.Of(c.Ledger), Account: c.Account.ID, Config: c.Path, Holder: hex.EncodeToString(randomBytes()[:12]), Fault: func(err error) { c.Log.Error("ledger", "error", err) }}
	c.KeepsHouse, c.PruneOthers = h.KeepsHouse, h.Prune
}
