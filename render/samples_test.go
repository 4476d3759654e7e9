package render

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/locales"
)

// A sample is a document as the builder would ask for it.
type sample struct {
	document Document
	rows     [][]content.Value
}

// checkStates are all states of a check, the one that says nothing first.
var checkStates = [...]content.CheckState{content.NoCheck, content.Agrees, content.Differs, content.NotChecked}

var oslo = time.FixedZone("CET", 3600)

func printer(t testing.TB, language string) *locales.Printer {
	t.Helper()
	p, err := locales.For(language)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func render(t testing.TB, s sample, watch func(drawnItem)) []byte {
	t.Helper()
	var out bytes.Buffer
	e, err := NewPDF(&out, s.document)
	if err != nil {
		t.Fatal(err)
	}
	e.observe = watch
	for _, row := range s.rows {
		if err := e.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// samples are the documents that are compared with golden files, looked at and measured:
// each kind of report in both languages, in good days and bad.
func samples(t testing.TB) map[string]sample {
	all := map[string]sample{
		"elsewhere": elsewhere(t),
		"monthly":   monthly(t),
		"week":      week(t),
	}
	type maker func(t testing.TB, language string, count int, currencies ...money.Currency) sample
	for kind, make := range map[string]maker{"transactions": transactions, "open": openTransactions, "wallets": wallets} {
		for _, language := range []string{"no", "en"} {
			name := kind + "." + language + "."
			all[name+"normal"] = make(t, language, 60, "NOK")
			all[name+"empty"] = make(t, language, 0, "NOK")
			all[name+"one"] = make(t, language, 1, "NOK")
			all[name+"many"] = make(t, language, 3000, "NOK")
			all[name+"currencies"] = make(t, language, 40, "NOK", "SEK", "EUR", "ISK")
			all[name+"hostile"] = spoil(make(t, language, 50, "NOK"))
		}
	}
	return all
}

// columnsOf are columns by the key of their word, kind and rank: "net money 1".
func columnsOf(p *locales.Printer, list string) []content.Column {
	kinds := map[string]content.Kind{"text": content.Text, "time": content.Time, "money": content.Money, "integer": content.Integer, "decimal": content.Decimal}
	var columns []content.Column
	for line := range strings.SplitSeq(strings.TrimSpace(list), "\n") {
		var key, kind string
		var rank int
		fmt.Sscan(line, &key, &kind, &rank)
		columns = append(columns, content.Column{Title: p.Word("column." + key), Kind: kinds[kind], Rank: rank,
			Day: key == "time", Sum: kind == "money" && slices.Contains([]string{"captured", "refunded", "net", "fee", "amount", "remaining"}, key)})
	}
	return columns
}

func document(p *locales.Printer, data string) Document {
	from := time.Date(2026, 11, 19, 0, 0, 0, 0, oslo)
	return Document{
		Printer:      p,
		Organization: content.Organization{Name: "Fjordfisk AS", Number: "940155223"},
		Title:        "Dagsoppgjør Oslo",
		Subtitle:     p.Word("title." + data),
		Period:       p.Period("daily", from, from.AddDate(0, 0, 1)),
		Span:         p.Span(from, from.AddDate(0, 0, 1), "Europe/Oslo"),
		Facts: []content.Fact{
			{Label: p.Word("document.account"), Value: "T12345678"},
			{Label: p.Word("document.filters"), Value: p.Word("filter.store_id") + " sc029"},
			{Label: p.Word("document.data_read"), Value: p.DateTime(from.Add(30 * time.Hour))},
		},
		Notes:   []string{p.Word("document.before_fees"), p.Word("document.vat_note")},
		Empty:   p.Word("document.empty"),
		Created: from.Add(30*time.Hour + 12*time.Second),

		CharactersElsewhere: "document.characters_in_csv",
	}
}

const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"

func id(random *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[random.IntN(len(letters))]
	}
	return string(b)
}

func uuid(random *rand.Rand) string {
	s := fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64())
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
