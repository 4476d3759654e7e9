package mail

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"mime/quotedprintable"

	"rapport/mail/internal/pieces"
)

// Span is where an attachment's base64 text stands in a message's bytes. The text is the
// same for everybody who gets the attachment; all around it is one recipient's own.
type Span struct{ At, Size int }

// write composes the message: the headers, the text and the HTML as alternatives, and
// around them an outer level with the attachments, if there are any.
func (m Message) write(f *Frozen, body bodies) {
	var b pieces.Builder
	m.writeHeaders(&b.Buffer)
	outer, inner := boundary(m.ID, 0), boundary(m.ID, 1)
	if len(m.Attachments) == 0 {
		inner = outer
	} else {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed;\r\n boundary=%q\r\n\r\n--%s\r\n", outer, outer)
	}
	fmt.Fprintf(&b, "Content-Type: multipart/alternative;\r\n boundary=%q\r\n", inner)
	const head = "\r\n--%s\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: %s; charset=UTF-8\r\n\r\n"
	fmt.Fprintf(&b, head, inner, "text/plain")
	f.BodySpans = append(f.BodySpans, shared(&b, body.quotedText))
	fmt.Fprintf(&b, head, inner, "text/html")
	f.BodySpans = append(f.BodySpans, shared(&b, body.quotedHTML))
	fmt.Fprintf(&b, "\r\n--%s--\r\n", inner)
	for _, a := range m.Attachments {
		fmt.Fprintf(&b, "\r\n--%s\r\nContent-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: base64\r\n", outer, a.Name)
		fmt.Fprintf(&b, "Content-Type: %s; name=%q\r\n\r\n", a.contentType(), a.Name)
		f.AttachmentSpans = append(f.AttachmentSpans, shared(&b, a.Encoded().text))
	}
	if len(m.Attachments) > 0 {
		fmt.Fprintf(&b, "\r\n--%s--\r\n", outer)
	}
	f.Pieces = b.Pieces()
}

func shared(b *pieces.Builder, text []byte) Span { return Span{At: b.Share(text), Size: len(text)} }

// quoted is a body as it stands in a message.
func quoted(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	_, err := w.Write(body)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

// boundary separates the parts of a level, 0 being the outermost. It is made from the
// Message-ID, so that the same message has the same bytes. It holds "=_", which neither
// quoted-printable nor base64 ever writes, so no content can look like one.
func boundary(id string, level int) string {
	hash := sha256.Sum256(fmt.Appendf(nil, "%d %s", level, id))
	return fmt.Sprintf("=_%d_%x", level+1, hash[:20])
}
