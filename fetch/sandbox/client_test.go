package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"rapport/fetch/sandbox/internal/shop"
)

const account = "T12345678"

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t
}

// noon is the "now" of most tests: a Friday in November.
func noon() time.Time { return at("2026-11-20T12:00:00+01:00") }

func newServer(t testing.TB, seed uint64, now time.Time, faults ...string) *Server {
	t.Helper()
	s, err := New(Options{Seed: seed, Now: func() time.Time { return now }, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// client speaks to a server as a stranger's program would.
type client struct {
	t      testing.TB
	http   *http.Client
	base   string
	token  string
	header string // Sandbox-Fault
}

// inProcess and overHTTP are the two ways to reach a server.
func inProcess(t testing.TB, s *Server) *client {
	return &client{t: t, http: &http.Client{Transport: s.Transport(), CheckRedirect: stay}, base: "https://api.dintero.com/v1"}
}

func overHTTP(t testing.TB, s *Server) *client {
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return &client{t: t, http: &http.Client{CheckRedirect: stay}, base: srv.URL + "/v1"}
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// login fetches a token, again where a fault stands in the way.
func (c *client) login() *client {
	c.t.Helper()
	for range 3 {
		if res, body, err := c.auth(account, account, "id", "secret"); err == nil && res.StatusCode == 200 {
			var token struct {
				AccessToken string `json:"access_token"`
			}
			c.decode(body, &token)
			c.token = token.AccessToken
			return c
		}
	}
	c.t.Fatal("no token")
	return nil
}

func (c *client) auth(path, audience, id, secret string) (*http.Response, []byte, error) {
	body := fmt.Sprintf(`{"grant_type":"client_credentials","audience":"https://api.dintero.com/v1/accounts/%s"}`, audience)
	req, err := http.NewRequest(http.MethodPost, c.base+"/accounts/"+path+"/auth/token", strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if id != "" {
		req.SetBasicAuth(id, secret)
	}
	return c.send(req)
}

func (c *client) send(req *http.Request) (*http.Response, []byte, error) {
	if c.header != "" {
		req.Header.Set("Sandbox-Fault", c.header)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	return res, body, err
}

// try is one GET.
func (c *client) try(path string, query url.Values) (*http.Response, []byte, error) {
	c.t.Helper()
	req, err := http.NewRequest(http.MethodGet, c.base+path+"?"+query.Encode(), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	return c.send(req)
}

// get is one GET that a client with patience gets through: JSON with status 200.
func (c *client) get(path string, query url.Values) []byte {
	c.t.Helper()
	for range 4 {
		res, body, err := c.try(path, query)
		if err == nil && res.StatusCode == http.StatusUnauthorized {
			c.login()
			continue
		}
		if err == nil && res.StatusCode == 200 && json.Valid(body) {
			return body
		}
	}
	c.t.Fatalf("GET %s?%s: no answer in four tries", path, query.Encode())
	return nil
}

func (c *client) decode(body []byte, into any) {
	c.t.Helper()
	if err := json.Unmarshal(body, into); err != nil {
		c.t.Fatalf("%v in %.200s", err, body)
	}
}

// transactions reads every page of a listing.
func (c *client) transactions(query url.Values) []wireTransaction {
	c.t.Helper()
	q := url.Values{"limit": {"100"}}
	for k, v := range query {
		q[k] = v
	}
	var all []wireTransaction
	for range 200 {
		var page []wireTransaction
		c.decode(c.get("/transactions", q), &page)
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
		q.Set("starting_after", page[len(page)-1].ID)
	}
	c.t.Fatal("the listing does not end")
	return nil
}

// bytes are those of a transaction in the listing.
func (v view) bytes(tx *shop.Transaction) []byte {
	var w jsonWriter
	v.writeTransaction(&w, tx)
	return w.b
}

// encode writes what a test has read.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// listed is a transaction as the listing shows it.
func (v view) listed(t testing.TB, tx *shop.Transaction) (w wireTransaction) {
	t.Helper()
	if err := json.Unmarshal(v.bytes(tx), &w); err != nil {
		t.Fatal(err)
	}
	return w
}

func ids(all []wireTransaction) []string {
	out := make([]string, len(all))
	for i := range all {
		out[i] = all[i].ID
	}
	return out
}
