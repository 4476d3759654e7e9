// Package correction says what has changed in a closed period: which rows its report lacks by
// now, and which it should not have. It compares CSV with CSV: the one that was frozen, with the
// corrections since, and one of the same form that is made anew. It refuses to guess what a
// report said whose rows are gone, and never touches a file that was made. It knows no source.
package correction

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"rapport/internal/content"
	"rapport/internal/report"
	"rapport/locales"
	"rapport/render"
)

// A Form is how the CSV of a report is written.
type Form struct {
	Language string
	Machine  bool
}

// String names the form, as FormNamed reads it.
func (f Form) String() string {
	if f.Machine {
		return "machine"
	}
	return f.Language
}

// FormNamed is the form of a name.
func FormNamed(name string) Form {
	if name == "machine" {
		return Form{Language: "en", Machine: true}
	}
	return Form{Language: name}
}

// Words are those of the form's language.
func (f Form) Words() (*locales.Printer, error) {
	if f.Machine { // names and words that a program reads do not change with the language
		return locales.For("en")
	}
	return locales.For(f.Language)
}

// CSV is the format of rows with the columns of a layout, and whatever comes after them.
func (f Form) CSV(l report.Layout, more ...content.Column) (*render.CSVFormat, error) {
	words, err := f.Words()
	if err != nil {
		return nil, err
	}
	columns := append(l.Titled(words), more...)
	if f.Machine {
		return render.MachineCSV(columns)
	}
	return render.LocalCSV(columns, words), nil
}

// ChangeColumn is the last column of a correction.
func ChangeColumn(words *locales.Printer) content.Column {
	return content.Column{Title: words.Word("column.change"), Kind: content.Text, Rank: 1}
}

// ErrOtherForm is wrapped when a CSV has other columns than reports have by now.
var ErrOtherForm = errors.New("its columns are not those of this version")

// FormOf reads the form off the first line of a report's CSV, plain or already a correction's.
func FormOf(head []byte, l report.Layout) (Form, error) {
	for _, f := range []Form{{Language: "no"}, {Language: "en"}, {Language: "en", Machine: true}} {
		form, err := f.CSV(l)
		if err != nil {
			return f, err
		}
		line, err := form.AppendHead(nil)
		if err != nil {
			return f, err
		}
		if bytes.HasPrefix(head, line) {
			return f, nil
		}
	}
	return Form{}, ErrOtherForm
}

// Uncounted tells whether what a column says may change without the row being another: the
// contract's three, and the name of a store, which is not the payment's.
func Uncounted(key string) bool {
	switch key {
	case "status", "order_status", "fee", "settlement_id", "store":
		return true
	}
	return false
}

// A table is the shape of a report's rows.
type table struct {
	layout  report.Layout
	counted []int // columns
	form    Form
}

func newTable(l report.Layout, f Form) table {
	t := table{layout: l, form: f}
	for i, c := range l.Columns {
		if !Uncounted(c.Key) {
			t.counted = append(t.counted, i)
		}
	}
	return t
}

// each reads the rows of a CSV; marked ones end with their change. record is good until the next.
func (t table) each(in io.Reader, marked bool, take func(record []string) error) error {
	r, err := t.reader(in, marked)
	if err != nil {
		return err
	}
	if _, err := r.Read(); err != nil {
		return fmt.Errorf("head of the rows: %w", err)
	}
	return eachRecord(r, take)
}

// reader is of the lines of a CSV.
func (t table) reader(in io.Reader, marked bool) (*csv.Reader, error) {
	words, err := t.form.Words()
	if err != nil {
		return nil, err
	}
	comma := byte(',')
	if !t.form.Machine {
		comma = byte(words.CSVComma())
	}
	r := csv.NewReader(in)
	r.Comma, r.ReuseRecord, r.FieldsPerRecord = rune(comma), true, len(t.layout.Columns)
	if marked {
		r.FieldsPerRecord++
	}
	return r, nil
}

func eachRecord(r *csv.Reader, take func(record []string) error) error {
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = take(record)
		}
		if err != nil {
			return err
		}
	}
}

// Packed compresses rows for the ledger.
func Packed(rows []byte) ([]byte, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if _, err := zip.Write(rows); err != nil {
		return nil, err
	}
	err := zip.Close()
	return out.Bytes(), err
}

// Unpacked opens what Packed gave.
func Unpacked(data []byte) (io.ReadCloser, error) { return gzip.NewReader(bytes.NewReader(data)) }
