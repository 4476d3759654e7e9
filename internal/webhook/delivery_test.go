package webhook

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestADeliveryIsPostedOnceAndNoRedirectFollowed(t *testing.T) {
	calls, code := 0, http.StatusAccepted
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		if r.Header.Get("Event") != "report_add" || r.UserAgent() != "rapport/test" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("headers: %v", r.Header)
		}
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(code)
	}))
	defer hook.Close()
	c := New("rapport/test")
	for status, want := range map[int]string{202: "202 Accepted", 302: "127.0.0.1: 302 Found", 503: "127.0.0.1: 503 Service Unavailable", 410: "127.0.0.1: 410 Gone"} {
		calls, code = 0, status
		answer, err := c.Deliver(t.Context(), hook.URL+"/s3cret", http.Header{"Event": {"report_add"}}, []byte("{}"))
		if err != nil {
			answer = err.Error()
		}
		if answer != want || calls != 1 {
			t.Errorf("%d: %q after %d calls", status, answer, calls)
		}
	}
}

func TestANameIsNotCalledWhereItStandsForAPrivateAddress(t *testing.T) {
	for address, public := range map[string]bool{
		"127.0.0.1:80": false, "10.0.0.1:443": false, "192.168.1.1:443": false, "169.254.169.254:80": false, "[::1]:80": false, "[fd00::1]:443": false, "[::ffff:10.0.0.1]:443": false, "0.0.0.0:80": false,
		"93.184.215.14:443": true, "[2606:2800:21f::1]:443": true,
	} {
		if err := requirePublic(address); (err == nil) != public {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestACallHasAnEnd, so that a receiver that hangs keeps nobody.
func TestACallHasAnEnd(t *testing.T) {
	if end := New("rapport/test").http.Timeout; end <= 0 || end > 10*time.Second {
		t.Errorf("after %s", end)
	}
}
