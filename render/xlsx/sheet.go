package xlsx

import (
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"rapport/internal/content"
	"rapport/internal/money"
)

// How wide columns are, in characters, and of how many rows that is found out.
const (
	narrowest, widest = 8, 48
	measuredRows      = 500
)

// flushed is how many bytes of rows are kept before they are written.
const flushed = 64 << 10

// sheet is a part of the file that is being written.
type sheet struct {
	name    string
	columns []content.Column
	part    int // how many sheets of the same name come before it
	rows    int
	out     io.Writer
	begun   bool // the widths are written
	buf     []byte
	widths  []int
}

// add writes a row.
func (s *sheet) add(bold bool, cells []content.Value) (err error) {
	s.rows++
	s.buf = append(strconv.AppendInt(append(s.buf, `<row r="`...), int64(s.rows), 10), `">`...)
	for i := range cells {
		from := len(s.buf)
		if s.buf, err = s.cell(i, bold, &cells[i]); err != nil {
			return fmt.Errorf("xlsx: row %d, column %d: %w", s.rows, i+1, err)
		}
		if len(s.buf) > from {
			s.measure(i, bold, &cells[i])
		}
	}
	s.buf = append(s.buf, "</row>"...)
	if s.begun && len(s.buf) < flushed || !s.begun && s.rows < measuredRows {
		return nil
	}
	return s.flush()
}

// cell appends a cell; a blank one is none.
func (s *sheet) cell(column int, bold bool, v *content.Value) ([]byte, error) {
	dst, style := s.buf, styleText
	if bold {
		style = styleBold
	}
	switch v.Kind {
	case content.Blank:
		return dst, nil
	case content.Text:
		return s.text(column, style, v.Text), nil
	case content.Time:
		style = styleTime
		dst = appendSerial(s.number(column, style), v.Time)
	case content.Date:
		dst = appendSerial(s.number(column, styleDate), v.Time)
	case content.Integer:
		dst = strconv.AppendInt(s.number(column, styleInteger), v.Number, 10)
	case content.Money:
		digits, _ := v.Code.Decimals()
		if v.Number > exact || v.Number < -exact { // more digits than a spreadsheet calculates with
			return s.text(column, style, money.Amount{Minor: v.Number, Currency: v.Code}.Decimal(".")), nil
		}
		dst = append(s.number(column, styleAmount+min(digits, maxDecimals)), money.Amount{Minor: v.Number, Currency: v.Code}.Decimal(".")...)
	case content.Decimal:
		if !isNumber(v.Text) {
			return s.text(column, style, v.Text), nil
		}
		dst = append(s.number(column, styleDecimal), v.Text...)
	default:
		return nil, fmt.Errorf("no such kind of value: %d", v.Kind)
	}
	return append(dst, "</v></c>"...), nil
}

const exact = 999_999_999_999_999

// number begins a cell that holds a number.
func (s *sheet) number(column, style int) []byte {
	dst := s.reference(column)
	return append(strconv.AppendInt(append(dst, `" s="`...), int64(style), 10), `"><v>`...)
}

func (s *sheet) text(column, style int, text string) []byte {
	dst := s.reference(column)
	dst = append(strconv.AppendInt(append(dst, `" s="`...), int64(style), 10), `" t="inlineStr"><is><t xml:space="preserve">`...)
	return append(appendEscaped(dst, text), "</t></is></c>"...)
}

// reference begins a cell: its place, "B7".
func (s *sheet) reference(column int) []byte {
	return strconv.AppendInt(append(append(s.buf, `<c r="`...), letters(column)...), int64(s.rows), 10)
}

// letters name a column: A, B … Z, AA.
func letters(column int) string {
	if column < 26 {
		return string(rune('A' + column))
	}
	return letters(column/26-1) + letters(column%26)
}

// appendSerial writes a time as the days since the end of 1899, on the clock of its zone.
func appendSerial(dst []byte, t time.Time) []byte {
	_, offset := t.Zone()
	seconds := t.Unix() + int64(offset) - time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
	return strconv.AppendFloat(dst, float64(seconds)/86400, 'f', -1, 64)
}

// isNumber tells whether text is a decimal number that a spreadsheet keeps as it is.
func isNumber(text string) bool {
	digits := 0
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '-' && i == 0 || r == '.' && i > 0:
		default:
			return false
		}
	}
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && digits <= 15
}

// measure widens a column for a cell.
func (s *sheet) measure(column int, bold bool, v *content.Value) {
	if s.begun {
		return
	}
	for len(s.widths) <= column {
		s.widths = append(s.widths, narrowest)
	}
	width := 14
	switch v.Kind {
	case content.Text, content.Decimal:
		width = min(utf8.RuneCountInString(v.Text), widest) + 2
	case content.Time:
		width = 20
	}
	if bold && len(s.columns) > 0 {
		width += 3 // for the filter's arrow
	}
	if len(s.columns) > 0 || column > 0 || !bold { // the title of a table may run into its neighbours
		s.widths[column] = max(s.widths[column], width)
	}
}

// flush writes what is kept, and before all else what a sheet begins with.
func (s *sheet) flush() error {
	if !s.begun {
		s.begun = true
		head := `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + `<worksheet xmlns="` + mainNamespace + `"><sheetViews><sheetView workbookViewId="0"`
		if len(s.columns) > 0 {
			head += `><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`
		} else {
			head += ` showGridLines="0"/></sheetViews>`
		}
		head += `<sheetFormatPr defaultRowHeight="15"/>`
		if len(s.widths) > 0 {
			head += "<cols>"
			for i, width := range s.widths {
				head += fmt.Sprintf(`<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, width)
			}
			head += "</cols>"
		}
		if _, err := io.WriteString(s.out, head+"<sheetData>"); err != nil {
			return fmt.Errorf("xlsx: %w", err)
		}
	}
	_, err := s.out.Write(s.buf)
	if s.buf = s.buf[:0]; err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

func (s *sheet) end() error {
	if err := s.flush(); err != nil {
		return err
	}
	tail := "</sheetData>"
	if len(s.columns) > 0 {
		tail += `<autoFilter ref="` + s.area("") + `"/>`
	}
	tail += `<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>`
	if _, err := io.WriteString(s.out, tail); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

// area is all cells of the sheet: "A1:Y100".
func (s *sheet) area(dollar string) string {
	return fmt.Sprintf("%sA%s1:%s%s%s%d", dollar, dollar, dollar, letters(len(s.columns)-1), dollar, s.rows)
}
