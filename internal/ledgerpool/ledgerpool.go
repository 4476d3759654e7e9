// Package ledgerpool opens each ledger of a daemon once, however many configurations have it,
// and closes it when the last of them is done. It refuses a ledger that another daemon serves,
// and to make any file where one of the ledgers is at fault.
package ledgerpool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"rapport/internal/ledger"
	"rapport/internal/servicestate"
	"rapport/reportconfig"
)

// A Pool is the ledgers that a daemon serves. Each is open once, and as long as somebody uses it.
type Pool struct {
	// Open opens the ledger of a configuration.
	Open func(ctx context.Context, config *reportconfig.Config, mustExist bool) (*ledger.Ledger, error)
	Key  func(config *reportconfig.Config) string // equal of two configurations that have one ledger
	Name func(config *reportconfig.Config) string // for a person

	mu   sync.Mutex
	open map[string]*Ledger // by key
}

// A Ledger is closed by whoever is the last to release it.
type Ledger struct {
	*ledger.Ledger
	set   *Pool
	key   string
	users int
}

// Acquire gives the ledgers of the configurations, each to be released, or none of them: a fault
// makes no file and leaves nothing locked.
func (o *Pool) Acquire(ctx context.Context, configs []*reportconfig.Config) (ledgers []*Ledger, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, ReleaseAll(ledgers))
			ledgers = nil
		}
	}()
	ledgers = make([]*Ledger, len(configs))
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

func (o *Pool) acquireOne(ctx context.Context, config *reportconfig.Config, mustExist bool) (*Ledger, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if l := o.open[o.Key(config)]; l != nil {
		l.users++
		return l, nil
	}
	opened, err := o.Open(ctx, config, mustExist)
	if err != nil {
		return nil, err
	}
	if err := opened.ServeAlone(); err != nil {
		var held *ledger.LockedError
		if err = errors.Join(err, opened.Close()); errors.As(err, &held) {
			err = fmt.Errorf("ledger %s: another daemon serves it, process %d — stop that one first", o.Name(config), held.PID)
		}
		return nil, err
	}
	l := &Ledger{Ledger: opened, set: o, key: o.Key(config), users: 1}
	if o.open == nil {
		o.open = map[string]*Ledger{}
	}
	o.open[l.key] = l
	return l, nil
}

// Close closes what is open still, whoever uses it.
func (o *Pool) Close() (err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, l := range o.open {
		err = errors.Join(err, l.Close())
	}
	o.open = nil
	return err
}

// Use runs do while the ledger is open, and not at all once it is closed.
func (l *Ledger) Use(do func() error) (err error) {
	l.set.mu.Lock()
	open := l.set.open[l.key] == l
	if open {
		l.users++
	}
	l.set.mu.Unlock()
	if !open {
		return nil
	}
	defer func() { err = errors.Join(err, l.Release()) }()
	return do()
}

// Release ends a use, and closes the ledger after the last.
func (l *Ledger) Release() error {
	l.set.mu.Lock()
	defer l.set.mu.Unlock()
	if l.users--; l.users > 0 || l.set.open[l.key] != l {
		return nil
	}
	delete(l.set.open, l.key)
	return l.Close()
}

// ReleaseAll releases those that were acquired.
func ReleaseAll(ledgers []*Ledger) (err error) {
	for _, l := range ledgers {
		if l != nil {
			err = errors.Join(err, l.Release())
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
		return fmt.Errorf("ledger %s: %w", path, err)
	}
	return nil
}
