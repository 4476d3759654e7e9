// Package pendingwrites writes to the ledger what has happened, and keeps what it refuses for now. It
// refuses to forget any of it: it is written before anything else is begun.
package pendingwrites

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"rapport/internal/ledger"
)

// Writes are those of what has happened which the ledger refused for now.
type Writes struct {
	fault       func(error) // of what others have written meanwhile
	ledgerFault func(error)

	mu        sync.Mutex
	unwritten map[string]func(context.Context) error // by what they are about
}

// New keeps nothing yet.
func New(fault, ledgerFault func(error)) *Writes {
	return &Writes{fault: fault, ledgerFault: ledgerFault, unwritten: map[string]func(context.Context) error{}}
}

// Write writes to the ledger what has happened. If that fails it has happened all the
// same: it is kept, and written is false.
func (p *Writes) Write(name string, write func(context.Context) error) (written bool) {
	err := write(context.Background())
	if err == nil {
		return true
	}
	if errors.Is(err, ledger.ErrLost) || errors.Is(err, ledger.ErrOver) {
		p.fault(fmt.Errorf("ledger: %s: %w", name, err))
		return true
	}
	p.keep(name, write)
	p.ledgerFault(fmt.Errorf("%s: %w", name, err))
	return false
}

func (p *Writes) keep(name string, write func(context.Context) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unwritten[name] = write
}

// Flush writes what Write could not.
func (p *Writes) Flush(ctx context.Context) error {
	p.mu.Lock()
	unwritten := p.unwritten
	p.unwritten = map[string]func(context.Context) error{}
	p.mu.Unlock()
	var errs []error
	for name, write := range unwritten {
		if err := write(ctx); err != nil && !errors.Is(err, ledger.ErrLost) && !errors.Is(err, ledger.ErrOver) {
			p.keep(name, write)
			errs = append(errs, fmt.Errorf("ledger: %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}
