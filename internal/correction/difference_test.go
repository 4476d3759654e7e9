package correction_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/correction"
	"rapport/internal/ledger"
	"rapport/internal/ledger/corrected"
	"rapport/internal/money"
	"rapport/internal/report"
	"rapport/reportconfig"
)

func layoutOf(t *testing.T, data reportconfig.Data) report.Layout {
	t.Helper()
	kind, err := report.Define(&reportconfig.Report{Data: data}, calendar.Period{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return kind.Layout()
}

// randomRow has odd texts, blank cells, and few values, so that rows come twice.
func randomRow(r *rand.Rand, columns []content.Column, l report.Layout, zone *time.Location) []content.Value {
	code := []money.Currency{"NOK", "NOK", "JPY", "KWD"}[r.IntN(4)]
	texts := []string{"a", "b", "=1+1", "'=x", "''@", "Å;\"ø\"", "two\nlines", "1,5", "-", "'"}
	row := make([]content.Value, len(columns))
	for i, c := range columns {
		if r.IntN(6) == 0 && l.Columns[i].Key != "time" && l.Columns[i].Key != "currency" {
			continue
		}
		switch c.Kind {
		case content.Time: // around the hour that comes twice
			row[i] = content.TimeOf(time.Unix(1792886400+int64(r.IntN(4*3600)), 0).In(zone))
		case content.Money:
			row[i] = content.MoneyOf(r.Int64N(400)-200, code)
		case content.Integer:
			row[i] = content.IntegerOf(r.Int64N(3))
		case content.Decimal:
			row[i] = content.DecimalOf([]string{"1.5", "2", "-0.25"}[r.IntN(3)])
		default:
			row[i] = content.TextOf(texts[r.IntN(len(texts))])
		}
		if l.Columns[i].Key == "currency" {
			row[i] = content.TextOf(string(code))
		}
	}
	return row
}

func csvOf(t *testing.T, f correction.Form, l report.Layout, rows [][]content.Value) []byte {
	t.Helper()
	form, err := f.CSV(l)
	if err != nil {
		t.Fatal(err)
	}
	out, err := form.AppendHead(nil)
	for _, row := range rows {
		if err == nil {
			out, err = form.AppendRow(out, row)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func opener(data []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
}

// counted are the rows of a CSV as what counts of them, and their change.
func counted(t *testing.T, data []byte, f correction.Form, l report.Layout) (rows, changes []string) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	if !f.Machine && f.Language == "no" {
		r.Comma = ';'
	}
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range all[1:] {
		var parts []string
		for i, c := range l.Columns {
			if !correction.Uncounted(c.Key) {
				parts = append(parts, row[i])
			}
		}
		rows, changes = append(rows, strings.Join(parts, "\x00")), append(changes, row[len(row)-1])
	}
	return rows, changes
}

// apply takes a correction's removed rows off, and puts its added rows on.
func apply(t *testing.T, rows, changed, changes []string) []string {
	t.Helper()
	rows = slices.Clone(rows)
	for i, row := range changed {
		switch changes[i] {
		case "Removed", "Fjernet":
			at := slices.Index(rows, row)
			if at < 0 {
				t.Fatalf("removes what is not there: %q", row)
			}
			rows = slices.Delete(rows, at, at+1)
		case "Added", "Lagt til":
			rows = append(rows, row)
		default:
			t.Fatalf("no change: %q", changes[i])
		}
	}
	return slices.Sorted(slices.Values(rows))
}

// TestACorrectionAppliedToTheOldRowsGivesTheNewOnes, one after the other, whatever changes, in every form.
func TestACorrectionAppliedToTheOldRowsGivesTheNewOnes(t *testing.T) {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(15, seed))
		l := layoutOf(t, []reportconfig.Data{reportconfig.Transactions{}, reportconfig.Orders{}, reportconfig.Wallets{}}[r.IntN(3)])
		f := []correction.Form{{Language: "no"}, {Language: "en"}, {Language: "en", Machine: true}}[r.IntN(3)]
		words, err := f.Words()
		if err != nil {
			t.Fatal(err)
		}
		columns := l.Titled(words)
		var rows [][]content.Value
		for range r.IntN(30) {
			rows = append(rows, randomRow(r, columns, l, oslo))
		}
		first := csvOf(t, f, l, rows)
		state, _ := counted(t, first, f, l)
		slices.Sort(state)
		var before []corrected.Correction
		for position := 1; position <= 4; position++ {
			rows = slices.Clone(rows)
			for range r.IntN(5) {
				switch n := len(rows); {
				case n > 0 && r.IntN(3) == 0:
					rows = slices.Delete(rows, n-1, n)
				case n > 0 && r.IntN(2) == 0:
					rows = append(rows, rows[r.IntN(n)]) // once more
				default:
					rows = append(rows, randomRow(r, columns, l, oslo))
				}
			}
			r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			basis, err := correction.NewBasis(ledger.Period{}, "Europe/Oslo", nil, before, true, l, opener(first))
			if err != nil {
				t.Fatal(err)
			}
			fresh := csvOf(t, f, l, rows)
			d, err := correction.Compare(basis, l, oslo, t.TempDir(), opener(fresh))
			if err != nil {
				t.Fatal(err)
			}
			want, _ := counted(t, fresh, f, l)
			slices.Sort(want)
			if d.Added+d.Removed == 0 {
				if !slices.Equal(state, want) {
					t.Fatalf("seed %d: nothing is told of a change", seed)
				}
				continue
			}
			in, err := d.CSV()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(in)
			if err != nil {
				t.Fatal(err)
			}
			changed, changes := counted(t, text, f, l)
			if state = apply(t, state, changed, changes); !slices.Equal(state, want) {
				t.Fatalf("seed %d, correction %d: is not what it is now", seed, position)
			}
			n := int64(0)
			for _, err := range d.Rows() {
				if n++; err != nil {
					t.Fatal(err)
				}
			}
			if n != d.Added+d.Removed || n != int64(len(changed)) {
				t.Errorf("seed %d: %d rows of %d and %d", seed, n, d.Added, d.Removed)
			}
			before = append(before, corrected.Correction{Position: position, Number: position, Changes: d.Changes})
		}
	}
}

func TestStatusFeeSettlementAndAStoresNameAreNoChange(t *testing.T) {
	l := layoutOf(t, reportconfig.Transactions{})
	f := correction.Form{Language: "en"}
	words, err := f.Words()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	columns := l.Titled(words)
	row := randomRow(r, columns, l, time.UTC)
	first := csvOf(t, f, l, [][]content.Value{row})
	for i, c := range l.Columns {
		other := slices.Clone(row)
		switch columns[i].Kind {
		case content.Time:
			other[i] = content.TimeOf(row[i].Time.Add(time.Second))
		case content.Money:
			other[i] = content.MoneyOf(123456, "NOK")
		default:
			other[i] = content.TextOf("another")
		}
		if c.Key == "currency" {
			continue // which says how amounts are written
		}
		basis, err := correction.NewBasis(ledger.Period{}, "UTC", nil, nil, false, l, opener(first))
		if err != nil {
			t.Fatal(err)
		}
		if c.Key != "currency" {
			for j := range other { // the amounts are of one currency
				if other[j].Kind == content.Money {
					other[j].Code = row[j].Code
				}
			}
		}
		d, err := correction.Compare(basis, l, time.UTC, t.TempDir(), opener(csvOf(t, f, l, [][]content.Value{other})))
		if err != nil {
			t.Fatal(c.Key, err)
		}
		got := fmt.Sprint(d.Added, d.Removed)
		want := "1 1"
		if slices.Contains([]string{"status", "fee", "settlement_id", "store"}, c.Key) {
			want = "0 0"
		}
		if got != want {
			t.Errorf("%s: %s", c.Key, got)
		}
	}
}

func TestACorrectionIsNotCorrected(t *testing.T) {
	for _, made := range []ledger.Period{{Remake: ledger.Corrected}, {Edition: -1}} {
		if _, err := correction.NewBasis(made, "Europe/Oslo", nil, nil, false, report.Layout{}, nil); err == nil {
			t.Errorf("%+v is corrected", made)
		}
	}
}

// TestACorrectionNeedsAllThatWasChangedBefore: retention may have taken it.
func TestACorrectionNeedsAllThatWasChangedBefore(t *testing.T) {
	if _, err := correction.NewBasis(ledger.Period{}, "Europe/Oslo", nil, []corrected.Correction{{Number: 1}}, false, report.Layout{}, nil); !errors.Is(err, correction.ErrGone) {
		t.Error(err)
	}
}

func TestACorrectionHasABoundOfRows(t *testing.T) {
	l := layoutOf(t, reportconfig.Wallets{})
	f := correction.Form{Language: "en", Machine: true}
	head := csvOf(t, f, l, nil)
	b, err := correction.NewBasis(ledger.Period{}, "Europe/Oslo", nil, nil, false, l, opener(head))
	if err != nil {
		t.Fatal(err)
	}
	row := strings.Repeat(",", len(l.Columns)-1) + "\r\n"
	many := opener(append(head, strings.Repeat(row, 200_001)...))
	if _, err := correction.Compare(b, l, time.UTC, t.TempDir(), many); !errors.Is(err, correction.ErrTooMany) {
		t.Error(err)
	}
}
