// Testlog reads what `go test -json` says and tells what matters of it: a line for each
// package, and all that a test said which failed. With -noskip a skipped test is a failure.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

func main() {
	noSkip := flag.Bool("noskip", false, "a skipped test is a failure")
	flag.Parse()
	said, failed := map[string]*strings.Builder{}, false
	events := json.NewDecoder(os.Stdin)
	for {
		var e event
		if err := events.Decode(&e); errors.Is(err, io.EOF) {
			break
		} else if err != nil { // no JSON: what is said of a build that fails
			fmt.Println(err)
			failed = true
			rest, _ := io.ReadAll(io.MultiReader(events.Buffered(), os.Stdin))
			fmt.Printf("%s\n", rest)
			break
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			if said[key] == nil {
				said[key] = &strings.Builder{}
			}
			said[key].WriteString(e.Output)
			if e.Action == "build-output" {
				fmt.Print(e.Output)
			}
			continue
		case "fail":
			failed = true
			fmt.Printf("FAIL %s\n%s", key, last(said[key]))
		case "skip":
			if e.Test != "" && *noSkip {
				failed = true
				fmt.Printf("SKIP %s, though its program is installed here\n%s", key, last(said[key]))
			}
		case "pass":
			if e.Test == "" {
				fmt.Printf("ok   %s %.1f s\n", e.Package, e.Elapsed)
			}
		default:
			continue
		}
		delete(said, key)
	}
	if failed {
		os.Exit(1)
	}
}

// last is the end of what a test said.
func last(said *strings.Builder) string {
	const most = 6000
	if said == nil {
		return ""
	}
	text := said.String()
	return text[max(0, len(text)-most):]
}
