// Package mailview takes a mail apart to be looked at: its head, its text, its HTML with the images
// that it carries, and the names of its attachments. It refuses to load anything, and shows nothing
// of what it cannot read.
package mailview

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"rapport/internal/text"
)

// A Message is a mail, taken apart.
type Message struct {
	Subject    string
	Headers    []Header // those that a person asks for
	HTML, Text string
	Parts      []Attachment
	images     map[string]string // data: URLs by Content-ID
}

// An Attachment is a file that a mail carries.
type Attachment struct {
	Name, Type string
	Size       int64
}

// A Header is a line of the head of a mail.
type Header struct{ Label, Value string }

const deepest = 6 // multiparts within each other

// Read takes a message apart; what cannot be read of it is not shown.
func Read(eml []byte) (m Message) {
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
			m.Headers = append(m.Headers, Header{name, text.PrintableLine(value)})
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

func (m *Message) add(header map[string][]string, body io.Reader, depth int) {
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
		m.Parts = append(m.Parts, Attachment{text.PrintableLine(name), kind, int64(len(data))})
	case strings.HasPrefix(kind, "image/") && id != "":
		m.images[id] = "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)
	case kind == "text/html" && m.HTML == "":
		m.HTML = string(data)
	case kind == "text/plain" && m.Text == "":
		m.Text = string(data)
	}
}
