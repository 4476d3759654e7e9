//go:build !race

package ledger

const openers, rounds, parcels = 300, 20, 100
