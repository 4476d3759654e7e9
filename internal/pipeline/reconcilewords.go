package pipeline

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"rapport/internal/money"
	"rapport/locales"
	"rapport/render"
)

// mostDifferences is how many are said; the rest is a number.
const mostDifferences = 6

// check says how a report compares with Dintero's own figures. What was compared is named:
// whole UTC days, of the whole account.
func (fs *Figures) check(words *locales.Printer) render.Check {
	r := fs.reconciliation
	switch r.verdict {
	case agrees:
		return render.Check{State: render.Agrees, Text: agreement(r, words)}
	case differs:
		return render.Check{State: render.Differs, Text: disagreement(r, words), Details: differenceLines(r, words)}
	case unchecked:
		return render.Check{State: render.NotChecked, Text: notCheckedText(r, words)}
	}
	return render.Check{}
}

func agreement(r reconciliation, words *locales.Printer) string {
	if r.discreet {
		return words.Word("check.agrees_discreet", daysText(r.days, words))
	}
	key := "check.agrees"
	if r.whole {
		key = "check.agrees_account"
	}
	return words.Word(key, words.Count("lead.captures", r.captures), words.Count("lead.refunds", r.refunds), daysText(r.days, words))
}

func disagreement(r reconciliation, words *locales.Printer) string {
	if r.discreet {
		return words.Word("check.differs_discreet", daysText(r.days, words))
	}
	var by []string
	for _, a := range r.net {
		key := "check.more"
		if a.Minor < 0 && a.Minor != -a.Minor {
			key, a.Minor = "check.less", -a.Minor
		}
		by = append(by, words.Word(key, words.MoneyByCode(a)))
	}
	if len(by) == 0 {
		by = []string{words.Word("check.same_net")}
	}
	key := "check.differs"
	if r.whole {
		key = "check.differs_account"
	}
	return tame(words.Word(key, daysText(r.days, words), strings.Join(by, ", ")))
}

func differenceLines(r reconciliation, words *locales.Printer) (lines []string) {
	if r.discreet {
		r.differences = nil
	}
	shown := r.differences[:min(len(r.differences), mostDifferences)]
	for _, d := range shown {
		lines = append(lines, tame(differenceLine(d, words)))
	}
	if more := len(r.differences) - len(shown); more > 0 {
		lines = append(lines, words.Count("check.and_more", int64(more)))
	}
	if r.skimmed {
		lines = append(lines, words.Word("check.skimmed"))
	}
	if r.wouldHold {
		lines = append(lines, words.Word("check.would_hold"))
	}
	return lines
}

func differenceLine(d difference, words *locales.Printer) string {
	day := words.Date(d.day)
	if d.none {
		return words.Word("check.no_day", day, words.Count("check.events", d.ours.count))
	}
	count := "lead.captures"
	if d.refund {
		count = "lead.refunds"
	}
	product := d.product
	if product == "" {
		product = words.Word("check.no_product")
	}
	said := func(f tallied) (string, string) {
		return words.Count(count, f.count), words.MoneyByCode(money.Amount{Minor: f.sum, Currency: d.currency})
	}
	ours, oursSum := said(d.ours)
	theirs, theirsSum := said(d.theirs)
	return words.Word("check.difference", day, product, ours, oursSum, theirs, theirsSum)
}

func notCheckedText(r reconciliation, words *locales.Printer) string {
	detail := r.detail
	switch r.why {
	case "unfinished":
		detail = []string{words.Date(r.days.to.AddDate(0, 0, -1))}
	case "filters":
		if r.discreet {
			return words.Word("check.not.filters_discreet")
		}
		if n, err := strconv.ParseInt(detail[0], 10, 64); err == nil {
			detail = []string{words.Int(n)}
		}
	}
	return words.Word("check.not."+r.why, detail...)
}

// daysText names the days: "18.–19. november 2026".
func daysText(d utcDays, words *locales.Printer) string {
	if d.to.Sub(d.from) <= 24*time.Hour {
		return words.Period("daily", d.from, d.to)
	}
	return words.Period("", d.from, d.to)
}

// longestLine is how many runes a line about somebody else's data has.
const longestLine = 300

// tame is a line that holds names from the data and goes where nothing cleans it: to a
// terminal, or the operator. What a terminal would obey is shown as a mark.
func tame(line string) string {
	runes := []rune(line)
	if len(runes) > longestLine {
		runes = append(runes[:longestLine:longestLine], '…')
	}
	for i, c := range runes {
		if !unicode.IsGraphic(c) {
			runes[i] = unicode.ReplacementChar
		}
	}
	return string(runes)
}
