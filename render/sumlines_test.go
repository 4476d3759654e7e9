package render

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"rapport/internal/content"
	"rapport/internal/money"
)

// dayRows are rows of amounts, some a day, in turn in each of the currencies.
func dayRows(t testing.TB, days, each int, currencies ...money.Currency) sample {
	s := sample{document: Document{Printer: printer(t, "no"), Title: "Dager",
		Columns: []content.Column{{Title: "Tidspunkt", Kind: content.Time, Rank: 1, Day: true}, {Title: "Ref", Kind: content.Text, Rank: 1}, {Title: "Beløp", Kind: content.Money, Rank: 1, Sum: true}, {Title: "Saldo", Kind: content.Money, Rank: 1}}}}
	from := time.Date(2026, 10, 20, 9, 0, 0, 0, oslo)
	for d := range days {
		for i := range each {
			c := currencies[i%len(currencies)]
			s.rows = append(s.rows, []content.Value{content.TimeOf(from.AddDate(0, 0, d).Add(time.Duration(i) * time.Minute)), content.TextOf(fmt.Sprint("r", d, "-", i)), content.MoneyOf(int64(100*(d+1)+i), c), content.MoneyOf(7, c)})
		}
	}
	return s
}

func TestDaysAndTheWholeAreSummedByCurrency(t *testing.T) {
	got := strings.Join(texts(t, dayRows(t, 2, 4, "NOK", "EUR")), "|")
	for _, want := range []string{
		"|tirsdag 20. oktober 2026  ·  4|EUR|2,04|NOK|2,02|09:00|r0-0|1,00|0,07|",
		"|onsdag 21. oktober 2026  ·  4|EUR|4,04|NOK|4,02|09:00|",
		"|Sum|EUR|6,08|NOK|6,04|",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
	got = strings.Join(texts(t, dayRows(t, 1, 3, "NOK")), "|")
	if !strings.Contains(got, "|Detaljer  ·  3|tirsdag 20. oktober 2026|") || strings.Contains(got, "tirsdag 20. oktober 2026  ·") || !strings.Contains(got, "|Sum|3,03|") {
		t.Errorf("one day in one currency: %q", got)
	}
	if got := texts(t, dayRows(t, 1, 1, "NOK")); slices.Contains(got, "Sum") {
		t.Errorf("one row is summed: %q", got)
	}
}

// TestAColumnWithoutAnAmountHasNoSum: 0,00 would be one.
func TestAColumnWithoutAnAmountHasNoSum(t *testing.T) {
	s := dayRows(t, 2, 4, "NOK", "EUR")
	s.document.Columns[3].Sum = true
	for i := range s.rows {
		if s.rows[i][2].Code == "EUR" {
			s.rows[i][3] = content.Value{}
		}
	}
	got := strings.Join(texts(t, s), "|")
	if !strings.Contains(got, "|Sum|EUR|6,08|NOK|6,04|0,28|") || strings.Contains(got, "0,00") {
		t.Errorf("%q", got)
	}
}

// TestDaysOfOneNumberAreTwoDays: of two months that follow one another among the rows, and of two years.
func TestDaysOfOneNumberAreTwoDays(t *testing.T) {
	for _, months := range []int{1, 12} {
		s := dayRows(t, 2, 2, "NOK")
		for i := 2; i < 4; i++ {
			s.rows[i][0] = content.TimeOf(s.rows[i-2][0].Time.AddDate(0, months, 0))
		}
		if got := strings.Join(texts(t, s), "|"); strings.Count(got, "  ·  2|") != 2 {
			t.Errorf("%d months later: %q", months, got)
		}
	}
}

func TestASumThatDoesNotFitIsAnError(t *testing.T) {
	s := dayRows(t, 1, 2, "NOK")
	s.rows[0][2].Number = 1<<63 - 50
	e, err := NewPDF(&bytes.Buffer{}, s.document)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Row(s.rows[0]...); err != nil {
		t.Fatal(err)
	}
	err = e.Row(s.rows[1]...)
	if !errors.Is(err, money.ErrOverflow) || !strings.Contains(err.Error(), `row 2: sum of "Beløp" in NOK`) {
		t.Errorf("a sum beyond 64 bits: %v", err)
	}
	if again := e.Close(); !errors.Is(again, money.ErrOverflow) {
		t.Errorf("close after that: %v", again)
	}
}

// TestDaysAndSumsAreNotLeftAlone tries days of all lengths: the name of a day has two of
// its rows below it, the sum two above it, and every page says which day it goes on with.
func TestDaysAndSumsAreNotLeftAlone(t *testing.T) {
	for each := 1; each < 75; each++ {
		type line struct {
			y    float64
			text string
		}
		pages := map[int][]line{}
		s := dayRows(t, 5, each, "NOK")
		render(t, s, func(m drawnItem) {
			if m.shape == "" && m.x < margin+1 && m.y < m.pageHeight-footerRoom {
				pages[m.page] = append(pages[m.page], line{m.y, m.text})
			}
		})
		rows := 0
		for page := 1; page <= len(pages); page++ {
			lines := pages[page]
			for i, l := range lines {
				isDay := strings.Contains(l.text, " oktober 2026")
				alone := i == len(lines)-1 || each > 1 && i == len(lines)-2
				if isDay && alone {
					t.Errorf("%d rows a day: %q is alone at the end of page %d", each, l.text, page)
				}
				if l.text == "Sum" && (i < 2 || !strings.Contains(lines[i-1].text, ":") || each > 1 && !strings.Contains(lines[i-2].text, ":")) {
					t.Errorf("%d rows a day: the sum is alone on page %d", each, page)
				}
				if strings.Contains(l.text, ":") {
					rows++
				}
			}
			if page > 1 && (lines[0].text != "Tidspunkt" || !strings.Contains(lines[1].text, " oktober 2026")) {
				t.Errorf("%d rows a day: page %d begins with %v", each, page, lines[:2])
			}
		}
		if rows != 5*each {
			t.Errorf("%d rows a day: %d rows are drawn", each, rows)
		}
	}
}

func TestDaysAreInTheOutline(t *testing.T) {
	pdf := render(t, dayRows(t, 3, 40, "NOK"), nil)
	validate(t, pdf)
	bookmarks, err := api.Bookmarks(bytes.NewReader(pdf), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range bookmarks {
		for _, kid := range b.Kids {
			got = append(got, fmt.Sprint(b.Title, ": ", kid.Title, " ", kid.PageFrom))
		}
	}
	want := []string{"Detaljer: tirsdag 20. oktober 2026 1", "Detaljer: onsdag 21. oktober 2026 1", "Detaljer: torsdag 22. oktober 2026 2"}
	if !slices.Equal(got, want) {
		t.Errorf("below the entries of the outline are %q, not %q", got, want)
	}
}
