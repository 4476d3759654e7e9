package webpage

import (
	"bytes"
	"encoding/base64"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"strings"

	"rapport/internal/ledger"
	"rapport/internal/text"
)

// A shownMessage is a mail, taken apart to be looked at.
type shownMessage struct {
	Subject    string
	Headers    []fact
	HTML, Text string
	Parts      []attachment
	images     map[string]string // data: URLs by Content-ID
}

type attachment struct {
	Name, Type string
	Size       int64
}

const deepest = 6 // multiparts within each other

// readMessage takes a message apart; what cannot be read of it is not shown.
func readMessage(eml []byte) (m shownMessage) {
	m.images = map[string]string{}
	read, err := mail.ReadMessage(bytes.NewReader(eml))
	if err != nil {
		return m
	}
	words := new(mime.WordDecoder)
	for _, name := range []string{"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Id", "Content-Type"} {
		value := read.Header.Get(name)
		if plain, err := words.DecodeHeader(value); err == nil {
			value = plain
		}
		if value != "" {
			m.Headers = append(m.Headers, fact{name, text.PrintableLine(value)})
		}
		if name == "Subject" {
			m.Subject = value
		}
	}
	m.add(map[string][]string(read.Header), read.Body, deepest)
	for id, url := range m.images {
		m.HTML = strings.ReplaceAll(m.HTML, "cid:"+id, url)
	}
	return m
}

func (m *shownMessage) add(header map[string][]string, body io.Reader, depth int) {
	get := func(key string) string {
		if all := header[key]; len(all) > 0 {
			return all[0]
		}
		return ""
	}
	kind, parameters, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && depth > 0 {
		parts := multipart.NewReader(body, parameters["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			m.add(part.Header, part, depth-1)
		}
	}
	switch strings.ToLower(get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return
	}
	disposition, names, _ := mime.ParseMediaType(get("Content-Disposition")) // without one it is shown where it stands
	id := strings.Trim(get("Content-Id"), "<>")
	switch {
	case disposition == "attachment":
		name := names["filename"]
		if plain, err := new(mime.WordDecoder).DecodeHeader(name); err == nil {
			name = plain
		}
		m.Parts = append(m.Parts, attachment{text.PrintableLine(name), kind, int64(len(data))})
	case strings.HasPrefix(kind, "image/") && id != "":
		m.images[id] = "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)
	case kind == "text/html" && m.HTML == "":
		m.HTML = string(data)
	case kind == "text/plain" && m.Text == "":
		m.Text = string(data)
	}
}

// showFrame writes the HTML of a message for a frame: nothing in it runs, and nothing is loaded.
func (v *visit) showFrame(m shownMessage) error {
	body := m.HTML
	if body == "" {
		body = "<!doctype html><meta charset=utf-8><pre>" + html.EscapeString(m.Text) + "</pre>"
	}
	h := v.writer.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; form-action 'none'; base-uri 'none'; sandbox")
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(v.writer, body) // who asked may have gone
	return nil
}

// messageData is a message as it went out.
type messageData struct {
	deliveryRow
	Gone, Same bool
	Subject    string
	Headers    []fact
	Text       string
	Parts      []attachmentRow
	Bytes, SHA string
}

type attachmentRow struct{ Name, Type, Size string }

// sentBytes is the message of the delivery of the path. That it was read goes down.
func (v *visit) sentBytes(note bool) (d ledger.Delivery, eml []byte, same bool, err error) {
	if d, err = v.find(); err != nil {
		return d, nil, false, err
	}
	eml, same, err = v.account.Shop.Message(v.Context(), d)
	if err != nil {
		v.server.Log.Warn("a message cannot be shown", "delivery", d.ID, "error", err)
		return d, nil, false, nil
	}
	if note && eml != nil {
		err = v.account.Ledger.Write(v.Context(), v.act("read", "message of delivery "+itoa(d.ID)).WriteDown)
	}
	return d, eml, same, err
}

func sentMessage(v *visit) error {
	d, eml, same, err := v.sentBytes(true)
	if err != nil {
		return err
	}
	data := messageData{deliveryRow: v.row(d), Gone: eml == nil, Same: same, SHA: d.SHA256, Bytes: v.bytes(int64(len(eml)))}
	if eml != nil {
		m := readMessage(eml)
		data.Subject, data.Headers, data.Text = text.PrintableLine(m.Subject), m.Headers, printableText(m.Text)
		for _, p := range m.Parts {
			data.Parts = append(data.Parts, attachmentRow{p.Name, formName(p.Type), v.bytes(p.Size)})
		}
	}
	return v.show(http.StatusOK, "message", v.words.Word("page.message"), data)
}

// printableText is a text of several lines without what would turn or hide letters.
func printableText(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = text.PrintableLine(lines[i])
	}
	return strings.Join(lines, "\n")
}

func sentHTML(v *visit) error {
	_, eml, _, err := v.sentBytes(false)
	if err != nil {
		return err
	}
	if eml == nil {
		return errNotFound
	}
	return v.showFrame(readMessage(eml))
}

func sentEML(v *visit) error {
	d, eml, _, err := v.sentBytes(true)
	if err != nil {
		return err
	}
	if eml == nil {
		return errNotFound
	}
	v.download("delivery-"+itoa(d.ID)+".eml", "message/rfc822")
	_, _ = v.writer.Write(eml) // who asked may have gone
	return nil
}
