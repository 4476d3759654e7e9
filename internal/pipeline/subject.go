package pipeline

import (
	"strconv"
	"strings"

	"rapport/locales"
	"rapport/render"
)

// subject is what the mail is called: the report, the period and the answer, then who and
// which number; plain leaves the answer out.
func subject(organization render.Organization, j Job, fs *Figures, s Statement) string {
	p, words := j.Period, fs.words
	line := s.title + " " + words.ShortPeriod(string(p.Schedule), p.From, p.To)
	if !j.Report.PlainSubject {
		line += ": " + strings.Join(s.answer, ", ")
	}
	who := strings.TrimSpace(organization.Name + " " + organization.Number)
	if s.number > 0 {
		who = strings.TrimPrefix(who+", "+words.Word("mail.number", strconv.Itoa(s.number)), ", ")
	}
	if who != "" {
		line += " – " + who
	}
	return line
}

// answered is the answer as a subject gives it: the amounts, how they changed, whether
// they agree with Dintero's.
func answered(fs *Figures, s Statement, words *locales.Printer) []string {
	if fs.totals.rows == 0 || len(s.headlines) == 0 {
		return append([]string{strings.ToLower(strings.TrimSuffix(s.lead, "."))}, verdictOf(s.check, words)...)
	}
	most := 3
	if s.atRisk != "" {
		most = 1
	}
	var out []string
	for _, h := range s.headlines[:min(len(s.headlines), most)] {
		out = append(out, h.Amount)
	}
	if more := len(s.headlines) - most; more > 0 {
		out[most-1] += " " + words.Count("subject.more_currencies", int64(more))
	}
	if len(s.headlines) == 1 && s.headlines[0].Change != "" {
		out = append(out, s.headlines[0].Change)
	}
	if s.atRisk != "" {
		out = append(out, s.atRisk)
	}
	return append(out, verdictOf(s.check, words)...)
}

// verdictOf is how it compares with Dintero's figures, if it was compared.
func verdictOf(c render.Check, words *locales.Printer) []string {
	switch c.State {
	case render.Agrees:
		return []string{words.Word("subject.agrees")}
	case render.Differs:
		return []string{words.Word("subject.differs")}
	}
	return nil
}

// preview is what a list of mails shows after the subject: what the answer is made of, and
// what is odd; without amounts where the subject has none.
func preview(j Job, fs *Figures, s Statement) string {
	if j.Report.PlainSubject {
		if fs.totals.rows == 0 {
			return s.empty
		}
		return fs.words.Count("document.row_count", fs.totals.rows)
	}
	parts := append([]string(nil), s.remarks...)
	currencies := fs.currencies()
	for i, h := range s.headlines {
		for j, p := range h.Parts {
			part := strings.TrimSpace(p.Label + " " + p.Amount + " " + parenthesis(p.Count))
			if j == 0 && len(s.headlines) > 1 {
				part = string(currencies[i].code) + ": " + part
			}
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return s.lead
	}
	return strings.Join(parts, " · ")
}

func parenthesis(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}
