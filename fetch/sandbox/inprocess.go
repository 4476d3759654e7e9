package sandbox

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// Transport serves every host in process, without a socket. Bodies stream, so a
// connection that is cut and a body without end look to the client as over a network.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ handler http.Handler }

// RoundTrip implements [http.RoundTripper].
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	in := req.Clone(ctx)
	in.RequestURI, in.RemoteAddr, in.Host = req.URL.RequestURI(), "127.0.0.1:1", cmp.Or(in.Host, req.URL.Host)
	if in.Body == nil {
		in.Body = http.NoBody
	}
	read, write := io.Pipe()
	context.AfterFunc(ctx, func() { write.CloseWithError(ctx.Err()) })
	w := &pipeWriter{header: http.Header{}, body: write, ready: make(chan struct{})}
	go w.serve(t.handler, in)
	select {
	case <-w.ready:
	case <-ctx.Done():
	}
	if err := ctx.Err(); err != nil {
		cancel()
		return nil, err
	}
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: pipeBody{read, cancel}, ContentLength: -1, Request: req,
	}, nil
}

// pipeBody ends the request when the client is done with it.
type pipeBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

// Close implements [io.Closer].
func (b pipeBody) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}

// pipeWriter hands the header over once, then the body as it is written.
type pipeWriter struct {
	header, sent http.Header
	status       int
	body         *io.PipeWriter
	ready        chan struct{}
	once         sync.Once
}

// serve runs the handler; an aborted one is the cut connection that a client sees.
func (w *pipeWriter) serve(h http.Handler, r *http.Request) {
	defer r.Body.Close()
	defer func() {
		p := recover()
		if p != nil && p != http.ErrAbortHandler {
			panic(p)
		}
		w.WriteHeader(http.StatusOK)
		if p == nil {
			w.body.Close()
		} else {
			w.body.CloseWithError(io.ErrUnexpectedEOF)
		}
	}()
	h.ServeHTTP(w, r)
}

// Header implements [http.ResponseWriter].
func (w *pipeWriter) Header() http.Header { return w.header }

// WriteHeader implements [http.ResponseWriter].
func (w *pipeWriter) WriteHeader(status int) {
	w.once.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.ready)
	})
}

// Write implements [io.Writer].
func (w *pipeWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// Flush has nothing to do: a pipe holds nothing back.
func (w *pipeWriter) Flush() {}
