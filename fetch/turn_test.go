package fetch

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestTenThousandReportsAtOnceAllGetTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reports := 10_000
		if testing.Short() {
			reports = 1_000
		}
		l := NewLimiter(20, 8)
		network := roundTripper(func(r *http.Request) (*http.Response, error) {
			<-time.After(100 * time.Millisecond)
			body := "[]"
			if strings.HasSuffix(r.URL.Path, "/auth/token") {
				body = `{"access_token":"token","token_type":"Bearer","expires_in":86400}`
			}
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		})
		var all sync.WaitGroup
		for i := range reports {
			all.Go(func() {
				var d dintero
				c := New(d.config(l.Transport(fmt.Sprint(i), network)))
				if _, err := idsOf(t, c.Transactions(t.Context(), november19)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		rests(t, l)
	})
}
