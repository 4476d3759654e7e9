//go:build race

package calendar_test

// Under the race detector everything takes ten times as long, and this package has no
// goroutines that a whole search would find more of: one in so many is looked at.
const oneIn = 8
