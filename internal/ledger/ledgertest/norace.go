//go:build !race

package ledgertest

const crowd, steps = 1000, 600
