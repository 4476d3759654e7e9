package reportconfig

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// shift says that from a column of a line on, the text the parser saw stands that much left of where it stands in
// the file.
type shift struct{ line, column, by int }

// plainJSON rewrites what JSON allows and yaml.v3 does not: tabs between tokens, \/ and surrogate pairs. It keeps
// note of what moved. lone is the offset of a surrogate without its other half, or -1.
func (d *document) plainJSON(data []byte) (plain []byte, lone int) {
	var out bytes.Buffer
	at, moved := newCursor(), shift{}
	write := func(r rune, escaped int) {
		out.WriteRune(r)
		at.pass(r)
		if escaped == 0 {
			return
		}
		if moved.line != at.line {
			moved = shift{line: at.line}
		}
		moved.column, moved.by = at.column, moved.by+escaped-1
		d.shifts = append(d.shifts, moved)
	}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == '\t': // valid JSON has no tab inside a string
			write(' ', 0)
		case r != '\\':
			write(r, 0)
		case data[i+1] == '/':
			write('/', 2)
			size = 2
		case utf16.IsSurrogate(unit(data[i:])):
			r := utf16.DecodeRune(unit(data[i:]), unit(data[i+6:]))
			if r == utf8.RuneError {
				return nil, i
			}
			write(r, 12)
			size = 12
		default:
			write('\\', 0)
			write(rune(data[i+1]), 0)
			size = 2
		}
		i += size
	}
	return out.Bytes(), -1
}

// unit reads the \uXXXX that data begins with; what is none is 0.
func unit(data []byte) rune {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(n)
}

// place returns where in the file stands what the parser saw at line and column.
func (d *document) place(line, column int) (int, int) {
	n, _ := slices.BinarySearchFunc(d.shifts, shift{line: line, column: column}, func(a, b shift) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	if n == 0 || d.shifts[n-1].line != line {
		return line, column
	}
	return line, column + d.shifts[n-1].by
}
