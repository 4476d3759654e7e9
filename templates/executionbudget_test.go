package templates

import "testing"

// TestABudgetIsOnlySpent: no step gives one back, and none is left past the last.
func TestABudgetIsOnlySpent(t *testing.T) {
	b := budget{steps: 3}
	for _, n := range []int{-1, 0, 4} {
		if _, err := b.step(n); err == nil || b.steps != 3 {
			t.Errorf("%d steps: %v, %d are left", n, err, b.steps)
		}
	}
	if _, err := b.step(3); err != nil || b.steps != 0 {
		t.Errorf("%v, %d are left", err, b.steps)
	}
}
