package fetch

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
)

// Files reads payments from files in Dintero's own JSON: one row a line (NDJSON) or
// one array, plain or gzip, told apart by content. An empty path is no such data.
type Files struct {
	TransactionsFile string // what GET /transactions lists
	OrdersFile       string // orders, each with authorizations, captures, refunds and cancellations
	WalletsFile      string // wallet transactions, each with card_id
}

// Transactions yields every transaction of the file; what a query asks for is cut by the
// caller, who must see every copy of one to know the newest.
func (f Files) Transactions(ctx context.Context, _ Query) iter.Seq2[Transaction, error] {
	return readFile(ctx, "transactions", f.TransactionsFile, transaction)
}

// Orders yields every order of the file.
func (f Files) Orders(ctx context.Context, _ Query) iter.Seq2[Order, error] {
	return readFile(ctx, "orders", f.OrdersFile, wholeOrder)
}

// Wallets yields every wallet transaction of the file.
func (f Files) Wallets(ctx context.Context, _ Query) iter.Seq2[WalletTransaction, error] {
	return readFile(ctx, "wallets", f.WalletsFile, wholeWallet)
}

// errEnough unwinds a file whose reader wants no more.
var errEnough = errors.New("enough")

// readFile yields the rows of a file, one in memory at a time.
func readFile[R, T any](ctx context.Context, what, path string, convert rowConverter[R, T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		if path == "" {
			yield(none, fmt.Errorf("no file of %s is configured — name it under source.files.%s", what, what))
			return
		}
		each := func(row T) error {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			if !yield(row, nil) {
				return errEnough
			}
			return nil
		}
		if err := decodeFile(path, convert, each); err != nil && !errors.Is(err, errEnough) {
			yield(none, fmt.Errorf("%s: %w", path, err))
		}
	}
}

// decodeFile opens a file and gives each row to each.
func decodeFile[R, T any](path string, convert rowConverter[R, T], each func(T) error) error {
	file, err := os.Open(path)
	var wrong *os.PathError // repeats the path, which the caller names
	if errors.As(err, &wrong) {
		err = wrong.Err
	}
	if err != nil {
		return err
	}
	defer file.Close()
	return decodeRows(file, convert, each)
}

// decodeRows reads rows in either form, unpacked where they are packed.
func decodeRows[R, T any](r io.Reader, convert rowConverter[R, T], each func(T) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
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
		capped := &cappedReader{r: in, left: maxBody} // for each row anew
		_, err := decodeEach(capped, bare, convert, func(row T) error {
			capped.left = maxBody
			return each(row)
		})
		return err
	}
	return decodeLines(in, convert, each)
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
