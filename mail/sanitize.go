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
	return text.Shortened(s, limit)
}

// printable is a server's text fit for an error: one line, what cannot be printed escaped,
// cut with … at limit runes.
func printable(s string, limit int) string {
	return text.Escape(text.OneLine(strings.ToValidUTF8(s, "\uFFFD")), limit, unicode.IsPrint)
}

// sanitized is the content with every text on a single line and every row of a table as
// long as its head.
func (c Content) sanitized() Content {
	c = c.mapTexts(singleLine)
	for _, texts := range []*[]string{&c.Remarks, &c.Notes, &c.Footer, &c.Check.Details} {
		*texts = slices.DeleteFunc(*texts, func(s string) bool { return s == "" })
	}
	if c.Check.State == content.NoCheck || c.Check.Text == "" { // a sign alone says nothing
		c.Check = content.Check{}
	}
	return c
}

// shortened is the content with texts of at most so many characters.
func (c Content) shortened(limit int) Content {
	return c.mapTexts(func(s string) string { return text.Shortened(s, limit) })
}

// mapTexts is a copy of the content whose texts are what change makes of them.
func (c Content) mapTexts(change func(string) string) Content {
	for _, s := range []*string{&c.Subject, &c.Organization, &c.Title, &c.Period, &c.Span, &c.Number, &c.Preview, &c.Lead} {
		*s = change(*s)
	}
	c.Remarks, c.Notes, c.Footer = content.Map(c.Remarks, change), content.Map(c.Notes, change), content.Map(c.Footer, change)
	c.Headlines = content.Map(c.Headlines, func(h content.Headline) content.Headline { return h.Map(change) })
	c.Facts = content.Map(c.Facts, func(f content.Fact) content.Fact { return f.Map(change) })
	table := func(t content.Table) content.Table { return t.Map(change) }
	c.Urgent, c.Tables = content.Map(c.Urgent, table), content.Map(c.Tables, table)
	c.Charts = content.Map(c.Charts, func(h content.Chart) content.Chart { return h.Map(change) })
	c.Check = c.Check.Map(change)
	return c
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
