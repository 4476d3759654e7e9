package apiclient

import (
	"context"
	"sync"
	"time"
)

// pause holds all requests of a client back while the server wants one of them to wait.
type pause struct {
	mu     sync.Mutex
	wishes int           // that have not ended yet
	over   chan struct{} // closed when the last of them ends; nil: there is none
}

// extend begins a pause, or makes the one that is running last as long.
func (p *pause) extend(after time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wishes++; p.wishes == 1 {
		p.over = make(chan struct{})
	}
	time.AfterFunc(after, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.wishes--; p.wishes == 0 {
			close(p.over)
			p.over = nil
		}
	})
}

// running is closed when the pause ends; nil where there is none.
func (p *pause) running() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}

// wait returns when no pause is running, or with the context's cause.
func (p *pause) wait(ctx context.Context) error {
	for over := p.running(); over != nil && ctx.Err() == nil; over = p.running() {
		select {
		case <-over:
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}
