// Package workers does what is ready in several goroutines at once, and knows whether anything is under
// way. It refuses to queue: what is ready a worker learns by claiming it.
package workers

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

// A Pool does what is ready, in so many goroutines at once.
type Pool struct {
	Name     string
	Activity *Activity
	Log      *slog.Logger
	Fault    func(error)
	Limit    func() int
	Claim    func() (job func(), found bool)

	mu      sync.Mutex
	running int
	news    bool // something may have become ready since a worker asked last
}

// Start has a worker look for something to do. One that finds something starts the next one.
func (p *Pool) Start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.news = true
	if p.running < p.Limit() {
		p.running++
		p.Activity.Begin()
		go p.work()
	}
}

func (p *Pool) work() {
	defer p.Activity.End()
	for p.another() {
		job, found := p.Claim()
		if !found {
			if p.rest() {
				return
			}
			continue
		}
		p.Activity.Note()
		p.Start()
		Contain(p.Name, p.Log, p.Fault, job)
	}
}

// another tells whether this worker may go on.
func (p *Pool) another() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running > p.Limit() {
		p.running--
		return false
	}
	p.news = false
	return true
}

// rest ends a worker that found nothing, unless there is news.
func (p *Pool) rest() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.news {
		return false
	}
	p.running--
	return true
}

// Contain keeps a panic of one piece of work from the others. Its claim stays ours until the
// process ends: what it left behind is not known.
func Contain(what string, log *slog.Logger, fault func(error), work func()) {
	defer func() {
		if v := recover(); v != nil {
			log.Error("panic", "what", what, "panic", v, "stack", string(debug.Stack()))
			fault(fmt.Errorf("internal fault: %s: %v", what, v))
		}
	}()
	work()
}

// Activity knows whether anything is under way, and whether there is news since somebody
// looked.
type Activity struct {
	requestWake func() // nil: nobody is woken

	mu       sync.Mutex
	under    int // goroutines
	news     bool
	finished chan struct{} // closed while nothing is under way
	next     func()        // is done when nothing else is under way; nil: nothing waits for that
}

// NewActivity has requestWake called after the last of what was under way, if there is news.
func NewActivity(requestWake func()) *Activity {
	a := &Activity{requestWake: requestWake, news: true, finished: make(chan struct{})}
	close(a.finished)
	return a
}

// Begin says that something is under way.
func (a *Activity) Begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.under++; a.under == 1 {
		a.finished = make(chan struct{})
	}
}

// End requests a wake after the last one, if there is news: also when the engine has
// stopped, as another goes on with what it leaves.
func (a *Activity) End() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.under--; a.under > 0 {
		return
	}
	if next := a.next; next != nil {
		a.next, a.under = nil, 1
		go func() {
			defer a.End()
			next()
		}()
		return
	}
	close(a.finished)
	if a.requestWake != nil && a.news {
		a.requestWake()
	}
}

// WhenIdle does something once nothing is under way. Of what waits for that the last is done.
func (a *Activity) WhenIdle(do func()) {
	a.Begin()
	defer a.End()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next = do
}

// Note says that there is news.
func (a *Activity) Note() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.news = true
}

// TakeNews tells whether there is news, which is none any more.
func (a *Activity) TakeNews() (news bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	news, a.news = a.news, false
	return news
}

// Busy tells whether anything is under way.
func (a *Activity) Busy() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.under > 0
}

// Idle is closed once nothing is under way.
func (a *Activity) Idle() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.finished
}
