// Package csvhead reads the first rows of one of our CSV files, to be shown. It refuses nothing: what it
// cannot read it leaves out.
package csvhead

import (
	"bytes"
	"encoding/csv"

	"rapport/internal/text"
)

// Read gives the header and so many rows of a file, and tells whether there are more.
func Read(data []byte, most int) (head []string, rows [][]string, more bool) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	first, _, _ := bytes.Cut(data, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(data))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma = ';'
	}
	r.FieldsPerRecord = -1
	for {
		record, err := r.Read()
		if err != nil {
			return head, rows, false
		}
		for i := range record {
			record[i] = text.PrintableLine(record[i])
		}
		switch {
		case head == nil:
			head = record
		case len(rows) == most:
			return head, rows, true
		default:
			rows = append(rows, record)
		}
	}
}
