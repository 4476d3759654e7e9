package fetch

import (
	"container/list"
	"context"
	"net/http"
	"sync"
	"time"
)

// burst is how many requests a host that has rested gets at once, so that a single
// report is not slowed.
const burst = 20

// remembered is how long it is known what a host could bear after the last request: longer
// than it may ask one client to wait.
const remembered = 2 * maxRetryAfter

// A Limiter bounds what all clients of a process ask one host: requests per second
// and in flight, both as the host can bear it, see [pace]. Accounts that wait take turns, so one with a thousand waiting
// requests delays another's first by no more than one turn; within an account the
// first to come is the first to go.
//
// A host that asks one client to wait (Retry-After) holds back that client alone.
type Limiter struct {
	every    time.Duration // from one request to the next; 0: no bound
	inFlight int           // 0: no bound
	network  http.RoundTripper
	now      func() time.Time // nil: the time that answers take is not looked at

	mu    sync.Mutex
	hosts map[string]*host // those that are asked, or were a moment ago
}

// NewLimiter makes a limiter that at first lets perSecond requests a second begin at a
// host, after 20 at once; up to 50 times as many while the host answers well. At most
// inFlight of them are under way. A number that is not above zero is no bound.
func NewLimiter(perSecond float64, inFlight int) *Limiter {
	l := &Limiter{inFlight: max(inFlight, 0), hosts: map[string]*host{}}
	if perSecond > 0 {
		const longest = 1 << 62 // nanoseconds
		l.every = time.Duration(min(float64(time.Second)/perSecond, longest))
	}
	l.network = newTransport(l.inFlight)
	return l
}

// Clock lets the limiter see how long answers take, so that it eases on a host that
// becomes slow. It is called before the first request.
func (l *Limiter) Clock(now func() time.Time) *Limiter {
	l.now = now
	return l
}

// host is the queue in front of one host.
type host struct {
	pace     pace
	inFlight int
	credit   int              // requests that may begin now
	refill   *time.Timer      // brings the next credit; nil: there is as much as can be
	lanes    map[string]*lane // by account
	ring     list.List        // of all lanes, the next one first
	served   string           // the account that had the last turn; all others go before it
	forget   *time.Timer      // when it has rested for long
}

// lane is the waiting requests of an account; there is none without.
type lane struct {
	account string
	place   *list.Element // in the ring
	waiting list.List     // of chan struct{}, closed when the turn has come
}

// enter waits for a turn at address. Who gets one must leave, once.
func (l *Limiter) enter(ctx context.Context, address, account string) (leave func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	turn := make(chan struct{})
	l.mu.Lock()
	h := l.host(address)
	abandon := h.join(account, turn)
	l.serve(h)
	l.mu.Unlock()
	select {
	case <-turn:
		return sync.OnceFunc(func() { l.leave(h) }), nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-turn: // the turn came as well: it is the next one's, as if never given
		h.inFlight--
		h.credit = min(h.credit+1, burst)
	default:
		abandon()
	}
	l.serve(h)
	return nil, context.Cause(ctx)
}

func (l *Limiter) host(address string) *host {
	h := l.hosts[address]
	if h == nil {
		h = &host{pace: l.firstPace(), credit: burst, lanes: map[string]*lane{}}
		h.forget = time.AfterFunc(remembered, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			if h.rests() {
				delete(l.hosts, address)
			}
		})
		l.hosts[address] = h
	}
	return h
}

// join puts a request at the end of its account's lane; abandon takes it out again
// while it waits.
func (h *host) join(account string, turn chan struct{}) (abandon func()) {
	ln := h.lanes[account]
	if ln == nil {
		ln = &lane{account: account}
		ln.place = h.ring.PushBack(ln)
		h.lanes[account] = ln
	}
	place := ln.waiting.PushBack(turn)
	return func() { h.take(ln, place) }
}

// take takes a request out of its lane, and a lane that is then empty out of the ring.
func (h *host) take(ln *lane, place *list.Element) {
	ln.waiting.Remove(place)
	if ln.waiting.Len() == 0 {
		h.ring.Remove(ln.place)
		delete(h.lanes, ln.account)
	}
}

// serve gives turns while there are any to give, and forgets a host that rests for long.
func (l *Limiter) serve(h *host) {
	for h.ring.Len() > 0 && (l.inFlight == 0 || h.inFlight < h.pace.inFlight) && (l.every == 0 || h.credit > 0) {
		if last := h.lanes[h.served]; last != nil {
			h.ring.MoveToBack(last.place)
		}
		ln := h.ring.Front().Value.(*lane)
		h.served = ln.account
		first := ln.waiting.Front()
		h.take(ln, first)
		h.inFlight++
		l.spend(h)
		close(first.Value.(chan struct{}))
	}
	if h.rests() {
		h.forget.Reset(remembered)
	}
}

func (h *host) rests() bool { return h.inFlight == 0 && h.ring.Len() == 0 }

// spend takes one credit, which comes back in time.
func (l *Limiter) spend(h *host) {
	if l.every == 0 {
		return
	}
	h.credit--
	if h.refill == nil {
		h.refill = time.AfterFunc(h.pace.every, func() { l.earn(h) })
	}
}

func (l *Limiter) earn(h *host) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h.credit = min(h.credit+1, burst); h.credit < burst {
		h.refill.Reset(h.pace.every)
	} else {
		h.refill = nil
	}
	l.serve(h)
}

func (l *Limiter) leave(h *host) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h.inFlight--
	l.serve(h)
}
