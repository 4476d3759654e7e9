// Package house holds all others to the floor plan and the rules of the house, by tests
// alone: which package may import which, how large a package, a file and a type may be, and
// what no file may do.
package house
