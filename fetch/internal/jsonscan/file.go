package jsonscan

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

// DecodeFile reads the rows of a file: one a line (NDJSON) or one array, plain or gzip, told
// apart by content. Each row is given to each as soon as those before it were. rows makes
// what reads them; several may be at work at once, each for other rows.
func DecodeFile[R, T any](file io.Reader, rows func() *Rows[R, T], each func(T) error) error {
	in := bufio.NewReaderSize(file, 64<<10)
	if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return fmt.Errorf("gzip: %w", err)
		}
		in = bufio.NewReaderSize(unpacked, 64<<10)
	}
	switch first, err := firstByte(in); {
	case err == io.EOF:
		return nil
	case err != nil:
		return err
	case first == '[':
		return rows().ScanArray(in, each)
	}
	return decodeLines(in, rows, each)
}

// firstByte is the first byte of the content, which stays unread; white space and a
// byte order mark before it are skipped as far as a buffer reaches.
func firstByte(in *bufio.Reader) (byte, error) {
	head, err := in.Peek(4 << 10)
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	if head = bytes.TrimLeft(head, " \t\r\n"); len(head) > 0 {
		return head[0], nil
	}
	if err == nil {
		return ' ', nil
	}
	return 0, err
}
