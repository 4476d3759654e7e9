package text_test

import (
	"testing"

	"rapport/internal/text"
)

func TestTheSameFaultIsTheSameWhateverItsNumbers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"dial tcp 10.0.0.1:25: connection refused", "dial tcp 10.0.0.2:25: connection refused", true},
		{"read tcp 127.0.0.1:41234->127.0.0.1:25: broken", "read tcp 127.0.0.1:51234->127.0.0.1:25: broken", true},
		{"450 4.2.0 greylisted, see you in 287 seconds", "450 4.2.0 greylisted, see you in 12 seconds", true},
		{"451 4.3.0 later (4Zabc1)", "451 4.3.0  later (4Zdef2)", true},
		{"451 4.3.0 later", "451 4.7.1 later", false},
		{"450 4.7.1 too fast", "550 5.7.1 too fast", false},
		{"connection refused", "connection timed out", false},
		{"", "connection refused", false},
	} {
		if same := text.SameButNumbers(c.a, c.b); same != c.same {
			t.Errorf("%q and %q: %t", c.a, c.b, same)
		}
	}
}
