package fetch

import (
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestABodyThatRepeatsTheTokenDoesNotReachAnError(t *testing.T) {
	echo := func(form string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, token, _ := strings.Cut(r.Header.Get("Authorization"), "Bearer ")
			fmt.Fprintf(w, form, token)
		}
	}
	for _, form := range []string{`{"error":{"message":"bad %s"}}`, `[{"id":"a","amount":"%s"}]`} {
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

func TestAnEmptyPageThatRepeatsItsCursorIsTheEnd(t *testing.T) {
	p := newProgress(10)
	for _, step := range []struct {
		rows  int
		token string
		want  string
	}{{1, "x", "x"}, {0, "y", "y"}, {0, "y", ""}} {
		if got, err := p.next(step.rows, nil, step.token); err != nil || got != step.want {
			t.Errorf("%d rows, %s: got %q, %v", step.rows, step.token, got, err)
		}
	}
	if got, err := p.next(3, nil, "y"); err == nil {
		t.Errorf("a page with rows that repeats its cursor goes in a circle: got %q", got)
	}
}

func TestARowOfAnArrayHasABound(t *testing.T) {
	if testing.Short() {
		return // reads 80 MB
	}
	path := filepath.Join(t.TempDir(), "bomb.json.gz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	zip := gzip.NewWriter(f)
	piece := strings.Repeat("x", 1<<20)
	fmt.Fprint(zip, `[{"id":"`)
	for range 80 {
		fmt.Fprint(zip, piece)
	}
	if err := errors.Join(zip.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := idsOf(t, Files{TransactionsFile: path}.Transactions(t.Context(), Query{})); !errors.Is(err, errTooLong) {
		t.Errorf("got %v", err)
	}
}
