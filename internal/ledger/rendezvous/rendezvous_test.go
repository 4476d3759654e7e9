package rendezvous

import (
	"fmt"
	"slices"
	"testing"
)

// TestEachMachineComesFirstForItsShare and keeps it when another leaves.
func TestEachMachineComesFirstForItsShare(t *testing.T) {
	machines := []string{"kay", "ola", "per"}
	firsts, moved := map[string]int{}, 0
	for n := range 3000 {
		work := fmt.Sprint("day ", n)
		first := First(machines, work)
		firsts[first]++
		switch left := First(machines[:2], work); {
		case first == "per":
			moved++
		case left != first:
			t.Fatalf("%s went from %s to %s, and both are there", work, first, left)
		}
		reversed := slices.Clone(machines)
		slices.Reverse(reversed)
		if First(reversed, work) != first {
			t.Fatalf("%s: the order of the machines decides", work)
		}
	}
	for _, m := range machines {
		if firsts[m] < 800 {
			t.Errorf("%s comes first for %d of 3000", m, firsts[m])
		}
	}
	if moved != firsts["per"] || First(nil, "day") != "" {
		t.Errorf("%d moved; of none %q", moved, First(nil, "day"))
	}
}
