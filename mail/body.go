package mail

import (
	"bytes"
	"fmt"

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
	printer, err := locales.For(m.Content.Language)
	if err != nil {
		return nil, nil, nil, err
	}
	v := view{Content: m.Content.clean(), Lang: printer.Tag(), FilesTitle: printer.Word("mail.attachments")}
	for _, a := range m.Attachments {
		v.Files = append(v.Files, a.Name+" ("+fileSize(printer, len(a.Data))+")")
	}
	if m.Templates != nil {
		if text, html, unfit = v.write(m.Templates); unfit == nil {
			return text, html, nil, nil
		}
	}
	ours, err := templates.Ours()
	if err == nil {
		text, html, err = v.write(ours)
	}
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
