//go:build !race

package ledger

const openers, rounds, parcels = 1000, 20, 100
