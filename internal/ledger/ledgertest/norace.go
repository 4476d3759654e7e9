//go:build !race

package ledgertest

const crowd, steps = 400, 300
