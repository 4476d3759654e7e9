package sandbox

import (
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

func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	in := req.Clone(ctx)
	in.RequestURI, in.RemoteAddr = req.URL.RequestURI(), "127.0.0.1:1"
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	read, write := io.Pipe()
	w := &pipeWriter{header: http.Header{}, body: write, ready: make(chan struct{})}
	stop := context.AfterFunc(ctx, func() { write.CloseWithError(ctx.Err()) })
	go func() {
		defer in.Body.Close()
		w.finish(serve(t.handler, w, in))
		stop()
	}()
	select {
	case <-w.ready:
	case <-ctx.Done():
	}
	if err := ctx.Err(); err != nil {
		cancel()
		return nil, err
	}
	length := int64(-1)
	if n, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil {
		length = n
	}
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: closer{read, cancel}, ContentLength: length, Request: req,
	}, nil
}

// serve runs the handler; an aborted one is the cut connection that a client sees.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			err = io.ErrUnexpectedEOF
		} else if p != nil {
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
	return nil
}

// pipeWriter hands the header over once, then the body as it is written.
type pipeWriter struct {
	header, sent http.Header
	status       int
	body         *io.PipeWriter
	ready        chan struct{}
	once         sync.Once
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) WriteHeader(status int) {
	w.once.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.ready)
	})
}

func (w *pipeWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// Flush has nothing to do: a pipe holds nothing back.
func (w *pipeWriter) Flush() {}

func (w *pipeWriter) finish(err error) {
	w.WriteHeader(http.StatusOK)
	w.body.CloseWithError(err)
}

// closer ends the request when the client is done with the body.
type closer struct {
	io.Reader
	cancel context.CancelFunc
}

func (c closer) Close() error {
	c.cancel()
	return c.Reader.(*io.PipeReader).Close()
}
