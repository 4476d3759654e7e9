package parts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"rapport/internal/ledger"
	"rapport/internal/split"
)

// Slugs gives what the parts of a report are called that were made before, by value; without a ledger, nil, none was.
func Slugs(ctx context.Context, l *ledger.Ledger, account, report string) (slugs map[string]string, err error) {
	if l == nil {
		return nil, nil
	}
	err = l.Read(ctx, func(tx ledger.Tx) error {
		slugs = map[string]string{}
		return tx.Each(func(columns func(dest ...any) error) error {
			var value, slug string
			err := columns(&value, &slug)
			slugs[value] = slug
			return err
		}, `SELECT value, slug FROM part WHERE account = ? AND report = ?`, account, report)
	})
	if err != nil {
		return nil, fmt.Errorf("parts of %s: %w", report, err)
	}
	return slugs, nil
}

// known is what the ledger knows of the parts of a report, by their ids: of which it has a period, and
// the last number of each. It is read at once, as there may be ten thousand.
type known struct {
	periods map[string]bool
	numbers map[string]int
}

func readKnown(ctx context.Context, l *ledger.Ledger, whole ledger.Key) (k known, err error) {
	const ofPart = ` JOIN part t ON t.account = p.account AND p.report = t.report || '.' || t.slug WHERE t.account = ? AND t.report = ?`
	err = l.Read(ctx, func(tx ledger.Tx) error {
		k = known{map[string]bool{}, map[string]int{}}
		err := tx.Each(func(columns func(dest ...any) error) error {
			id := ""
			err := columns(&id)
			k.periods[id] = true
			return err
		}, `SELECT p.report FROM period p`+ofPart+` AND p.from_at = ? AND p.to_at = ?`, whole.Account, whole.Report, whole.From, whole.To)
		if err != nil {
			return err
		}
		return tx.Each(func(columns func(dest ...any) error) error {
			id, last := "", 0
			err := columns(&id, &last)
			k.numbers[id] = last
			return err
		}, `SELECT p.report, p.last FROM report_number p`+ofPart, whole.Account, whole.Report)
	})
	if err != nil {
		return k, fmt.Errorf("periods of the parts of %s: %w", whole.Report, err)
	}
	return k, nil
}

// Known finds parts that were made before.
func Known(ctx context.Context, l *ledger.Ledger, account string) *split.Directory {
	return &split.Directory{Value: func(whole, slug string) (string, bool, error) { return Value(ctx, l, account, whole, slug) }}
}

// Value gives what the part of a name is about that was made before.
func Value(ctx context.Context, l *ledger.Ledger, account, report, slug string) (value string, found bool, err error) {
	err = l.Read(ctx, func(tx ledger.Tx) error {
		return tx.Row([]any{&value}, `SELECT value FROM part WHERE account = ? AND report = ? AND slug = ?`, account, report, slug)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("part %s of %s: %w", slug, report, err)
	}
	return value, true, nil
}
