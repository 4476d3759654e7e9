package frozenmail

import (
	"context"
	"testing"

	"rapport/internal/message"
)

// A roomyRelay takes messages of any size, as it says.
type roomyRelay struct {
	message.Sender
	limit int64
}

func (r roomyRelay) KnownLimit() int64                    { return r.limit }
func (r roomyRelay) Limit(context.Context) (int64, error) { return r.limit, nil }

// TestAMessageHasABoundWhateverTheRelayTakes, as it is held in memory.
func TestAMessageHasABoundWhateverTheRelayTakes(t *testing.T) {
	for limit, want := range map[int64]int64{0: 64 << 20, 1 << 40: 64 << 20, 10 << 20: 10 << 20} {
		var f Messages
		f.Sender = roomyRelay{limit: limit}
		if got := f.sizeLimit(t.Context(), true); got != want {
			t.Errorf("%d: %d", limit, got)
		}
	}
}
