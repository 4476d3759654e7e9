package settlement

import (
	"bufio"
	"bytes"
	"errors"
	"testing"
)

// TestACutRecordIsRefused, wherever it is cut, but for where nothing is missing.
func TestACutRecordIsRefused(t *testing.T) {
	var lines lineTable
	k := LineKey{Provider: "payout"}
	whole := appendCounted(nil, 7, []share{{k, 10_000}, {k, -200}}, &lines)
	read := func(data []byte) (*countedRun, bool, error) {
		run := &countedRun{from: bufio.NewReader(bytes.NewReader(data)), keys: lines.keys}
		more, err := run.next()
		return run, more, err
	}
	for n := range whole {
		if _, more, err := read(whole[:n]); more || (err == nil) != (n == 0) || err != nil && !errors.Is(err, errBroken) {
			t.Errorf("%d of %d bytes: %v, %v", n, len(whole), more, err)
		}
	}
	if run, more, err := read(whole); err != nil || !more || run.hash != 7 || len(run.shares) != 2 || run.shares[1].amount != -200 {
		t.Errorf("%+v, %v, %v", run, more, err)
	}
}
