package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

var errObjects = errors.New("fpdf wrote a document that is not laid out as expected")

// objects is a document that fpdf wrote, taken apart into its objects, so that some can be
// replaced and others added: page contents, fonts, the structure tree.
type objects struct {
	list    [][]byte // by number, each from "1 0 obj" to "endobj"; the first is none
	parsed  int      // how many there were
	trailer []byte   // entries of its dictionary
	packed  packed
}

// parseObjects takes apart what fpdf 0.9.0 writes, by its cross-reference table.
func parseObjects(pdf []byte) (*objects, error) {
	table := bytes.LastIndex(pdf, []byte("\nxref\n0 ")) + 1
	trailer := bytes.LastIndex(pdf, []byte("\ntrailer\n")) + 1
	end := bytes.LastIndex(pdf, []byte("\nstartxref\n")) + 1
	if table == 0 || trailer < table || end < trailer {
		return nil, errObjects
	}
	lines := bytes.Split(pdf[table:trailer], []byte("\n"))
	if len(lines) < 5 { // "xref", the count, the free object, and an end of line
		return nil, errObjects
	}
	offsets := make([]int, 0, len(lines))
	for _, line := range lines[3 : len(lines)-1] {
		at, err := strconv.Atoi(string(line[:min(10, len(line))]))
		if err != nil || at <= 0 || at >= table {
			return nil, fmt.Errorf("%w: %q among the objects", errObjects, line)
		}
		offsets = append(offsets, at)
	}
	order := append(slices.Sorted(slices.Values(offsets)), table)
	o := &objects{list: make([][]byte, 1, len(order)+16), trailer: trailerEntries(pdf[trailer:end])}
	for _, at := range offsets {
		next, _ := slices.BinarySearch(order, at)
		o.list = append(o.list, pdf[at:order[next+1]])
	}
	o.parsed = len(o.list)
	return o, nil
}

// find is the number of the object that holds text, or 0.
func (o *objects) find(text string) int {
	return max(slices.IndexFunc(o.list, func(object []byte) bool { return bytes.Contains(object, []byte(text)) }), 0)
}

// replace exchanges an object.
func (o *objects) replace(number int, body []byte) { o.list[number] = object(number, body) }

// insert adds entries behind a line of an object; false where there is no such line.
func (o *objects) insert(number int, line, entries string) bool {
	before, after, found := bytes.Cut(o.list[number], []byte(line))
	o.list[number] = slices.Concat(before, []byte(line), []byte(entries), after)
	return found
}

// add appends an object and returns its number.
func (o *objects) add(body []byte) int {
	o.list = append(o.list, object(len(o.list), body))
	return len(o.list) - 1
}

func object(number int, body []byte) []byte {
	out := make([]byte, 0, len(body)+32)
	out = append(strconv.AppendInt(out, int64(number), 10), " 0 obj\n"...)
	return append(append(out, body...), "\nendobj\n"...)
}

// stream is the body of an object that holds compressed data; more are further entries.
func stream(data []byte, more string) []byte {
	out := make([]byte, 0, len(data)+len(more)+64)
	out = fmt.Appendf(out, "<</Filter /FlateDecode /Length %d%s>>\nstream\n", len(data), more)
	return append(append(out, data...), "\nendstream"...)
}

// trailerEntries are the root and the information of a trailer.
func trailerEntries(trailer []byte) []byte {
	_, entries, _ := bytes.Cut(trailer, []byte("/Root "))
	entries, _, _ = bytes.Cut(entries, []byte("\n>>"))
	return append([]byte("/Root "), entries...)
}
