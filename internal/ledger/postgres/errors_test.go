package postgres

import (
	"testing"

	"rapport/internal/ledger"
)

// TestAStateOfTheServerHasItsClass: what passes by itself is tried again, the rest is told.
func TestAStateOfTheServerHasItsClass(t *testing.T) {
	for state, want := range map[string]ledger.Class{
		"40001": ledger.Busy, "40P01": ledger.Busy, "55P03": ledger.Busy,
		"53200": ledger.Busy, // eight writers filled the table of predicate locks
		"25P02": ledger.Busy, // others were in the way of what was read before
		"53100": ledger.Full, "25006": ledger.ReadOnly, "42501": ledger.ReadOnly, "XX001": ledger.Damaged,
		"53300": ledger.Away, "57P01": ledger.Away, "08006": ledger.Away, "28P01": ledger.NoAccess, "3D000": ledger.NoAccess,
		"23505": ledger.Other, "42P01": ledger.Other,
	} {
		if got := classOfState(state); got != want {
			t.Errorf("%s is of class %v, want %v", state, got, want)
		}
	}
}
