//go:build !race

package reportconfig_test

const oneIn = 1
