// Package vouchers keeps in a ledger what the reports of settlements leave for the next, and which
// settlements were booked under which numbers. It refuses a report that was overtaken by another.
package vouchers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/internal/ledger/checksum"
	"rapport/internal/ledger/database"
)

// ErrOvertaken is wrapped when a report of settlements was made of what is not the newest any
// more: another one of it was recorded in between, or booked the same settlement or number.
var ErrOvertaken = errors.New("another report was recorded in between")

// Settlements are what the reports of settlements leave for the next, and which settlements
// were booked. All methods may be called at any time, from any goroutine.
type Settlements struct{ db *database.DB }

// Of are those of a database.
func Of(db *database.DB) Settlements { return Settlements{db} }

// A Record is what a report of settlements left.
type Record struct {
	Name     string // of the period
	From, To time.Time
	Data     []byte // the report's own
}

// A Voucher is a settlement that was booked, and its number in the series of a report.
type Voucher struct {
	Settlement, Currency string
	Report               string
	Number               int
}

// Made is what a report of settlements leaves when it is made.
type Made struct {
	Newest   time.Time // end of the newest record of a period before it that was known; zero: none was
	Data     []byte
	Vouchers []Voucher // their Report is the period's
}

// KeptRecords is for how long before a period records of its report are kept.
const KeptRecords = 500 * 24 * time.Hour

// SettlementRecords hands over the records of a report, the oldest first, one at a time, as together they
// may be more than memory holds; where reading is begun anew some come again.
func (l Settlements) SettlementRecords(ctx context.Context, account, report string, each func(Record) error) error {
	_, err := database.List(ctx, l.db, func(row database.Scanner) (none struct{}, err error) {
		var r Record
		var sum int64
		if err = row.Scan(&r.Name, &r.From, &r.To, &r.Data, &sum); err == nil {
			err = database.RequireSum("settlement_record", sum, r.summed()...)
		}
		if err == nil {
			err = each(r)
		}
		return none, err
	}, `SELECT name, from_at, to_at, record, checksum FROM settlement_record WHERE account = ? AND report = ? ORDER BY from_at, to_at`, account, report)
	if err != nil {
		return fmt.Errorf("records of settlements of %s: %w", report, err)
	}
	return nil
}

// summed are the values that the row's checksum is of, in every database.
func (r *Record) summed() []any {
	return []any{database.Millis(r.From), database.Millis(r.To), r.Name, r.Data}
}

func (v *Voucher) summed() []any { return []any{v.Settlement, v.Currency, v.Number} }

// vouchersAtOnce is how many settlements one query asks for.
const vouchersAtOnce = 500

const selectVouchers = `SELECT settlement, currency, report, number, checksum FROM voucher WHERE account = ? AND `

func scanVoucher(row database.Scanner) (v Voucher, err error) {
	var sum int64
	if err = row.Scan(&v.Settlement, &v.Currency, &v.Report, &v.Number, &sum); err == nil {
		err = database.RequireSum("voucher", sum, v.summed()...)
	}
	return v, err
}

// Vouchers gives those of the settlements that were booked, by whatever report.
func (l Settlements) Vouchers(ctx context.Context, account string, settlements []string) (booked []Voucher, err error) {
	for some := range slices.Chunk(settlements, vouchersAtOnce) {
		args := []any{account}
		for _, id := range some {
			args = append(args, id)
		}
		found, err := database.List(ctx, l.db, scanVoucher, selectVouchers+`settlement IN (?`+strings.Repeat(`, ?`, len(some)-1)+`) ORDER BY settlement, currency`, args...)
		if err != nil {
			return nil, fmt.Errorf("vouchers: %w", err)
		}
		booked = append(booked, found...)
	}
	return booked, nil
}

// LastVoucher gives the number of a report's last voucher; 0: it made none.
func (l Settlements) LastVoucher(ctx context.Context, account, report string) (number int, err error) {
	last, err := database.List(ctx, l.db, scanVoucher, selectVouchers+`report = ? ORDER BY number DESC LIMIT 1`, account, report)
	if err != nil {
		return 0, fmt.Errorf("last voucher of %s: %w", report, err)
	}
	for _, v := range last {
		number = v.Number
	}
	return number, nil
}

// A Period is one of a report of settlements.
type Period struct {
	Account, Report, Name string
	From, To              time.Time
}

// Keep writes down what a report of settlements left when it was made at an instant, unless it was overtaken.
func Keep(t database.Tx, p Period, m Made, at time.Time) error {
	var newest time.Time
	err := t.Row([]any{&newest}, `SELECT coalesce(max(to_at), 0) FROM settlement_record WHERE account = ? AND report = ? AND to_at <= ?`,
		p.Account, p.Report, database.Millis(p.From))
	if err == nil && newest.After(m.Newest) {
		err = fmt.Errorf("a record until %s: %w", newest.Format(time.RFC3339), ErrOvertaken)
	}
	if err != nil {
		return err
	}
	row := Record{p.Name, p.From, p.To, m.Data}
	_, err = t.Exec(`INSERT INTO settlement_record (account, report, from_at, to_at, name, record, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, report, from_at, to_at) DO UPDATE SET name = excluded.name, record = excluded.record, checksum = excluded.checksum`,
		p.Account, p.Report, database.Millis(p.From), database.Millis(p.To), p.Name, m.Data, checksum.Of(row.summed()...))
	if err != nil {
		return fmt.Errorf("record of settlements: %w", err)
	}
	for _, v := range m.Vouchers {
		if err := recordVoucher(t, p, v, at); err != nil {
			return fmt.Errorf("voucher %d of settlement %s: %w", v.Number, v.Settlement, err)
		}
	}
	_, err = t.Exec(`DELETE FROM settlement_record WHERE account = ? AND report = ? AND to_at < ?`, p.Account, p.Report, database.Millis(p.From.Add(-KeptRecords)))
	return err
}

// recordVoucher notes that a settlement is booked. A report that is made again may book it again,
// with the same number.
func recordVoucher(t database.Tx, p Period, v Voucher, at time.Time) error {
	n, err := t.Exec(`INSERT INTO voucher (account, settlement, currency, report, number, made_at, checksum) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		p.Account, v.Settlement, v.Currency, p.Report, v.Number, database.Millis(at), checksum.Of(v.summed()...))
	if err != nil || n > 0 {
		return err
	}
	err = t.Row([]any{&n}, `SELECT count(*) FROM voucher WHERE account = ? AND settlement = ? AND currency = ? AND report = ? AND number = ?`,
		p.Account, v.Settlement, v.Currency, p.Report, v.Number)
	return database.RequireRow(n, err, func() error { return ErrOvertaken })
}
