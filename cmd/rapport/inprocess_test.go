package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

// mustRun runs the program in process and expects it to end well.
func mustRun(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, getenv, &out, &errs); code != exitDone {
		t.Fatalf("%v: exit code %d\n%s%s", args, code, &out, &errs)
	}
	return out.String(), errs.String()
}

func getenv(name string) string {
	return map[string]string{"DINTERO_CLIENT_SECRET": "c4n4ry-secret", "SMTP_PASSWORD": "c4n4ry-password"}[name]
}

// startSandbox serves a simulated Dintero until the test ends; the source block is what it printed.
func startSandbox(t testing.TB, flags ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan int)
	go func() {
		done <- run(ctx, append([]string{"sandbox", "--seed", "5", "--now", sourcesNow}, flags...), getenv, in, io.Discard)
		in.Close()
	}()
	t.Cleanup(func() {
		stop()
		if code := <-done; code != exitDone {
			t.Errorf("the sandbox ended with %d", code)
		}
	})
	var block strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		block.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "checkout_url:") {
			return block.String()
		}
	}
	t.Fatalf("the sandbox printed no source block: %s", &block)
	return ""
}
