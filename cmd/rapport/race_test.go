//go:build race

package main

// underRace: the race detector makes everything many times slower, so the tests of real
// processes do less of the same.
const underRace = true
