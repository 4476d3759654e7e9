package mail

import (
	"bytes"
	"fmt"
	"math"

	"rapport/locales"
	"rapport/templates"
)

// view is the content as the templates take it: clean, its tables rectangular.
type view struct {
	Content
	Lang       string
	FilesTitle string
	Files      []string
}

// bodies are the text and the HTML of a message. Templates of the user's that fail on
// it are told in unfit and ours stand in: what is to be said matters more than its look.
func bodies(m Message) (text, html []byte, unfit, err error) {
	words, err := locales.For(m.Content.Language)
	if err != nil {
		return nil, nil, nil, err
	}
	ours, err := templates.Ours()
	if err != nil {
		return nil, nil, nil, err
	}
	clean := m.Content.clean()
	v := view{Lang: words.Tag(), FilesTitle: words.Word("mail.attachments")}
	for _, a := range m.Attachments {
		v.Files = append(v.Files, a.Name+" ("+fileSize(words, len(a.Data))+")")
	}
	written := false
	for _, rows := range []int{math.MaxInt, 20, 12, 6, 3, 1} {
		v.Content = clean.within(rows, words)
		t, h, why, fault := v.dressed(m.Templates, ours)
		fits := fault == nil && len(h) <= clipped
		if fits || !written { // where even the shortest is clipped, cutting helps nobody
			text, html, unfit, err, written = t, h, why, fault, fault == nil
		}
		if fits {
			break
		}
	}
	return text, html, unfit, err
}

// clipped is how many bytes of HTML Gmail shows, a little less than its 102 kB: it would
// hide the notes and the footer. Longer tables are cut, in the text too.
const clipped = 100_000

// dressed is the view in the look of the user, or in ours where that fails or is nil.
func (v view) dressed(own, ours *Templates) (text, html []byte, unfit, err error) {
	if own != nil {
		if text, html, unfit = v.write(own); unfit == nil {
			return text, html, nil, nil
		}
	}
	text, html, err = v.write(ours)
	return text, html, unfit, err
}

func (v view) write(look *Templates) (text, html []byte, err error) {
	var t, h bytes.Buffer
	if err := look.Text(&t, v); err != nil {
		return nil, nil, err
	}
	if err := look.HTML(&h, v); err != nil {
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
