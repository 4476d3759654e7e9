package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"rapport/internal/ledger"
	"rapport/internal/ledger/sqlite"
	"rapport/internal/pipeline"
	"rapport/reportconfig"
)

// ledger opens the ledger at path. One that cannot be used, whatever is tried again, is
// a fault of the configuration.
func (p *program) ledger(ctx context.Context, path string, mustExist bool) (*ledger.Ledger, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("host name: %w", err)
	}
	book, err := ledger.Open(ctx, sqlite.New(path), ledger.Options{Now: p.now, Host: host, MustExist: mustExist})
	if err != nil {
		return nil, p.ledgerExit(fmt.Errorf("ledger %s: %w", path, err), pipeline.Outcome{})
	}
	return book, nil
}

// history lets a trial know what was made before. A ledger that cannot be read now is none:
// a trial only looks. It also tells what is owed.
func (p *program) history(ctx context.Context, config *reportconfig.Config, runner *pipeline.Runner, log *slog.Logger) (owing []pipeline.Job, done func()) {
	if _, err := os.Stat(config.State); err != nil {
		runner.History = pipeline.Unwritten{Archive: runner.Archive, Location: runner.Location}
		return nil, func() {}
	}
	book, err := p.ledger(ctx, config.State, true)
	if err != nil {
		log.Warn("the trial does without number and comparison", "error", err)
		return nil, func() {}
	}
	runner.History = book
	if owing, err = desk(config, runner, book, false, nil).Owing(ctx, runner.Clock()); err != nil {
		log.Warn("the trial is of the latest periods", "error", err)
	}
	return owing, func() {
		if err := book.Close(); err != nil {
			log.Warn("ledger: close", "error", err)
		}
	}
}

// ledgerExit is the exit of a command that the ledger stopped.
func (p *program) ledgerExit(err error, o pipeline.Outcome) error {
	switch {
	case ledger.Unusable(err), errors.Is(err, pipeline.ErrForeignArchive):
		return configFault(err)
	case o.Failed:
		return &exit{exitFailed, err}
	}
	return &exit{exitWaiting, err}
}
