// Package webserver listens for the API and the pages: an address stays open while its handler
// and its certificate are exchanged. It refuses to serve in the clear what has a certificate,
// and knows nothing of what it serves.
package webserver

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"rapport/internal/acmecert"
	"rapport/internal/idleconn"
)

const maxIdle = 256 // connections of an address that wait for a request

// A Server listens at every address that it was told.
type Server struct {
	Log *slog.Logger

	serving sync.WaitGroup
	mu      sync.Mutex
	open    map[Address]*Listener
}

// An Address is where to listen, and whether by TLS.
type Address struct {
	HostPort string
	TLS      bool
}

// A Listener is an address that is listened at. Until it has a Site it answers 503.
type Listener struct {
	listener net.Listener
	stop     context.CancelFunc
	site     atomic.Pointer[Site]
}

// A Site is what is served at an address.
type Site struct {
	Handler     http.Handler
	Certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error) // nil without TLS
}

// Addr is where it listens: with the port that was free, where any was asked for.
func (l *Listener) Addr() string { return l.listener.Addr().String() }

// Close takes no connection more, and lets the requests under way end.
func (l *Listener) Close() {
	l.stop()
	_ = l.listener.Close() // stop closes it too, but some time later
}

// Open listens at the addresses that are new. It gives a listener for every address; those that
// are new are for Replace or, to undo it, for Undo.
func (s *Server) Open(addresses []Address) (all map[Address]*Listener, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all = map[Address]*Listener{}
	for _, a := range addresses {
		if l := s.open[a]; l != nil {
			all[a] = l
		}
	}
	for _, a := range addresses {
		if all[a] != nil {
			continue
		}
		listener, err := net.Listen("tcp", a.HostPort)
		if err != nil {
			for b, l := range all {
				if s.open[b] == nil {
					l.Close()
				}
			}
			return nil, err
		}
		all[a] = s.serve(a, listener)
	}
	return all, nil
}

// Undo closes what Open has opened.
func (s *Server) Undo(all map[Address]*Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for a, l := range all {
		if s.open[a] == nil {
			l.Close()
		}
	}
}

// Replace gives each listener its site, and closes the others.
func (s *Server) Replace(all map[Address]*Listener, sites map[Address]Site) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for a, l := range s.open {
		if all[a] == nil {
			l.Close()
		}
	}
	for _, a := range slices.SortedFunc(maps.Keys(all), func(x, y Address) int { return slices.Compare([]byte(x.HostPort), []byte(y.HostPort)) }) {
		site := sites[a]
		all[a].site.Store(&site)
	}
	s.open = all
}

// Stop closes all and waits for the requests under way.
func (s *Server) Stop() {
	s.mu.Lock()
	for _, l := range s.open {
		l.Close()
	}
	s.mu.Unlock()
	s.serving.Wait()
}

// longestAnswer is how long a file may be on its way to somebody on a slow line, or a report be made
// that is asked for on a page.
const longestAnswer = 15 * time.Minute

func (s *Server) serve(a Address, inner net.Listener) *Listener {
	ctx, stop := context.WithCancel(context.Background())
	l := &Listener{listener: inner, stop: stop}
	if a.TLS {
		inner = tls.NewListener(inner, &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1", acmecert.Protocol}, GetCertificate: l.certificate})
	}
	server := &http.Server{
		Handler: l, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: longestAnswer, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10, ConnState: idleconn.Limit(maxIdle), ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	s.serving.Go(func() {
		ended := context.AfterFunc(ctx, func() {
			brief, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			if server.Shutdown(brief) != nil {
				_ = server.Close() // it was asked to end, and has no time left
			}
		})
		defer ended()
		if err := server.Serve(inner); err != nil && ctx.Err() == nil {
			s.Log.Error("API", "address", a.HostPort, "error", err)
		}
	})
	return l
}

func (l *Listener) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if site := l.site.Load(); site != nil && site.Certificate != nil {
		return site.Certificate(hello)
	}
	return nil, fmt.Errorf("%s has no certificate yet", l.Addr())
}

// ServeHTTP hands a request to the site of now.
func (l *Listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	site := l.site.Load()
	if site == nil || site.Handler == nil {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "starting", http.StatusServiceUnavailable)
		return
	}
	site.Handler.ServeHTTP(w, r)
}
