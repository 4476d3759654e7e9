package report

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"rapport/internal/content"
	"rapport/internal/payment"
	"rapport/internal/settlement"
)

// maxParts is in how many settlements one event may be.
const maxParts = 80

// AppendMovements makes a row of each capture and refund of a transaction since an instant, for
// [ReadMovement]. A collector of them takes nothing else, and sorts them by their hash.
func AppendMovements(c *Collector, t *payment.Transaction, since time.Time) error {
	for i := range t.Events {
		e := &t.Events[i]
		if !e.IsMovement() || e.CreatedAt.Before(since) || e.Repeats(t.Events[:i]) {
			continue
		}
		signed := e.Amount
		if e.Type == payment.EventRefund {
			signed = -signed
		}
		parts, err := settlement.PartsOf(e, signed)
		if err == nil && len(parts) > maxParts {
			err = fmt.Errorf("an event is in %d settlements, at most %d are read", len(parts), maxParts)
		}
		if err != nil {
			return fmt.Errorf("transaction %s: %w", t.ID, err)
		}
		name := e.ID
		if name == "" {
			name = e.RequestID
		}
		if name == "" {
			name = e.Type + " " + strconv.FormatInt(e.CreatedAt.UnixNano(), 10)
		}
		r := Row{at: e.CreatedAt, tie: t.ID, ordinal: i, class: classCapture, Cells: append(c.cells[:0],
			content.TextOf(t.ID), content.TextOf(name), content.TimeOf(e.CreatedAt), content.MoneyOf(signed, t.Currency), content.TextOf(t.Product), content.TextOf(payment.SellerOf(t)))}
		if e.Type == payment.EventRefund {
			r.class = classRefund
		}
		c.prefix = binary.BigEndian.AppendUint64(c.prefix[:0], settlement.MovementHash(t.ID, name))
		for _, p := range parts {
			r.Cells = append(r.Cells, content.TextOf(p.Settlement), content.IntegerOf(p.Gross), content.IntegerOf(p.Fee))
		}
		if err := c.Add(&r); err != nil {
			return err
		}
	}
	return nil
}

// ReadMovement reads a row that AppendMovements made, as [Collector.Sorted] yields it.
func ReadMovement(raw []byte, row *Row, into *settlement.Movement) error {
	if err := ReadRow(string(raw), time.UTC, row); err != nil {
		return err
	}
	const fixed, part = 6, 3
	cells := row.Cells
	if len(cells) < fixed || (len(cells)-fixed)%part != 0 {
		return fmt.Errorf("read sorted movements: a row has %d cells", len(cells))
	}
	*into = settlement.Movement{
		Transaction: cells[0].Text, Event: cells[1].Text, At: cells[2].Time, Refund: row.class == classRefund,
		Amount: cells[3].Number, Currency: cells[3].Code, Product: cells[4].Text, Seller: cells[5].Text, Parts: into.Parts[:0],
	}
	for i := fixed; i < len(cells); i += part {
		into.Parts = append(into.Parts, settlement.Part{Settlement: cells[i].Text, Gross: cells[i+1].Number, Fee: cells[i+2].Number})
	}
	return nil
}
