package engine

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

// A workerPool does what is ready, in so many goroutines at once. What is ready it learns by
// claiming it: nothing is queued here.
type workerPool struct {
	name     string
	activity *activity
	log      *slog.Logger
	faults   *faults
	limit    func() int
	claim    func() (job func(), found bool)

	mu      sync.Mutex
	running int
	news    bool // something may have become ready since a worker asked last
}

// start has a worker look for something to do. One that finds something starts the next one.
func (p *workerPool) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.news = true
	if p.running < p.limit() {
		p.running++
		p.activity.begin()
		go p.work()
	}
}

func (p *workerPool) work() {
	defer p.activity.end()
	for p.another() {
		job, found := p.claim()
		if !found {
			if p.rest() {
				return
			}
			continue
		}
		p.activity.note()
		p.start()
		contain(p.name, p.log, p.faults, job)
	}
}

// another tells whether this worker may go on.
func (p *workerPool) another() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running > p.limit() {
		p.running--
		return false
	}
	p.news = false
	return true
}

// rest ends a worker that found nothing, unless there is news.
func (p *workerPool) rest() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.news {
		return false
	}
	p.running--
	return true
}

// contain keeps a panic of one piece of work from the others. Its claim stays ours until the
// process ends: what it left behind is not known.
func contain(what string, log *slog.Logger, f *faults, work func()) {
	defer func() {
		if v := recover(); v != nil {
			log.Error("panic", "what", what, "panic", v, "stack", string(debug.Stack()))
			f.add(fmt.Errorf("internal fault: %s: %v", what, v))
		}
	}()
	work()
}

// background does something beside the workers; the engine is not idle before it is over.
func (e *core) background(what string, do func()) {
	e.activity.begin()
	go func() {
		defer e.activity.end()
		contain(what, e.Log, e.faults, do)
	}()
}

// activity knows whether anything is under way, and whether there is news since somebody
// looked.
type activity struct {
	requestWake func() // nil: nobody is woken

	mu       sync.Mutex
	under    int // goroutines
	news     bool
	finished chan struct{} // closed while nothing is under way
	next     func()        // is done when nothing else is under way; nil: nothing waits for that
}

func newActivity(requestWake func()) *activity {
	a := &activity{requestWake: requestWake, news: true, finished: make(chan struct{})}
	close(a.finished)
	return a
}

func (a *activity) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.under++; a.under == 1 {
		a.finished = make(chan struct{})
	}
}

// end requests a wake after the last one, if there is news: also when the engine has
// stopped, as another goes on with what it leaves.
func (a *activity) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.under--; a.under > 0 {
		return
	}
	if next := a.next; next != nil {
		a.next, a.under = nil, 1
		go func() {
			defer a.end()
			next()
		}()
		return
	}
	close(a.finished)
	if a.requestWake != nil && a.news {
		a.requestWake()
	}
}

// whenIdle does something once nothing is under way. Of what waits for that the last is done.
func (a *activity) whenIdle(do func()) {
	a.begin()
	defer a.end()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next = do
}

func (a *activity) note() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.news = true
}

func (a *activity) takeNews() (news bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	news, a.news = a.news, false
	return news
}

func (a *activity) busy() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.under > 0
}

func (a *activity) idle() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.finished
}
