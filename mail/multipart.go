package mail

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"mime/quotedprintable"
)

// Span is where an attachment's base64 text stands in a message's bytes. The text is the
// same for everybody who gets the attachment; all around it is one recipient's own.
type Span struct{ At, Size int }

// write composes the message: the headers, the text and the HTML as alternatives, and
// around them an outer level with the attachments, if there are any.
func (m Message) write(text, html []byte) (message []byte, bodies, spans []Span, err error) {
	var b bytes.Buffer
	b.Grow(m.estimatedSize(len(text) + len(html)))
	m.writeHeaders(&b)
	outer, inner := boundary(m.ID, 0), boundary(m.ID, 1)
	if len(m.Attachments) == 0 {
		inner = outer
	} else {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed;\r\n boundary=%q\r\n\r\n--%s\r\n", outer, outer)
	}
	fmt.Fprintf(&b, "Content-Type: multipart/alternative;\r\n boundary=%q\r\n", inner)
	plain, fault := writeBody(&b, inner, "text/plain", text)
	rich, err := writeBody(&b, inner, "text/html", html)
	fmt.Fprintf(&b, "\r\n--%s--\r\n", inner)
	for _, a := range m.Attachments {
		fmt.Fprintf(&b, "\r\n--%s\r\nContent-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: base64\r\n", outer, a.Name)
		fmt.Fprintf(&b, "Content-Type: %s; name=%q\r\n\r\n", a.contentType(), a.Name)
		data := a.Encoded().text
		spans = append(spans, Span{At: b.Len(), Size: len(data)})
		b.Write(data)
	}
	if len(m.Attachments) > 0 {
		fmt.Fprintf(&b, "\r\n--%s--\r\n", outer)
	}
	return b.Bytes(), []Span{plain, rich}, spans, errors.Join(fault, err)
}

// writeBody writes one of the alternatives, and says where its text stands.
func writeBody(b *bytes.Buffer, boundary, contentType string, body []byte) (Span, error) {
	fmt.Fprintf(b, "\r\n--%s\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: %s; charset=UTF-8\r\n\r\n", boundary, contentType)
	at := b.Len()
	w := quotedprintable.NewWriter(b)
	_, err := w.Write(body)
	err = errors.Join(err, w.Close())
	return Span{At: at, Size: b.Len() - at}, err
}

// estimatedSize is about how many bytes a message with such bodies has.
func (m Message) estimatedSize(bodies int) int {
	const headers = 4 << 10
	size := headers + bodies + bodies/4 // as quoted-printable
	for _, a := range m.Attachments {
		size += base64Size(len(a.Data)) + headers/8
	}
	return size
}

// boundary separates the parts of a level, 0 being the outermost. It is made from the
// Message-ID, so that the same message has the same bytes. It holds "=_", which neither
// quoted-printable nor base64 ever writes, so no content can look like one.
func boundary(id string, level int) string {
	hash := sha256.Sum256(fmt.Appendf(nil, "%d %s", level, id))
	return fmt.Sprintf("=_%d_%x", level+1, hash[:20])
}
