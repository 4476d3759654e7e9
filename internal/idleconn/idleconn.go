// Package idleconn bounds the connections of an HTTP server that wait for a request. The oldest
// makes room for one more, so that whoever opens hundreds keeps nobody else out; none on which a
// request is under way is refused or closed.
package idleconn

import (
	"net"
	"net/http"
	"slices"
	"sync"
)

// Limit is the ConnState of a server of which at most so many connections wait.
func Limit(most int) func(net.Conn, http.ConnState) { return (&waiting{most: most}).changed }

// waiting are the connections on which no request is under way, the oldest first.
type waiting struct {
	most int

	mu    sync.Mutex
	conns []net.Conn
}

func (w *waiting) changed(conn net.Conn, state http.ConnState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns = slices.DeleteFunc(w.conns, func(c net.Conn) bool { return c == conn })
	if state != http.StateNew && state != http.StateIdle {
		return
	}
	w.conns = append(w.conns, conn)
	if len(w.conns) > w.most {
		_ = w.conns[0].Close()
		w.conns = w.conns[1:]
	}
}
