package reconcile

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// FiguresPause is how long Dintero is not asked for figures again that it failed to give.
	FiguresPause = 10 * time.Minute
	// ThoroughPause is how long a difference that a thorough reading left as it was is not
	// read thoroughly again: a report that is held back is tried each hour.
	ThoroughPause = 6 * time.Hour
)

// A Keeper keeps when something was learned for the processes to come.
type Keeper interface {
	Remember(ctx context.Context, account, topic, key string, at time.Time) error
	Remembered(ctx context.Context, account, topic, key string) (at time.Time, err error)
}

// Memory is what was learned from comparisons, so that nobody pays for it again. What costs a
// reading of all rows is kept beyond the process. The nil one remembers nothing.
type Memory struct {
	keeper  Keeper
	account string

	mu       sync.Mutex
	failed   error // of the figures
	failedAt time.Time
}

func NewMemory(k Keeper, account string) *Memory { return &Memory{keeper: k, account: account} }

// Failure is why the figures are not asked for now; nil if they may be.
func (m *Memory) Failure(now time.Time) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failed != nil && (now.Before(m.failedAt) || !now.Before(m.failedAt.Add(FiguresPause))) {
		m.failed = nil
	}
	return m.failed
}

func (m *Memory) NoteFailure(err error, now time.Time) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failed, m.failedAt = err, now
}

// unchangedTopic is what differences that were read thoroughly in vain are kept under.
const unchangedTopic = "reconcile: left as it was"

// Unchanged tells whether these very differences were read thoroughly a while ago, in vain.
func (m *Memory) Unchanged(ctx context.Context, r Result, now time.Time) (bool, error) {
	if m == nil {
		return false, nil
	}
	at, err := m.keeper.Remembered(ctx, m.account, unchangedTopic, r.Key())
	if err != nil {
		return false, fmt.Errorf("ledger: %w", err)
	}
	return !at.IsZero() && !now.Before(at) && now.Before(at.Add(ThoroughPause)), nil
}

func (m *Memory) NoteUnchanged(ctx context.Context, r Result, now time.Time) error {
	if m == nil {
		return nil
	}
	if err := m.keeper.Remember(ctx, m.account, unchangedTopic, r.Key(), now); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}
