package renderslots

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestNoReportWaitsForTheLongOnesOfAnotherAccount, whose makers all have some to write.
func TestNoReportWaitsForTheLongOnesOfAnotherAccount(t *testing.T) {
	alone, _ := writingTime(t, 0)
	for _, accounts := range []int{1, 3, 9} {
		beside, most := writingTime(t, accounts)
		if beside > alone*11/10 && accounts <= 3 || beside > 20*10/4*time.Minute { // with nine it has a tenth of the four places
			t.Errorf("beside %d accounts it takes %s, alone %s", accounts, beside, alone)
		}
		if most > 2*2 {
			t.Errorf("%d reports are written at once", most)
		}
	}
}

// writingTime is how long an account takes for 20 reports of a second each, beside others with four
// makers each whose reports take a minute.
func writingTime(t *testing.T, others int) (took time.Duration, most int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		slots, mu := New(2), sync.Mutex{}
		write := func(ctx context.Context, account string, takes time.Duration) {
			release, err := slots.Acquire(ctx, account)
			if err != nil {
				return
			}
			defer release()
			mu.Lock()
			most = max(most, slots.Taken())
			mu.Unlock()
			<-time.After(takes)
		}
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 4 {
			for n := range others { // who comes alone first may have two places, and keeps them until one is done
				all.Go(func() {
					for ctx.Err() == nil {
						write(ctx, string(rune('A'+n)), time.Minute)
					}
				})
			}
			synctest.Wait()
		}
		began := time.Now()
		for range 20 {
			write(t.Context(), "good", time.Second)
		}
		took = time.Since(began)
		stop()
		all.Wait()
		if n := slots.Taken(); n != 0 || len(slots.held) != 0 || len(slots.waiting) != 0 {
			t.Errorf("%d places are taken at the end: %v", n, slots)
		}
	})
	return took, most
}
