package statement

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/reconcile"
	"rapport/internal/report"
	"rapport/internal/text"
	"rapport/locales"
)

// maxDifferences is how many are said; the rest is a number.
const maxDifferences = 6

// Check says how a report compares with Dintero's own figures. What was compared is named:
// whole UTC days, of the whole account.
func (fs *Figures) Check(words *locales.Printer) content.Check {
	r := fs.Reconciled
	switch r.Verdict {
	case reconcile.Agrees:
		if len(fs.Totals.Unknown) > 0 { // what agrees is not all that there is
			return content.Check{State: content.NotChecked, Text: words.Word("check.not.unknown_money")}
		}
		return content.Check{State: content.Agrees, Text: agreement(r, words)}
	case reconcile.Differs:
		return content.Check{State: content.Differs, Text: fs.disagreement(r, words), Details: differenceLines(r, words)}
	case reconcile.NotChecked:
		return content.Check{State: content.NotChecked, Text: notCheckedText(r, words)}
	}
	return content.Check{}
}

func agreement(r reconcile.Result, words *locales.Printer) string {
	if r.HideAmounts || r.ScopeWider {
		return words.Word("check.agrees_account")
	}
	return words.Word("check.agrees")
}

// checkScope says what was compared, which is more than the report: whole UTC days of the
// whole account. Those who see a part of it are not told how much that was.
func checkScope(r reconcile.Result, words *locales.Printer) []string {
	switch {
	case r.Verdict != reconcile.Agrees && r.Verdict != reconcile.Differs:
		return nil
	case r.HideAmounts || r.Verdict == reconcile.Differs:
		return []string{words.Word("check.scope_days", daysText(r.Days, words))}
	}
	return []string{words.Word("check.scope_of", daysText(r.Days, words), words.Count("lead.captures", r.Captures), words.Count("lead.refunds", r.Refunds))}
}

func (fs *Figures) disagreement(r reconcile.Result, words *locales.Printer) string {
	if r.HideAmounts {
		return words.Word("check.differs_discreet")
	}
	var by []string
	compare := fs.compareCurrencies()
	net := slices.SortedFunc(slices.Values(r.Net), func(a, b money.Amount) int { return compare(a.Currency, b.Currency) })
	for _, a := range net {
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
	if r.ScopeWider {
		key = "check.differs_account"
	}
	return text.ForeignLine(words.Word(key, daysText(r.Days, words), strings.Join(by, ", ")))
}

func differenceLines(r reconcile.Result, words *locales.Printer) (lines []string) {
	if r.HideAmounts {
		r.Differences = nil
	}
	shown := r.Differences[:min(len(r.Differences), maxDifferences)]
	for _, d := range shown {
		lines = append(lines, text.ForeignLine(differenceLine(d, words)))
	}
	if more := len(r.Differences) - len(shown); more > 0 {
		lines = append(lines, words.Count("check.and_more", int64(more)))
	}
	if r.NotReadThoroughly {
		lines = append(lines, words.Word("check.skimmed"))
	}
	if r.WouldHold {
		lines = append(lines, words.Word("check.would_hold"))
	}
	return lines
}

func differenceLine(d reconcile.Difference, words *locales.Printer) string {
	day := words.Date(d.Day)
	if d.None {
		return words.Word("check.no_day", day, words.Count("check.events", d.Ours.Count))
	}
	count := "lead.captures"
	if d.Refund {
		count = "lead.refunds"
	}
	product := report.MethodName(words, d.Product)
	if product == "" {
		product = words.Word("check.no_product")
	}
	said := func(f reconcile.CellTotal) (string, string) {
		return words.Count(count, f.Count), words.MoneyByCode(money.Amount{Minor: f.Sum, Currency: d.Currency})
	}
	ours, oursSum := said(d.Ours)
	theirs, theirsSum := said(d.Theirs)
	return words.Word("check.difference", day, product, ours, oursSum, theirs, theirsSum)
}

func notCheckedText(r reconcile.Result, words *locales.Printer) string {
	detail := r.ReasonDetail
	switch r.Reason {
	case "unfinished":
		detail = []string{words.Date(r.Days.To.AddDate(0, 0, -1))}
	case "filters":
		if r.HideAmounts {
			return words.Word("check.not.filters_discreet")
		}
		if n, err := strconv.ParseInt(detail[0], 10, 64); err == nil {
			detail = []string{words.Int(n)}
		}
	}
	return words.Word("check.not."+r.Reason, detail...)
}

// daysText names the days: "18.–19. november 2026".
func daysText(d reconcile.UTCDays, words *locales.Printer) string {
	if d.To.Sub(d.From) <= 24*time.Hour {
		return words.Period("daily", d.From, d.To)
	}
	return words.Period("", d.From, d.To)
}
