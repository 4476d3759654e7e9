package report

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"rapport/internal/content"
	"rapport/internal/extsort"
	"rapport/internal/money"
	"rapport/internal/payment"
	"rapport/reportconfig"
)

// parts are the rows of the parts of a report, sorted by part and then as rows are: however
// many there are, the source is read once, and all rows are sorted once.
type parts struct {
	rows    *extsort.Sorter
	numbers map[string]uint32
	values  []string  // by number, as they were met
	taker   Collector // of the part that a row is for
}

// mostParts is more than any account has, and what still has room in memory.
const mostParts = 500_000

// part takes rows for one part.
func (c *Collector) part(value string) (*Collector, error) {
	if c.parts == nil {
		c.parts = &parts{rows: extsort.New(c.dir, rowBytes), numbers: map[string]uint32{}}
	}
	p := c.parts
	n, known := p.numbers[value]
	if !known {
		if len(p.values) == mostParts {
			return nil, fmt.Errorf("more parts than there is room for (%d)", mostParts)
		}
		n, value = uint32(len(p.values)), strings.Clone(value)
		p.numbers[value], p.values = n, append(p.values, value)
	}
	p.taker.rows, p.taker.dedup, p.taker.Zone = p.rows, c.dedup, c.Zone
	p.taker.prefix = binary.BigEndian.AppendUint32(p.taker.prefix[:0], n)
	return &p.taker, nil
}

const prefixBytes = 4

// A PartRow is a row of a part, packed; good until the next.
type PartRow struct {
	Part       uint32 // its number
	key, value []byte
}

// PartValues are what the parts are about, by number.
func (c *Collector) PartValues() []string {
	if c.parts == nil {
		return nil
	}
	return c.parts.values
}

// PartRows yields the rows that count of all parts, part by part. It may be called again.
func (c *Collector) PartRows() iter.Seq2[PartRow, error] {
	return func(yield func(PartRow, error) bool) {
		if c.parts == nil {
			return
		}
		for rec, err := range c.parts.rows.Sorted() {
			if err != nil {
				yield(PartRow{}, err)
				return
			}
			row := PartRow{Part: binary.BigEndian.Uint32(rec.Key), key: rec.Key[prefixBytes:], value: rec.Value}
			if thing, number := copyOf(extsort.Record{Key: row.key, Value: row.value}); !c.dedup.countsBytes(thing, number) {
				continue
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// NewPartCollector takes the rows of one part after the other, as PartRows yields them.
func NewPartCollector(dir string, zone *time.Location) *Collector {
	return &Collector{dir: dir, rows: extsort.New(dir, mostBytes), dedup: &Dedup{}, Zone: zone}
}

// AddPartRow takes a row of a part.
func (c *Collector) AddPartRow(r PartRow) error {
	c.Added++
	return c.rows.Add(r.key, r.value)
}

// Reset makes room for the next part.
func (c *Collector) Reset() error {
	c.Added = 0
	return c.rows.Reset()
}

// Read reads what a row is worth.
func (r PartRow) Read(zone *time.Location, into *Row) error {
	return ReadRow(string(r.value), zone, into)
}

// A PartSum is what a part, or the whole, comes to in one currency: counts, and sums in minor
// units. Of what is open, captures are what remains.
type PartSum struct{ Captures, Captured, Refunds, Refunded int64 }

// Plus adds an amount.
func (s PartSum) Plus(minor int64, refund bool) (sum PartSum, err error) {
	sum = s
	if refund {
		sum.Refunds++
		sum.Refunded, err = money.Add(s.Refunded, minor)
	} else {
		sum.Captures++
		sum.Captured, err = money.Add(s.Captured, minor)
	}
	return sum, err
}

// splitReport makes the rows of a report and those of its parts, which are as those of reports
// that are cut to one value each.
type splitReport struct {
	Definition
	whole  appender
	values func(*payment.Transaction) []string // that may have a part of it
	part   func(value string) appender
}

type appender interface {
	AppendRows(*Collector, *payment.Transaction) error
}

// AppendRows makes the rows of one transaction.
func (k splitReport) AppendRows(c *Collector, t *payment.Transaction) error {
	before := c.Added
	if err := k.whole.AppendRows(c, t); err != nil || c.Added == before {
		return err // what the whole has no row of no part has
	}
	var errs error
	for _, value := range k.values(t) {
		taker, err := c.part(value)
		if err == nil {
			err = k.part(value).AppendRows(taker, t)
		}
		errs = errors.Join(errs, err)
	}
	return errs
}

// splitBy is a report with parts.
func splitBy(report *reportconfig.Report, whole Definition, define func(*reportconfig.Report) Definition) Definition {
	k := splitReport{Definition: whole, whole: whole.(appender), values: sellersOf}
	if report.Split == reportconfig.SplitByStore {
		k.values = func(t *payment.Transaction) []string { return []string{t.Store.ID} }
	}
	k.part = func(value string) appender {
		return define(PartOf(report, "", reportconfig.Part{Value: value})).(appender)
	}
	return k
}

// sellersOf are those that may have a part of a transaction, each once; "" is nobody.
func sellersOf(t *payment.Transaction) (all []string) {
	for seller := range payment.Sellers(t) {
		if !slices.Contains(all, seller) {
			all = append(all, seller)
		}
	}
	return all
}

// PartSums adds a row to the sums of its part, by currency.
func PartSums(data reportconfig.Data, r *Row, add func(amount content.Value, refund bool) error) error {
	switch data.(type) {
	case reportconfig.Transactions:
		return add(r.Cells[TransactionNet], r.class == classRefund)
	case reportconfig.Open:
		return add(r.Cells[openRemaining], false)
	}
	return fmt.Errorf("no parts of %T", data)
}

// WholeSums are those of a report by currency, in the same terms.
func WholeSums(data reportconfig.Data, t *Totals) map[string]PartSum {
	all := map[string]PartSum{}
	for g, sums := range t.Groups[PerCurrency] {
		s := PartSum{sums.Counts[0], sums.Sums[0], sums.Counts[1], sums.Sums[1]}
		if _, open := data.(reportconfig.Open); open {
			s = PartSum{Captures: sums.Counts[3], Captured: sums.Sums[3]}
		}
		all[string(g.Code)] = s
	}
	return all
}

// privateStore hides a store that another seller has: its name is none of this one's business.
func privateStore(t *payment.Transaction, private bool, sellers []string) payment.Store {
	if private && t.Store.PayoutDestination != "" && len(sellers) > 0 && !slices.Contains(sellers, t.Store.PayoutDestination) {
		return payment.Store{}
	}
	return t.Store
}
