package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A pinger tells a watch in the manner of healthchecks.io that a report started,
// succeeded or failed, one after another beside the work. No report depends on it: what
// goes wrong here is logged.
type pinger struct {
	client *http.Client
	log    *slog.Logger

	mu      sync.Mutex
	waiting []ping
	idle    chan struct{} // closed while nobody is told anything
}

type ping struct {
	ctx         context.Context
	url, signal string
}

const (
	pingPatience = 10 * time.Second
	mostPings    = 1000 // more than wait are dropped: a watch that hears nothing alarms by itself
)

func newPinger(log *slog.Logger) *pinger {
	idle := make(chan struct{})
	close(idle)
	return &pinger{client: &http.Client{Timeout: pingPatience}, log: log, idle: idle}
}

// ping has URL, URL/start or URL/fail asked soon.
func (p *pinger) ping(ctx context.Context, url, signal string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) >= mostPings {
		p.log.Warn("ping", "signal", signal, "error", "too many wait, this one is dropped")
		return
	}
	p.waiting = append(p.waiting, ping{ctx, url, signal})
	select {
	case <-p.idle:
		p.idle = make(chan struct{})
		go p.tellAll()
	default:
	}
}

func (p *pinger) tellAll() {
	for {
		p.mu.Lock()
		if len(p.waiting) == 0 {
			close(p.idle)
			p.mu.Unlock()
			return
		}
		next := p.waiting[0]
		p.waiting = p.waiting[1:]
		p.mu.Unlock()
		p.tell(next.ctx, next.url, next.signal)
	}
}

// wait gives what waits a last moment.
func (p *pinger) wait() {
	p.mu.Lock()
	idle := p.idle
	p.mu.Unlock()
	over := time.NewTimer(pingPatience)
	defer over.Stop()
	select {
	case <-idle:
	case <-over.C:
		p.log.Warn("ping", "error", "the watch is slow, some were not told")
	}
}

// tell asks. The address is a secret of sorts and is not logged.
func (p *pinger) tell(ctx context.Context, url, signal string) {
	base, query, asked := strings.Cut(url, "?")
	if signal != "" {
		base = strings.TrimSuffix(base, "/") + "/" + signal
	}
	if asked {
		base += "?" + query
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base, nil)
	if err != nil {
		p.log.Warn("ping", "signal", signal, "error", "the address cannot be asked")
		return
	}
	request.Header.Set("User-Agent", "rapport/"+version())
	answer, err := p.client.Do(request)
	if err != nil {
		p.log.Warn("ping", "signal", signal, "host", request.URL.Host, "error", "no answer")
		return
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	if err != nil || answer.StatusCode/100 != 2 {
		p.log.Warn("ping", "signal", signal, "host", request.URL.Host, "status", answer.StatusCode)
	}
}
