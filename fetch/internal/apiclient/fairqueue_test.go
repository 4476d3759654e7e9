package apiclient

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestAThousandWaitingRequestsDelayAnotherAccountByNoMoreThanOneTurn(t *testing.T) {
	for name, l := range map[string]*Limiter{"rate": NewLimiter(20, 0), "in flight": NewLimiter(0, 1)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &asked{takes: 10 * time.Millisecond}
				var all sync.WaitGroup
				wants := func(account string, n int) {
					transport := l.Transport(account, a)
					for i := range n {
						all.Go(func() {
							if err := ask(t.Context(), transport, fmt.Sprintf("https://api.test/%s%04d", account, i)); err != nil {
								t.Error(err)
							}
						})
						synctest.Wait() // they come one after the other
					}
				}
				wants("A", 1000)
				before := len(a.paths())
				wants("B", 1)
				wants("C", 2)
				wants("D", 1)
				all.Wait()
				if got := a.order[before : before+5]; !slices.Equal(slices.Concat(got[:3], got[4:]), []string{"B0000", "C0000", "D0000", "C0001"}) {
					t.Errorf("after %d of A came %v", before, got)
				}
				ofA := slices.DeleteFunc(a.paths(), func(p string) bool { return p[0] != 'A' })
				if len(ofA) != 1000 || !slices.IsSorted(ofA) {
					t.Errorf("%d of A, first to come first to go: %v", len(ofA), slices.IsSorted(ofA))
				}
				rests(t, l)
			})
		})
	}
}

func TestAccountsThatWaitTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, a := NewLimiter(0, 1), &asked{takes: time.Second}
		var all sync.WaitGroup
		for _, account := range []string{"A", "B", "C"} {
			for range 20 {
				all.Go(func() {
					if err := ask(t.Context(), l.Transport(account, a), "https://api.test/"+account); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		for i := 1; i+2 < len(a.order); i++ { // the very first came before others waited
			three := slices.Sorted(slices.Values(a.order[i : i+3]))
			if i+3 < len(a.order)-3 && !slices.Equal(three, []string{"A", "B", "C"}) {
				t.Fatalf("turns %d to %d went to %v", i, i+2, three)
			}
		}
	})
}
