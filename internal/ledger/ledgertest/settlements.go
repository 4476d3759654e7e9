package ledgertest

import (
	"context"
	"errors"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/vouchers"
)

func settlements() []part {
	return []part{
		{"the records of a report of settlements are kept in their order, longer than its details", settlementRecords},
		{"a report of settlements that was overtaken is not recorded", overtaken},
		{"a settlement is booked once, and a number given once, whoever asks", bookedOnce},
		{"what is owed before a period is known", owedBefore},
		{"a report that is renamed goes on with its records and the numbers of its vouchers", settlementsRenamed},
	}
}

// recordSettlements makes a period that leaves a record.
func (b *fixture) recordSettlements(l *ledger.Ledger, row ledger.Planned, newest time.Time, data string, booked ...vouchers.Voucher) error {
	b.Helper()
	added := b.plan(l, row)
	if len(added) == 0 {
		p := b.period(l, row.Key)
		added = []ledger.Period{p}
	}
	claim := b.claimPeriod(l, added[0].ID)
	err := l.RecordMade(context.Background(), claim, ledger.MadePeriod{At: b.now(), Settlements: &vouchers.Made{Newest: newest, Data: []byte(data), Vouchers: booked}})
	if err != nil {
		b.must(l.ReturnPeriod(context.Background(), claim))
	}
	return err
}

func (b *fixture) settlementRecords(l *ledger.Ledger, report string) string {
	return texts(allRecords(b, l, report), func(r vouchers.Record) string { return r.Name + " " + string(r.Data) })
}

func allRecords(b *fixture, l *ledger.Ledger, report string) (all []vouchers.Record) {
	b.must(l.SettlementRecords(context.Background(), account, report, func(r vouchers.Record) error {
		all = append(all, r)
		return nil
	}))
	return all
}

func settlementRecords(b *fixture) {
	l := b.ledger()
	second, first := due("a", 2), due("a", 1)
	b.must(b.recordSettlements(l, second, time.Time{}, "two"))
	b.must(b.recordSettlements(l, first, time.Time{}, "one")) // made later, of an earlier day
	b.must(b.recordSettlements(l, due("b", 1), time.Time{}, "other"))
	b.made(l, due("a", 3))
	want := "[" + first.Name + " one " + second.Name + " two]"
	equal(b, "records", b.settlementRecords(l, "a"), want)
	all := allRecords(b, l, "a")
	equal(b, "its time", words(all[0].From.Equal(first.From), all[0].To.Equal(first.To)), "true true")
	b.must(l.PurgeDetails(context.Background(), b.period(l, first.Key).ID))
	equal(b, "when the details are gone", b.settlementRecords(l, "a"), want)
	far := due("a", 1000)
	b.must(b.recordSettlements(l, far, second.To, "far"))
	equal(b, "what nobody needs is forgotten", b.settlementRecords(l, "a"), "["+far.Name+" far]")
}

func overtaken(b *fixture) {
	l := b.ledger()
	first, second, third := due("a", 1), due("a", 2), due("a", 3)
	b.must(b.recordSettlements(l, first, time.Time{}, "one"))
	if err := b.recordSettlements(l, third, time.Time{}, "three"); !errors.Is(err, vouchers.ErrOvertaken) {
		b.Errorf("made of nothing, when one was there: %v", err)
	}
	b.must(b.recordSettlements(l, second, first.To, "two"))
	if err := b.recordSettlements(l, third, first.To, "three"); !errors.Is(err, vouchers.ErrOvertaken) {
		b.Errorf("made of the first, when the second was there: %v", err)
	}
	equal(b, "what was refused is owed", b.period(l, third.Key).State, ledger.Owed)
	b.must(b.recordSettlements(b.ledger(), third, second.To, "three"))
	equal(b, "records", b.settlementRecords(l, "a"), "["+first.Name+" one "+second.Name+" two "+third.Name+" three]")
}

func bookedOnce(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	booked := func(settlements ...string) string {
		all, err := l.Vouchers(ctx, account, settlements)
		b.must(err)
		return texts(all, func(v vouchers.Voucher) string { return words(v.Settlement, v.Currency, v.Report, v.Number) })
	}
	first, second := due("a", 1), due("a", 2)
	b.must(b.recordSettlements(l, first, time.Time{}, "one", vouchers.Voucher{Settlement: "s", Currency: "NOK", Number: 7}, vouchers.Voucher{Settlement: "t", Currency: "NOK", Number: 8}))
	equal(b, "booked", booked("t", "s", "u"), "[s NOK a 7 t NOK a 8]")
	equal(b, "asked for nothing", booked(), "[]")
	for what, v := range map[string]vouchers.Voucher{
		"a settlement twice": {Settlement: "s", Currency: "NOK", Number: 9}, "a number twice": {Settlement: "u", Currency: "NOK", Number: 8},
	} {
		if err := b.recordSettlements(b.ledger(), second, first.To, "two", v); !errors.Is(err, vouchers.ErrOvertaken) {
			b.Errorf("%s: %v", what, err)
		}
	}
	if err := b.recordSettlements(l, due("b", 1), time.Time{}, "one", vouchers.Voucher{Settlement: "s", Currency: "NOK", Number: 1}); !errors.Is(err, vouchers.ErrOvertaken) {
		b.Errorf("by another report: %v", err)
	}
	equal(b, "nothing of what was refused is there", booked("s", "t", "u")+b.settlementRecords(l, "a"), "[s NOK a 7 t NOK a 8]["+first.Name+" one]")
	b.must(b.recordSettlements(l, second, first.To, "two", vouchers.Voucher{Settlement: "s", Currency: "SEK", Number: 9}))
	b.must(b.recordSettlements(l, due("a", 3), second.To, "three", vouchers.Voucher{Settlement: "s", Currency: "NOK", Number: 7})) // made again
	equal(b, "booked once", booked("s"), "[s NOK a 7 s SEK a 9]")
	last, err := l.LastVoucher(ctx, account, "a")
	b.must(err)
	none, err := l.LastVoucher(ctx, account, "b")
	b.must(err)
	equal(b, "last numbers", words(last, none), "9 0")
}

func owedBefore(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	first, second, third := due("a", 1), due("a", 2), due("a", 3)
	b.plan(l, first, second, third, due("b", 1))
	before := func(row ledger.Planned) string {
		names, err := l.OwedBefore(ctx, row.Key)
		b.must(err)
		return texts(names, func(name string) string { return name })
	}
	equal(b, "before the third", before(third), "["+first.Name+" "+second.Name+"]")
	equal(b, "before the first", before(first), "[]")
	b.must(b.recordSettlements(l, first, time.Time{}, "one"))
	equal(b, "before the third", before(third), "["+second.Name+"]")
	equal(b, "before the second", before(second), "[]")
}

func settlementsRenamed(b *fixture) {
	l := b.ledger()
	first := due("a", 1)
	b.must(b.recordSettlements(l, first, time.Time{}, "one", vouchers.Voucher{Settlement: "s", Currency: "NOK", Number: 7}))
	equal(b, "renamed", b.rename(l, "a", "b"), true)
	equal(b, "records", b.settlementRecords(l, "a")+b.settlementRecords(l, "b"), "[]["+first.Name+" one]")
	last, err := l.LastVoucher(context.Background(), account, "b")
	b.must(err)
	equal(b, "last number", last, 7)
}
