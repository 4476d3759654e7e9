package mail

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"rapport/internal/content"
	"rapport/locales"
	"rapport/templates"
)

// BodyCache keeps the text and the HTML of the first message for all that have the same
// content, attachments and templates. The zero value is empty; one goroutine at a time
// may use it.
type BodyCache struct {
	filled bool
	bodies
}

func (c *BodyCache) get(m Message) bodies {
	if !c.filled {
		c.bodies, c.filled = renderBodies(m).quoted(), true
	}
	return c.bodies
}

// bodies are the text and the HTML of a message. A templateErr means that the user's
// templates failed and the built-in ones stand in: what is said matters more than its look.
type bodies struct {
	text, html             []byte
	quotedText, quotedHTML []byte // as they stand in a message
	templateErr, err       error
}

// quoted is with what stands in a message.
func (b bodies) quoted() bodies {
	for _, body := range []struct{ plain, quoted *[]byte }{{&b.text, &b.quotedText}, {&b.html, &b.quotedHTML}} {
		quoted, err := quoted(*body.plain)
		*body.quoted, b.err = quoted, errors.Join(b.err, err)
	}
	return b
}

// view is the content as the templates take it: sanitized, its tables rectangular.
type view struct {
	Content
	Charts     []content.BarList // in place of the content's
	Lang       string
	FilesTitle string
	Files      []string
}

// maxHTML is how many bytes of HTML a message has at most: Gmail hides what is beyond 102
// kB, the notes and the footer, and relays add links of their own. Longer tables are cut, in
// the text too.
const maxHTML = 60_000

// How many characters a text has at most where the HTML is too long: nobody reads more of it, and
// it would take the place of tables; and where even then it is.
const longText, shortText = 1000, 100

// maxChartBars is how many bars a chart has at most: the hours of the longest day.
const maxChartBars = 25

// renderBodies writes the bodies, with the tables cut as far as the HTML needs it.
func renderBodies(m Message) (b bodies) {
	words, err := locales.For(m.Content.Language)
	if err != nil {
		return bodies{err: err}
	}
	builtIn, err := templates.BuiltIn()
	if err != nil {
		return bodies{err: err}
	}
	said := m.Content.sanitized()
	v := view{Lang: words.Tag(), FilesTitle: words.Word("mail.attachments")}
	for _, a := range m.Attachments {
		v.Files = append(v.Files, a.Name+" ("+fileSize(words, len(a.Data))+")")
	}
	whole := false
	for _, most := range []struct{ rows, text int }{{math.MaxInt, 0}, {math.MaxInt, longText}, {20, longText}, {12, longText}, {6, longText}, {3, longText}, {1, longText}, {1, shortText}} {
		if most.text > 0 {
			said = said.shortened(most.text)
		}
		v.Content = said.truncateTables(most.rows, words)
		v.Charts = content.BarLists(v.Content.Charts, maxChartBars)
		next := v.renderWith(m.Templates, builtIn)
		fits := next.err == nil && len(next.html) <= maxHTML
		if fits || !whole { // where even the shortest does not fit, cutting helps nobody
			b, whole = next, next.err == nil
		}
		if fits {
			break
		}
	}
	return b
}

// renderWith executes the user's templates, or the built-in ones where there are none or
// they fail.
func (v view) renderWith(user, builtIn *Templates) (b bodies) {
	if user != nil {
		if b.text, b.html, b.templateErr = v.render(user); b.templateErr == nil {
			return b
		}
	}
	b.text, b.html, b.err = v.render(builtIn)
	return b
}

func (v view) render(set *Templates) (text, html []byte, err error) {
	var t, h bytes.Buffer
	if err := set.Text(&t, v); err != nil {
		return nil, nil, err
	}
	if err := set.HTML(&h, v); err != nil {
		return nil, nil, err
	}
	return t.Bytes(), h.Bytes(), nil
}

// fileSize is a size for people: "48 kB", "1.2 MB", of 1000 each.
func fileSize(p *locales.Printer, n int) string {
	size := int64(n)
	switch {
	case size < 1000:
		return p.Int(size) + "\u00a0B"
	case size < 999_500:
		return p.Int((size+500)/1000) + "\u00a0kB"
	}
	tenths := (size + 50_000) / 100_000
	return p.Decimal(fmt.Sprintf("%d.%d", tenths/10, tenths%10)) + "\u00a0MB"
}
