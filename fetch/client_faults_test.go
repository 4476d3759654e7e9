package fetch

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A fault that passes costs a repetition of the page, and nothing else.
func TestAPassingFaultIsTriedAgainAndChangesNothing(t *testing.T) {
	cutOff := func(body string, promised int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(promised))
			fmt.Fprint(w, body)
		}
	}
	hangUp := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}
	drip := func(every time.Duration) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for _, c := range rows("never") + strings.Repeat(" ", 1000) {
				if _, err := fmt.Fprintf(w, "%c", c); err != nil || http.NewResponseController(w).Flush() != nil {
					return
				}
				select {
				case <-time.After(every):
				case <-r.Context().Done():
					return
				}
			}
		}
	}
	silence := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	chunkError := func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, rows("b")[:20])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	brokenGzip := func(change func([]byte) []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			fmt.Fprint(z, rows("b"))
			z.Close()
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(change(packed.Bytes()))
		}
	}
	for _, test := range []struct {
		name  string
		fault http.HandlerFunc
	}{
		{"500", status(500, "")},
		{"502 with HTML", status(502, "<html>")},
		{"503", status(503, `{"error":{"message":"busy"}}`)},
		{"504", status(504, "")},
		{"429 without Retry-After", status(429, "")},
		{"a connection that is reset", hangUp},
		{"a page cut in a row", says(rows("b", "c")[:90])},
		{"a page cut before its bracket", says(strings.TrimSuffix(rows("b"), "]"))},
		{"an empty body", says("")},
		{"a Content-Length that is too large", cutOff(rows("b"), 10_000)},
		{"a chunk that breaks off", chunkError},
		{"gzip with a wrong checksum", brokenGzip(func(b []byte) []byte { b[len(b)-8] ^= 1; return b })},
		{"gzip that is cut", brokenGzip(func(b []byte) []byte { return b[:len(b)-10] })},
		{"an answer that never begins", silence},
		{"a body that stops", drip(time.Hour)},
		{"a body that drips a byte a second", drip(time.Second)},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := &dintero{resource: script(says(rows("a")), test.fault, says(rows("b")))}
			d.with(t, func(t *testing.T, c *Client) {
				ids, err := idsOf(t, c.Transactions(t.Context(), november19))
				if err != nil || !cmp.Equal(ids, []string{"a", "b"}) {
					t.Errorf("got %v, %v", ids, err)
				}
				if d.calls() != 5 {
					t.Errorf("got %d requests, want 5", d.calls())
				}
				if d.requests[1].URL.RawQuery != d.requests[2].URL.RawQuery {
					t.Errorf("the page was repeated with another query: %s, then %s", d.requests[1].URL.RawQuery, d.requests[2].URL.RawQuery)
				}
			})
		})
	}
}

// A fault that does not pass is told at once and ends the sequence.
func TestALastingFaultEndsTheListingAtOnce(t *testing.T) {
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data?x=1", http.StatusFound)
	}
	tooMany := make([]string, 1000+1)
	for i := range tooMany {
		tooMany[i] = fmt.Sprint("id", i)
	}
	filler := bytes.Repeat([]byte(`"`+strings.Repeat("x", 1021)+`",`), 1<<10) // a MiB of texts
	bomb := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		fmt.Fprint(z, `[{"metadata":[`)
		for range 1 << 10 { // a GiB
			if _, err := z.Write(filler); err != nil {
				return
			}
		}
	}
	endless := func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `[{"metadata":[`)
		for {
			if _, err := w.Write(filler); err != nil {
				return
			}
		}
	}
	without := func(row, comma string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for _, err := fmt.Fprint(w, "["+row); err == nil; _, err = fmt.Fprint(w, comma+row) {
			}
		}
	}
	for _, test := range []struct {
		name  string
		fault http.HandlerFunc
		want  string
	}{
		{"400", status(400, `{"error":{"message":"limit is odd"}}`), "page 2: 400 Bad Request (limit is odd)"},
		{"403", status(403, `{"error":{"message":"insufficient scope"}}`), "page 2: 403 Forbidden (insufficient scope) — does the client have the scope read:checkout?"},
		{"404", status(404, ``), "page 2: 404 Not Found — are the account and the addresses right?"},
		{"204", status(204, ``), "page 2: 204 No Content"},
		{"a redirect", redirect, "page 2: 302 Found — redirects are refused, and this one leads to http://169.254.169.254"},
		{"HTML with 200", says("<html>Log in</html>"), "page 2: the answer: is HTML or XML, not an array"},
		{"{} with 200", says(`{}`), "page 2: the answer: is an object, not an array"},
		{"null with 200", says(`null`), "page 2: the answer: is null, not an array"},
		{"an error with 200", says(`{"error":{"message":"maintenance"}}`), `page 2: the answer: is an object, not an array; it says "maintenance"`},
		{"something after the array", says(`[]garbage`), "page 2: something follows the end of the JSON value at byte 2"},
		{"a Content-Length that hides a part", says(rows("b") + "]"), "page 2: something follows"},
		{"more rows than a page can have", says(rows(tooMany...)), "more than 1000 rows in a page of 100"},
		{"a gzip bomb", bomb, "page 2: element 1 (byte 1): transaction without id: is longer than 8 MiB"},
		{"a body without end", endless, "page 2: element 1 (byte 1): transaction without id: is longer than 8 MiB"},
		{"a page without end", without(row("b"), ","), "page 2: element 1001 (byte 136001): more than 1000 rows in a page of 100"},
		{"rows without end", without(row("b")[:len(row("b"))-1]+`,"metadata":"`+strings.Repeat("x", 1<<20)+`"}`, ","), "page 2: the answer is longer than 32 MiB"},
		{"a row that cannot be told", says(`[` + row("b") + `,{"id":"c","id":"d"}]`), "page 2: element 2 (byte 137): transaction c: id: the name comes twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := &dintero{resource: script(says(rows("a")), test.fault)}
			d.with(t, func(t *testing.T, c *Client) {
				ids, err := idsOf(t, c.Transactions(t.Context(), november19))
				if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "transactions captured since 2026-11-18T23:00:00Z: page 2: ") {
					t.Errorf("got  %v\nwant %s", err, test.want)
				}
				if !cmp.Equal(ids, []string{"a"}) || d.calls() != 2 {
					t.Errorf("got %v after %d requests", ids, d.calls())
				}
			})
		})
	}
}

func TestAFaultThatStaysIsTriedEightTimes(t *testing.T) {
	d := &dintero{resource: status(503, `{"error":{"message":"busy"}}`)}
	d.with(t, func(t *testing.T, c *Client) {
		begin := time.Now()
		_, err := idsOf(t, c.Transactions(t.Context(), november19))
		if want := "page 1: 503 Service Unavailable (busy) (tried 8 times)"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v", err)
		}
		if Denied(err) {
			t.Error("503 counts as denied")
		}
		if took := time.Since(begin); d.calls() != 8 || took < 20*time.Second || took > 3*time.Minute {
			t.Errorf("%d requests in %s", d.calls(), took)
		}
	})
}

func TestABodyThatRepeatsTheTokenDoesNotReachAnError(t *testing.T) {
	echo := func(form string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, token, _ := strings.Cut(r.Header.Get("Authorization"), "Bearer ")
			fmt.Fprintf(w, form, token)
		}
	}
	for _, form := range []string{`{"error":{"message":"bad %s"}}`, `[{"id":"%s","id":1}]`} {
		d := &dintero{resource: echo(form)}
		d.with(t, func(t *testing.T, c *Client) {
			_, err := idsOf(t, c.Transactions(t.Context(), november19))
			if err == nil || !strings.Contains(err.Error(), "***") {
				t.Errorf("the token is not hidden in: %v", err)
			}
		})
	}
}

func TestARedirectToNowhereIsRefusedAtOnce(t *testing.T) {
	d := &dintero{resource: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://evil host/%zz")
		w.WriteHeader(http.StatusFound)
	}}
	d.with(t, func(t *testing.T, c *Client) {
		_, err := idsOf(t, c.Transactions(t.Context(), november19))
		var status *StatusError
		if !errors.As(err, &status) || status.Code != http.StatusFound || len(d.requests) != 1 {
			t.Errorf("%d requests, %v", len(d.requests), err)
		}
	})
}

func TestAMissingScopeIsNamed(t *testing.T) {
	d := &dintero{resource: status(403, "")}
	d.with(t, func(t *testing.T, c *Client) {
		_, err := ordersOf(t, c, november19)
		if want := "orders: page 1: 403 Forbidden — does the client have the scope read:shopping?"; err == nil || err.Error() != want || !Denied(err) {
			t.Errorf("got %v", err)
		}
		for _, err := range c.Wallets(t.Context(), november19) {
			if want := "cards: page 1: 403 Forbidden — does the client have the scope read:wallets?"; err == nil || err.Error() != want {
				t.Errorf("got %v", err)
			}
		}
	})
}
