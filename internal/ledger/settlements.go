package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rapport/internal/ledger/checksum"
)

// ErrOvertaken is wrapped when a report of settlements was made of what is not the newest any
// more: another one of it was recorded in between, or booked the same settlement or number.
var ErrOvertaken = errors.New("another report was recorded in between")

// Settlements are what the reports of settlements leave for the next, and which settlements
// were booked.
type Settlements struct{ *store }

// A SettlementRecord is what a report of settlements left.
type SettlementRecord struct {
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

// MadeSettlements is what a report of settlements leaves when it is made.
type MadeSettlements struct {
	Newest   time.Time // end of the newest record of a period before it that was known; zero: none was
	Data     []byte
	Vouchers []Voucher // their Report is the period's
}

// keptRecords is for how long before a period records of its report are kept.
const keptRecords = 500 * 24 * time.Hour

// SettlementRecords hands over the records of a report, the oldest first, one at a time, as together they
// may be more than memory holds; where reading is begun anew some come again.
func (l Settlements) SettlementRecords(ctx context.Context, account, report string, each func(SettlementRecord) error) error {
	_, err := list(ctx, l.store, func(row scanner) (none struct{}, err error) {
		var r SettlementRecord
		var sum int64
		err = row.Scan(&r.Name, instant{&r.From}, instant{&r.To}, &r.Data, &sum)
		if err = cmp.Or(err, requireSum("settlement_record", sum, millis(r.From), millis(r.To), r.Name, r.Data)); err == nil {
			err = each(r)
		}
		return none, err
	}, `SELECT name, from_at, to_at, record, checksum FROM settlement_record WHERE account = ? AND report = ? ORDER BY from_at, to_at`, account, report)
	return wrap(err, "records of settlements of %s", report)
}

// summed are the values that a row's checksum is of, in every database.
func (v *Voucher) summed() []any { return []any{v.Settlement, v.Currency, v.Number} }

const selectVouchers = `SELECT settlement, currency, report, number, checksum FROM voucher WHERE account = ? AND `

func scanVoucher(row scanner) (v Voucher, err error) {
	var sum int64
	err = row.Scan(&v.Settlement, &v.Currency, &v.Report, &v.Number, &sum)
	return v, cmp.Or(err, requireSum("voucher", sum, v.summed()...))
}

// Vouchers gives those of the settlements that were booked, by whatever report.
func (l Settlements) Vouchers(ctx context.Context, account string, settlements []string) (booked []Voucher, err error) {
	const atOnce = 500 // settlements that one query asks for
	for some := range slices.Chunk(settlements, atOnce) {
		args := []any{account}
		for _, id := range some {
			args = append(args, id)
		}
		found, err := list(ctx, l.store, scanVoucher, selectVouchers+`settlement IN (?`+strings.Repeat(`, ?`, len(some)-1)+`) ORDER BY settlement, currency`, args...)
		if err != nil {
			return nil, fmt.Errorf("vouchers: %w", err)
		}
		booked = append(booked, found...)
	}
	return booked, nil
}

// LastVoucher gives the number of a report's last voucher; 0: it made none.
func (l Settlements) LastVoucher(ctx context.Context, account, report string) (number int, err error) {
	last, err := list(ctx, l.store, scanVoucher, selectVouchers+`report = ? ORDER BY number DESC LIMIT 1`, account, report)
	if err != nil || len(last) == 0 {
		return 0, wrap(err, "last voucher of %s", report)
	}
	return last[0].Number, nil
}

// OwedBefore names the periods of a report that are owed and begin before a key's, the oldest
// first.
func (l Settlements) OwedBefore(ctx context.Context, key Key) ([]string, error) {
	names, err := list(ctx, l.store, func(row scanner) (name string, err error) { return name, row.Scan(&name) },
		`SELECT name FROM period WHERE account = ? AND report = ? AND state = 'owed' AND from_at < ? ORDER BY from_at, id`, key.Account, key.Report, millis(key.From))
	return names, wrap(err, "owed before")
}

// recordSettlements writes down what a report of settlements leaves, unless it was overtaken.
func recordSettlements(t tx, id int64, m MadePeriod) error {
	if m.Settlements == nil {
		return nil
	}
	p, err := periodByID(t, id)
	if err != nil {
		return err
	}
	var newest time.Time
	err = t.row([]any{instant{&newest}}, `SELECT coalesce(max(to_at), 0) FROM settlement_record WHERE account = ? AND report = ? AND to_at <= ?`,
		p.Account, p.Report, millis(p.From))
	if err == nil && newest.After(m.Settlements.Newest) {
		err = fmt.Errorf("a record until %s: %w", newest.Format(time.RFC3339), ErrOvertaken)
	}
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO settlement_record (account, report, from_at, to_at, name, record, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account, report, from_at, to_at) DO UPDATE SET name = excluded.name, record = excluded.record, checksum = excluded.checksum`,
		p.Account, p.Report, millis(p.From), millis(p.To), p.Name, m.Settlements.Data, checksum.Of(millis(p.From), millis(p.To), p.Name, m.Settlements.Data))
	if err != nil {
		return fmt.Errorf("record of settlements: %w", err)
	}
	for _, v := range m.Settlements.Vouchers {
		if err := recordVoucher(t, p, v, m.At); err != nil {
			return fmt.Errorf("voucher %d of settlement %s: %w", v.Number, v.Settlement, err)
		}
	}
	_, err = t.exec(`DELETE FROM settlement_record WHERE account = ? AND report = ? AND to_at < ?`, p.Account, p.Report, millis(p.From.Add(-keptRecords)))
	return err
}

// recordVoucher notes that a settlement is booked. A report that is made again may book it again,
// with the same number.
func recordVoucher(t tx, p Period, v Voucher, at time.Time) error {
	n, err := t.exec(`INSERT INTO voucher (account, settlement, currency, report, number, made_at, checksum) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		p.Account, v.Settlement, v.Currency, p.Report, v.Number, millis(at), checksum.Of(v.summed()...))
	if err != nil || n > 0 {
		return err
	}
	err = t.row([]any{&n}, `SELECT count(*) FROM voucher WHERE account = ? AND settlement = ? AND currency = ? AND report = ? AND number = ?`,
		p.Account, v.Settlement, v.Currency, p.Report, v.Number)
	return requireRow(n, err, func() error { return ErrOvertaken })
}
