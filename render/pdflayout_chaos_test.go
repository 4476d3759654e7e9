package render

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"rapport/internal/content"
	"rapport/internal/money"
)

// TestAnyDocumentKeepsItsLayout renders documents that are put together at random from
// texts, amounts and tables of all sizes.
func TestAnyDocumentKeepsItsLayout(t *testing.T) {
	seeds := uint64(150)
	if testing.Short() {
		seeds = 15
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			s := randomSample(t, rand.New(rand.NewPCG(seed, 1)), seed)
			var marks []drawnItem
			pdf := render(t, s, func(m drawnItem) { marks = append(marks, m) })
			checkGeometry(t, slices.Clone(marks))
			if seed%10 == 0 {
				validate(t, pdf)
			}
		})
	}
}

func randomSample(t *testing.T, random *rand.Rand, seed uint64) sample {
	text := func() string {
		s := nasty[random.IntN(len(nasty))]
		if random.IntN(3) > 0 {
			s = s[:min(len(s), random.IntN(60))]
		}
		return s
	}
	texts := func(n int) []string {
		out := make([]string, random.IntN(n))
		for i := range out {
			out[i] = text()
		}
		return out
	}
	d := Document{Printer: printer(t, []string{"no", "en"}[random.IntN(2)]), Title: text(), Subtitle: text(), Period: text(), Span: text(),
		Organization: content.Organization{Name: text(), Number: text()}, Notes: texts(12), Empty: text(), Number: text(), Program: text(),
		Check: content.Check{State: checkStates[random.IntN(4)], Text: text(), Details: texts(5)}, Remarks: texts(6)}
	for range random.IntN(6) {
		h := content.Headline{Label: text(), Amount: text(), Change: text()}
		for range random.IntN(6) {
			h.Parts = append(h.Parts, content.Part{Label: text(), Amount: text(), Count: text()})
		}
		d.Headlines = append(d.Headlines, h)
	}
	for range random.IntN(6) {
		c := content.Chart{Title: text()}
		for range random.IntN(1 << random.IntN(7)) {
			c.Bars = append(c.Bars, content.Bar{Label: text(), Amount: text(), Minor: int64(random.Uint64()) >> random.IntN(64)})
		}
		d.Charts = append(d.Charts, c)
	}
	if random.IntN(2) == 0 {
		d.Organization.Logo = logoPNG(t)
	}
	for range random.IntN(9) {
		d.Facts = append(d.Facts, content.Fact{Label: text(), Value: text()})
	}
	for range random.IntN(6) {
		table := content.Table{Title: text(), Head: texts(9), Total: random.IntN(2) == 0, Right: []bool{false, true, true, true}}
		for range random.IntN(1 << random.IntN(8)) {
			table.Rows = append(table.Rows, texts(9))
		}
		if random.IntN(4) == 0 {
			d.Urgent = append(d.Urgent, table)
		} else {
			d.Tables = append(d.Tables, table)
		}
	}
	for range 1 + random.IntN(25) {
		d.Columns = append(d.Columns, content.Column{Title: text(), Kind: content.Kind(random.IntN(6)), Rank: min(random.IntN(5), 1+int(seed%4)),
			Day: random.IntN(4) == 0, Sum: random.IntN(2) == 0})
	}
	s := sample{document: d}
	for range random.IntN(1 << random.IntN(9)) {
		row := make([]content.Value, len(d.Columns))
		for i, column := range d.Columns {
			row[i] = []content.Value{{}, content.TextOf(text()), content.TimeOf(time.Unix(random.Int64N(1<<33), 0).UTC()), content.MoneyOf(random.Int64()>>min(10+random.IntN(64), 63), []money.Currency{"NOK", "ISK", "bad \xff"}[random.IntN(3)]),
				content.IntegerOf(random.Int64() >> random.IntN(64)), content.DecimalOf(fmt.Sprint(random.IntN(1e6)-5e5, ".", random.IntN(99)))}[column.Kind]
			if random.IntN(8) == 0 {
				row[i] = content.Value{}
			}
		}
		s.rows = append(s.rows, row)
	}
	return s
}
