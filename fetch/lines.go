package fetch

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	blockSize = 128 << 10 // bytes of lines that are decoded in one go
	decoders  = 4         // at most side by side: more only wait for who writes the report
)

// decodeLines reads NDJSON: one row a line, blank lines skipped. Blocks of lines are
// decoded side by side, and their rows given to each in the order of the file; no
// more than a few blocks are in memory. When it returns, all its work has ended.
func decodeLines[R, T any](in io.Reader, convert rowConverter[R, T], each func(T) error) error {
	n := min(runtime.GOMAXPROCS(0), decoders) + 1
	idle, inOrder := make(chan *block[R, T], n), make(chan *block[R, T], n)
	for range n {
		idle <- &block[R, T]{rows: rowDecoder[R, T]{convert: convert}, decoded: make(chan struct{}, 1)}
	}
	stop := make(chan struct{})
	var running sync.WaitGroup
	defer running.Wait()
	defer close(stop)
	running.Go(func() {
		defer close(inOrder)
		readBlocks(in, idle, stop, func(b *block[R, T]) {
			inOrder <- b // there is room for all
			running.Go(b.decode)
		})
	})
	line, at := 1, int64(0)
	for b := range inOrder {
		<-b.decoded
		for i := range b.found {
			if err := each(b.found[i].row); err != nil {
				return b.found[i].within(line, at, err)
			}
		}
		if b.fault != nil {
			return b.end.within(line, at, b.fault)
		}
		line, at = line+b.end.line, at+b.end.at
		idle <- b
	}
	return nil
}

// readBlocks reads block after block to the end or the first fault.
func readBlocks[R, T any](in io.Reader, idle <-chan *block[R, T], stop <-chan struct{}, begin func(*block[R, T])) {
	var rest []byte
	var err error
	for first := true; err == nil; first = false {
		select {
		case <-stop:
			return
		case b := <-idle:
			rest, err = b.fill(in, rest)
			b.first = first
			begin(b)
		}
	}
}

// block is a number of whole lines and the rows in them.
type block[R, T any] struct {
	text    []byte
	first   bool  // of the file
	after   error // why the lines after these cannot be read
	rows    rowDecoder[R, T]
	dec     *jsontext.Decoder
	found   []placed[T]
	end     place // of the lines, or of the one at fault
	fault   error
	decoded chan struct{}
}

// place is a line within a block; both count from 0.
type place struct {
	line int
	at   int64 // bytes
}

type placed[T any] struct {
	place
	row T
}

// within tells err at the place of a file whose block begins at line and byte.
func (p place) within(line int, at int64, err error) error {
	return fmt.Errorf("line %d (byte %d): %w", line+p.line, at+p.at, err)
}

// fill reads the lines that begin with rest, and returns what it read of the line after them.
func (b *block[R, T]) fill(in io.Reader, rest []byte) ([]byte, error) {
	if b.text == nil {
		b.text = make([]byte, 0, blockSize)
	}
	b.text, b.after = append(b.text[:0], rest...), nil
	var err error
	lines := 0 // where the last of them ends
	for err == nil && (len(b.text) < cap(b.text) || lines == 0) {
		if len(b.text) > maxBody {
			err = errTooLong
			break
		}
		if len(b.text) == cap(b.text) {
			b.text = append(b.text, make([]byte, len(b.text))...)[:len(b.text)]
		}
		var n int
		n, err = in.Read(b.text[len(b.text):cap(b.text)])
		if end := bytes.LastIndexByte(b.text[len(b.text):len(b.text)+n], '\n') + 1; end > 0 {
			lines = len(b.text) + end
		}
		b.text = b.text[:len(b.text)+n]
	}
	switch {
	case err == io.EOF:
		lines = len(b.text) // the last line needs no end
	case err != nil:
		b.after = err
	}
	rest = append(rest[:0], b.text[lines:]...)
	b.text = b.text[:lines]
	return rest, err
}

// decode reads the rows of the lines.
func (b *block[R, T]) decode() {
	defer func() { b.decoded <- struct{}{} }()
	b.found, b.end, b.fault = b.found[:0], place{}, nil
	for int(b.end.at) < len(b.text) {
		line := b.text[b.end.at:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		content := line
		if b.first && b.end.line == 0 {
			content = bytes.TrimPrefix(content, []byte(byteOrderMark))
		}
		if content = bytes.TrimSpace(content); len(content) > 0 {
			row, err := b.decodeLine(content)
			if err != nil {
				b.fault = err
				return
			}
			b.found = append(b.found, placed[T]{b.end, row})
		}
		b.end.line++
		b.end.at += int64(len(line))
	}
	b.fault = b.after
}

// decodeLine reads the one value of a line.
func (b *block[R, T]) decodeLine(line []byte) (T, error) {
	if row, end, err := b.rows.scan(line, 0); end == len(line) {
		return row, err
	}
	var none T
	if !utf8.Valid(line) {
		return none, errNotUTF8
	}
	if b.dec == nil {
		b.dec = newDecoder(bytes.NewReader(nil))
	}
	b.dec.Reset(bytes.NewBuffer(line), jsontext.AllowInvalidUTF8(true)) // as newDecoder
	row, err := b.rows.decode(b.dec)
	if err != nil {
		return none, err
	}
	return row, decodeEnd(b.dec, 0)
}
