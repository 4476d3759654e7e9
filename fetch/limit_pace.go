package fetch

import (
	"net/http"
	"net/url"
	"path"
	"time"
)

// Bounds of the pace at a host.
const (
	firstInFlight = 8  // at first, where the limiter allows more
	fastest       = 50 // times the rate at first, at most
	slowest       = 20 // times slower than it, at least
	slowAnswer    = 2  // times the usual time: the host has too much to do
	slowLeast     = 100 * time.Millisecond
	recentOf      = 8  // answers that make what is recent
	usualOf       = 64 // answers that make what is usual
)

// pace is how much a host is asked: more and more while it answers as quickly as
// usual, half as much when it says 429 or 503 or answers more and more slowly. Until
// then it doubles with each round of requests; after that it grows a little.
type pace struct {
	inFlight  int           // at most; 0: no bound
	every     time.Duration // from one request to the next; 0: no bound
	eased     bool          // the host has once been asked too much
	since     int           // counts the easings; a request tells only of those before it
	clean     int           // answers that count towards one more in flight
	latencies map[string]*latency
}

// latency is how long one kind of request takes until its answer begins.
type latency struct{ usual, recent time.Duration }

func (l *Limiter) firstPace() pace {
	p := pace{inFlight: l.inFlight, every: l.every, latencies: map[string]*latency{}}
	if p.inFlight > firstInFlight {
		p.inFlight = firstInFlight
	}
	return p
}

// answered takes an answer into account that came so long after its request began,
// 0 where that is not known. The request saw so many easings.
func (p *pace) answered(l *Limiter, kind string, code int, took time.Duration, since int) {
	if since != p.since {
		return // it tells of a pace that is over
	}
	switch {
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		p.ease(l)
	case code != http.StatusOK:
	case took > 0 && p.latency(kind).rises(took):
		p.latency(kind).forget()
		p.ease(l)
	default:
		p.quicken(l)
	}
}

func (p *pace) latency(kind string) *latency {
	if p.latencies[kind] == nil {
		p.latencies[kind] = &latency{}
	}
	return p.latencies[kind]
}

// rises notes a time and reports whether the recent ones are far above the usual. One
// that is out of all proportion is not enough. What is usual falls sooner than it rises.
func (t *latency) rises(took time.Duration) bool {
	if t.usual == 0 {
		t.usual, t.recent = took, took
	}
	t.recent += (min(took, 4*max(t.usual, slowLeast)) - t.recent) / recentOf
	if t.recent < t.usual {
		t.usual += (t.recent - t.usual) / recentOf
	} else {
		t.usual += (t.recent - t.usual) / usualOf
	}
	return t.recent > slowAnswer*t.usual && t.recent > t.usual+slowLeast
}

// forget lets it take several slow answers again until the recent ones are too slow.
func (t *latency) forget() { t.recent = t.usual }

func (p *pace) ease(l *Limiter) {
	p.eased, p.clean = true, 0
	p.since++
	if p.inFlight > 0 {
		p.inFlight = max(p.inFlight/2, 1)
	}
	p.every = min(2*p.every, slowest*l.every)
}

func (p *pace) quicken(l *Limiter) {
	step := time.Duration(20) // a twentieth quicker with each answer
	if p.eased {
		step = 200
	}
	p.every = max(p.every-p.every/step, l.every/fastest)
	if p.clean++; p.inFlight < l.inFlight && (!p.eased || p.clean >= p.inFlight) {
		p.inFlight, p.clean = p.inFlight+1, 0
	}
}

// kindOf is what a request asks for, without whose: orders, captures, transactions.
func kindOf(u *url.URL) string { return path.Base(u.Path) }
