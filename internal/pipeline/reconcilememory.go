package pipeline

import (
	"fmt"
	"sync"
	"time"
)

const (
	// figuresRest is how long Dintero is not asked for figures again that it failed to give.
	figuresRest = 10 * time.Minute
	// thoroughRest is how long a difference that a thorough reading left as it was is not
	// read thoroughly again: a report that is held back is tried each hour.
	thoroughRest = 6 * time.Hour
)

// auditMemory is what a process learned from audits, so that it does not pay for it again.
// The nil one remembers nothing.
type auditMemory struct {
	mu        sync.Mutex
	failed    error // of the figures
	failedAt  time.Time
	unchanged map[string]time.Time // differences that were left, and when
}

func newAuditMemory() *auditMemory { return &auditMemory{unchanged: map[string]time.Time{}} }

// failure is why the figures are not asked for now; nil if they may be.
func (m *auditMemory) failure(now time.Time) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failed != nil && (now.Before(m.failedAt) || !now.Before(m.failedAt.Add(figuresRest))) {
		m.failed = nil
	}
	return m.failed
}

func (m *auditMemory) fail(err error, now time.Time) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failed, m.failedAt = err, now
}

// left tells whether these very differences were read thoroughly a while ago, in vain.
func (m *auditMemory) left(r reconciliation, now time.Time) bool {
	if m == nil {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, at := range m.unchanged {
		if now.Before(at) || !now.Before(at.Add(thoroughRest)) {
			delete(m.unchanged, key)
		}
	}
	_, known := m.unchanged[r.identity()]
	return known
}

func (m *auditMemory) leave(r reconciliation, now time.Time) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.unchanged[r.identity()] = now
}

// identity is the same for the same differences in the same days.
func (r reconciliation) identity() string {
	parts := []string{instant(r.days.from), instant(r.days.to)}
	for _, d := range r.differences {
		parts = append(parts, fmt.Sprintf("%s %t %q %q %d %d %d %d", instant(d.day), d.refund, d.product, d.currency, d.ours.count, d.ours.sum, d.theirs.count, d.theirs.sum))
	}
	return shortHash(parts)
}
