package daemon

import (
	"sync"
	"time"
)

// A state is what goroutines other than the loop's may know of it.
type state struct {
	mu sync.Mutex
	snapshot
}

type snapshot struct {
	started, draining bool
	lastIteration     time.Duration // monotonic
	held              bool
	jump              time.Duration
	reloadRefused     bool
	hung              string // a worker whose wake does not return
}

func (s *state) read() snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot
}

func (s *state) setIterated(elapsed time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started, s.lastIteration = true, elapsed
}

func (s *state) setDraining() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draining = true
}

func (s *state) setHeld(held bool, jump time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held, s.jump = held, jump
}

func (s *state) setRefused(refused bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reloadRefused = refused
}

func (s *state) setHung(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hung = name
}
