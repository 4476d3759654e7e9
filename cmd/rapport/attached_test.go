package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"
)

var attachedName = regexp.MustCompile(`(?m)^Content-Disposition: \S+; filename="([^"]*)"`)

// attachedFiles is the command attached GLOB NAME…: each message that matches carries
// these files, in this order, and no others.
func attachedFiles(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: attached GLOB NAME…")
	}
	messages, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(messages) == 0 {
		ts.Fatalf("no message matches %s", args[0])
	}
	for _, message := range messages {
		data, err := os.ReadFile(message)
		ts.Check(err)
		var names []string
		for _, found := range attachedName.FindAllStringSubmatch(string(data), -1) {
			names = append(names, found[1])
		}
		if !slices.Equal(names, args[1:]) {
			ts.Fatalf("%s carries %v, not %v", message, names, args[1:])
		}
	}
}
