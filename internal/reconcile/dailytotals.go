// Package reconcile compares what was read with Dintero's own key figures: counts and sums by
// UTC day, payment type and currency. It refuses to say that figures agree where any of them
// differs, and says nothing of what it could not compare. It asks nobody; its caller does.
package reconcile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"rapport/internal/extsort"
	"rapport/internal/money"
	"rapport/internal/payment"
)

// A DailyTotals counts and sums successful captures and refunds as Dintero's key figures do: by
// UTC day, payment type and currency. Of a transaction that came several times it takes the
// copy whose rows count, so that what it says is what a report of the same days would hold.
// The nil one takes nothing.
type DailyTotals struct {
	days   UTCDays
	sums   map[Cell]CellTotal
	room   int  // bytes that more names may take
	Unread bool // a movement of the days, or of nobody knows when, could not be read: what is here is not all
}

// UTCDays are whole days, half-open; both ends are UTC midnights.
type UTCDays struct{ From, To time.Time }

// DaysOf are the UTC days that a period lies in.
func DaysOf(from, to time.Time) UTCDays {
	const day = 24 * time.Hour
	d := UTCDays{from.UTC().Truncate(day), to.UTC().Truncate(day)}
	if d.To.Before(to) {
		d.To = d.To.Add(day)
	}
	return d
}

// index is the number of the day that at lies in; false where it lies in none.
func (d UTCDays) index(at time.Time) (int, bool) {
	if at.Before(d.From) || !at.Before(d.To) {
		return 0, false
	}
	return int(at.Sub(d.From) / (24 * time.Hour)), true
}

func (d UTCDays) Count() int { return int(d.To.Sub(d.From) / (24 * time.Hour)) }

func (d UTCDays) day(index int) time.Time { return d.From.AddDate(0, 0, index) }

// A Cell is what one of Dintero's figures is of.
type Cell struct {
	day      int
	refund   bool
	product  string // payment_product_type
	currency money.Currency
}

// CellTotal is what there is of one cell. Zeros are events of no amount: whether Dintero counts those is
// not documented, so it may.
type CellTotal struct {
	Count, zeros int64
	Sum          int64 // minor units, not negative
}

func (f CellTotal) add(count, zeros, sum int64) (CellTotal, error) {
	all, err := money.Add(f.Count, count)
	total, err2 := money.Add(f.Sum, sum)
	return CellTotal{all, f.zeros + zeros, total}, errors.Join(err, err2)
}

// agrees tells whether theirs is what Dintero may say of f.
func (f CellTotal) agrees(theirs CellTotal) bool {
	return f.Sum == theirs.Sum && theirs.Count >= f.Count && theirs.Count <= f.Count+f.zeros
}

// maxCells bounds the memory of a tally: a month has some 31 × 20 × 5 × 2.
const maxCells = 100_000

var errCells = errors.New("more payment types and currencies than anybody has")

// maxNameBytes bounds the names of those cells.
const maxNameBytes = 8 << 20

func NewDailyTotals(days UTCDays) *DailyTotals {
	return &DailyTotals{days: days, sums: map[Cell]CellTotal{}, room: maxNameBytes}
}

// AppendMovements appends what a transaction adds to the tally; nothing if it moved nothing in
// its days. The form is ours alone: it travels with the versions to where the copy that
// counts is known.
func (t *DailyTotals) AppendMovements(dst []byte, tx *payment.Transaction) []byte {
	if t == nil {
		return dst
	}
	begun := false
	for i := range tx.Events {
		e := &tx.Events[i]
		fault := e.Fault != nil && e.Type != payment.EventAuthorize && e.Type != payment.EventVoid
		if !e.IsMovement() && !fault {
			continue
		}
		day, inside := t.days.index(e.CreatedAt)
		if !inside && !(fault && e.CreatedAt.IsZero()) || e.Repeats(tx.Events[:i]) {
			continue
		}
		fault = fault || tx.Fault != nil
		if !begun {
			begun = true
			dst = extsort.AppendText(extsort.AppendText(dst, tx.ProductType), string(tx.Currency))
		}
		if fault {
			dst = binary.AppendVarint(binary.AppendVarint(dst, unreadKind), 0)
			continue
		}
		kind := int64(day) << 1
		if e.Type == payment.EventRefund {
			kind |= 1
		}
		dst = binary.AppendVarint(binary.AppendVarint(dst, kind), e.Amount)
	}
	return dst
}

// unreadKind stands for a movement that could not be read.
const unreadKind = -1

// Add takes what AppendMovements wrote.
func (t *DailyTotals) Add(moves []byte) error {
	if len(moves) == 0 {
		return nil
	}
	d := extsort.Decoder{Rest: string(moves)}
	at := Cell{product: d.Text(), currency: money.Currency(d.Text())}
	for len(d.Rest) > 0 && !d.Broken {
		kind, amount := d.Varint(), d.Varint()
		if kind == unreadKind {
			t.Unread = true
			continue
		}
		at.day, at.refund = int(kind>>1), kind&1 == 1
		count, zeros := int64(1), int64(0)
		if amount == 0 {
			count, zeros = 0, 1
		}
		if err := t.put(at, count, zeros, amount); err != nil {
			return err
		}
	}
	if d.Broken {
		return fmt.Errorf("read versions: %d bytes do not hold what a transaction moved", len(moves))
	}
	return nil
}

// put adds to a cell.
func (t *DailyTotals) put(at Cell, count, zeros, sum int64) error {
	f, known := t.sums[at]
	if !known {
		if t.room -= len(at.product) + len(at.currency); len(t.sums) >= maxCells || t.room < 0 {
			return errCells
		}
		at.product, at.currency = strings.Clone(at.product), money.Currency(strings.Clone(string(at.currency))) // of a longer text
	}
	f, err := f.add(count, zeros, sum)
	if err != nil {
		return fmt.Errorf("sum of %s in %s on %s (UTC): %w", at.product, at.currency, t.days.day(at.day).Format(time.DateOnly), err)
	}
	t.sums[at] = f
	return nil
}

// FromKeyFigures is Dintero's own tally of the days.
func FromKeyFigures(days UTCDays, events []payment.DayEvents) (*DailyTotals, error) {
	t := NewDailyTotals(days)
	for _, e := range events {
		day, inside := days.index(e.Day)
		if !inside || e.Count == 0 && e.Sum == 0 {
			continue
		}
		at := Cell{day, e.Type == payment.EventRefund, e.ProductType, e.Currency}
		if err := t.put(at, e.Count, 0, e.Sum); err != nil {
			return nil, err
		}
	}
	_, _, err := t.Counted()
	return t, err
}

// Counted is how many captures and refunds there are in all.
func (t *DailyTotals) Counted() (captures, refunds int64, err error) {
	for at, f := range t.sums {
		of := &captures
		if at.refund {
			of = &refunds
		}
		if *of, err = money.Add(*of, f.Count); err != nil {
			return 0, 0, err
		}
	}
	_, err = money.Add(captures, refunds)
	return captures, refunds, err
}

// net is captures less refunds, by currency.
func (t *DailyTotals) net() (map[money.Currency]int64, error) {
	out := map[money.Currency]int64{}
	for at, f := range t.sums {
		sum := f.Sum
		if at.refund {
			sum = -sum
		}
		var err error
		if out[at.currency], err = money.Add(out[at.currency], sum); err != nil {
			return nil, err
		}
	}
	return out, nil
}
