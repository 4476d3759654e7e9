package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"rapport/internal/ledger"
)

// later writes to the ledger what has happened. If that fails it has happened all the
// same: it is kept, and written before anything else is begun.
func (d *Engine) later(name string, write func(context.Context) error) {
	err := write(context.WithoutCancel(d.talk))
	if err == nil {
		return
	}
	if errors.Is(err, ledger.ErrLost) || errors.Is(err, ledger.ErrOver) {
		d.fault(fmt.Errorf("ledger: %s: %w", name, err))
		return
	}
	d.mu.Lock()
	d.undone[name] = write
	d.mu.Unlock()
	d.ledgerFault(fmt.Errorf("%s: %w", name, err))
}

// catchUp writes what later could not.
func (d *Engine) catchUp(ctx context.Context) error {
	d.mu.Lock()
	undone := d.undone
	d.undone = map[string]func(context.Context) error{}
	d.mu.Unlock()
	var faults []error
	for name, write := range undone {
		if err := write(ctx); err != nil && !errors.Is(err, ledger.ErrLost) && !errors.Is(err, ledger.ErrOver) {
			d.mu.Lock()
			d.undone[name] = write
			d.mu.Unlock()
			faults = append(faults, fmt.Errorf("ledger: %s: %w", name, err))
		}
	}
	return errors.Join(faults...)
}

// ledgerFault keeps an error of the ledger. A single run begins nothing more after it:
// what cannot be written down is not to be done.
func (d *Engine) ledgerFault(err error) {
	d.fault(fmt.Errorf("ledger: %w", err))
	if d.Poke != nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stopped = true
	d.queue.clear()
}

// fault keeps an error that belongs to no event: a run ends with it, a daemon logs it.
func (d *Engine) fault(err error) {
	if d.Poke != nil {
		d.Log.Error("fault", "account", d.Account.ID, "error", err)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.ContainsFunc(d.faults, func(other error) bool { return other.Error() == err.Error() }) {
		d.faults = append(d.faults, err)
	}
}
