package render

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

var errFrame = errors.New("fpdf wrote a document that is not laid out as expected")

// frame is a document that fpdf made, taken apart into its objects, so that some can be
// exchanged and others added: the contents of the pages, the fonts.
type frame struct {
	head    []byte
	objects [][]byte // by number; the first is none
	trailer []byte
	table   int // where the objects end
}

// parseFrame takes what fpdf 0.9.0 writes apart.
func parseFrame(pdf []byte) (*frame, error) {
	table := bytes.LastIndex(pdf, []byte("\nxref\n0 ")) + 1
	trailer := bytes.LastIndex(pdf, []byte("\ntrailer\n")) + 1
	end := bytes.LastIndex(pdf, []byte("\nstartxref\n")) + 1
	if table == 0 || trailer < table || end < trailer {
		return nil, errFrame
	}
	lines := bytes.Split(pdf[table:trailer], []byte("\n"))
	if len(lines) < 5 { // "xref", the count, the free object, and an end of line
		return nil, errFrame
	}
	offsets := make([]int, 0, len(lines))
	for _, line := range lines[3 : len(lines)-1] {
		at, err := strconv.Atoi(string(line[:min(10, len(line))]))
		if err != nil || at <= 0 || at >= table {
			return nil, fmt.Errorf("%w: %q among the objects", errFrame, line)
		}
		offsets = append(offsets, at)
	}
	order := append(slices.Sorted(slices.Values(offsets)), table)
	f := &frame{head: pdf[:order[0]], objects: make([][]byte, 1, len(order)+16), trailer: pdf[trailer:end], table: table}
	for _, at := range offsets {
		next, _ := slices.BinarySearch(order, at)
		f.objects = append(f.objects, pdf[at:order[next+1]])
	}
	return f, nil
}

// find is the number of the object that holds some text, or 0.
func (f *frame) find(text string) int {
	return max(slices.IndexFunc(f.objects, func(o []byte) bool { return bytes.Contains(o, []byte(text)) }), 0)
}

// replace exchanges an object, add appends one and returns its number.
func (f *frame) replace(number int, body []byte) { f.objects[number] = object(number, body) }

func (f *frame) add(body []byte) int {
	f.objects = append(f.objects, object(len(f.objects), body))
	return len(f.objects) - 1
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

// write puts the document together again.
func (f *frame) write(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	out.Write(f.head)
	n, table := len(f.head), fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", len(f.objects))
	for _, object := range f.objects[1:] {
		table = fmt.Appendf(table, "%010d 00000 n \n", n)
		out.Write(object)
		n += len(object)
	}
	out.Write(table)
	out.Write(resized(f.trailer, len(f.objects)))
	fmt.Fprintf(out, "startxref\n%d\n%%%%EOF\n", n)
	return out.Flush() // errors stay in the writer until here
}

// resized is the trailer with the number of objects.
func resized(trailer []byte, size int) []byte {
	before, rest, found := bytes.Cut(trailer, []byte("/Size "))
	if !found {
		return trailer
	}
	_, after, _ := bytes.Cut(rest, []byte("\n"))
	return slices.Concat(before, fmt.Appendf(nil, "/Size %d\n", size), after)
}
