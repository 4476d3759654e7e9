package reconcile

import (
	"sync"
	"time"
)

const (
	// figuresRest is how long Dintero is not asked for figures again that it failed to give.
	FiguresPause = 10 * time.Minute
	// thoroughRest is how long a difference that a thorough reading left as it was is not
	// read thoroughly again: a report that is held back is tried each hour.
	ThoroughPause = 6 * time.Hour
)

// Memory is what a process learned from audits, so that it does not pay for it again.
// The nil one remembers nothing.
type Memory struct {
	mu       sync.Mutex
	failed   error // of the figures
	failedAt time.Time
	leftAt   map[string]time.Time // differences that were left, and when
}

func NewMemory() *Memory { return &Memory{leftAt: map[string]time.Time{}} }

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

// Unchanged tells whether these very differences were read thoroughly a while ago, in vain.
func (m *Memory) Unchanged(r Result, now time.Time) bool {
	if m == nil {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, at := range m.leftAt {
		if now.Before(at) || !now.Before(at.Add(ThoroughPause)) {
			delete(m.leftAt, key)
		}
	}
	_, known := m.leftAt[r.Key()]
	return known
}

func (m *Memory) NoteUnchanged(r Result, now time.Time) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.leftAt[r.Key()] = now
}
