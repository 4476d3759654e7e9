package fetch

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rapport/fetch/internal/dinterojson"
)

func TestTheTokenIsAskedForAsDinteroWantsIt(t *testing.T) {
	d := &dintero{resource: says("[]")}
	d.token = func(w http.ResponseWriter, r *http.Request) {
		var body map[string]string
		id, secret, _ := r.BasicAuth()
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.Method != "POST" || r.Host != "api.test" ||
			id != "client" || secret != testSecret || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Dintero-System-Name") != "rapport" ||
			!cmp.Equal(body, map[string]string{"grant_type": "client_credentials", "audience": "http://api.test/v1/accounts/T12345678"}) {
			t.Errorf("got %s %s %v %v, %v", r.Method, r.Host, r.Header, body, err)
		}
		fmt.Fprint(w, `{"access_token":"token-1","token_type":"Bearer","expires_in":86400}`)
	}
	d.with(t, func(t *testing.T, c *Client) {
		if err := c.Check(t.Context()); err != nil || d.tokens != 1 || d.calls() != 1 || d.requests[0].URL.RawQuery != "limit=1" {
			t.Errorf("got %v with %d tokens, %d requests", err, d.tokens, d.calls())
		}
	})
}

func TestATokenIsKeptForHalfItsLife(t *testing.T) {
	d := &dintero{resource: says("[]")}
	d.with(t, func(t *testing.T, c *Client) {
		for _, step := range []struct {
			wait   time.Duration
			tokens int
		}{{0, 1}, {11 * time.Hour, 1}, {time.Hour, 2}, {time.Hour, 2}, {30 * 24 * time.Hour, 3}} {
			<-time.After(step.wait)
			if err := c.Check(t.Context()); err != nil || d.tokens != step.tokens {
				t.Errorf("after another %s: %d tokens, %v, want %d", step.wait, d.tokens, err, step.tokens)
			}
		}
	})
}

func TestARevokedTokenIsReplacedOnceAndThePageRepeated(t *testing.T) {
	d := &dintero{}
	good := "token-1"
	pages := script(says(rows("a")), says(rows("b")), says(rows("c")))
	d.resource = func(w http.ResponseWriter, r *http.Request) {
		if d.calls() == 2 {
			good = "token-2" // revoked before page 2
		}
		if r.Header.Get("Authorization") != "Bearer "+good {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		pages(w, r)
	}
	secrets := 0
	d.secret = func() (string, error) { secrets++; return testSecret, nil }
	d.with(t, func(t *testing.T, c *Client) {
		ids, err := idsOf(t, c.Transactions(t.Context(), november19))
		if err != nil || !cmp.Equal(ids, []string{"a", "b", "c"}) || d.tokens != 2 || secrets != 2 {
			t.Errorf("got %v, %v with %d tokens, the secret read %d times", ids, err, d.tokens, secrets)
		}
		if d.requests[1].URL.RawQuery != d.requests[2].URL.RawQuery {
			t.Errorf("not the same page: %v", d.queries())
		}
	})
}

func TestASecond401FailsForGood(t *testing.T) {
	d := &dintero{resource: status(401, `{"error":{"message":"who are you"}}`)}
	d.with(t, func(t *testing.T, c *Client) {
		_, err := idsOf(t, c.Transactions(t.Context(), november19))
		want := "page 1: 401 Unauthorized (who are you) — is the client secret still valid?"
		if err == nil || !strings.Contains(err.Error(), want) || !Denied(err) || d.tokens != 2 || d.calls() != 2 {
			t.Errorf("got %v with %d tokens, %d requests", err, d.tokens, d.calls())
		}
	})
}

func TestADeniedTokenIsNotAskedForAgain(t *testing.T) {
	for _, test := range []struct {
		name string
		code int
		body string
		want string
	}{
		{"401", 401, `{"error":{"message":"invalid_client"}}`, "token: 401 Unauthorized (invalid_client) — are the client id and the client secret still valid?"},
		{"403", 403, ``, "token: 403 Forbidden — are the client id and the client secret still valid?"},
		{"400", 400, `{"error":"odd"}`, "token: 400 Bad Request — are the client id and the client secret still valid?"},
		{"404", 404, `<html>`, "token: 404 Not Found — are the account and api_url right?"},
		{"a second factor", 403, `{"error":{"message":"mfa","code":"mfa_required"},"mfa_token":"x"}`, "create an API client for machines"},
		{"our secret in the answer", 401, fmt.Sprintf(`{"error":{"message":"bad %s and %s\u001b[31m"}}`, testSecret, base64.StdEncoding.EncodeToString([]byte("client:"+testSecret))),
			"401 Unauthorized (bad *** and *** [31m) — "},
		{"a long message", 401, `{"error":{"message":"` + strings.Repeat("x", 5000) + `"}}`, strings.Repeat("x", dinterojson.MaxMessage) + "…)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := &dintero{resource: says("[]"), token: status(test.code, test.body)}
			d.with(t, func(t *testing.T, c *Client) {
				err := c.Check(t.Context())
				if err == nil || !strings.Contains(err.Error(), test.want) || !Denied(err) || d.tokens != 1 || d.calls() != 0 {
					t.Errorf("got %v with %d tokens, %d requests", err, d.tokens, d.calls())
				}
			})
		})
	}
}

func TestATokenEndpointThatIsDownIsTriedAgain(t *testing.T) {
	d := &dintero{resource: says("[]")}
	d.token = func(w http.ResponseWriter, _ *http.Request) {
		if d.tokens < 4 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, `{"access_token":"t","token_type":"bearer","expires_in":60}`)
	}
	d.with(t, func(t *testing.T, c *Client) {
		if err := c.Check(t.Context()); err != nil || d.tokens != 4 {
			t.Errorf("got %v after %d tries", err, d.tokens)
		}
	})
	d = &dintero{token: status(500, "")}
	d.with(t, func(t *testing.T, c *Client) {
		if err := c.Check(t.Context()); err == nil || d.tokens != 8 || Denied(err) {
			t.Errorf("got %v after %d tries", err, d.tokens)
		}
	})
}

func TestManyRequestsShareOneToken(t *testing.T) {
	d := &dintero{resource: says("[]")}
	d.token = func(w http.ResponseWriter, _ *http.Request) {
		<-time.After(time.Second)
		fmt.Fprint(w, `{"access_token":"t","expires_in":3600}`)
	}
	check := func(t *testing.T, c *Client, n int, want func(error) bool) {
		var all sync.WaitGroup
		for range n {
			all.Go(func() {
				if err := c.Check(t.Context()); !want(err) {
					t.Errorf("got %v", err)
				}
			})
		}
		all.Wait()
	}
	d.with(t, func(t *testing.T, c *Client) {
		if check(t, c, 20, func(err error) bool { return err == nil }); d.tokens != 1 {
			t.Errorf("%d tokens", d.tokens)
		}
	})
	d.tokens, d.token = 0, func(w http.ResponseWriter, _ *http.Request) {
		<-time.After(time.Second)
		w.WriteHeader(http.StatusUnauthorized)
	}
	d.with(t, func(t *testing.T, c *Client) {
		if check(t, c, 20, Denied); d.tokens != 1 {
			t.Errorf("a wrong secret was tried %d times at once", d.tokens)
		}
	})
}

func TestASecretThatCannotBeReadSendsNothing(t *testing.T) {
	gone := errors.New("DINTERO_CLIENT_SECRET is not set")
	d := &dintero{secret: func() (string, error) { return "", gone }}
	d.with(t, func(t *testing.T, c *Client) {
		if err := c.Check(t.Context()); !errors.Is(err, gone) || d.tokens != 0 {
			t.Errorf("got %v with %d requests", err, d.tokens)
		}
	})
}
