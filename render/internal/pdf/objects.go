package pdf

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

var errObjects = errors.New("fpdf wrote a document that is not laid out as expected")

// objects is a document that fpdf wrote, taken apart into its objects, so that some can be
// replaced and others added: page contents, fonts. A structure tree would be added here.
type objects struct {
	header  []byte
	list    [][]byte // by number, each from "1 0 obj" to "endobj"; the first is none
	parsed  int      // how many there were
	trailer []byte
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
	o := &objects{header: pdf[:order[0]], list: make([][]byte, 1, len(order)+16), trailer: pdf[trailer:end]}
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

// write writes the document: the objects by their numbers, then their offsets.
func (o *objects) write(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	out.Write(o.header)
	at, table := len(o.header), fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", len(o.list))
	for _, object := range o.list[1:] {
		table = fmt.Appendf(table, "%010d 00000 n \n", at)
		out.Write(object)
		at += len(object)
	}
	out.Write(table)
	out.Write(bytes.Replace(o.trailer, size(o.parsed), size(len(o.list)), 1))
	fmt.Fprintf(out, "startxref\n%d\n%%%%EOF\n", at)
	return out.Flush() // the first error of all writes
}

// size is the line of the trailer that says how many objects there are.
func size(objects int) []byte { return fmt.Appendf(nil, "/Size %d\n", objects) }
