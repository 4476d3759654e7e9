package report

import (
	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/settlement"
)

// settlementReport is settlements: a row per payout to a bank account and currency. What is
// postponed has a row, and is no money yet.
type settlementReport struct {
	period calendar.Period
}

var settlementColumns = []Column{
	{"settled_at", content.Date, 1, 0}, {"settlement_id", content.Text, 3, 0}, {"provider", content.Text, 1, 0}, {"provider_reference", content.Text, 1, 0},
	{"payment_status", content.Text, 2, 0}, {"first_event_at", content.Time, 7, 0}, {"last_event_at", content.Time, 7, 0},
	{"store_id", content.Text, 0, 0}, {"seller", content.Text, 3, 0}, {"currency", content.Text, 2, 0},
	{"captured", content.Money, 2, sumRole}, {"refunded", content.Money, 2, sumRole}, {"fee", content.Money, 2, sumRole}, {"net", content.Money, 1, sumRole},
	{"events_captured", content.Money, 0, 0}, {"events_refunded", content.Money, 0, 0}, {"events_fee", content.Money, 0, 0}, {"difference", content.Money, 4, 0},
	{"read_at", content.Time, 0, 0},
}

// Where the totals find what they need in a row of settlementColumns.
const settlementProvider, settlementCaptured, settlementRefunded, settlementFee, settlementNet = 2, 10, 11, 12, 13

func (k settlementReport) Layout() Layout {
	return Layout{
		Columns:  settlementColumns,
		Ledgered: []string{"paid_out", "captured", "refunded", "fee"},
		Measures: []Measure{
			{"summary.settlements", true, []int{0}}, {"summary.captured", false, []int{1}}, {"summary.refunded", false, []int{2}},
			{"summary.fees", false, []int{3}}, {"summary.expected_in_bank", false, []int{0}},
		},
		Answer: Answer{"summary.expected_in_bank", []int{0}, []AnswerPart{
			{"summary.captured", "lead.settlements", 1}, {"summary.refunded", "", 2}, {"summary.fees", "", 3},
		}},
		words:  map[string]Wording{"payment_status": nameWithPrefix("payment_status.")},
		people: map[string]Wording{"provider": nameWithPrefix("provider.")},
		Empty:  "document.empty_settlements", Notes: []string{"document.settlement_note"},
	}
}

// AppendRow makes the row of a settlement in one currency; the nth of the report.
func (k settlementReport) AppendRow(c *Collector, s *settlement.Row, n int) error {
	figures := []content.Value{{}, {}, {}, {}}
	if s.EventsRead {
		difference, err := s.Difference()
		if err != nil {
			return err
		}
		for i, minor := range []int64{s.Events.Captured, s.Events.Refunded, s.Events.Fee, difference} {
			figures[i] = content.MoneyOf(minor, s.Currency)
		}
	}
	r := Row{at: s.At, tie: s.ID, ordinal: n, class: classPaid}
	status := s.PaymentStatus
	if status == "" {
		status = "paid"
	}
	if !s.Paid() {
		r.class = classOther
	}
	at := func(i int) content.Value {
		t := []content.Value{content.TimeOf(s.StartAt.In(c.Zone)), content.TimeOf(s.EndAt.In(c.Zone))}[i]
		if i == 0 && s.StartAt.IsZero() || i == 1 && s.EndAt.IsZero() {
			return content.Value{}
		}
		return t
	}
	r.Cells = append(append(c.cells[:0],
		content.DateOf(s.Day), textCell(s.ID), textCell(s.Provider), textCell(s.ProviderReference), textCell(status), at(0), at(1),
		textCell(s.StoreID), textCell(s.PayoutDestination), textCell(string(s.Currency)),
		content.MoneyOf(s.Capture, s.Currency), content.MoneyOf(-s.Refund, s.Currency), content.MoneyOf(s.Fee, s.Currency), content.MoneyOf(s.Amount, s.Currency)),
		append(figures, content.TimeOf(s.ReadAt.In(c.Zone)))...)
	return c.Add(&r)
}

// Count takes what is paid: what is postponed is not expected in the bank.
func (k settlementReport) Count(t *Totals, r *Row) error {
	if r.class != classPaid {
		return nil
	}
	var p groupKeys
	p.in(PerCurrency, "")
	p.in(PerProvider, r.Cells[settlementProvider].Text)
	for measure, cell := range []int{settlementNet, settlementCaptured, settlementRefunded, settlementFee} {
		if err := t.Add(measure, 1, r.Cells[cell], &p); err != nil {
			return err
		}
	}
	return nil
}

// A SettlementRows is the definition of settlements, which takes its rows one by one.
type SettlementRows interface {
	AppendRow(c *Collector, s *settlement.Row, n int) error
}
