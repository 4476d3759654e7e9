package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPingsComeInOrderAndHoldNobodyUp(t *testing.T) {
	var got []string
	go1 := make(chan struct{})
	watch := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-go1
		got = append(got, r.Method+" "+r.URL.String())
	}))
	defer watch.Close()
	p := newPingClient(slog.New(slog.DiscardHandler))
	p.ping(t.Context(), watch.URL+"/x?rid=1", "start")
	p.ping(t.Context(), watch.URL+"/x?rid=1", "")
	p.ping(t.Context(), watch.URL+"/y", "fail")
	close(go1) // nobody was held up by a watch that does not answer
	p.wait()
	if text := strings.Join(got, ", "); text != "GET /x/start?rid=1, GET /x?rid=1, GET /y/fail" {
		t.Errorf("got %s", text)
	}
}
