package mail

import (
	"bytes"
	"io"

	gomail "github.com/wneessen/go-mail"
)

// An Enclosed is where an attachment's text stands in a message's bytes. It is the same
// text for everybody who gets the attachment; all around it is one recipient's own.
type Enclosed struct{ At, Size int }

// skeleton is a message without the texts of its attachments, and where they belong.
type skeleton struct {
	bytes.Buffer
	marks []int
}

// gap is an attachment for go-mail that writes nothing but notes where it would.
func (s *skeleton) gap(a Attachment) *gomail.File {
	return &gomail.File{
		Name: a.Name, ContentType: gomail.ContentType(a.contentType()), Enc: gomail.EncodingB64, Header: map[string][]string{},
		Writer: func(io.Writer) (int64, error) { s.marks = append(s.marks, s.Len()); return 0, nil },
	}
}

// enclose puts the attachments' texts where they belong, and gives the message the
// boundaries of its ID.
func (s *skeleton) enclose(attachments []Attachment, id string) (message []byte, enclosed []Enclosed, err error) {
	freeze, err := frozenBoundaries(s.Bytes(), id)
	if err != nil {
		return nil, nil, err
	}
	var pieces [][]byte
	rest, begun, size := s.Bytes(), 0, 0
	for i, mark := range s.marks {
		head, text := freeze(rest[:mark-begun]), attachments[i].Encoded().text
		rest, begun = rest[mark-begun:], mark
		enclosed = append(enclosed, Enclosed{At: size + len(head), Size: len(text)})
		pieces = append(pieces, head, text)
		size += len(head) + len(text)
	}
	return bytes.Join(append(pieces, freeze(rest)), nil), enclosed, nil
}
