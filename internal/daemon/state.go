package daemon

import (
	"sync"
	"time"
)

// A state is what others may know of the loop.
type state struct {
	mu sync.Mutex
	view
}

type view struct {
	started, draining bool
	last              time.Duration // of the loop's last turn, monotonic
	held              bool
	jump              time.Duration
	reloadRefused     bool
	stuckName         string // a tenant whose wake does not end
}

func (s *state) look() view {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view
}

func (s *state) turned(elapsed time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started, s.last = true, elapsed
}

func (s *state) drains() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draining = true
}

func (s *state) holds(held bool, jump time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held, s.jump = held, jump
}

func (s *state) refused(refused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reloadRefused = refused
}

func (s *state) stuck(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stuckName = name
}
