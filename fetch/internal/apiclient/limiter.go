package apiclient

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// burst is how many requests a host that has rested gets at once, so that a single
// report is not slowed.
const burst = 20

// rememberFor is how long after the last request the bounds of a host are kept: longer than
// it may ask one client to wait.
const rememberFor = 2 * maxRetryAfter

// A Limiter bounds what all clients of a process ask one host: requests per second and
// in flight, both adapted to what the host bears. Accounts that wait take turns, see
// fairQueue; none has more than half of the places while another waits, and what brings
// nothing for a while has none.
//
// A host that asks one client to wait (Retry-After) holds back that client alone.
type Limiter struct {
	perSecond rate.Limit // at first; [rate.Inf]: no bound
	inFlight  int        // at most; 0: no bound
	network   http.RoundTripper
	now       func() time.Time // nil: the time that answers take is not looked at
	budget    *budget

	mu    sync.Mutex
	hosts map[string]*host // by address
}

// NewLimiter makes a limiter that at first lets perSecond requests a second begin at a
// host, after 20 at once; up to 50 times as many while the host answers well. At most
// inFlight of them are under way. A number that is not above zero is no bound.
func NewLimiter(perSecond float64, inFlight int) *Limiter {
	l := &Limiter{perSecond: rate.Limit(perSecond), inFlight: max(inFlight, 0), hosts: map[string]*host{}, budget: newBudget()}
	if perSecond <= 0 {
		l.perSecond = rate.Inf
	}
	l.network = newTransport(l.inFlight)
	return l
}

// Clock lets the limiter see how long answers take, so that it asks less of a host that
// becomes slow. It is called before the first request.
func (l *Limiter) Clock(now func() time.Time) *Limiter {
	l.now = now
	return l
}

// host is what is under way at one host, and the queue in front of it.
type host struct {
	limiter  *Limiter
	bounds   map[string]*accountBounds // by account
	widest   *accountBounds            // of them: what the host bears
	rate     *rate.Limiter
	soonest  time.Duration  // until an account's own rate allows its next request; 0: none waits for that
	unused   int            // requests that were allowed by the rate and then not made
	inFlight int            // that count, of all accounts
	counted  map[string]int // of them, by account
	held     map[string]int // places that are not left, by account
	waiting  fairQueue
	next     *time.Timer // when the rate allows the next request
	forget   *time.Timer // when the host has rested for long
}

// host returns what is known of a host. It is called with the lock held, as all that
// takes a host is.
func (l *Limiter) host(address string) *host {
	h := l.hosts[address]
	if h != nil {
		return h
	}
	h = &host{limiter: l, bounds: map[string]*accountBounds{}, rate: rate.NewLimiter(l.perSecond, burst), counted: map[string]int{}, held: map[string]int{}}
	h.next = time.AfterFunc(0, func() { // allowed sets it
		l.mu.Lock()
		defer l.mu.Unlock()
		h.admit()
	})
	h.forget = time.AfterFunc(rememberFor, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if h.idle() {
			delete(l.hosts, address)
		}
	})
	l.hosts[address] = h
	return h
}

// enter waits for a place at address. Who gets one must leave it.
func (l *Limiter) enter(ctx context.Context, address, account string) (p *place, leave func(), err error) {
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	ready := make(chan struct{})
	l.mu.Lock()
	h := l.host(address)
	h.boundsOf(account)
	h.waiting.push(account, ready)
	h.admit()
	l.mu.Unlock()
	select {
	case <-ready:
		p = l.place(h, account)
		return p, p.leave, nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !h.waiting.remove(account, ready) { // the place came as well: it is the next one's, as if never given
		h.give(account)
		h.release(account)
		h.unused++
	}
	h.admit()
	return nil, nil, context.Cause(ctx)
}

// admit gives places while the bounds allow.
func (h *host) admit() {
	h.soonest = 0
	for !h.waiting.empty() {
		free, fromOthers := h.room()
		if !free {
			break
		}
		account, found := h.waiting.next(func(account string) bool { return h.mayBegin(account, fromOthers) })
		if !found {
			if h.soonest > 0 {
				h.next.Reset(h.soonest)
			}
			break
		}
		if !h.allowed() {
			break
		}
		h.bounds[account].rate.Allow()
		h.take(account)
		h.held[account]++
		close(h.waiting.pop(account))
	}
	if h.idle() {
		h.forget.Reset(rememberFor)
	}
}

// allowed reports whether the rate allows a request now, and uses it up; else admit is
// called again when it will.
func (h *host) allowed() bool {
	if h.unused > 0 {
		h.unused--
		return true
	}
	reservation := h.rate.Reserve()
	wait := reservation.Delay()
	if wait > 0 {
		reservation.Cancel()
		h.next.Reset(wait)
	}
	return wait == 0
}

func (h *host) idle() bool { return len(h.held) == 0 && h.inFlight == 0 && h.waiting.empty() }

// begin begins a request of an account; the code of its answer is told to observe.
func (l *Limiter) begin(h *host, account string, u *url.URL) (observe func(code int)) {
	clock := l.now
	if clock == nil {
		clock = func() time.Time { return time.Time{} }
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	own := h.boundsOf(account)
	decreases, begun := own.decreases, clock()
	return func(code int) {
		took := clock().Sub(begun)
		l.mu.Lock()
		defer l.mu.Unlock()
		h.observe(own, u, code, took, decreases)
	}
}
