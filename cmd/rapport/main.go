// Command rapport makes payment reports and mails them. It is the only package that names
// concrete sources, relays and paths, reads the clock and the environment, and knows flags,
// signals and exit codes. It refuses to know what is in a report or a message.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	os.Exit(withSignals())
}

// softMemory is what garbage is collected early for, in bytes: a machine that runs this runs other
// things too. What really needs more gets it.
const softMemory = 112 << 20

// withSignals ends the run's context at the first SIGINT or SIGTERM; the second one ends
// the process, as the handler is gone by then.
func withSignals() int {
	signal.Ignore(syscall.SIGPIPE) // a reader of stdout who leaves must not end a run between a mail and its record
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
}
