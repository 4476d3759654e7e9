package served

import (
	"context"
	"fmt"
	"time"

	"rapport/internal/ledger"
)

// A DayFigure is what there was of one event on one UTC day, of one payment type and currency.
type DayFigure struct {
	Day                          time.Time // its midnight, UTC
	Event, ProductType, Currency string
	Count, Sum                   int64 // Sum in minor units
}

// Coverage says which days were read: all from a day on, the last time at an instant. Zero: none.
type Coverage struct{ From, ReadAt time.Time }

// Coverage gives an account's.
func (t figures) Coverage(ctx context.Context, account string) (c Coverage, err error) {
	err = t.db.Read(ctx, func(tx ledger.Tx) error {
		c, err = coverageOf(tx, account)
		return err
	})
	return c, err
}

func coverageOf(tx ledger.Tx, account string) (c Coverage, err error) {
	_, err = none(tx.Row([]any{&c.From, &c.ReadAt}, `SELECT from_day, read_at FROM kpi_coverage WHERE account = ?`, account))
	return c, err
}

// RecordFigures replaces all figures of an account from a day on by what was read of it. A
// reading that began before the last one ended, or that would leave days between unread, is
// refused: the next one reads more.
func (t figures) RecordFigures(ctx context.Context, account string, read Coverage, figures []DayFigure) error {
	return t.db.Write(ctx, func(tx ledger.Tx) error {
		known, err := coverageOf(tx, account)
		if err != nil {
			return err
		}
		if read.ReadAt.Before(known.ReadAt) || !known.ReadAt.IsZero() && read.From.After(known.ReadAt) {
			return fmt.Errorf("key figures of %s: read since %s at %s, after a reading at %s", account, read.From, read.ReadAt, known.ReadAt)
		}
		if _, err := tx.Exec(`DELETE FROM kpi_day WHERE account = ? AND day >= ?`, account, read.From); err != nil {
			return err
		}
		for _, f := range figures {
			if f.Day.Before(read.From) {
				continue
			}
			_, err := tx.Exec(`INSERT INTO kpi_day (account, day, event, product_type, currency, count, sum, read_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
				account, f.Day, f.Event, clean(f.ProductType, 200), f.Currency, f.Count, f.Sum, read.ReadAt)
			if err != nil {
				return err
			}
		}
		from := read.From
		if !known.ReadAt.IsZero() && known.From.Before(from) {
			from = known.From
		}
		_, err = tx.Exec(`INSERT INTO kpi_coverage (account, from_day, read_at) VALUES (?, ?, ?)
			ON CONFLICT (account) DO UPDATE SET from_day = excluded.from_day, read_at = excluded.read_at`, account, from, read.ReadAt)
		return err
	})
}

// Figures gives those of an event from a day on, by day, payment type and currency.
func (t figures) Figures(ctx context.Context, account, event string, from time.Time) ([]DayFigure, error) {
	return list(ctx, t.db, func(columns func(dest ...any) error) (f DayFigure, err error) {
		return f, columns(&f.Day, &f.Event, &f.ProductType, &f.Currency, &f.Count, &f.Sum)
	}, `SELECT day, event, product_type, currency, count, sum FROM kpi_day WHERE account = ? AND event = ? AND day >= ? ORDER BY day, product_type, currency`, account, event, from)
}
