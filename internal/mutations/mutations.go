// Command mutations makes small changes to the code, one at a time, each of which breaks a
// promise, and runs the tests that hold it: which of them does nobody notice? Nothing is written
// to the tree; the change is laid over it. It is run by hand and weekly:
//
//	go run ./internal/mutations            all of them, about an hour on an idle machine
//	go run ./internal/mutations -only mail those whose table, file or promise holds the word
//	go run ./internal/mutations -v         says of each which test noticed it
//
// The changes are in table/, a file for each subject. It ends 1 when a change went unnoticed that
// is not named as such, or fits nowhere any more.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	only := flag.String("only", "", "a word of the table's file, the file changed or the promise")
	verbose := flag.Bool("v", false, "say of each which test noticed it")
	flag.Parse()
	all, err := mutations()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	tried, noticed, named := 0, 0, 0
	var faults []error
	for _, m := range all {
		if !strings.Contains(m.table+" "+m.file+" "+m.promise, *only) {
			continue
		}
		tried++
		by, err := m.noticedBy()
		switch {
		case err != nil:
			faults = append(faults, err)
			continue
		case by != "":
			noticed++
		case m.unnoticed != "":
			named++
			fmt.Printf("NAMED        %s: %s: %s\n", m.file, m.promise, m.unnoticed)
		default:
			fmt.Printf("NOT NOTICED  %s: %s\n", m.file, m.promise)
		}
		if *verbose && by != "" {
			fmt.Printf("noticed      %s: %s: by %s\n", m.file, m.promise, by)
		}
	}
	fmt.Printf("%d of %d were noticed, %d are named\n", noticed, tried, named)
	if err := errors.Join(faults...); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if noticed+named < tried {
		os.Exit(1)
	}
}
