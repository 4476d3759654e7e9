package correction

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
)

// Columns by whose keys cells are understood.
const currencyKey = "currency"

// cells are the values of a record, as a document shows them: what the CSV says already is in words.
func (t table) cells(record []string, zone *time.Location) ([]content.Value, error) {
	words, err := t.form.Words()
	if err != nil {
		return nil, err
	}
	mark := words.DecimalMark()
	if t.form.Machine {
		mark = "."
	}
	var code money.Currency
	for i, c := range t.layout.Columns {
		if c.Key == currencyKey {
			code = money.Currency(unguarded(record[i]))
		}
	}
	kinds := t.layout.Titled(words)
	out := make([]content.Value, len(t.layout.Columns))
	for i := range out {
		if out[i], err = t.cell(record[i], kinds[i].Kind, mark, code, zone); err != nil {
			return nil, fmt.Errorf("%s %q: %w", t.layout.Columns[i].Key, record[i], err)
		}
	}
	return out, nil
}

func (t table) cell(text string, kind content.Kind, mark string, code money.Currency, zone *time.Location) (content.Value, error) {
	if text == "" {
		return content.Value{}, nil
	}
	switch kind {
	case content.Time:
		layout := time.DateTime
		if t.form.Machine {
			layout = "2006-01-02T15:04:05-07:00"
		}
		at, err := time.ParseInLocation(layout, text, zone)
		return content.TimeOf(at.In(zone)), err
	case content.Date:
		at, err := time.Parse(time.DateOnly, text)
		return content.DateOf(at), err
	case content.Money:
		minor, err := minorOf(text, mark, code)
		return content.MoneyOf(minor, code), err
	case content.Integer:
		n, err := strconv.ParseInt(text, 10, 64)
		return content.IntegerOf(n), err
	case content.Decimal:
		if plain := strings.ReplaceAll(text, mark, "."); content.IsDecimal(plain) {
			return content.DecimalOf(plain), nil
		} // else several rates
	}
	return content.TextOf(unguarded(text)), nil
}

// minorOf reads an amount as the CSV writes it.
func minorOf(text, mark string, code money.Currency) (int64, error) {
	digits, _ := code.Decimals()
	whole, part, _ := strings.Cut(text, mark)
	if len(part) != digits {
		return 0, fmt.Errorf("wants %d decimals", digits)
	}
	return strconv.ParseInt(whole+part, 10, 64)
}

// unguarded takes off the apostrophe that keeps a spreadsheet from calculating a text.
func unguarded(text string) string {
	if rest, found := strings.CutPrefix(text, "'"); found {
		if bare := strings.TrimLeft(rest, "'"); bare != "" && strings.ContainsRune("=+-@\t\r", rune(bare[0])) {
			return rest
		}
	}
	return text
}

// at is when a row was, to the second, and what it is of: by them changes are sorted.
func (t table) at(cells []content.Value) (at time.Time, id string) {
	for i, c := range t.layout.Columns {
		switch {
		case cells[i].Kind == content.Time && at.IsZero():
			at = cells[i].Time
		case c.Key == "transaction_id" || c.Key == "operation_id":
			id = cells[i].Text
		}
	}
	return at, id
}

// Line is what somebody is told of a row: "Capture b, 2026-11-19 12:00:00, NOK 50.00".
func Line(l report.Layout, cells []content.Value) string {
	var parts []string
	kind, id, amount := "", "", ""
	for i, c := range l.Columns {
		v := cells[i]
		switch c.Key {
		case "type", "operation":
			kind = v.Text
		case "transaction_id", "operation_id":
			id = v.Text
		case "time":
			parts = append(parts, v.Time.Format(time.DateTime))
		case "net", "destination_amount", "amount":
			if v.Kind == content.Money {
				amount = string(v.Code) + " " + money.Amount{Minor: v.Number, Currency: v.Code}.Decimal(".")
			}
		}
	}
	return strings.Join(append([]string{strings.TrimSpace(kind + " " + id)}, append(parts, amount)...), ", ")
}
