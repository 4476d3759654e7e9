package fetch

import (
	"context"
	"iter"
	"sync"
)

const (
	firstLanes = 2 // at work while it is not known whether much is to come
	shelf      = 4 // pages that wait for the caller
)

// crew reads the pieces of a ground side by side.
type crew struct {
	lanes int
	out   chan []Transaction

	mu      sync.Mutex
	changed sync.Cond
	grounds []*ground // not handed out yet, the newest last
	running int       // pieces
	idle    int       // lanes that have nothing to do
	full    int       // pages: each lets one lane more begin
	stopped bool
}

// sideBySide reads a ground whole, and cuts the pieces that turn out dense. An error
// is yielded last and ends all requests; when the sequence ends, all have ended.
func (c *Client) sideBySide(ctx context.Context, g *ground) iter.Seq2[[]Transaction, error] {
	return func(yield func([]Transaction, error) bool) {
		ctx, fail := context.WithCancelCause(ctx)
		defer fail(nil)
		k := &crew{lanes: c.config.Concurrency, out: make(chan []Transaction, shelf), grounds: []*ground{g}}
		k.changed.L = &k.mu
		var all sync.WaitGroup
		for range k.lanes {
			all.Go(func() {
				if err := k.work(ctx); err != nil {
					fail(err)
					k.stop()
				}
			})
		}
		go func() { all.Wait(); close(k.out) }()
		left := false
		for rows := range k.out {
			if !left && ctx.Err() == nil && !yield(rows, nil) {
				left = true
				fail(nil)
			}
		}
		if err := context.Cause(ctx); err != nil && !left {
			yield(nil, err)
		}
	}
}

// work reads pieces until there are none, or one fails.
func (k *crew) work(ctx context.Context) error {
	for p := k.take(); p != nil; p = k.take() {
		if err := k.read(ctx, p); err != nil {
			k.finish(nil, nil)
			return err
		}
	}
	return nil
}

// read reads a piece to its end, or until it is cut.
func (k *crew) read(ctx context.Context, p *piece) error {
	for {
		rows, err := p.read(ctx)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			select {
			case k.out <- rows:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if p.chain.over {
			k.finish(p, nil)
			return nil
		}
		if k.more(len(rows)) {
			if g := newGround(p.timeWindow, !p.surprises()); g != nil {
				k.finish(nil, g)
				return nil
			}
		}
	}
}

// more notes a page that was not the last of its piece, and reports whether other
// lanes have nothing to do.
func (k *crew) more(rows int) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if rows >= pageSize {
		k.full++
		k.changed.Broadcast()
	}
	return k.idle > 0 && len(k.grounds) == 0
}

// take is the next piece to read; nil when all is read or a lane failed.
func (k *crew) take() *piece {
	k.mu.Lock()
	defer k.mu.Unlock()
	for !k.stopped {
		if n := len(k.grounds); n > 0 && (k.grounds[n-1].known || k.grounds[n-1].even || k.running < firstLanes+k.full) {
			if p := k.grounds[n-1].next(k.lanes); p != nil {
				k.running++
				return p
			}
			k.grounds = k.grounds[:n-1]
			continue
		}
		if k.running == 0 && len(k.grounds) == 0 {
			return nil
		}
		k.idle++
		k.changed.Wait()
		k.idle--
	}
	return nil
}

// finish ends the reading of a piece: read is one that came to its end, rest is what
// another is to be cut into.
func (k *crew) finish(read *piece, rest *ground) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.running--
	if read != nil {
		read.ground.learn(read)
	}
	if rest != nil {
		k.grounds = append(k.grounds, rest)
	}
	k.changed.Broadcast()
}

func (k *crew) stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = true
	k.changed.Broadcast()
}
