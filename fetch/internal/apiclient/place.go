package apiclient

import (
	"sync"
	"time"
)

// A request that brings less than leastBytes in lookEvery keeps its place for itself no longer:
// who waits for a server that hangs, or drips, keeps nobody from one that does not.
const (
	lookEvery  = 2 * time.Second
	leastBytes = 1 << 10
)

// A place is room for one request at a host. It is taken until it is left, and counts as long
// as something comes.
type place struct {
	limiter *Limiter
	host    *host
	account string
	leave   func() // once

	look   *time.Timer
	bytes  int  // since the last look; as all below by the limiter's lock
	counts bool // as one of the host's
	left   bool
}

func (l *Limiter) place(h *host, account string) *place {
	p := &place{limiter: l, host: h, account: account, counts: true}
	p.leave = sync.OnceFunc(p.end)
	l.mu.Lock()
	defer l.mu.Unlock()
	p.look = time.AfterFunc(lookEvery, p.judge)
	return p
}

// brings is called when so many bytes came.
func (p *place) brings(n int) {
	p.limiter.mu.Lock()
	defer p.limiter.mu.Unlock()
	p.bytes = min(p.bytes+n, leastBytes)
	if p.bytes >= leastBytes {
		p.count(true)
	}
}

// judge looks at what came.
func (p *place) judge() {
	p.limiter.mu.Lock()
	defer p.limiter.mu.Unlock()
	if p.left {
		return
	}
	if p.bytes < leastBytes {
		p.count(false)
		p.host.admit()
	}
	p.bytes = 0
	p.look.Reset(lookEvery)
}

// count has a place that is not left count, or not.
func (p *place) count(counts bool) {
	if p.left || p.counts == counts {
		return
	}
	p.counts = counts
	if counts {
		p.host.take(p.account)
	} else {
		p.host.give(p.account)
	}
}

func (p *place) end() {
	p.limiter.mu.Lock()
	defer p.limiter.mu.Unlock()
	p.look.Stop()
	if p.counts {
		p.host.give(p.account)
	}
	p.left = true
	p.host.release(p.account)
	p.host.admit()
}

// release gives back a place, whether it counts or not.
func (h *host) release(account string) {
	if h.held[account]--; h.held[account] <= 0 {
		delete(h.held, account)
	}
}

// take and give count a place of an account.
func (h *host) take(account string) {
	h.inFlight++
	h.counted[account]++
}

func (h *host) give(account string) {
	h.inFlight--
	if h.counted[account]--; h.counted[account] <= 0 {
		delete(h.counted, account)
	}
}

// half is what an account has at most while another waits.
func (h *host) half() int { return (h.widest.inFlight + 1) / 2 }

// room tells whether there is any: what an account had beyond its half before another waited
// is not in that one's way.
func (h *host) room() (free, fromOthers bool) {
	most := h.widest.inFlight
	if most == 0 || h.inFlight < most {
		return true, false
	}
	beyond := 0
	for _, n := range h.counted {
		beyond += max(0, n-h.half())
	}
	return h.inFlight-beyond < most, true
}

// mayBegin tells whether an account that waits may begin a request: it never has more under way
// than its own bound, and while another waits no more than half of that.
func (h *host) mayBegin(account string, fromOthers bool) bool {
	most := h.widest.inFlight
	own := h.boundsOf(account)
	switch {
	case most > 0 && h.held[account] >= own.inFlight, !h.isAllowed(own):
		return false
	case most == 0:
		return true
	}
	return !fromOthers && len(h.waiting.accounts) == 1 || h.counted[account] < h.half()
}
