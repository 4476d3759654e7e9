package main

import (
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/rogpeppe/go-internal/testscript"

	"rapport/fetch/sandbox"
)

// checkPDF is the command pdf FILE…: each is a valid PDF. What it says is TestPDFText's.
func checkPDF(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: pdf FILE…")
	}
	for _, file := range args {
		ts.Check(api.ValidateFile(ts.MkAbs(file), nil))
	}
}

// countFiles is the command count N GLOB: so many files match.
func countFiles(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: count N GLOB")
	}
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if strconv.Itoa(len(found)) != args[0] {
		ts.Fatalf("%d files match %s, want %s: %v", len(found), args[1], args[0], found)
	}
}

// exitCode is the command code N PROGRAM ARG…: the program ends with that code.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM ARG…")
	}
	err := ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	if !errors.As(err, &ended) || strconv.Itoa(ended.ExitCode()) != args[0] {
		ts.Fatalf("%v: %v, want exit code %s", args[1:], err, args[0])
	}
}

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

// startDintero is the command dintero FILE [FAULT…]: a simulated Dintero with these faults,
// of seed 1 and of the tests' morning, whose address takes the place of DINTERO in the
// configuration FILE, or of the one before it.
func startDintero(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: dintero FILE [@TIME] [FAULT…]")
	}
	now, faults := time.Date(2026, 11, 20, 5, 30, 0, 0, time.UTC), args[1:]
	if len(faults) > 0 && strings.HasPrefix(faults[0], "@") {
		at, err := time.Parse(time.RFC3339, faults[0][1:])
		ts.Check(err)
		now, faults = at, faults[1:]
	}
	simulated, err := sandbox.New(sandbox.Options{Seed: 1, Now: func() time.Time { return now }, Faults: faults})
	ts.Check(err)
	server := httptest.NewServer(simulated)
	ts.Defer(server.Close)
	file := ts.MkAbs(args[0])
	config, err := os.ReadFile(file)
	ts.Check(err)
	address := regexp.MustCompile(`DINTERO/v1|http://127\.0\.0\.1:\d+/v1`)
	ts.Check(os.WriteFile(file, address.ReplaceAll(config, []byte(server.URL+"/v1")), 0o600))
}
