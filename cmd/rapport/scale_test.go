package main

import "testing"

// long skips what takes long and finds no race that the other tests would not.
func long(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
}

// scaled is how much of something a test of real processes does.
func scaled(plain, race int) int {
	if underRace {
		return race
	}
	return plain
}
