package webhook_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rapport/internal/webhook"
)

// client calls three times without a pause.
func client() *webhook.Client {
	c := webhook.New("rapport/test")
	c.Pauses = []time.Duration{0, 0}
	return c
}

func TestAPingSaysItsSignalInThePath(t *testing.T) {
	var got []string
	watch := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.String()+" "+r.UserAgent())
	}))
	defer watch.Close()
	for _, p := range [][2]string{{"/x?rid=1", "start"}, {"/x?rid=1", ""}, {"/y/", "fail"}} {
		if err := client().Ping(t.Context(), watch.URL+p[0], p[1]); err != nil {
			t.Error(err)
		}
	}
	if text := strings.Join(got, ", "); text != "GET /x/start?rid=1 rapport/test, GET /x?rid=1 rapport/test, GET /y/fail rapport/test" {
		t.Errorf("got %s", text)
	}
}

func TestAnAlarmIsPostedAsJSON(t *testing.T) {
	got := ""
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = r.Method + " " + r.Header.Get("Content-Type") + " " + string(body)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer hook.Close()
	if err := client().Post(t.Context(), hook.URL+"/services/x", []byte(`{"text":"æ"}`)); err != nil || got != `POST application/json {"text":"æ"}` {
		t.Error(got, err)
	}
}

func TestOneThatMissesACallIsCalledAgain(t *testing.T) {
	for code, c := range map[int]struct {
		calls int32
		want  string
	}{
		503: {2, ""},
		429: {2, ""},
		404: {1, "127.0.0.1: 404 Not Found"},
	} {
		var calls atomic.Int32
		watch := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if calls.Add(1) == 1 {
				w.WriteHeader(code)
			}
		}))
		err := client().Ping(t.Context(), watch.URL, "")
		watch.Close()
		if text := said(err); text != c.want || calls.Load() != c.calls {
			t.Errorf("%d: %d calls, %s", code, calls.Load(), text)
		}
	}
}

// TestNothingOfAnAddressIsRepeated: a server, or a box in between, may send back what it got.
func TestNothingOfAnAddressIsRepeated(t *testing.T) {
	reflecting := listen(t, func(conn net.Conn) {
		buffer := make([]byte, 1000)
		n, _ := conn.Read(buffer)
		conn.Write(buffer[:n])
	})
	silent := listen(t, func(conn net.Conn) { conn.Read(make([]byte, 1000)) }) // what is unread when it closes is a reset
	gone := listen(t, func(net.Conn) {})
	gone.Close()
	for name, c := range map[string]struct{ address, want string }{
		"reflects":  {"http://" + reflecting.Addr().String(), "127.0.0.1: no answer that is HTTP"},
		"hangs up":  {"http://" + silent.Addr().String(), "127.0.0.1: no answer that is HTTP"},
		"is gone":   {"http://" + gone.Addr().String(), "127.0.0.1: dial: connect: connection refused"},
		"no scheme": {"x", ": no answer that is HTTP"},
		"no URL":    {"http://[", "the address cannot be called"},
	} {
		if got := said(client().Ping(t.Context(), c.address+"/s3cret", "fail")); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func listen(t *testing.T, serve func(net.Conn)) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serve(conn)
			conn.Close()
		}
	}()
	return l
}

func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestMonitorsThatHangDelayNoOther, however many are called at the same host.
func TestMonitorsThatHangDelayNoOther(t *testing.T) {
	over := make(chan struct{})
	var waiting sync.WaitGroup
	waiting.Add(40)
	watch := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hangs" {
			waiting.Done()
			<-over
		}
	}))
	defer watch.Close()
	shared := client()
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() { _ = shared.Ping(t.Context(), watch.URL+"/hangs", "") })
	}
	waiting.Wait() // all of them are at it
	if err := shared.Ping(t.Context(), watch.URL+"/good", ""); err != nil {
		t.Error(err)
	}
	close(over)
	all.Wait()
}
