package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
)

// faults are errors that belong to no event: a run ends with them, a daemon logs them.
type faults struct {
	mode    Mode
	log     *slog.Logger
	account string
	stop    func() // begins nothing more

	mu   sync.Mutex
	list []error
}

func (f *faults) add(err error) {
	if f.mode == Daemon {
		f.log.Error("fault", "account", f.account, "error", err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.ContainsFunc(f.list, func(other error) bool { return other.Error() == err.Error() }) {
		f.list = append(f.list, err)
	}
}

// addLedger keeps an error of the ledger. A single run begins nothing more after it:
// what cannot be written down is not to be done.
func (f *faults) addLedger(err error) {
	f.add(fmt.Errorf("ledger: %w", err))
	if f.mode == Once {
		f.stop()
	}
}

func (f *faults) all() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Join(f.list...)
}
