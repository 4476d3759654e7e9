package mail_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	stdmail "net/mail"
	"strings"
	"testing"
)

// parsed is a message as the standard library reads it.
type parsed struct {
	header      stdmail.Header
	structure   string // types in order, nested in brackets
	text, html  []byte
	attachments map[string][]byte
	types       map[string]string // content types of the attachments
}

func parse(t testing.TB, message []byte) parsed {
	t.Helper()
	m, err := stdmail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		t.Fatalf("the message does not parse: %v", err)
	}
	p := parsed{header: m.Header, attachments: map[string][]byte{}, types: map[string]string{}}
	p.read(t, m.Header.Get("Content-Type"), "", "", m.Body)
	return p
}

func (p *parsed) read(t testing.TB, contentType, encoding, disposition string, body io.Reader) {
	t.Helper()
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatalf("content type %q: %v", contentType, err)
	}
	p.structure += media
	if strings.HasPrefix(media, "multipart/") {
		p.structure += "("
		parts := multipart.NewReader(body, params["boundary"])
		for i := 0; ; i++ {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("part %d of %s: %v", i, media, err)
			}
			if i > 0 {
				p.structure += " "
			}
			p.read(t, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part.Header.Get("Content-Disposition"), part)
		}
		p.structure += ")"
		return
	}
	switch encoding {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	default:
		t.Errorf("transfer encoding %q", encoding)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		t.Fatalf("%s: %v", media, err)
	}
	_, dispositionParams, _ := mime.ParseMediaType(disposition)
	switch name := dispositionParams["filename"]; {
	case name != "":
		p.attachments[name], p.types[name] = data, contentType
	case media == "text/plain":
		p.text = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	case media == "text/html":
		p.html = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	default:
		t.Errorf("unexpected part %s", media)
	}
}
