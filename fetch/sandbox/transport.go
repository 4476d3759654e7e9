package sandbox

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
)

// Transport serves every host in process, without a socket: HTTP over a pipe, so a
// connection that is cut and a body without end look to the client as over a network.
func (s *Server) Transport() http.RoundTripper {
	server := &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0)}
	dial := func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go server.Serve(&oneConn{conn: there})
		return here, nil
	}
	return &http.Transport{DialContext: dial, DialTLSContext: dial, DisableKeepAlives: true}
}

// oneConn is a listener that has one connection to accept.
type oneConn struct{ conn net.Conn }

// Accept implements [net.Listener].
func (l *oneConn) Accept() (net.Conn, error) {
	conn := l.conn
	if l.conn = nil; conn == nil {
		return nil, io.EOF
	}
	return conn, nil
}

// Close implements [net.Listener].
func (l *oneConn) Close() error { return nil }

// Addr implements [net.Listener].
func (l *oneConn) Addr() net.Addr { return &net.UnixAddr{} }
