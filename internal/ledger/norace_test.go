//go:build !race

package ledger

const openers = 1000
