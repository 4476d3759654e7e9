package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// How long the faults slow and slow-kpi hold an answer back.
const (
	slowness    = 2 * time.Second
	kpiSlowness = 10 * time.Minute
)

// faultyAnswer is what is answered in place of the right answer where a fault says so.
func (s *Server) faultyAnswer(r *http.Request, faults faultSet) (answer, bool) {
	switch {
	case faults.has("rate-limit") && s.count("rate-limit")%3 == 0:
		a := refuse(http.StatusTooManyRequests, "too_many_requests", "Too many requests")
		a.header = map[string]string{"Retry-After": "1"}
		return a, true
	case faults.has("server-error") && s.count("server-error")%4 == 0:
		return refuse(http.StatusInternalServerError, "internal_error", "Unexpected error"), true
	case isToken(r):
		return refuse(http.StatusUnauthorized, "invalid_client", "Unknown client id or wrong client secret"), faults.has("unauthorized")
	case faults.has("always-500"), faults.has("error-kpi") && isKPI(r):
		return refuse(http.StatusInternalServerError, "internal_error", "Unexpected error"), true
	case faults.has("missing-kpi") && isKPI(r):
		return refuse(http.StatusNotFound, "not_found", "Not found: "+r.Method+" "+r.URL.Path), true
	case faults.has("forbidden"), faults.has("forbidden-kpi") && isKPI(r):
		return refuse(http.StatusForbidden, "forbidden", "The client lacks the scope for this request"), true
	case faults.has("redirect"):
		return answer{status: http.StatusFound, header: map[string]string{"Location": "https://elsewhere.example.com" + r.URL.RequestURI()}}, true
	}
	return wrongBody(faults)
}

func isKPI(r *http.Request) bool { return strings.Contains(r.URL.Path, "/insight/kpi/") }

// kpiCountsUntil is the instant since when the KPI has counted nothing, where a fault says so; else zero.
func (s *Server) kpiCountsUntil(r *http.Request, faults faultSet) time.Time {
	event := r.URL.Query().Get("event")
	if isKPI(r) && (faults.has("stale-kpi") || faults.has("late-kpi") && s.count("late-kpi "+event) == 1) {
		return s.now().UTC().Truncate(day).Add(-day)
	}
	return time.Time{}
}

// wrongBody is a 200 that holds no page.
func wrongBody(faults faultSet) (answer, bool) {
	for _, d := range []struct{ fault, body string }{
		{"html", "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Sign in</title></head><body><form action=\"/login\" method=\"post\">" +
			"<input name=\"user\"><input name=\"password\" type=\"password\"><button>Sign in</button></form></body></html>\n"},
		{"object", "{}"},
		{"null", "null"},
		{"error-200", `{"error":{"code":"internal_error","message":"Upstream request failed"}}`},
	} {
		if faults.has(d.fault) {
			a := answer{status: http.StatusOK, body: []byte(d.body)}
			if d.fault == "html" {
				a.header = map[string]string{"Content-Type": "text/html; charset=utf-8"}
			}
			return a, true
		}
	}
	return answer{}, false
}

// count is how many requests, this one included, the named thing has seen.
func (s *Server) count(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[name]++
	return s.counts[name]
}

// afterPage counts answers and revokes the tokens issued so far after the third, once.
func (s *Server) afterPage(a answer, faults faultSet) answer {
	if faults.has("revoked-token") && a.status == http.StatusOK {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.pages++; s.pages == 3 {
			s.revoked = s.issued
		}
	}
	return a
}

// send sends the answer, slowly, cut or without end where a fault says so.
func (s *Server) send(w http.ResponseWriter, r *http.Request, faults faultSet, a answer) {
	if isToken(r) || a.status != http.StatusOK {
		a.write(w)
		return
	}
	if faults.has("slow") && !wait(r, slowness) || faults.has("slow-kpi") && isKPI(r) && !wait(r, kpiSlowness) {
		return
	}
	firstTry := func(fault string) bool { return faults.has(fault) && s.count(fault+" "+r.URL.RequestURI())%2 == 1 }
	switch {
	case faults.has("endless"):
		endless(w, r)
	case firstTry("reset"):
		cut(w, a)
	case faults.has("truncated-always"), firstTry("truncated"):
		a.body = a.body[:len(a.body)/2]
		a.write(w)
	default:
		a.write(w)
	}
}

func wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// cut promises the whole body, sends half of it and drops the connection.
func cut(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush() // a writer that cannot flush loses the half: cut all the same
	panic(http.ErrAbortHandler)
}

// endless sends an array that never closes, until the client goes.
func endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	chunk := []byte(strings.Repeat(`{"id":"`+strings.Repeat("0", 1000)+`"},`, 32))
	_, err := w.Write([]byte("["))
	for err == nil && r.Context().Err() == nil {
		_, err = w.Write(chunk)
	}
}
