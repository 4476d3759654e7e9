//go:build !race

package ledger

const openers, rounds, days = 300, 20, 100
