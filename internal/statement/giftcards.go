package statement

import (
	"slices"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
)

// describeGiftCards adds what is owed to the holders of gift cards, from the beginning of the period
// to its end.
func describeGiftCards(fs *Figures, s *Statement) {
	words, cards := fs.Words, fs.Totals.Cards
	if id := fs.Totals.UnreadCards; id != "" {
		s.Remarks = append(s.Remarks, words.Word("remark.cards_unread", id))
		return
	}
	codes := owedCards(fs)
	if len(codes) == 0 {
		return
	}
	out := content.Table{Title: words.Word("summary.cards"), Head: []string{""}, Right: []bool{false}}
	for _, code := range codes {
		out.Head, out.Right = append(out.Head, string(code)), append(out.Right, true)
	}
	for _, line := range cardLines() {
		cells, some := []string{words.Word(line.word)}, line.always
		for _, code := range codes {
			minor := line.of(cards[code])
			some = some || minor != 0
			cells = append(cells, words.Number(money.Amount{Minor: minor, Currency: code}))
		}
		if some {
			out.Rows = append(out.Rows, cells)
		}
	}
	s.Tables = append([]content.Table{out}, s.Tables...)
	s.Notes = append(s.Notes, words.Word("document.cards_note"))
}

// owedCards are the currencies in which anything is or was owed to card holders; none where that is
// not known.
func owedCards(fs *Figures) (codes []money.Currency) {
	if fs.Totals.UnreadCards != "" {
		return nil
	}
	for code, d := range fs.Totals.Cards {
		if *d != (report.CardDebt{}) {
			codes = append(codes, code)
		}
	}
	slices.SortFunc(codes, fs.compareCurrencies())
	return codes
}

// cardLine is a line of what is owed to card holders.
type cardLine struct {
	word   string
	of     func(*report.CardDebt) int64
	always bool // else only where it is not 0
}

func cardLines() []cardLine {
	return []cardLine{
		{"summary.cards_opening", func(d *report.CardDebt) int64 { return d.Opening }, true},
		{"summary.cards_loaded", func(d *report.CardDebt) int64 { return d.Loaded }, true},
		{"summary.cards_used", func(d *report.CardDebt) int64 { return -d.Used }, true},
		{"summary.cards_expired", func(d *report.CardDebt) int64 { return -d.Expired }, false},
		{"summary.cards_closing", func(d *report.CardDebt) int64 { return d.Closing }, true},
		{"summary.cards_reserved", func(d *report.CardDebt) int64 { return d.Reserved }, false},
	}
}
