package statement

import (
	"slices"
	"strings"
	"unicode/utf8"

	"rapport/internal/content"
	"rapport/internal/report"
	"rapport/internal/text"
	"rapport/locales"
)

// maxSubject is what mail keeps of a subject, in runes.
const maxSubject = 200

// subject is what the mail is called: the report, the period and the answer, then who and
// which number; plain leaves the answer out. Where that is too long the answer gives way,
// then the report's name: who and which number never do.
func subject(organization content.Organization, j report.Job, fs *Figures, s Statement) string {
	words := fs.Words
	first, end := j.Period.Days()
	title, period := text.OneLine(s.Title), words.ShortPeriod(string(j.Period.Schedule), first, end)
	number := ""
	if s.number != "" {
		number = words.Word("mail.number", s.number)
	}
	name := func(room int) string {
		who := strings.TrimSpace(text.CutMiddle(text.OneLine(organization.Name), room) + " " + organization.Number)
		return strings.TrimSuffix(strings.TrimPrefix(who+", "+number, ", "), ", ")
	}
	who := name(maxSubject / 2)
	if who != "" {
		who = " – " + who
	}
	answers := [][]string{nil}
	if fs.corrected != nil {
		answers = correctedAnswers(fs, s, j.Report.PlainSubject)
	} else if !j.Report.PlainSubject {
		answers = append(subjectAnswers(fs, s, words), nil)
	}
	for _, answer := range answers {
		head := title + " " + period
		if len(answer) > 0 {
			head += ": " + strings.Join(answer, ", ")
		}
		if utf8.RuneCountInString(head+who) <= maxSubject {
			return head + who
		}
	}
	room := maxSubject - utf8.RuneCountInString(" "+period+who)
	return text.CutMiddle(title, max(room, 1)) + " " + period + who
}

// subjectAnswers are the answer as a subject gives it, the amounts, how they changed, whether
// they agree with Dintero's, and then it in fewer and fewer words.
func subjectAnswers(fs *Figures, s Statement, words *locales.Printer) [][]string {
	if fs.Settlements != nil {
		return newSettlementTexts(fs).subjectAnswers(s)
	}
	check := checkWord(s.Check, words)
	if fs.Totals.Rows == 0 || len(s.Headlines) == 0 {
		return [][]string{append([]string{strings.ToLower(strings.TrimSuffix(s.Lead, "."))}, check...), check}
	}
	most := 3
	if s.atRisk != "" {
		most = 1
	}
	var change, risk []string
	if len(s.Headlines) == 1 && s.Headlines[0].Change != "" {
		change = []string{s.Headlines[0].Change}
	}
	if s.atRisk != "" {
		risk = []string{s.atRisk}
	}
	all, one := amounts(s.Headlines, most, words), amounts(s.Headlines, 1, words)
	return [][]string{slices.Concat(all, change, risk, check), slices.Concat(all, risk, check), slices.Concat(one, risk, check), slices.Concat(one, check), one, check}
}

// amounts are the first most of the answers, with a word on the others.
func amounts(headlines []content.Headline, most int, words *locales.Printer) (out []string) {
	for _, h := range headlines[:min(len(headlines), most)] {
		out = append(out, h.Amount)
	}
	if more := len(headlines) - most; more > 0 {
		out[most-1] += " " + words.Count("subject.more_currencies", int64(more))
	}
	return out
}

// checkWord is how it compares with Dintero's figures, if it was compared.
func checkWord(c content.Check, words *locales.Printer) []string {
	switch c.State {
	case content.Agrees:
		return []string{words.Word("subject.agrees")}
	case content.Differs:
		return []string{words.Word("subject.differs")}
	}
	return nil
}

// previewText is what a list of mails shows after the subject: what the answer is made of, and
// what is odd; without amounts where the subject has none.
func previewText(j report.Job, fs *Figures, s Statement) string {
	if j.Report.PlainSubject {
		if fs.Totals.Rows == 0 {
			return s.Empty
		}
		return fs.Words.Count("document.row_count", fs.Totals.Rows)
	}
	parts := append([]string(nil), s.Remarks...)
	for i, h := range s.Headlines {
		for j, p := range h.Parts {
			part := strings.TrimSpace(p.Label + " " + p.Amount + " " + parenthesis(p.Count))
			if j == 0 && len(s.Headlines) > 1 {
				part = string(s.Currencies[i]) + ": " + part
			}
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return s.Lead
	}
	return strings.Join(parts, " · ")
}

func parenthesis(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}
