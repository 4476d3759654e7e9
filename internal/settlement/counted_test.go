package settlement

import (
	"errors"
	"testing"
)

// TestACutRecordIsRefused, wherever it is cut, but for where nothing is missing.
func TestACutRecordIsRefused(t *testing.T) {
	var lines lineTable
	k := LineKey{Provider: "payout"}
	whole := appendCounted(nil, 7, []share{{k, 10_000}, {k, -200}}, &lines)
	for n := range whole {
		if err := readCounted(whole[:n], lines.keys, map[uint64][]share{}); (err == nil) != (n == 0) || err != nil && !errors.Is(err, errBroken) {
			t.Errorf("%d of %d bytes: %v", n, len(whole), err)
		}
	}
	counted := map[uint64][]share{}
	if err := readCounted(whole, lines.keys, counted); err != nil || len(counted[7]) != 2 || counted[7][1].amount != -200 {
		t.Errorf("%v, %v", counted, err)
	}
}
