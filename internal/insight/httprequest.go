package insight

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"

	"rapport/internal/ledger/served"
	"rapport/internal/yamltree"
)

const maxBody = 64 << 10 // bytes of a request

// A request is one that is being answered.
type request struct {
	*http.Request
	server  *Server
	header  http.Header // of the answer
	writer  http.ResponseWriter
	id      string
	account *account      // nil before authorize
	client  string        // its ID
	person  *served.Actor // who asks by a page; nil: a client does
}

// streamed is the answer of an operation that has written one itself.
type streamed struct{}

// answer runs an operation and writes what it gives as JSON, or its error.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, serve func(*request) (any, error)) {
	q := &request{Request: r, server: s, header: w.Header(), writer: w, id: hex.EncodeToString(s.Random()[:12])}
	q.header.Set("X-Request-Id", q.id)
	q.header.Set("Cache-Control", "no-store")
	q.header.Set("X-Content-Type-Options", "nosniff")
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(p)
		}
		s.Log.Error("API: panic", "request", q.id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		q.fail(errors.New("panic"))
	}()
	value, err := serve(q)
	if err != nil {
		q.fail(err)
		return
	}
	if _, done := value.(streamed); !done {
		q.write(http.StatusOK, value)
	}
}

func (q *request) write(status int, value any) {
	body, written := value.([]byte)
	if !written {
		var buffer strings.Builder
		e := json.NewEncoder(&buffer)
		e.SetEscapeHTML(false)
		if err := e.Encode(value); err != nil {
			panic(err) // our own types always can be
		}
		body = []byte(buffer.String())
	}
	q.header.Set("Content-Type", "application/json")
	q.writer.WriteHeader(status)
	_, _ = q.writer.Write(body) // who asked may have gone
}

// A failure is an answer that is not 200.
type failure struct {
	status        int
	code, message string
	faults        []fault
	retryAfter    string // seconds
	authenticate  string // of the header WWW-Authenticate
}

func (f *failure) Error() string { return f.message }

// A fault is what is wrong with one part of a request.
type fault struct {
	Path    string `json:"path"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// errorBody is Dintero's.
type errorBody struct {
	Error struct {
		Message string  `json:"message"`
		Code    string  `json:"code"`
		Errors  []fault `json:"errors"`
	} `json:"error"`
}

func errBadRequest(path, format string, args ...any) *failure {
	f := &failure{status: http.StatusBadRequest, code: "bad_request", message: fmt.Sprintf(format, args...)}
	if path != "" {
		f.faults = []fault{{Path: path, Message: f.message}}
	}
	return f
}

func errNotFound(message string) *failure {
	return &failure{status: http.StatusNotFound, code: "not_found", message: message}
}

func errUnavailable(message string) *failure {
	return &failure{status: http.StatusInternalServerError, code: "unavailable", message: message, retryAfter: "30"}
}

// fail writes an error. What it is of our own doing is told to the log, and to nobody else.
func (q *request) fail(err error) {
	var f *failure
	if !errors.As(err, &f) {
		q.server.Log.Error("API", "request", q.id, "error", err)
		f = &failure{status: http.StatusInternalServerError, code: "internal", message: "internal fault, request " + q.id}
		if errors.Is(err, errLedger) {
			f = errUnavailable("the ledger cannot be used now, request " + q.id)
		}
	}
	if f.retryAfter != "" {
		q.header.Set("Retry-After", f.retryAfter)
	}
	if f.authenticate != "" {
		q.header.Set("WWW-Authenticate", f.authenticate)
	}
	var body errorBody
	body.Error.Message, body.Error.Code, body.Error.Errors = f.message, f.code, f.faults
	if f.faults == nil {
		body.Error.Errors = []fault{}
	}
	q.write(f.status, body)
}

// errLedger is wrapped when the ledger cannot be used.
var errLedger = errors.New("ledger")

// use runs do while the account's ledger is open. An error of it that is no failure is one of
// the ledger.
func (a *account) use(do func() error) error {
	err := a.Use(do)
	var f *failure
	if err == nil || errors.As(err, &f) {
		return err
	}
	return fmt.Errorf("%w: %w", errLedger, err)
}

// body reads the JSON of a request into a tree. Its faults go to findings.
func (q *request) body() (root yamltree.Value, findings *yamltree.Findings, err error) {
	kind, _, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return root, nil, errBadRequest("", "the body must be JSON, with Content-Type: application/json")
	}
	data, err := q.read()
	if err != nil {
		return root, nil, err
	}
	if !json.Valid(data) {
		return root, nil, errBadRequest("", "the body is not JSON")
	}
	d := yamltree.Document{Name: "body", Findings: &yamltree.Findings{}}
	root, ok := d.Parse(data)
	if !ok {
		return root, nil, invalid(d.Findings)
	}
	return root, d.Findings, nil
}

func (q *request) read() ([]byte, error) {
	data, err := io.ReadAll(http.MaxBytesReader(q.writer, q.Body, maxBody))
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		return nil, errBadRequest("", "the body is longer than 64 KiB")
	}
	if err != nil {
		return nil, errBadRequest("", "the body could not be read")
	}
	return data, nil
}

// invalid is the answer to a report configuration with faults; nil if there is none.
func invalid(findings *yamltree.Findings) error {
	all := findings.Faults()
	if len(all) == 0 {
		return nil
	}
	f := &failure{status: http.StatusBadRequest, code: "invalid_configuration", message: "the report configuration has a fault"}
	if len(all) > 1 {
		f.message = fmt.Sprintf("the report configuration has %d faults", len(all))
	}
	for _, p := range all {
		f.faults = append(f.faults, fault{p.Path, p.Message, p.Hint})
	}
	return f
}

// AddressOf is whose request it is: of a proxy that is believed, whom it asks for.
func (s *Server) AddressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.believed(host); i-- {
		hop := strings.TrimSpace(hops[i])
		if _, err := netip.ParseAddr(hop); err != nil {
			break
		}
		host = hop
	}
	return host
}

func (s *Server) believed(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, p := range s.Proxy {
		if p.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// act is what a client does, or a person, to be written down.
func (q *request) act(action, object, before, after string) served.Act {
	if q.person != nil {
		return served.Act{At: q.server.Now(), Account: q.account.Config.Account, Action: action, Object: object, Before: before, After: after, Actor: *q.person}
	}
	return served.Act{
		At: q.server.Now(), Account: q.account.Config.Account, Action: action, Object: object, Before: before, After: after,
		Actor: served.Actor{Name: q.client, Via: served.ViaAPI, Address: q.server.AddressOf(q.Request)},
	}
}

// done logs what was done, and lets the engine see it.
func (q *request) done(ctx context.Context, what, id string) {
	q.account.Log.InfoContext(ctx, "API: "+what, "account", q.account.Config.Account, "report", id, "client", q.client, "request", q.id, slog.String("address", q.server.AddressOf(q.Request)))
	q.account.Poke()
}
