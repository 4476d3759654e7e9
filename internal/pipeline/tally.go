package pipeline

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"rapport/fetch"
	"rapport/internal/money"
)

// A tally counts and sums successful captures and refunds as Dintero's key figures do: by
// UTC day, payment type and currency. Of a transaction that came several times it takes the
// copy whose rows count, so that what it says is what a report of the same days would hold.
// The nil one takes nothing.
type tally struct {
	days utcDays
	sums map[cell]tallied
}

// utcDays are whole days, half-open; both ends are UTC midnights.
type utcDays struct{ from, to time.Time }

// touched are the UTC days that a period lies in.
func touched(from, to time.Time) utcDays {
	const day = 24 * time.Hour
	d := utcDays{from.UTC().Truncate(day), to.UTC().Truncate(day)}
	if d.to.Before(to) {
		d.to = d.to.Add(day)
	}
	return d
}

// index is the number of the day that at lies in; false where it lies in none.
func (d utcDays) index(at time.Time) (int, bool) {
	if at.Before(d.from) || !at.Before(d.to) {
		return 0, false
	}
	return int(at.Sub(d.from) / (24 * time.Hour)), true
}

func (d utcDays) count() int { return int(d.to.Sub(d.from) / (24 * time.Hour)) }

func (d utcDays) day(index int) time.Time { return d.from.AddDate(0, 0, index) }

// A cell is what one of Dintero's figures is of.
type cell struct {
	day      int
	refund   bool
	product  string // payment_product_type
	currency money.Currency
}

// tallied is what there is of one cell. Zeros are events of no amount: whether Dintero counts those is
// not documented, so it may.
type tallied struct {
	count, zeros int64
	sum          int64 // minor units, not negative
}

func (f tallied) add(count, zeros, sum int64) (tallied, error) {
	all, err := money.Add(f.count, count)
	total, err2 := money.Add(f.sum, sum)
	return tallied{all, f.zeros + zeros, total}, errors.Join(err, err2)
}

// agrees tells whether theirs is what Dintero may say of f.
func (f tallied) agrees(theirs tallied) bool {
	return f.sum == theirs.sum && theirs.count >= f.count && theirs.count <= f.count+f.zeros
}

// mostCells bounds the memory of a tally: a month has some 31 × 20 × 5 × 2.
const mostCells = 100_000

var errCells = errors.New("more payment types and currencies than anybody has")

func newTally(days utcDays) *tally { return &tally{days, map[cell]tallied{}} }

// appendMoves appends what a transaction adds to the tally; nothing if it moved nothing in
// its days. The form is ours alone: it travels with the versions to where the copy that
// counts is known.
func (t *tally) appendMoves(dst []byte, tx *fetch.Transaction) []byte {
	if t == nil {
		return dst
	}
	begun := false
	for i := range tx.Events {
		e := &tx.Events[i]
		if !isMovement(e) {
			continue
		}
		day, inside := t.days.index(e.CreatedAt)
		if !inside || repeated(tx.Events[:i], e) {
			continue
		}
		if !begun {
			begun = true
			dst = appendText(appendText(dst, tx.ProductType), string(tx.Currency))
		}
		kind := int64(day) << 1
		if e.Type == refundEvent {
			kind |= 1
		}
		dst = binary.AppendVarint(binary.AppendVarint(dst, kind), e.Amount)
	}
	return dst
}

// add takes what appendMoves wrote.
func (t *tally) add(moves []byte) error {
	if len(moves) == 0 {
		return nil
	}
	d := decoder{rest: string(moves)}
	at := cell{product: d.text(), currency: money.Currency(d.text())}
	for len(d.rest) > 0 && !d.broken {
		kind, amount := d.varint(), d.varint()
		at.day, at.refund = int(kind>>1), kind&1 == 1
		count, zeros := int64(1), int64(0)
		if amount == 0 {
			count, zeros = 0, 1
		}
		if err := t.put(at, count, zeros, amount); err != nil {
			return err
		}
	}
	if d.broken {
		return fmt.Errorf("read versions: %d bytes do not hold what a transaction moved", len(moves))
	}
	return nil
}

// put adds to a cell.
func (t *tally) put(at cell, count, zeros, sum int64) error {
	f, known := t.sums[at]
	if !known && len(t.sums) >= mostCells {
		return errCells
	}
	f, err := f.add(count, zeros, sum)
	if err != nil {
		return fmt.Errorf("sum of %s in %s on %s (UTC): %w", at.product, at.currency, t.days.day(at.day).Format(time.DateOnly), err)
	}
	t.sums[at] = f
	return nil
}

// theirs is Dintero's own tally of the days.
func theirs(days utcDays, events []fetch.DayEvents) (*tally, error) {
	t := newTally(days)
	for _, e := range events {
		day, inside := days.index(e.Day)
		if !inside || e.Count == 0 && e.Sum == 0 {
			continue
		}
		at := cell{day, e.Type == refundEvent, e.ProductType, e.Currency}
		if err := t.put(at, e.Count, 0, e.Sum); err != nil {
			return nil, err
		}
	}
	_, _, err := t.counted()
	return t, err
}

// counted is how many captures and refunds there are in all.
func (t *tally) counted() (captures, refunds int64, err error) {
	for at, f := range t.sums {
		of := &captures
		if at.refund {
			of = &refunds
		}
		if *of, err = money.Add(*of, f.count); err != nil {
			return 0, 0, err
		}
	}
	_, err = money.Add(captures, refunds)
	return captures, refunds, err
}

// net is captures less refunds, by currency.
func (t *tally) net() (map[money.Currency]int64, error) {
	out := map[money.Currency]int64{}
	for at, f := range t.sums {
		sum := f.sum
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
