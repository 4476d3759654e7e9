package sandbox

import (
	"bytes"
	"net/url"
	"sync"
	"testing"
)

func TestManyClientsAtOnceReadTheSame(t *testing.T) {
	s := newServer(t, 1, noon())
	c := overHTTP(t, s).login()
	want := c.get("/transactions", week())
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			mine := *c
			for k := range 4 {
				if !bytes.Equal(mine.get("/transactions", week()), want) {
					t.Error("another page")
				}
				mine.get(ordersPath, nil)
				mine.get(cardsPath, nil)
				mine.get("/transactions", url.Values{"created_at.lte": {[]string{"2015-03-01", "2019-07-01", "2021-01-01", "2024-02-29"}[(i+k)%4]}})
			}
		})
	}
	all.Wait()
}
