package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// get asks a handler without a network, which a bubble does not have.
func get(h http.Handler, method, path string) (code int, body string, header http.Header) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Code, w.Body.String(), w.Header()
}

func TestHealthAndReadinessSayWhatIsGoingOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var locked error
		loading := make(chan struct{})
		d := &fakeWorker{}
		b := start(t, nil, func(c *Config) {
			c.Load = func(context.Context, func()) ([]Worker, error) { <-loading; return []Worker{d}, nil }
			c.Ready = func(context.Context) error { return locked }
		})
		h := b.Handler(b.config.Metrics.Handler())
		want := func(path string, code int, text string) {
			t.Helper()
			got, body, header := get(h, "GET", path)
			if got != code || !strings.HasPrefix(body, text) || strings.Count(body, "\n") != 1 || header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %d %q, want %d %q; %v", path, got, body, code, text, header)
			}
		}
		want("/healthz", 200, "starting")
		want("/readyz", 503, "starting")
		close(loading)
		sleep(time.Second)
		want("/healthz", 200, "ok")
		want("/readyz", 200, "ok")
		locked = errors.New("ledger:\ndatabase is locked " + strings.Repeat("x", 1000))
		want("/readyz", 200, "ok") // as it was a moment ago
		sleep(time.Second)
		want("/healthz", 200, "ok")
		want("/readyz", 503, "ledger: database is locked x")
		if _, body, _ := get(h, "GET", "/readyz"); len(body) > 320 {
			t.Errorf("a body of %d bytes", len(body))
		}
		locked = nil
		b.shift(40 * day)
		sleep(2 * time.Minute)
		want("/healthz", 200, "held: the clock jumped forward by 40 days")
		want("/readyz", 503, "held: the clock jumped forward by 40 days")
		if _, body, _ := get(h, "GET", "/metrics"); !strings.Contains(body, "\nrapport_clock_held 1\n") {
			t.Error("the metrics do not say that the clock is held")
		}
		b.shift(-40 * day)
		sleep(2 * time.Minute)
		d.work(t.Context(), time.Minute)
		b.stop()
		sleep(time.Second)
		want("/healthz", 200, "draining")
		want("/readyz", 503, "draining")
		<-b.ended
	})
}

func TestALoopThatDoesNotTurnIsUnhealthy(t *testing.T) {
	bubble(t, func(t *testing.T) {
		block, blocked := make(chan struct{}), false
		began := time.Now()
		b := start(t, []*fakeWorker{{}}, func(c *Config) {
			c.Now = func() time.Time {
				if time.Since(began) > time.Hour && !blocked {
					blocked = true
					<-block
				}
				return time.Now()
			}
		})
		sleep(time.Hour)
		if problem, note := b.healthy(t.Context()); problem != "" {
			t.Errorf("%q %q", problem, note)
		}
		sleep(10 * time.Minute)
		if code, body, _ := get(b.Handler(nil), "GET", "/healthz"); code != 503 || !strings.HasPrefix(body, "the loop has not turned for 1") {
			t.Errorf("%d %q", code, body)
		}
		close(block)
		b.end()
	})
}

func TestOnlyGetAndHeadAndOnlyThesePaths(t *testing.T) {
	h := New(Config{}).Handler(nil)
	for request, want := range map[string]int{
		"HEAD /healthz": 200, "POST /healthz": 405, "DELETE /readyz": 405,
		"GET /": 404, "GET /healthz/x": 404, "GET /metrics": 404, "GET /debug/pprof/": 404,
	} {
		method, path, _ := strings.Cut(request, " ")
		if got, body, _ := get(h, method, path); got != want {
			t.Errorf("%s: %d %q, want %d", request, got, body, want)
		}
	}
}

func TestServeEndsWithItsContextAndLetsRequestsEnd(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked, onward := make(chan struct{}), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, ln, "", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(asked)
			<-onward
			fmt.Fprint(w, "whole")
		}), slog.New(slog.DiscardHandler))
	}()
	answer := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + ln.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		answer <- fmt.Sprint(string(body), err)
	}()
	<-asked
	stop()
	for { // until it no longer listens
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			break
		}
		conn.Close()
	}
	close(onward)
	if got := <-answer; got != "whole<nil>" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestServeSaysWhenItsListenerFails(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := Serve(t.Context(), ln, "", http.NotFoundHandler(), slog.New(slog.DiscardHandler)); err == nil || !strings.HasPrefix(err.Error(), "serve 127.0.0.1:") {
		t.Errorf("Serve: %v", err)
	}
}

// served gives the address of a server that answers "ok", and its log.
func served(t *testing.T, name string) (address string, log *lockedBuffer) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log = &lockedBuffer{}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	go func() { ended <- Serve(ctx, ln, name, ok, slog.New(slog.NewTextHandler(log, nil))) }()
	t.Cleanup(func() { stop(); <-ended })
	return ln.Addr().String(), log
}

// A lockedBuffer is written and read by several.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// TestANameThatIsNotOursIsRefusedAtALoopbackAddress, as a page in a browser may point it there.
func TestANameThatIsNotOursIsRefusedAtALoopbackAddress(t *testing.T) {
	address, _ := served(t, "metrics.internal:9797")
	for host, want := range map[string]int{
		address: 200, "localhost": 200, "LOCALHOST:9797": 200, "[::1]:80": 200, "metrics.internal": 200, "10.1.2.3": 200,
		"evil.example": 421, "evil.example:9797": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example": 421,
	} {
		request, err := http.NewRequest("GET", "http://"+address+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: %d, want %d", host, response.StatusCode, want)
		}
	}
}

// TestHundredsOfIdleConnectionsKeepNobodyOut: the oldest are closed.
func TestHundredsOfIdleConnectionsKeepNobodyOut(t *testing.T) {
	address, _ := served(t, "")
	var conns []net.Conn
	for range 4 * maxIdle {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
	}
	response, err := http.Get("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	closed := 0
	soon := time.Now().Add(3 * time.Second)  // before they end by themselves
	for _, conn := range conns[:3*maxIdle] { // which must have made room
		if err := conn.SetReadDeadline(soon); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
			closed++
		}
	}
	if closed < 3*maxIdle {
		t.Errorf("%d of %d were closed", closed, 3*maxIdle)
	}
}

// TestWhatTheServerComplainsOfReachesTheLog, and not stderr past it.
func TestWhatTheServerComplainsOfReachesTheLog(t *testing.T) {
	ln := &failingListener{closed: make(chan struct{})}
	log := &lockedBuffer{}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, ln, "", http.NotFoundHandler(), slog.New(slog.NewTextHandler(log, nil))) }()
	<-ln.closed
	stop()
	<-ended
	if got := log.String(); !strings.Contains(got, "level=WARN") || !strings.Contains(got, "Accept error") {
		t.Errorf("the log says %q", got)
	}
}

// A failingListener runs out of files once, and is closed at the second try.
type failingListener struct {
	tries  int
	closed chan struct{}
}

func (l *failingListener) Accept() (net.Conn, error) {
	if l.tries++; l.tries == 1 {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	close(l.closed)
	return nil, net.ErrClosed
}

func (l *failingListener) Close() error   { return nil }
func (l *failingListener) Addr() net.Addr { return &net.TCPAddr{} }
