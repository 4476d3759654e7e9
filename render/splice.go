package render

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

var errFrame = errors.New("fpdf wrote a document that is not laid out as expected")

// splice writes the document that fpdf made with the contents of its pages exchanged,
// and the table of where its objects are written anew. In what fpdf 0.9.0 writes, page n
// is object 2n+1 and its contents are the object after it; all pages come first.
func splice(w io.Writer, frame []byte, contents [][]byte) error {
	table := bytes.LastIndex(frame, []byte("\nxref\n0 ")) + 1
	trailer := bytes.LastIndex(frame, []byte("\ntrailer\n")) + 1
	end := bytes.LastIndex(frame, []byte("\nstartxref\n")) + 1
	if table == 0 || trailer < table || end < trailer {
		return errFrame
	}
	out := &counter{w: bufio.NewWriterSize(w, 1<<16)}
	offsets, at := map[int]int{}, 0
	for i, content := range contents {
		number := 2*i + 4
		head := fmt.Appendf(nil, "\n%d 0 obj\n<</Length ", number)
		from := bytes.Index(frame[at:], head)
		if from < 0 {
			return fmt.Errorf("%w: no contents of page %d", errFrame, i+1)
		}
		from += at + 1
		tail := bytes.Index(frame[from:], []byte("\nendstream\nendobj\n"))
		if tail < 0 {
			return fmt.Errorf("%w: no end of page %d", errFrame, i+1)
		}
		out.shift(offsets, frame, at, from)
		at = from + tail + len("\nendstream\nendobj\n")
		offsets[from] = out.n
		fmt.Fprintf(out, "%d 0 obj\n<</Filter /FlateDecode /Length %d>>\nstream\n", number, len(content))
		out.Write(content)
		io.WriteString(out, "\nendstream\nendobj\n")
	}
	moved := out.n - at // by which all that follows is moved
	out.Write(frame[at:table])
	start := out.n
	if err := writeTable(out, frame[table:trailer], offsets, at, moved); err != nil {
		return err
	}
	out.Write(frame[trailer:end])
	fmt.Fprintf(out, "startxref\n%d\n%%%%EOF\n", start)
	return out.w.Flush()
}

// shift copies frame[from:to] and notes where each page object in it went.
func (c *counter) shift(offsets map[int]int, frame []byte, from, to int) {
	if i := bytes.LastIndex(frame[from:to], []byte(" 0 obj\n<</Type /Page\n")); i >= 0 {
		line := bytes.LastIndexByte(frame[from:from+i], '\n') + 1
		offsets[from+line] = c.n + line
	}
	c.Write(frame[from:to])
}

// writeTable writes the table of objects with their new offsets.
func writeTable(w io.Writer, table []byte, offsets map[int]int, at, moved int) error {
	for i, line := range bytes.SplitAfter(table, []byte("\n")) {
		if i < 3 || len(line) == 0 { // "xref", the count, and the free object 0
			w.Write(line)
			continue
		}
		old, err := strconv.Atoi(string(line[:min(10, len(line))]))
		if err != nil {
			return fmt.Errorf("%w: %q among the objects", errFrame, line)
		}
		place, known := offsets[old]
		if !known && old < at {
			return fmt.Errorf("%w: an object at %d", errFrame, old)
		} else if !known {
			place = old + moved
		}
		fmt.Fprintf(w, "%010d 00000 n \n", place)
	}
	return nil
}

// counter counts what is written; errors stay in its writer until the end.
type counter struct {
	w *bufio.Writer
	n int
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return c.w.Write(p)
}
