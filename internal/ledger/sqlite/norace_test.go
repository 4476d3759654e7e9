//go:build !race

package sqlite

const openers, rounds, days = 300, 20, 100
