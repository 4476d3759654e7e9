package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"rapport/internal/ledger"
)

// pendingWrites are writes of what has happened, which the ledger refused for now. They are
// written before anything else is begun.
type pendingWrites struct {
	faults *faults

	mu        sync.Mutex
	unwritten map[string]func(context.Context) error // by what they are about
}

// write writes to the ledger what has happened. If that fails it has happened all the
// same: it is kept, and written is false.
func (p *pendingWrites) write(name string, write func(context.Context) error) (written bool) {
	err := write(context.Background())
	if err == nil {
		return true
	}
	if errors.Is(err, ledger.ErrLost) || errors.Is(err, ledger.ErrOver) {
		p.faults.add(fmt.Errorf("ledger: %s: %w", name, err))
		return true
	}
	p.keep(name, write)
	p.faults.addLedger(fmt.Errorf("%s: %w", name, err))
	return false
}

func (p *pendingWrites) keep(name string, write func(context.Context) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unwritten[name] = write
}

// flush writes what write could not.
func (p *pendingWrites) flush(ctx context.Context) error {
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

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
