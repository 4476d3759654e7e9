// Package monitoring listens for health and metrics at every address that a configuration names,
// while configurations come and go. It refuses an address that is asked for and taken, and does
// without the one that is only the default.
package monitoring

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"

	"rapport/internal/daemon"
	"rapport/reportconfig"
)

// Monitoring serves health and metrics at every address that a configuration names.
type Monitoring struct {
	Listen  func(network, address string) (net.Listener, error)
	Handler http.Handler
	Log     *slog.Logger

	serving   sync.WaitGroup
	mu        sync.Mutex
	endpoints map[string]*Endpoint // by the address as it is configured
}

// An Endpoint is an address at which health and metrics are answered.
type Endpoint struct {
	listener net.Listener
	stop     context.CancelFunc
}

// close takes no connection more, and lets the requests under way end.
func (e *Endpoint) close() {
	e.stop()
	_ = e.listener.Close() // stop closes it too, but some time later
}

// Open listens at the addresses that are new. The one that no configuration names may be
// taken: then there is none. What it gives is for Replace or, to undo it, for Close.
func (m *Monitoring) Open(configs []*reportconfig.Config) (opened map[string]*Endpoint, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	named := map[string]bool{}
	for _, c := range configs {
		named[c.Listen] = named[c.Listen] || c.ListenSet
	}
	opened = map[string]*Endpoint{}
	for _, address := range slices.Sorted(maps.Keys(named)) {
		if m.endpoints[address] != nil {
			continue
		}
		listener, err := m.Listen("tcp", address)
		if err != nil && named[address] {
			Close(opened)
			return nil, fmt.Errorf("listen: %w%s", err, m.ownPort(address, err))
		}
		if err != nil {
			m.Log.Warn("health and metrics are not served — set listen: to another address", "error", err)
			continue
		}
		opened[address] = m.serve(address, listener)
	}
	return opened, nil
}

// serve answers at once: a daemon that starts, and one that drains, says so.
func (m *Monitoring) serve(address string, listener net.Listener) *Endpoint {
	ctx, stop := context.WithCancel(context.Background())
	m.serving.Go(func() {
		if err := daemon.Serve(ctx, listener, address, m.Handler, m.Log); err != nil {
			m.Log.Error("health and metrics", "error", err)
		}
	})
	return &Endpoint{listener, stop}
}

// Replace keeps what Open opened, and closes the addresses that no configuration has any more.
func (m *Monitoring) Replace(configs []*reportconfig.Config, opened map[string]*Endpoint) {
	m.mu.Lock()
	defer m.mu.Unlock()
	wanted := map[string]bool{}
	for _, c := range configs {
		wanted[c.Listen] = true
	}
	for _, address := range slices.Sorted(maps.Keys(opened)) {
		m.Log.Info("health and metrics", "address", opened[address].listener.Addr().String())
		if m.endpoints == nil {
			m.endpoints = map[string]*Endpoint{}
		}
		m.endpoints[address] = opened[address]
	}
	for address, e := range m.endpoints {
		if !wanted[address] {
			e.close()
			delete(m.endpoints, address)
		}
	}
}

// ownPort is the hint where this daemon itself is in the way, as 127.0.0.1 is of all addresses.
func (m *Monitoring) ownPort(address string, err error) string {
	_, port, _ := net.SplitHostPort(address)
	for _, e := range m.endpoints {
		if _, own, _ := net.SplitHostPort(e.listener.Addr().String()); own == port && errors.Is(err, daemon.ErrAddressInUse) {
			return fmt.Sprintf(" — this daemon listens at %s; restart it, or take another port", e.listener.Addr())
		}
	}
	return ""
}

// Stop closes all and waits for the requests under way.
func (m *Monitoring) Stop() {
	m.mu.Lock()
	Close(m.endpoints)
	m.mu.Unlock()
	m.serving.Wait()
}

// Close closes endpoints.
func Close(endpoints map[string]*Endpoint) {
	for _, e := range endpoints {
		e.close()
	}
}
