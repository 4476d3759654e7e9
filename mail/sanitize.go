package mail

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"rapport/internal/content"
	"rapport/internal/text"
)

// Every text that came from outside passes one of these before it is shown: singleLine in
// a body, headerText in a header, dialogue.shown in an error, a log and the ledger.

// maxText is the longest text in a body, in runes: the filters of a report come near it.
const maxText = 4000

// singleLine is sanitized text on one line, cut with … at maxText. Non-breaking spaces stay.
func singleLine(s string) string {
	const tooLong = 8 * maxText // bytes, whatever the runes are: sanitizing the rest is spared
	if len(s) > tooLong {
		return text.First(strings.TrimSpace(text.Sanitize(s[:tooLong])), maxText-1) + text.Ellipsis
	}
	return text.Limit(strings.TrimSpace(text.Sanitize(s)), maxText)
}

// headerText is sanitized text with single spaces, cut with … at limit runes.
func headerText(s string, limit int) string {
	s = text.OneLine(text.Sanitize(s))
	if len(text.First(s, limit)) == len(s) {
		return s
	}
	return strings.TrimRight(text.First(s, limit-1), " ") + text.Ellipsis
}

// printable is a server's text fit for an error: one line, what cannot be printed escaped,
// cut with … at limit runes.
func printable(s string, limit int) string {
	return text.Escape(text.OneLine(strings.ToValidUTF8(s, "\uFFFD")), limit, unicode.IsPrint)
}

// sanitized is the content with every text on a single line and every row of a table as
// long as its head.
func (c Content) sanitized() Content {
	for _, s := range []*string{&c.Subject, &c.Organization, &c.Title, &c.Period, &c.Span, &c.Number, &c.Preview, &c.Lead} {
		*s = singleLine(*s)
	}
	c.Remarks, c.Notes, c.Footer = nonEmpty(c.Remarks), nonEmpty(c.Notes), nonEmpty(c.Footer)
	c.Headlines = content.Map(c.Headlines, func(h content.Headline) content.Headline { return h.Map(singleLine) })
	c.Facts = content.Map(c.Facts, func(f content.Fact) content.Fact { return f.Map(singleLine) })
	table := func(t content.Table) content.Table { return t.Map(singleLine) }
	c.Urgent, c.Tables = content.Map(c.Urgent, table), content.Map(c.Tables, table)
	c.Charts = content.Map(c.Charts, func(h content.Chart) content.Chart { return h.Map(singleLine) })
	c.Check = c.Check.Map(singleLine)
	c.Check.Details = slices.DeleteFunc(c.Check.Details, func(s string) bool { return s == "" })
	if c.Check.State == content.NoCheck || c.Check.Text == "" { // a sign alone says nothing
		c.Check = content.Check{}
	}
	return c
}

// nonEmpty is the texts, each on a single line, without those that are empty.
func nonEmpty(texts []string) []string {
	return slices.DeleteFunc(content.Map(texts, singleLine), func(s string) bool { return s == "" })
}

// maxReplyText is how many characters of a server's text are kept.
const maxReplyText = 400

// shown is a text of the other side as everybody may see it, in an error, a log, the ledger
// or a mail: without our secrets first, on one line that a terminal can show, then cut. No
// word of a server, of its certificate or of a library about either leaves another way.
func (c *dialogue) shown(s string) string { return printable(c.redact(s), maxReplyText) }

// redact removes the password from a server's words: as it is, as a URL has it, and as any
// base64 has it that holds it, AUTH's for one.
func (c *dialogue) redact(s string) string {
	if c.secret == "" {
		return s
	}
	for _, form := range secretForms(c.relay.Username, c.secret) {
		s = strings.ReplaceAll(s, form, "[redacted]")
	}
	return s
}

// minCore is how long the inner part of a secret's base64 must be to be looked for: a
// shorter one would be found by chance.
const minCore = 6

// secretForms are a secret's looks, the longest of those that hold one another first.
func secretForms(user, secret string) (forms []string) {
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		for _, sent := range []string{"\x00" + user + "\x00" + secret, "user=" + user + "\x01auth=Bearer " + secret + "\x01\x01", secret} {
			encoded := encoding.EncodeToString([]byte(sent))
			forms = append(forms, encoded, strings.TrimRight(encoded, "="))
		}
		for lead := range 3 { // where it stands in a longer text decides how it is cut into groups
			whole := encoding.EncodeToString([]byte(strings.Repeat("x", lead) + secret))
			core := whole[(lead*8+5)/6 : (lead+len(secret))*8/6]
			if len(core) >= minCore {
				forms = append(forms, core)
			}
		}
	}
	return append(forms, url.QueryEscape(secret), url.PathEscape(secret), secret)
}
