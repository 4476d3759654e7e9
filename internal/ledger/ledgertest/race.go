//go:build race

package ledgertest

// Under the race detector everything takes ten times as long.
const crowd, steps = 200, 150
