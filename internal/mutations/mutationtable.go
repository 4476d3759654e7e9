package main

import (
	"embed"
	"fmt"
	"path"
	"strings"
)

//go:embed table
var tables embed.FS

// A mutation is a change: before stands once in the file. The tests are those of a package, all
// that are short when no pattern is given. What is known to go unnoticed says why.
type mutation struct {
	table, promise, file string
	pkg, pattern         string
	before, after        string
	unnoticed            string
}

// mutations reads the tables, in the order of their names.
func mutations() ([]mutation, error) {
	entries, err := tables.ReadDir("table")
	if err != nil {
		return nil, err
	}
	var all []mutation
	for _, entry := range entries {
		text, err := tables.ReadFile(path.Join("table", entry.Name()))
		if err != nil {
			return nil, err
		}
		for _, block := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
			m, err := parse(block)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", entry.Name(), err)
			}
			m.table = entry.Name()
			all = append(all, m)
		}
	}
	return all, nil
}

// parse reads a block: fields, then the lines before (-) and after (+), to the byte. A change may
// begin and end inside a line.
func parse(block string) (mutation, error) {
	var m mutation
	var before, after []string
	for _, line := range strings.Split(block, "\n") {
		name, value, _ := strings.Cut(line, ": ")
		switch {
		case strings.HasPrefix(line, "-"):
			before = append(before, line[1:])
		case strings.HasPrefix(line, "+"):
			after = append(after, line[1:])
		case name == "promise":
			m.promise = value
		case name == "file":
			m.file = value
		case name == "tests":
			m.pkg, m.pattern, _ = strings.Cut(value, " ")
		case name == "unnoticed":
			m.unnoticed = value
		default:
			return m, fmt.Errorf("%q: is no line of a mutation", line)
		}
	}
	m.before, m.after = strings.Join(before, "\n"), strings.Join(after, "\n")
	if m.promise == "" || m.file == "" || m.before == "" || m.before == m.after {
		return m, fmt.Errorf("%q: lacks a promise, a file or a change", block)
	}
	return m, nil
}
