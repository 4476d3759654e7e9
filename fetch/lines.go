package fetch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// decodeLines reads NDJSON: one row a line, blank lines skipped.
func decodeLines[R, T any](in *bufio.Reader, convert rowConverter[R, T], each func(T) error) error {
	var (
		row  T
		rows = rowDecoder[R, T]{convert: convert, each: func(r T) error { row = r; return nil }}
		dec  = newDecoder(bytes.NewReader(nil))
		long []byte // a line that is longer than the buffer; reused
		at   int64
	)
	for n := 1; ; n++ {
		line, err := nextLine(in, &long)
		if err != nil && err != io.EOF {
			return fmt.Errorf("line %d (byte %d): %w", n, at, err)
		}
		content := line
		if n == 1 {
			content = bytes.TrimPrefix(content, []byte(byteOrderMark))
		}
		if content = bytes.TrimSpace(content); len(content) > 0 {
			err := decodeLine(dec, content, rows.decode)
			if err == nil {
				err = each(row)
			}
			if err != nil {
				return fmt.Errorf("line %d (byte %d): %w", n, at, err)
			}
		}
		if err == io.EOF {
			return nil
		}
		at += int64(len(line))
	}
}

// nextLine is the next line with its end; it is valid until the next call.
func nextLine(in *bufio.Reader, long *[]byte) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	*long = append((*long)[:0], line...)
	for errors.Is(err, bufio.ErrBufferFull) {
		if len(*long) > maxBody {
			return nil, errTooLong
		}
		line, err = in.ReadSlice('\n')
		*long = append(*long, line...)
	}
	return *long, err
}

// decodeLine reads the one value of a line.
func decodeLine(dec *jsontext.Decoder, line []byte, decode func(*jsontext.Decoder) error) error {
	if !utf8.Valid(line) {
		return errNotUTF8
	}
	dec.Reset(bytes.NewBuffer(line), jsontext.AllowInvalidUTF8(true)) // as newDecoder
	if err := decode(dec); err != nil {
		return err
	}
	return decodeEnd(dec)
}
