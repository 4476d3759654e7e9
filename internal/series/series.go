// Package series chains the reports of one id: each report that is made has a digest, which is of
// the one before it and of its own facts. One that was changed, left out or put in later does not
// fit the others. It refuses to know what a report says: files are known by their SHA-256 alone.
//
// A digest is the SHA-256, in hex, of these fields, each written as its length in bytes, a colon,
// the bytes themselves and a line feed:
//
//	rapport report 1           the form; "rapport report 1, reconstructed" where a ledger that
//	                           kept no digests was given them later
//	the digest before          64 hex digits; empty for the first of a series
//	account
//	report                     its id when it was made
//	number                     "7"; of one that was made again or corrected "7-1"
//	from, to                   2006-01-02T15:04:05.000Z, in UTC
//	how many files             in decimal
//	name, SHA-256              of each file, in the order of the names' bytes
//
// Series are named by the id that their report has now; one that got another id goes on.
// Retention takes from the beginning of a series alone: what it took last is where it begins.
package series

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Printed is how many hex digits of a digest stand on the next report.
const Printed = 12

// Facts are what a digest is of, besides the one before it.
type Facts struct {
	Account, Report string
	Number          string // as it is called; "": it has none
	From, To        time.Time
	Files           []File
	Reconstructed   bool // the ledger kept no digests when it was made
}

// A File is one of a report, by its name in the report's directory.
type File struct{ Name, SHA256 string }

// Digest is that of a report which follows the one of a digest, "" for the first.
func (f Facts) Digest(previous string) string {
	form := "rapport report 1"
	if f.Reconstructed {
		form += ", reconstructed"
	}
	fields := []string{form, previous, f.Account, f.Report, f.Number, instant(f.From), instant(f.To), strconv.Itoa(len(f.Files))}
	for _, file := range sorted(f.Files) {
		fields = append(fields, file.Name, file.SHA256)
	}
	hash := sha256.New()
	for _, field := range fields {
		fmt.Fprintf(hash, "%d:%s\n", len(field), field)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// Number is what a report is called by: its number, and how often it was made again; "": it has
// none.
func Number(number, edition int) string {
	switch {
	case number == 0:
		return ""
	case edition > 0:
		return fmt.Sprintf("%d-%d", number, edition)
	}
	return strconv.Itoa(number)
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func sorted(files []File) []File {
	return slices.SortedFunc(slices.Values(files), func(a, b File) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.SHA256, b.SHA256))
	})
}

// encodeFiles is how the ledger keeps them: a JSON array of name and SHA-256.
func encodeFiles(files []File) (string, error) {
	pairs := [][2]string{}
	for _, f := range sorted(files) {
		pairs = append(pairs, [2]string{f.Name, f.SHA256})
	}
	text, err := json.Marshal(pairs)
	return string(text), err
}

// decodeFiles reads what encodeFiles wrote, and nothing else.
func decodeFiles(text string) (files []File, err error) {
	var pairs [][2]string
	if err := json.Unmarshal([]byte(text), &pairs); err != nil {
		return nil, err
	}
	for _, p := range pairs {
		files = append(files, File{Name: p[0], SHA256: p[1]})
	}
	if again, err := encodeFiles(files); err != nil || again != text {
		return nil, fmt.Errorf("files are %q", text)
	}
	return files, nil
}
