package apiclient

import (
	"net/http"
	"net/url"
	"path"
	"time"

	"golang.org/x/time/rate"
)

// How the bounds of a host adapt.
const (
	firstInFlight = 8  // at first, where the limiter allows more
	fastest       = 50 // times the rate at first, at most
	slowest       = 20 // times slower than it, at least
	slowAnswer    = 2  // times the usual time: the host has too much to do
	slowLeast     = 100 * time.Millisecond
	recentOf      = 8  // answers that make what is recent
	usualOf       = 64 // answers that make what is usual
)

// bounds is how much a host is asked (AIMD, additive increase, multiplicative decrease):
// more while it answers as quickly as usual, half as much when it says 429 or 503 or
// answers more and more slowly. Until the first decrease it doubles with each round of
// requests; after that it grows a little.
type bounds struct {
	inFlight, maxInFlight   int        // at most; 0: no bound
	perSecond, maxPerSecond rate.Limit // [rate.Inf]: no bound
	minPerSecond            rate.Limit
	decreases               int // a request tells only of the bounds that it began under
	good                    int // answers that count towards one more in flight
	latencies               map[string]*latency
}

// latency is how long one kind of request takes until its answer begins.
type latency struct{ usual, recent time.Duration }

func newBounds(perSecond rate.Limit, maxInFlight int) bounds {
	return bounds{
		inFlight: min(firstInFlight, maxInFlight), maxInFlight: maxInFlight,
		perSecond: perSecond, maxPerSecond: perSecond * fastest, minPerSecond: perSecond / slowest,
		latencies: map[string]*latency{},
	}
}

// observe takes an answer into account that came so long after its request began, 0 where
// that is not known. The request began under bounds that had been decreased so many times.
func (b *bounds) observe(kind string, code int, took time.Duration, decreases int) {
	if decreases != b.decreases {
		return // it tells of bounds that are no more
	}
	switch {
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		b.decrease()
	case code != http.StatusOK:
	case took > 0 && b.latency(kind).rises(took):
		b.latency(kind).settle()
		b.decrease()
	default:
		b.increase()
	}
}

func (b *bounds) decrease() {
	b.good = 0
	b.decreases++
	if b.inFlight > 0 {
		b.inFlight = max(b.inFlight/2, 1)
	}
	if b.perSecond != rate.Inf {
		b.perSecond = max(b.perSecond/2, b.minPerSecond)
	}
}

func (b *bounds) increase() {
	step := rate.Limit(20) // a twentieth quicker with each answer
	if b.decreases > 0 {
		step = 200
	}
	if b.perSecond != rate.Inf {
		b.perSecond = min(b.perSecond*step/(step-1), b.maxPerSecond)
	}
	if b.good++; b.inFlight < b.maxInFlight && (b.decreases == 0 || b.good >= b.inFlight) {
		b.inFlight, b.good = b.inFlight+1, 0
	}
}

func (b *bounds) latency(kind string) *latency {
	if b.latencies[kind] == nil {
		b.latencies[kind] = &latency{}
	}
	return b.latencies[kind]
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

// settle lets it take several slow answers again until the recent ones are too slow.
func (t *latency) settle() { t.recent = t.usual }

// kindOf is what a request asks for, without whose: orders, captures, transactions.
func kindOf(u *url.URL) string { return path.Base(u.Path) }
