package apiclient

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// answer takes so many MiB of memory in a bubble; it is done when that is held.
func answer(ctx context.Context, b *budget, account string, mib int) (h *held, done chan error) {
	_, h = b.hold(ctx, account)
	done = make(chan error, 1)
	go func() {
		var err error
		for range mib {
			if err == nil {
				err = h.take(ctx, 1<<20, func() {})
			}
		}
		h.finish()
		done <- err
	}()
	synctest.Wait()
	return h, done
}

func ended(done chan error) bool { return len(done) == 1 }

func TestAnswersOfUsualLengthWaitForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget()
		_, big := answer(t.Context(), b, "A", 17) // all that is shared
		for range 100 {
			if _, done := answer(t.Context(), b, "B", 1); !ended(done) {
				t.Fatal("it waits")
			}
		}
		if !ended(big) || b.used != sharedBytes {
			t.Errorf("%d bytes are used", b.used)
		}
	})
}

func TestLongAnswersTakeTurnsAndNeverWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget()
		var holds []*held
		var answers []chan error
		for range 13 {
			h, done := answer(t.Context(), b, "A", 30)
			holds, answers = append(holds, h), append(answers, done)
		}
		for i := range answers {
			synctest.Wait()
			if !ended(answers[i]) {
				t.Fatalf("answer %d waits, %d MiB are used", i, b.used>>20)
			}
			if most := sharedBytes + maxOverdrawn*maxHeld; b.used > most {
				t.Errorf("%d MiB are used", b.used>>20)
			}
			holds[i].release()
		}
		if synctest.Wait(); b.used != 0 || len(b.holds) != 0 {
			t.Errorf("%d bytes and %d answers are left", b.used, len(b.holds))
		}
	})
}

// An account whose answers are long and never end does not hold up another's.
func TestALongAnswerOfAnotherAccountWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget()
		ctx, cancel := context.WithCancelCause(t.Context())
		for range 20 {
			answer(ctx, b, "hostile", 33)
		}
		for range 5 {
			h, done := answer(t.Context(), b, "good", 25)
			if !ended(done) {
				t.Error("it waits")
			}
			h.release()
		}
		reason := errors.New("stopped")
		cancel(reason)
		synctest.Wait()
	})
}

func TestWhatBelongsTogetherHasABound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, h := newBudget().hold(t.Context(), "A")
		if _, inner := newBudget().hold(ctx, "A"); inner != nil {
			t.Error("it is held twice")
		}
		var err error
		for range 40 {
			if err == nil {
				err = h.take(ctx, 1<<20, func() {})
			}
		}
		if !errors.Is(err, errHeld) {
			t.Errorf("got %v", err)
		}
	})
}
