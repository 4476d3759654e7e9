package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"rapport/internal/ledger"
	"rapport/internal/pipeline"
)

// ledger opens the ledger at path. One that cannot be used, whatever is tried again, is
// a fault of the configuration.
func (p *program) ledger(ctx context.Context, path string, mustExist bool) (*ledger.Ledger, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("host name: %w", err)
	}
	book, err := ledger.Open(ctx, path, ledger.Options{Now: p.now, Host: host, MustExist: mustExist})
	if err != nil {
		return nil, p.ledgerExit(fmt.Errorf("ledger %s: %w", path, err), pipeline.Outcome{})
	}
	return book, nil
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
