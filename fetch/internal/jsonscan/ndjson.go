package jsonscan

import (
	"bufio"
	"bytes"
	"fmt"
	"hash/maphash"
	"io"
	"runtime"
	"slices"
	"sync"
	"unicode/utf8"
)

const (
	blockSize   = 128 << 10 // bytes of lines that are decoded in one go, at least
	maxDecoders = 4         // at most side by side: more only wait for whoever takes the rows
)

// decodeLines reads NDJSON: one row a line, blank lines skipped. Blocks of lines are read one
// after the other, decoded side by side, and their rows given to each in the order of the
// file; only these blocks are in memory. When it returns, all its work has ended.
func decodeLines[R, T any](in *bufio.Reader, rows func() *Rows[R, T], each func(T) error) error {
	ring := make([]block[R, T], min(runtime.GOMAXPROCS(0), maxDecoders)+1)
	defer func() {
		for i := range ring {
			ring[i].working.Wait()
		}
	}()
	var rest []byte // of the block before: the beginning of a line
	var end error   // of the file; seen by one block after the other
	before := make(chan struct{})
	close(before)
	begin := func(b *block[R, T], first bool) {
		read, last := make(chan struct{}), before
		before = read
		b.working.Go(func() {
			<-last
			if b.beyond = end != nil; !b.beyond {
				rest, end = b.read(in, rest)
			}
			if close(read); !b.beyond {
				b.decode(first)
			}
		})
	}
	for i := range ring {
		ring[i].rows = rows()
		begin(&ring[i], i == 0)
	}
	for i, line, at := 0, 1, int64(0); ; i++ {
		b := &ring[i%len(ring)]
		if b.working.Wait(); b.beyond {
			return nil
		}
		for k := range b.found {
			if err := each(b.found[k].row); err != nil {
				return b.found[k].inLine(line, at, err)
			}
		}
		if b.fault != nil {
			return b.end.inLine(line, at, b.fault)
		}
		line, at = line+b.end.line, at+b.end.at
		begin(b, false)
	}
}

// block is a number of whole lines and the rows in them.
type block[R, T any] struct {
	text    []byte
	beyond  bool  // the file ended before it
	readErr error // why the lines after these cannot be read
	rows    *Rows[R, T]
	decoder *Decoder
	working sync.WaitGroup
	found   []found[T]
	end     position // of the lines, or of the one at fault
	fault   error
}

// found is a row and where its line begins.
type found[T any] struct {
	position
	row T
}

// position is that of a line within a block; both count from 0.
type position struct {
	line int
	at   int64 // bytes
}

// inLine tells err at the position of a file whose block begins at line and byte.
func (p position) inLine(line int, at int64, err error) error {
	return fmt.Errorf("line %d (byte %d): %w", line+p.line, at+p.at, err)
}

// read reads the lines of a block: rest and blockSize bytes more, or as many as a line needs.
// It returns what it read of the next line, in the memory of rest. An error ends the file; of
// the line that it interrupts nothing is kept.
func (b *block[R, T]) read(in io.Reader, rest []byte) (next []byte, err error) {
	b.text = append(slices.Grow(b.text[:0], len(rest)+blockSize), rest...)
	whole := 0 // bytes of whole lines
	for most := len(rest) + blockSize; err == nil && whole == 0; most += blockSize {
		from := len(b.text)
		b.text = slices.Grow(b.text, most-from)
		for err == nil && len(b.text) < most {
			var n int
			n, err = in.Read(b.text[len(b.text):most])
			b.text = b.text[:len(b.text)+n]
		}
		if last := bytes.LastIndexByte(b.text[from:], '\n'); last >= 0 {
			whole = from + last + 1
		} else if err == nil && len(b.text) > maxRow+blockSize {
			err = errRowTooLong
		}
	}
	if b.readErr = err; err == io.EOF {
		b.readErr, whole = nil, len(b.text) // the last line needs no end
	}
	next = append(rest[:0], b.text[whole:]...)
	b.text = b.text[:whole]
	return next, err
}

// decode reads the rows of the lines; first: the file begins with them.
func (b *block[R, T]) decode(first bool) {
	b.found, b.end, b.fault = b.found[:0], position{}, nil
	for int(b.end.at) < len(b.text) {
		line := b.text[b.end.at:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		content := line
		if first && b.end.line == 0 {
			content = bytes.TrimPrefix(content, []byte(byteOrderMark))
		}
		if content = bytes.TrimSpace(content); len(content) > 0 {
			row, err := b.decodeLine(content)
			if err != nil {
				b.fault = err
				return
			}
			b.found = append(b.found, found[T]{b.end, row})
		}
		b.end.line++
		b.end.at += int64(len(line))
	}
	b.fault = b.readErr
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
	if b.decoder == nil {
		b.decoder = &Decoder{dec: newTextDecoder(bytes.NewReader(nil)), seed: maphash.MakeSeed()}
	}
	b.decoder.dec.Reset(bytes.NewBuffer(line), decoderOptions()...)
	row, err := b.rows.decode(b.decoder)
	if err != nil {
		return none, err
	}
	return row, b.decoder.End()
}
