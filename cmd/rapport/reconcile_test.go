package main

import (
	"net/http/httptest"
	"os"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"rapport/fetch/sandbox"
)

// startDintero is the command dintero FILE [FAULT…]: a simulated Dintero with these faults,
// of seed 1 and of the tests' morning, whose address takes the place of DINTERO in the
// configuration FILE, or of the one before it.
func startDintero(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: dintero FILE [FAULT…]")
	}
	now := time.Date(2026, 11, 20, 5, 30, 0, 0, time.UTC)
	simulated, err := sandbox.New(sandbox.Options{Seed: 1, Now: func() time.Time { return now }, Faults: args[1:]})
	ts.Check(err)
	server := httptest.NewServer(simulated)
	ts.Defer(server.Close)
	file := ts.MkAbs(args[0])
	config, err := os.ReadFile(file)
	ts.Check(err)
	address := regexp.MustCompile(`DINTERO/v1|http://127\.0\.0\.1:\d+/v1`)
	ts.Check(os.WriteFile(file, address.ReplaceAll(config, []byte(server.URL+"/v1")), 0o600))
}
