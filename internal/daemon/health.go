package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"rapport/internal/text"
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
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if err := d.config.Ready(ctx); err != nil {
		return err.Error(), ""
	}
	return d.healthy(ctx)
}

// Serve answers on ln until ctx ends, then ends the requests under way. It closes ln.
func Serve(ctx context.Context, ln net.Listener, h http.Handler) error {
	s := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		brief, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(brief); err != nil {
			stopped <- s.Close()
			return
		}
		stopped <- nil
	})
	err := s.Serve(ln)
	if !stop() {
		return <-stopped
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve %s: %w", ln.Addr(), err)
}
