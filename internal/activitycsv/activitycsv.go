// Package activitycsv writes who did what as CSV, in pages. It refuses to have more than a page in
// memory: each act may have a whole report before and after.
package activitycsv

import (
	"encoding/csv"
	"io"
	"strings"
	"time"

	"rapport/internal/ledger/served"
)

const (
	AtOnce = 500     // acts of a page
	most   = 100_000 // acts of a file
)

// Write writes the newest acts, then what next gives of those older than an act, by its ID. Masked is how texts are
// shown. An error is next's; that w takes no more is none, as who asked may have gone.
func Write(w io.Writer, acts []served.Act, next func(olderThan int64) ([]served.Act, error), masked func(string) string) (err error) {
	file := csv.NewWriter(w)
	_ = file.Write([]string{"at", "actor", "via", "address", "action", "object", "before", "after"}) // Error tells
	for written := 0; ; {
		for _, a := range acts {
			row := []string{a.At.UTC().Format(time.RFC3339), masked(a.Name), a.Via, a.Address, a.Action, masked(a.Object), masked(a.Before), masked(a.After)}
			for i, cell := range row { // no cell is a formula of a spreadsheet
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					row[i] = "'" + cell
				}
			}
			_ = file.Write(row)
		}
		file.Flush()
		if written += len(acts); file.Error() != nil || len(acts) < AtOnce || written >= most {
			return nil
		}
		if acts, err = next(acts[len(acts)-1].ID); err != nil {
			return err
		}
	}
}
