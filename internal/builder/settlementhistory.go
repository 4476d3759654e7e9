package builder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	slashpath "path"
	"time"

	"rapport/internal/archive"
	"rapport/internal/extsort"
	"rapport/internal/ledger/vouchers"
	"rapport/internal/settlement"
	"rapport/internal/statement"
	"rapport/reportconfig"
)

// settlementHistory is what the reports before have left: in the ledger, and beside their files
// where the ledger does not know of them, as it was lost or is an older copy.
// A report that was renamed when the ledger was lost goes on from what lies under its former id, or the
// operator hears that nothing does.
func (r settlementBuilder) settlementHistory(ctx context.Context, b *build, spools *extsort.Scratch) (*settlement.History, error) {
	id, was := b.job.Report.ID, b.job.Report.Was
	spool, err := spools.Open()
	if err != nil {
		return nil, err
	}
	h := settlement.NewHistory(spool)
	if kept, ok := r.History.(settlementRecords); ok {
		err := kept.SettlementRecords(ctx, r.Account.ID, id, func(row vouchers.Record) error { return addPacked(h, row.Data) })
		if err != nil {
			return nil, err
		}
	}
	if err := r.addArchived(ctx, h, id, b.job.Period.From); err != nil {
		return nil, err
	}
	if was != "" {
		if err := r.addArchived(ctx, h, was, b.job.Period.From); err != nil {
			return nil, err
		}
		if h.IsEmpty() && !b.trial {
			b.warnings.add(fmt.Sprintf("no bridge of %s, which this report was, is in the ledger or the archive: the opening is computed anew, and vouchers begin at first_number unless the ledger knows some", was))
		}
	}
	for _, packed := range r.Trials[id] {
		if err := addPacked(h, packed); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// addArchived adds the records beside a report's files that are not known yet, but for those that the
// ledger forgets. Of one that cannot be read on this machine the store is asked again.
func (r settlementBuilder) addArchived(ctx context.Context, h *settlement.History, id string, before time.Time) error {
	if r.Archive.Dir == "" {
		return nil
	}
	names, err := r.Archive.Periods(ctx, id)
	if err != nil {
		return err
	}
	for _, name := range settlement.EndedSince(names, r.Account.Location, before, vouchers.KeptRecords) {
		if h.Holds(name) {
			continue
		}
		key := slashpath.Join(archive.PeriodKey(id, name), settlement.RecordFile)
		path, err := r.Archive.Fetch(ctx, key)
		if err == nil {
			err = r.addFile(h, path)
			if err != nil && r.Archive.Objects != nil && r.Archive.Has(ctx, key) {
				if path, err = r.Archive.FetchAgain(ctx, key); err == nil {
					err = r.addFile(h, path)
				}
			}
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// addFile adds the record of a file, unless another account's report was called so.
func (r settlementBuilder) addFile(h *settlement.History, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	record, err := settlement.UnpackRecord(data)
	if err == nil && (record.Account == "" || record.Account == r.Account.ID) {
		err = h.Add(record)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// addPacked adds a record as it was kept.
func addPacked(h *settlement.History, packed []byte) error {
	record, err := settlement.UnpackRecord(packed)
	if err != nil {
		return err
	}
	return h.Add(record)
}

// voucherBook is what a History may have besides: what was booked before.
type voucherBook interface {
	Vouchers(ctx context.Context, account string, settlements []string) ([]vouchers.Voucher, error)
	LastVoucher(ctx context.Context, account, report string) (int, error)
}

// NumbersUsedUp tells whether a report waits as there is no number left for its vouchers.
func NumbersUsedUp(err error) bool {
	var used *settlement.NumbersUsedUpError
	return errors.As(err, &used)
}

// rulesOf are those of a report's configuration; nil without any.
func rulesOf(file *reportconfig.VoucherFile, data reportconfig.Settlements) *settlement.Rules {
	if file == nil {
		return nil
	}
	rules := &settlement.Rules{
		Base: "NOK", Bank: file.Bank, Fee: file.Fee, Clearing: file.Clearing, FeeVATCode: file.FeeVATCode, Type: file.Type,
		FirstNumber: file.FirstNumber, LastNumber: file.LastNumber(), Sellers: data.Sellers,
	}
	if file.Format == reportconfig.SIE {
		rules.Base = "SEK"
	}
	return rules
}

// book makes vouchers of a report's rows, with numbers after those that it gave before.
func (r settlementBuilder) book(ctx context.Context, b *build, h *settlement.History) error {
	s := b.settled
	if s.rules == nil {
		return nil
	}
	before := settlement.Numbers{Booked: h.Numbered(), Again: h.NumberedBy(&s.question), Last: h.LastNumber()}
	if book, ok := r.History.(voucherBook); ok {
		var ids []string
		for i := range s.outcome.Rows {
			ids = append(ids, s.outcome.Rows[i].ID)
		}
		known, err := book.Vouchers(ctx, r.Account.ID, ids)
		if err != nil {
			return err
		}
		for _, v := range known {
			before.Booked[settlement.KeyOf(v.Settlement, v.Currency)] = v.Number
		}
		newest, err := book.LastVoucher(ctx, r.Account.ID, b.job.Report.ID)
		if err != nil {
			return err
		}
		before.Last = max(before.Last, newest)
	}
	if r.History != nil {
		number, err := r.History.NextNumber(ctx, statement.KeyOf(r.Account.ID, b.job))
		if err != nil {
			return err
		}
		before.Report = number + b.ahead
	}
	vouchers, left, err := s.outcome.Book(s.rules, before, day(b.now.In(r.Account.Location)))
	if err != nil {
		return err
	}
	s.booking = statement.Booking{Format: string(b.job.Report.VoucherFile.Format), Vouchers: vouchers, LeftOut: left, Bank: s.rules.Bank}
	s.outcome.Record.Note(vouchers)
	return nil
}

// day is the date of a local time: its midnight in UTC.
func day(t time.Time) time.Time {
	year, month, dom := t.Date()
	return time.Date(year, month, dom, 0, 0, 0, 0, time.UTC)
}

// left is what a report of settlements leaves when it is made.
func (b *build) left() *vouchers.Made {
	if b.settled == nil {
		return nil
	}
	left := &vouchers.Made{Newest: b.settled.newest, Data: b.settled.packed}
	for _, v := range b.settled.booking.Vouchers {
		left.Vouchers = append(left.Vouchers, vouchers.Voucher{Settlement: v.ID, Currency: string(v.Currency), Report: b.job.Report.ID, Number: v.Number})
	}
	return left
}
