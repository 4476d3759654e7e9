package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"rapport/fetch/internal/dinterojson"
	"rapport/internal/payment"
)

// Files reads payments from files in Dintero's own JSON: one row a line (NDJSON) or
// one array, plain or gzip, told apart by content. An empty path is no such data.
type Files struct {
	TransactionsFile string // what GET /transactions lists
	OrdersFile       string // orders, each with authorizations, captures, refunds and cancellations
	WalletsFile      string // wallet transactions, each with card_id
	SettlementsFile  string // what GET …/settlements lists in items
}

// Transactions yields every transaction of the file; what a query asks for is cut by the
// caller, who must see every copy of one to know the newest.
func (f Files) Transactions(ctx context.Context, _ payment.Query) iter.Seq2[payment.Transaction, error] {
	return readFile(ctx, "transactions", f.TransactionsFile, dinterojson.TransactionFile)
}

// Orders yields every order of the file.
func (f Files) Orders(ctx context.Context, _ payment.Query) iter.Seq2[payment.Order, error] {
	return readFile(ctx, "orders", f.OrdersFile, dinterojson.OrderFile)
}

// Wallets yields every wallet transaction of the file.
func (f Files) Wallets(ctx context.Context, _ payment.Query) iter.Seq2[payment.WalletTransaction, error] {
	return readFile(ctx, "wallets", f.WalletsFile, dinterojson.WalletFile)
}

// ChangedAt is when one of the files was written last.
func (f Files) ChangedAt() (last time.Time, err error) {
	for _, path := range []string{f.TransactionsFile, f.OrdersFile, f.WalletsFile} {
		if path == "" {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return last, err
		}
		if info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last, nil
}

// LacksTransactions tells whether there is no file of transactions, which settlements can do without.
func (f Files) LacksTransactions() bool { return f.TransactionsFile == "" }

// Settlements yields every settlement of the file. It has their attachments' names and not
// the attachments.
func (f Files) Settlements(ctx context.Context, _ payment.SettlementQuery) iter.Seq2[payment.Settlement, error] {
	return readFile(ctx, "settlements", f.SettlementsFile, dinterojson.SettlementFile)
}

// errEnough unwinds a file whose reader wants no more.
var errEnough = errors.New("enough")

// readFile yields the rows of a file in its order; few of them are in memory at once.
func readFile[T any](ctx context.Context, what, path string, decode func(io.Reader, func(T) error) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		if path == "" {
			yield(none, fmt.Errorf("no file of %s is configured — name it under source.files.%s", what, what))
			return
		}
		err := decodeFile(path, decode, func(row T) error {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			if !yield(row, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(none, fmt.Errorf("%s: %w", path, err))
		}
	}
}

// decodeFile opens a file and gives each row to each.
func decodeFile[T any](path string, decode func(io.Reader, func(T) error) error, each func(T) error) error {
	file, err := os.Open(path)
	if repeated := (*os.PathError)(nil); errors.As(err, &repeated) {
		err = repeated.Err // without the path, which the caller names
	}
	if err != nil {
		return err
	}
	defer file.Close()
	return decode(file, each)
}
