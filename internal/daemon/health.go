package daemon

import (
	"context"
	"fmt"
	"net/http"
	"rapport/internal/text"
	"sync"
	"time"
)

const (
	readyTimeout = 5 * time.Second
	maxBody      = 300
)

// Handler answers /healthz (the process works), /readyz (it starts reports) and, if metrics
// is not nil, /metrics. It asks for no login, and shows nothing secret.
func (d *Daemon) Handler(metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	answer := func(path string, check func(context.Context) (problem, note string)) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			problem, note := check(r.Context())
			if problem != "" {
				w.WriteHeader(http.StatusServiceUnavailable)
				note = problem
			}
			fmt.Fprintln(w, text.TruncateBytes(text.OneLine(note), maxBody, ""))
		})
	}
	answer("/healthz", d.healthy)
	answer("/readyz", d.ready)
	if metrics != nil {
		mux.Handle("GET /metrics", metrics)
	}
	return mux
}

// healthy reports a problem only where a restart helps. A hold is none: a restart would
// believe the clock.
func (d *Daemon) healthy(context.Context) (problem, note string) {
	v := d.state.read()
	since := d.config.Elapsed() - v.lastIteration
	switch {
	case v.draining:
		return "", "draining"
	case !v.started:
		return "", "starting"
	case since > 3*defaultMaxSleep:
		return "the loop has not turned for " + formatDuration(since), ""
	case v.held:
		return "", holdReason(v.jump)
	case v.reloadRefused:
		return "", "ok, with the old configuration: the last reload was refused, the log says why"
	}
	return "", "ok"
}

func (d *Daemon) ready(ctx context.Context) (problem, note string) {
	v := d.state.read()
	switch {
	case v.draining:
		return "draining", ""
	case !v.started:
		return "starting", ""
	case v.held:
		return holdReason(v.jump), ""
	case v.hung != "":
		return "wake " + v.hung + ": it does not return", ""
	}
	if problem, note := d.healthy(ctx); problem != "" || d.config.Ready == nil {
		return problem, note
	}
	if err := d.readiness.ask(ctx, d.config); err != nil {
		return err.Error(), ""
	}
	return d.healthy(ctx)
}

// readyFresh is how long an answer of Config.Ready is good: however often somebody asks, we do
// not work for it more often.
const readyFresh = time.Second

// readiness is the last answer of Config.Ready.
type readiness struct {
	mu    sync.Mutex
	known bool
	asked time.Duration // elapsed
	err   error
}

func (r *readiness) ask(ctx context.Context, c Config) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known && c.Elapsed()-r.asked < readyFresh {
		return r.err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout) // others wait for the answer too
	defer cancel()
	r.err = c.Ready(ctx)
	r.known, r.asked = true, c.Elapsed()
	return r.err
}
