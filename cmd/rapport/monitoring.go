package main

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

// monitoring serves health and metrics at every address that a configuration names.
type monitoring struct {
	listen  func(network, address string) (net.Listener, error)
	handler http.Handler
	log     *slog.Logger
	serving sync.WaitGroup

	mu        sync.Mutex
	endpoints map[string]*endpoint // by the address as it is configured
}

// An endpoint is an address at which health and metrics are answered.
type endpoint struct {
	listener net.Listener
	stop     context.CancelFunc
}

// close takes no connection more, and lets the requests under way end.
func (e *endpoint) close() {
	e.stop()
	_ = e.listener.Close() // stop closes it too, but some time later
}

// open listens at the addresses that are new. The one that no configuration names may be
// taken: then there is none. What it gives is for replace or, to undo it, for closeEndpoints.
func (m *monitoring) open(configs []*reportconfig.Config) (opened map[string]*endpoint, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	named := map[string]bool{}
	for _, c := range configs {
		named[c.Listen] = named[c.Listen] || c.ListenSet
	}
	opened = map[string]*endpoint{}
	for _, address := range slices.Sorted(maps.Keys(named)) {
		if m.endpoints[address] != nil {
			continue
		}
		listener, err := m.listen("tcp", address)
		if err != nil && named[address] {
			closeEndpoints(opened)
			return nil, listenExit(fmt.Errorf("listen: %w%s", err, m.ownPort(address, err)))
		}
		if err != nil {
			m.log.Warn("health and metrics are not served — set listen: to another address", "error", err)
			continue
		}
		opened[address] = m.serve(address, listener)
	}
	return opened, nil
}

// listenExit is the exit of a daemon that cannot listen. An address that somebody else has now may be free at the next
// start; the others are wrong.
func listenExit(err error) error {
	if errors.Is(err, daemon.ErrAddressInUse) {
		return &exit{exitWaiting, err}
	}
	return configFault(err)
}

// serve answers at once: a daemon that starts, and one that drains, says so.
func (m *monitoring) serve(address string, listener net.Listener) *endpoint {
	ctx, stop := context.WithCancel(context.Background())
	m.serving.Go(func() {
		if err := daemon.Serve(ctx, listener, address, m.handler, m.log); err != nil {
			m.log.Error("health and metrics", "error", err)
		}
	})
	return &endpoint{listener, stop}
}

// replace keeps what open opened, and closes the addresses that no configuration has any more.
func (m *monitoring) replace(configs []*reportconfig.Config, opened map[string]*endpoint) {
	m.mu.Lock()
	defer m.mu.Unlock()
	wanted := map[string]bool{}
	for _, c := range configs {
		wanted[c.Listen] = true
	}
	for _, address := range slices.Sorted(maps.Keys(opened)) {
		m.log.Info("health and metrics", "address", opened[address].listener.Addr().String())
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
func (m *monitoring) ownPort(address string, err error) string {
	_, port, _ := net.SplitHostPort(address)
	for _, e := range m.endpoints {
		if _, own, _ := net.SplitHostPort(e.listener.Addr().String()); own == port && errors.Is(err, daemon.ErrAddressInUse) {
			return fmt.Sprintf(" — this daemon listens at %s; restart it, or take another port", e.listener.Addr())
		}
	}
	return ""
}

// stop closes all and waits for the requests under way.
func (m *monitoring) stop() {
	m.mu.Lock()
	closeEndpoints(m.endpoints)
	m.mu.Unlock()
	m.serving.Wait()
}

func closeEndpoints(endpoints map[string]*endpoint) {
	for _, e := range endpoints {
		e.close()
	}
}
