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

func (s *state) update(change func(*snapshot)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.snapshot)
}
