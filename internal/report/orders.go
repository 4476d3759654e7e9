package report

import (
	"cmp"
	"slices"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/payment"
	"rapport/locales"
	"rapport/reportconfig"
)

// orderReport is orders/orderoperations: a row per operation, line and payout destination.
type orderReport struct {
	period calendar.Period
	filter reportconfig.Orders
}

var orderColumns = []Column{
	{"time", content.Time, 1, 0}, {"operation", content.Text, 1, 0}, {"operation_id", content.Text, 0, 0}, {"order_id", content.Text, 1, 0},
	{"order_status", content.Text, 0, 0}, {"store_id", content.Text, 0, 0}, {"line_id", content.Text, 0, 0}, {"item_id", content.Text, 0, 0},
	{"description", content.Text, 2, 0}, {"quantity", content.Decimal, 0, 0}, {"payout_destination", content.Text, 3, 0}, {"currency", content.Text, 2, 0},
	{"line_amount", content.Money, 0, 0}, {"destination_amount", content.Money, 0, 0}, {"operation_amount", content.Money, 1, 0},
	{"vat_rate", content.Decimal, 0, 0}, {"vat", content.Money, 0, 0}, {"payment_provider", content.Text, 0, 0}, {"payment_id", content.Text, 0, 0},
	{"payment_method", content.Text, 0, 0}, {"processed_by", content.Text, 0, 0},
}

// Where the totals find what they need in a row of orderColumns.
const (
	orderOperation, orderLineAmount, orderDestinationAmount, orderAmount = 1, 12, 13, 14
	orderVATRate, orderVATAmount                                         = 15, 16
)

func (k orderReport) Layout() Layout {
	notes := []string{"document.orders_updated"}
	if len(k.filter.Destinations) > 0 {
		notes = append(notes, "document.destination_note")
	}
	return Layout{
		Columns:  orderColumns,
		Ledgered: []string{"amount"},
		Measures: []Measure{{"summary.count", true, []int{0}}, {"summary.amount", false, []int{0}}},
		words: map[string]Wording{
			"operation": nameWithPrefix("operation."), "order_status": nameWithPrefix("order."), "payment_provider": nameWithPrefix("provider."), "vat_rate": vatRates,
		},
		Empty: "document.empty_orders", Notes: notes,
		Lead: func(t *Totals, words *locales.Printer) string {
			var n int64
			for _, f := range t.Groups[PerOperation] {
				n += f.Counts[0]
			}
			return words.Word("lead.orders", words.Count("lead.operations", n))
		},
	}
}

// OrderVersion names an order and orders its copies: by updated_at, else by its newest operation.
func OrderVersion(o *payment.Order) (id string, version int64) {
	newest := o.UpdatedAt
	if newest.IsZero() {
		for i := range o.Operations {
			if o.Operations[i].At.After(newest) {
				newest = o.Operations[i].At
			}
		}
	}
	return o.ID, newest.UnixNano()
}

// AppendRows makes the rows of one order. What cannot be read of it matters only if an
// operation of the period, or one of which nobody knows when it was, is the report's.
func (k orderReport) AppendRows(c *Collector, o *payment.Order) error {
	var vat *orderVAT // made for the first operation of the period
	seen := map[operationKey]bool{}
	ordinal := 0
	for i := range o.Operations {
		op := &o.Operations[i]
		if !op.Success || op.ID != "" && seen[operationKey{op.Type, op.ID}] {
			continue
		}
		seen[operationKey{op.Type, op.ID}] = true
		if !k.period.Contains(op.At) && (op.Fault == nil || !op.At.IsZero()) {
			continue
		}
		if fault := cmp.Or(op.Fault, o.Fault); fault != nil && k.concerns(op) {
			return payment.Named("order", o.ID, fault)
		}
		if vat == nil {
			vat = vatOf(o)
		}
		rows, err := k.rows(o, i, vat, c.Zone)
		if err != nil {
			return payment.Named("order", o.ID, err)
		}
		for j := range rows {
			r := &rows[j]
			r.at, r.tie = op.At, op.ID
			r.ordinal, r.repeats = ordinal, j > 0
			ordinal++
			if err := c.Add(r); err != nil {
				return payment.Named("order", o.ID, err)
			}
		}
	}
	return nil
}

// operationKey is what an operation is told by: it may come twice.
type operationKey struct {
	collection payment.OperationType
	id         string
}

// concerns tells whether an operation is the report's, or may be.
func (k orderReport) concerns(op *payment.Operation) bool {
	wanted := k.filter.Destinations
	if len(wanted) == 0 || op.Fault != nil {
		return true
	}
	return slices.ContainsFunc(op.Lines, func(l payment.OperationLine) bool {
		return slices.ContainsFunc(l.Destinations, func(to payment.Split) bool { return slices.Contains(wanted, to.PayoutDestination) })
	})
}

// rows are the lines of the operation of that index; with a filter, those of its destinations only.
func (k orderReport) rows(o *payment.Order, index int, vats *orderVAT, zone *time.Location) ([]Row, error) {
	op, wanted := &o.Operations[index], k.filter.Destinations
	if len(op.Lines) == 0 && len(wanted) == 0 {
		return []Row{{Cells: k.cells(o, op, nil, nil, lineVAT{}, zone)}}, nil
	}
	var rows []Row
	for i := range op.Lines {
		line := &op.Lines[i]
		vat, err := vats.of(index, i)
		if err != nil {
			return nil, err
		}
		if len(line.Destinations) == 0 && len(wanted) == 0 {
			rows = append(rows, Row{Cells: k.cells(o, op, line, nil, vat, zone)})
		}
		for j := range line.Destinations {
			to := &line.Destinations[j]
			if len(wanted) == 0 || slices.Contains(wanted, to.PayoutDestination) {
				rows = append(rows, Row{Cells: k.cells(o, op, line, to, vat, zone), sameLine: j > 0})
			}
		}
	}
	return rows, nil
}

func (k orderReport) cells(o *payment.Order, op *payment.Operation, line *payment.OperationLine, to *payment.Split, vat lineVAT, zone *time.Location) []content.Value {
	sign := int64(1)
	if (op.Type == payment.Refund || op.Type == payment.Cancellation) && op.Amount >= 0 {
		sign = -1 // they are positive in Dintero; one that is negative already stays so
	}
	amount := func(minor int64) content.Value { return content.MoneyOf(sign*minor, o.Currency) }
	var lineID, destination, lineAmount, destinationAmount, vatAmount content.Value
	var item payment.OrderLine
	if line != nil {
		lineID, lineAmount = textCell(line.LineID), amount(line.Amount)
		if vat.line != nil {
			item = *vat.line
		}
		if vat.known {
			vatAmount = amount(vat.amount)
		}
	}
	if to != nil {
		destination, destinationAmount = textCell(to.PayoutDestination), amount(to.Amount)
	}
	id := o.OrderID
	if id == "" {
		id = o.ID
	}
	return []content.Value{
		content.TimeOf(op.At.In(zone)), textCell(string(op.Type)), textCell(op.ID), textCell(id),
		textCell(o.Status), textCell(o.StoreID), lineID, textCell(item.ItemID),
		textCell(item.Description), content.DecimalOf(item.Quantity), destination, textCell(string(o.Currency)),
		lineAmount, destinationAmount, amount(op.Amount),
		vat.rate, vatAmount, textCell(op.PSP), textCell(op.PaymentID),
		textCell(op.ProductType), textCell(op.ProcessedBy),
	}
}

// Count takes each operation once, as its amount stands on every row of it; with a
// filter it takes the part of the destinations filtered on.
func (k orderReport) Count(t *Totals, r *Row) error {
	amount, count := r.Cells[orderAmount], int64(1)
	if r.repeats {
		amount.Number, count = 0, 0
	}
	if len(k.filter.Destinations) > 0 {
		amount = r.Cells[orderDestinationAmount]
	}
	var p groupKeys
	p.in(PerOperation, r.Cells[orderOperation].Text)
	if err := t.Add(0, count, amount, &p); err != nil {
		return err
	}
	return k.countVAT(t, r)
}

// countVAT takes the VAT of what was captured and refunded, of each line once.
func (k orderReport) countVAT(t *Totals, r *Row) error {
	operation, gross := payment.OperationType(r.Cells[orderOperation].Text), r.Cells[orderLineAmount]
	if r.sameLine || gross.Kind != content.Money || len(k.filter.Destinations) > 0 || operation != payment.Capture && operation != payment.Refund {
		return nil
	}
	vat := r.Cells[orderVATAmount]
	if rate := r.Cells[orderVATRate]; rate.Kind == content.Decimal && vat.Kind == content.Money {
		return t.addVAT([]vatPart{{plainRate(rate.Text), gross.Number, vat.Number}}, gross, vat)
	}
	return t.addVAT(nil, gross, vat)
}
