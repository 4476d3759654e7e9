package statement

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"rapport/internal/money"
	"rapport/internal/payment"
	"rapport/internal/report"
	"rapport/internal/settlement"
)

// manySettlements are figures of as many settlements as are given: paid out, postponed, left out and
// changed, each with a line of the bridge.
func manySettlements(t *testing.T, amounts ...money.Amount) *Figures {
	t.Helper()
	day := time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)
	s := &Settlements{Outcome: &settlement.Outcome{}}
	for i, a := range amounts {
		id := "s" + strings.Repeat("x", i)
		row := settlement.Row{Settlement: &payment.Settlement{ID: id, Provider: id}, SettlementAmount: payment.SettlementAmount{Currency: a.Currency, Capture: a.Minor, Amount: a.Minor}, Day: day}
		told := settlement.Told{Key: row.Key(), Provider: id, Standing: settlement.Paid, Amount: a.Minor, Day: day}
		s.Rows = append(s.Rows, row)
		s.Waiting = append(s.Waiting, settlement.Waiting{Told: told})
		s.Changed = append(s.Changed, settlement.Changed{Before: told, Now: told})
		s.Booking.LeftOut = append(s.Booking.LeftOut, settlement.LeftOut{Row: &row})
		s.Lines = append(s.Lines, settlement.Line{LineKey: settlement.LineKey{Provider: id, Currency: a.Currency}, Captured: a.Minor, Closing: a.Minor, Unexplained: a.Minor})
	}
	return &Figures{Words: norwegian(t), Totals: report.NewTotals(), Settlements: s}
}

// TestASettlementTableThatIsCutComesToItsTotal: it has the largest rows, and in each currency one for
// the others with their sums, in the document and in a mail.
func TestASettlementTableThatIsCutComesToItsTotal(t *testing.T) {
	var kroner, both []money.Amount
	for i := range int64(60) {
		kroner = append(kroner, money.Amount{Minor: (i + 1) * 100, Currency: "NOK"})
		both = append(both, money.Amount{Minor: (i + 1) * 100, Currency: []money.Currency{"NOK", "EUR"}[i%2]})
	}
	for _, all := range [][]money.Amount{kroner, both} {
		fs := manySettlements(t, all...)
		tables, err := settlementTables{newSettlementTexts(fs)}.all()
		if err != nil {
			t.Fatal(err)
		}
		cut := 0
		for _, table := range tables {
			if body, _ := table.Split(); table.Title == fs.Words.Word("summary.payouts") && len(body) > maxPayouts+1 {
				t.Errorf("%s has %d rows in the document", table.Title, len(body))
			}
			for _, most := range []int{len(all), 30, 7} {
				short := table.Shortened(most)
				body, total := short.Split()
				if len(short.Rest) == 0 {
					continue
				}
				cut++
				column := len(short.Head) - 1
				if !short.Right[column] { // the reason why it is left out
					column--
				}
				if got, want := columnSum(t, body, column), int64(60*61/2*100); got != want || short.More != 0 || len(total) > 0 && columnSum(t, total, column) != want {
					t.Errorf("%s: %d rows come to %d, want %d: %q", table.Title, len(body), got, want, body)
				}
				if most < len(all) && !strings.HasPrefix(body[len(body)-1][0], "og ") || len(body) > most+2 {
					t.Errorf("%s: %q", table.Title, body)
				}
			}
		}
		if cut != 3*6 {
			t.Errorf("%d tables are cut, want the payouts, the postponed, the left out, the changed and the lines by what leads to their closing", cut)
		}
	}
}

// columnSum adds up amounts in minor units.
func columnSum(t *testing.T, rows [][]string, column int) (sum int64) {
	t.Helper()
	for _, row := range rows {
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, row[column])
		minor, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			t.Fatalf("%q: %v", row, err)
		}
		sum += minor
	}
	return sum
}

// TestRemarksThatAreNotNamedAreCountedAsRemarks: one settlement may have two.
func TestRemarksThatAreNotNamedAreCountedAsRemarks(t *testing.T) {
	fs := manySettlements(t, make([]money.Amount, maxNamed)...)
	for i := range fs.Settlements.Rows {
		fs.Settlements.Rows[i].Amount, fs.Settlements.Rows[i].Fee = -1, -1
	}
	said := newSettlementTexts(fs).negativeRemarks()
	if got, want := said[len(said)-1], "og "+strconv.Itoa(maxNamed)+" til"; len(said) != maxNamed+1 || got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}
