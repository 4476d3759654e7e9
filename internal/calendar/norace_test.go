//go:build !race

package calendar_test

const oneIn = 1
