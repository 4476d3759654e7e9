package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"rapport/internal/idleconn"
)

const maxIdle = 64 // connections that wait for a request

// Serve answers on ln until ctx ends, then ends the requests under way. It closes ln. Where that
// is at a loopback address a request must name this machine, or name, as which ln was opened: a
// page in a browser here could have its own name point to us, and read what we say.
func Serve(ctx context.Context, ln net.Listener, name string, h http.Handler, log *slog.Logger) error {
	s := &http.Server{
		Handler:           requireOurName(name, h),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ConnState:         idleconn.Limit(maxIdle),
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
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

// requireOurName refuses what came to a loopback address under a name that is not ours: a name
// server of somebody else's may have sent a browser here.
func requireOurName(name string, h http.Handler) http.Handler {
	machine, err := os.Hostname()
	if err != nil {
		machine = "localhost"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
		host := hostOf(r.Host)
		if ok && local.IP.IsLoopback() && !isAddress(host) && !slices.Contains([]string{"", "localhost", hostOf(machine), hostOf(name)}, host) {
			http.Error(w, "this is not the host that the request names", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// hostOf is a host without its port, as names are compared.
func hostOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
