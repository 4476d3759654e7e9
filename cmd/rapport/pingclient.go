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

// A pingClient tells a monitor in the manner of healthchecks.io that a report started,
// succeeded or failed, one ping after another beside the work. No report depends on it:
// what goes wrong here is logged.
type pingClient struct {
	client *http.Client
	log    *slog.Logger

	mu      sync.Mutex
	waiting []ping
	idle    chan struct{} // closed while nothing is sent
}

type ping struct {
	ctx         context.Context
	url, signal string
}

const (
	pingTimeout = 10 * time.Second
	maxPings    = 1000 // waiting; more are dropped: a monitor that hears nothing alarms by itself
)

func newPingClient(log *slog.Logger) *pingClient {
	idle := make(chan struct{})
	close(idle)
	return &pingClient{client: &http.Client{Timeout: pingTimeout}, log: log, idle: idle}
}

// ping has a GET of URL, URL/start or URL/fail sent soon.
func (p *pingClient) ping(ctx context.Context, url, signal string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) >= maxPings {
		p.log.Warn("ping", "signal", signal, "error", "too many wait, this one is dropped")
		return
	}
	p.waiting = append(p.waiting, ping{ctx, url, signal})
	select {
	case <-p.idle:
		p.idle = make(chan struct{})
		go p.sendAll()
	default:
	}
}

func (p *pingClient) sendAll() {
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
		p.send(next.ctx, next.url, next.signal)
	}
}

// wait gives what waits pingTimeout more.
func (p *pingClient) wait() {
	p.mu.Lock()
	idle := p.idle
	p.mu.Unlock()
	timeout := time.NewTimer(pingTimeout)
	defer timeout.Stop()
	select {
	case <-idle:
	case <-timeout.C:
		p.log.Warn("ping", "error", "the watch is slow, some were not told")
	}
}

// send sends one. The URL is a secret of sorts and is not logged.
func (p *pingClient) send(ctx context.Context, url, signal string) {
	base, query, hasQuery := strings.Cut(url, "?")
	if signal != "" {
		base = strings.TrimSuffix(base, "/") + "/" + signal
	}
	if hasQuery {
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
