package statement

import (
	"strings"

	"rapport/internal/content"
	"rapport/internal/report"
	"rapport/locales"
)

// subject is what the mail is called: the report, the period and the answer, then who and
// which number; plain leaves the answer out.
func subject(organization content.Organization, j report.Job, fs *Figures, s Statement) string {
	words := fs.Words
	first, end := j.Period.Days()
	line := s.Title + " " + words.ShortPeriod(string(j.Period.Schedule), first, end)
	if !j.Report.PlainSubject {
		line += ": " + strings.Join(s.answer, ", ")
	}
	who := strings.TrimSpace(organization.Name + " " + organization.Number)
	if s.number != "" {
		who = strings.TrimPrefix(who+", "+words.Word("mail.number", s.number), ", ")
	}
	if who != "" {
		line += " – " + who
	}
	return line
}

// subjectAnswer is the answer as a subject gives it: the amounts, how they changed, whether
// they agree with Dintero's.
func subjectAnswer(fs *Figures, s Statement, words *locales.Printer) []string {
	if fs.Settlements != nil {
		return settlementTexts{fs.Settlements, fs}.subjectParts(s)
	}
	if fs.Totals.Rows == 0 || len(s.Headlines) == 0 {
		return append([]string{strings.ToLower(strings.TrimSuffix(s.Lead, "."))}, checkWord(s.Check, words)...)
	}
	most := 3
	if s.atRisk != "" {
		most = 1
	}
	var out []string
	for _, h := range s.Headlines[:min(len(s.Headlines), most)] {
		out = append(out, h.Amount)
	}
	if more := len(s.Headlines) - most; more > 0 {
		out[most-1] += " " + words.Count("subject.more_currencies", int64(more))
	}
	if len(s.Headlines) == 1 && s.Headlines[0].Change != "" {
		out = append(out, s.Headlines[0].Change)
	}
	if s.atRisk != "" {
		out = append(out, s.atRisk)
	}
	return append(out, checkWord(s.Check, words)...)
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
	currencies := fs.currencies()
	for i, h := range s.Headlines {
		for j, p := range h.Parts {
			part := strings.TrimSpace(p.Label + " " + p.Amount + " " + parenthesis(p.Count))
			if j == 0 && len(s.Headlines) > 1 {
				part = string(currencies[i].Code) + ": " + part
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
