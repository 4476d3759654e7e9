package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
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
		ended <- Serve(ctx, ln, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(asked)
			<-onward
			fmt.Fprint(w, "whole")
		}))
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
	if err := Serve(t.Context(), ln, http.NotFoundHandler()); err == nil || !strings.HasPrefix(err.Error(), "serve 127.0.0.1:") {
		t.Errorf("Serve: %v", err)
	}
}
