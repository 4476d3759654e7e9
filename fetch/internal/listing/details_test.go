package listing

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestResultsComeInOrderAndNoWorkOutlivesThem(t *testing.T) {
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		stop, fail int
		want       []int
		err        error
	}{
		"to the end":   {stop: 99, fail: 99, want: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"left early":   {stop: 3, fail: 99, want: []int{0, 1, 2, 3}},
		"with a fault": {stop: 99, fail: 4, want: []int{0, 1, 2, 3}, err: broken},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				running, most := 0, 0 // a bubble of goroutines that take turns by the clock
				turn := make(chan struct{}, 1)
				count := func(by int) {
					turn <- struct{}{}
					running += by
					most = max(most, running)
					<-turn
				}
				work := func(ctx context.Context, n int) (int, error) {
					count(1)
					defer count(-1)
					<-time.After(time.Duration(10-n%3) * time.Second) // later ones end earlier
					if n == test.fail {
						return 0, broken
					}
					return n, nil
				}
				var got []int
				var last error
				for n, err := range inOrder(t.Context(), &Reader{Getter: unheld{}, InFlight: 3}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, work) {
					if last = err; err == nil {
						got = append(got, n)
					}
					if n == test.stop {
						break
					}
				}
				if diff := cmp.Diff(test.want, got); diff != "" || !errors.Is(last, test.err) {
					t.Errorf("got %v, -want +got:\n%s", last, diff)
				}
				if running != 0 || most != 3 {
					t.Errorf("%d still at work, %d at most", running, most)
				}
			})
		})
	}
}

// unheld is a getter that holds nothing.
type unheld struct{ Getter }

func (unheld) Hold(ctx context.Context) (context.Context, func(), func()) {
	return ctx, func() {}, func() {}
}
