package mail

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Every text that came from outside passes one of these before it is shown: singleLine in
// a body, headerText in a header, printable in an error.

// sanitize drops what has no business in a text: bytes that are no UTF-8, control
// characters, and those that turn or hide the text around them. Line breaks become \n.
func sanitize(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r) || r == '\u200b' || r == '\ufeff' || r >= 0xfff9 && r <= 0xfffb:
			return -1
		}
		return r
	}, s)
}

// maxText is the longest text in a body, in runes: the filters of a report come near it.
const maxText = 4000

// singleLine is sanitized text on one line, cut with … at maxText. Non-breaking spaces stay.
func singleLine(s string) string {
	const tooLong = 8 * maxText // bytes, whatever the runes are: sanitizing the rest is spared
	cut := len(s) > tooLong
	if cut {
		s = s[:tooLong]
	}
	s = strings.TrimSpace(strings.NewReplacer("\n", " ", "\t", " ").Replace(sanitize(s)))
	if runes := []rune(s); cut || len(runes) > maxText {
		s = string(runes[:min(len(runes), maxText-1)]) + "…"
	}
	return s
}

// headerText is sanitized text with single spaces, cut with … at limit runes.
func headerText(s string, limit int) string {
	s = strings.Join(strings.Fields(sanitize(s)), " ")
	if runes := []rune(s); len(runes) > limit {
		s = strings.TrimRight(string(runes[:limit-1]), " ") + "…"
	}
	return s
}

// printable is a server's text fit for an error: one line, what cannot be printed escaped,
// cut with … at limit runes.
func printable(s string, limit int) string {
	var b strings.Builder
	left := limit // of what is written: an escaped character is up to ten
	for _, r := range strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ") {
		shown := string(r)
		if !unicode.IsPrint(r) || unicode.Is(unicode.Bidi_Control, r) {
			shown = strings.Trim(strconv.QuoteRuneToASCII(r), "'")
		}
		if left -= utf8.RuneCountInString(shown); left < 0 {
			b.WriteRune('…')
			break
		}
		b.WriteString(shown)
	}
	return b.String()
}

// sanitized is the content with every text on a single line and every row of a table as
// long as its head.
func (c Content) sanitized() Content {
	for _, s := range []*string{&c.Subject, &c.Organization, &c.Title, &c.Period, &c.Span, &c.Number, &c.Preview, &c.Lead} {
		*s = singleLine(*s)
	}
	c.Remarks, c.Notes, c.Footer = nonEmpty(c.Remarks), nonEmpty(c.Notes), nonEmpty(c.Footer)
	c.Headlines = mapEach(c.Headlines, Headline.sanitized)
	c.Check = c.Check.sanitized()
	c.Facts = mapEach(c.Facts, func(f Fact) Fact { return Fact{Label: singleLine(f.Label), Value: singleLine(f.Value)} })
	c.Urgent, c.Tables = mapEach(c.Urgent, Table.sanitized), mapEach(c.Tables, Table.sanitized)
	return c
}

func (h Headline) sanitized() Headline {
	return Headline{Label: singleLine(h.Label), Amount: singleLine(h.Amount), Change: singleLine(h.Change),
		Parts: mapEach(h.Parts, func(p Part) Part {
			return Part{Label: singleLine(p.Label), Amount: singleLine(p.Amount), Count: singleLine(p.Count)}
		})}
}

// sanitized turns a check without a text into none: a sign alone says nothing.
func (c Check) sanitized() Check {
	c.Text, c.Details = singleLine(c.Text), nonEmpty(c.Details)
	if c.State == Unsaid || c.Text == "" {
		return Check{}
	}
	return c
}

func (t Table) sanitized() Table {
	columns := len(t.Head)
	for _, row := range t.Rows {
		columns = max(columns, len(row))
	}
	rows := mapEach(t.Rows, func(row []string) []string { return resize(mapEach(row, singleLine), columns) })
	t.Title, t.Head, t.Rows, t.Right = singleLine(t.Title), resize(mapEach(t.Head, singleLine), columns), rows, resize(t.Right, columns)
	return t
}

// resize is s cut or filled up with zero values to length n.
func resize[T any](s []T, n int) []T {
	resized := make([]T, n)
	copy(resized, s)
	return resized
}

func mapEach[T any](all []T, convert func(T) T) []T {
	converted := make([]T, len(all))
	for i, v := range all {
		converted[i] = convert(v)
	}
	return converted
}

// nonEmpty is the texts, each on a single line, without those that are empty.
func nonEmpty(texts []string) []string {
	return slices.DeleteFunc(mapEach(texts, singleLine), func(s string) bool { return s == "" })
}
