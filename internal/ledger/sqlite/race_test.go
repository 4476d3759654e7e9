//go:build race

package sqlite

// Under the race detector everything takes ten times as long.
const openers, rounds, days = 100, 5, 20
