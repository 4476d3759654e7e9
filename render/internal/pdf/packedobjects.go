package pdf

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
)

// packed are small objects of which there are many: a cell of a table is one. They are
// made where they are written, in compressed streams of some thousand each.
type packed struct {
	count  int
	append func(dst []byte, i, first int) []byte // the body of one; first is the number of the first
}

// inStream is how many objects a stream holds: readers unpack all of them to read one.
const inStream = 2000

// pack adds objects behind all others, which must be there, and returns the number of the first.
func (o *objects) pack(count int, body func(dst []byte, i, first int) []byte) int {
	o.packed = packed{count, body}
	return len(o.list)
}

// header says what the file is, and to programs that look at its bytes that it is no text.
const header = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"

// write writes the document: the objects by their numbers, those that are packed, and where
// each is, in a table that is a stream itself.
func (o *objects) write(w io.Writer, c *compressor) error {
	streams, err := o.streams(c)
	if err != nil {
		return err
	}
	digest := sha256.New()
	file := bufio.NewWriterSize(w, 1<<16)
	out := &countingWriter{to: io.MultiWriter(file, digest)}
	fmt.Fprint(out, header)
	table := newCrossReferences(len(o.list) + o.packed.count + len(streams) + 1)
	table.add(0, 0, 0xffff)
	for _, object := range o.list[1:] {
		table.add(1, out.written, 0)
		out.Write(object)
	}
	number := len(o.list) + o.packed.count // of the next stream
	for i := range o.packed.count {
		table.add(2, number+i/inStream, i%inStream)
	}
	for _, s := range streams {
		table.add(1, out.written, 0)
		fmt.Fprintf(out, "%d 0 obj\n", number)
		out.Write(s)
		io.WriteString(out, "\nendobj\n")
		number++
	}
	at := out.written
	table.add(1, at, 0)
	rows, err := c.compress(table.rows)
	if err != nil {
		return err
	}
	id := digest.Sum(nil)[:16]
	out.Write(object(number, stream(rows, fmt.Sprintf(" /Type /XRef /Size %d /W [1 4 2] /DecodeParms <</Predictor 12 /Columns %d>> /ID [<%x> <%x>]\n%s", number+1, rowSize, id, id, o.trailer))))
	fmt.Fprintf(out, "startxref\n%d\n%%%%EOF\n", at)
	return file.Flush() // the first error of all writes
}

// streams are the packed objects: in each stream their numbers and places, then they.
func (o *objects) streams(c *compressor) ([][]byte, error) {
	var places, bodies []byte
	var lengths []int // of the places
	var contents []*compressed
	first := len(o.list)
	for from := 0; from < o.packed.count; from += inStream {
		places, bodies = places[:0], bodies[:0]
		for i := from; i < min(from+inStream, o.packed.count); i++ {
			places = append(strconv.AppendInt(places, int64(first+i), 10), ' ')
			places = append(strconv.AppendInt(places, int64(len(bodies)), 10), ' ')
			bodies = append(o.packed.append(bodies, i, first), '\n')
		}
		lengths = append(lengths, len(places))
		places = append(places, bodies...)
		contents = append(contents, c.add(places))
	}
	c.wait()
	out := make([][]byte, len(contents))
	for i, content := range contents {
		if content.err != nil {
			return nil, content.err
		}
		count := min(inStream, o.packed.count-i*inStream)
		out[i] = stream(content.data, fmt.Sprintf(" /Type /ObjStm /N %d /First %d", count, lengths[i]))
	}
	return out, nil
}

// crossReferences is the table of where objects are. Each row holds what differs from the
// row before it, which makes nearly all bytes the same.
type crossReferences struct {
	rows []byte
	last [rowSize]byte
}

const rowSize = 7

func newCrossReferences(objects int) *crossReferences {
	return &crossReferences{rows: make([]byte, 0, objects*(1+rowSize))}
}

// add adds the next object: one at a place in the file, or one in a stream with its place there.
func (c *crossReferences) add(kind byte, at, index int) {
	var row [rowSize]byte
	row[0] = kind
	binary.BigEndian.PutUint32(row[1:], uint32(at))
	binary.BigEndian.PutUint16(row[5:], uint16(index))
	c.rows = append(c.rows, 2) // the predictor "up"
	for i, b := range row {
		c.rows = append(c.rows, b-c.last[i])
	}
	c.last = row
}

type countingWriter struct {
	to      io.Writer
	written int
}

func (c *countingWriter) Write(p []byte) (int, error) {
	c.written += len(p)
	return c.to.Write(p)
}
