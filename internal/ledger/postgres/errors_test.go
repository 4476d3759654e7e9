package postgres

import (
	"testing"

	"rapport/internal/ledger/database"
)

// TestAStateOfTheServerHasItsClass: what passes by itself is tried again, the rest is told.
func TestAStateOfTheServerHasItsClass(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]database.Class{
		"40001": database.Busy, "40P01": database.Busy, "55P03": database.Busy,
		"53200": database.Busy, // eight writers filled the table of predicate locks
		"25P02": database.Busy, // others were in the way of what was read before
		"53100": database.Full, "25006": database.ReadOnly, "42501": database.ReadOnly, "XX001": database.Damaged,
		"53300": database.Away, "57P01": database.Away, "08006": database.Away, "28P01": database.NoAccess, "3D000": database.NoAccess,
		"23505": database.Other, "42P01": database.Other,
	} {
		if got := classOfState(state); got != want {
			t.Errorf("%s is of class %v, want %v", state, got, want)
		}
	}
}
