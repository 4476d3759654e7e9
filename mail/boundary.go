package mail

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"net/mail"
)

// frozenBoundaries finds the random multipart boundaries that go-mail gave a message, and
// replaces them, in any piece of it, by ones made from the Message-ID and the level. They
// hold "=_", which neither quoted-printable nor base64 ever writes, so no content can look
// like one. go-mail's own SetBoundary would use one boundary at every level, and the
// attachments would be lost.
func frozenBoundaries(message []byte, id string) (freeze func(piece []byte) []byte, err error) {
	parsed, err := mail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		return nil, err
	}
	boundaries, err := findBoundaries(parsed)
	if err != nil {
		return nil, err
	}
	return func(piece []byte) []byte {
		for level, random := range boundaries {
			hash := sha256.Sum256(fmt.Appendf(nil, "%d %s", level, id))
			fixed := fmt.Sprintf("=_%d_%x", level+1, hash[:20])
			piece = bytes.ReplaceAll(piece, []byte("boundary="+random), []byte(`boundary="`+fixed+`"`))
			piece = bytes.ReplaceAll(piece, []byte("\r\n--"+random), []byte("\r\n--"+fixed))
		}
		return piece
	}, nil
}

// findBoundaries are the boundaries of a message, the outermost first; go-mail puts a
// nested multipart first.
func findBoundaries(message *mail.Message) ([]string, error) {
	var boundaries []string
	body, contentType := message.Body, message.Header.Get("Content-Type")
	for {
		_, params, err := mime.ParseMediaType(contentType)
		if err != nil {
			return nil, err
		}
		boundary := params["boundary"]
		if boundary == "" {
			break
		}
		boundaries = append(boundaries, boundary)
		part, err := multipart.NewReader(body, boundary).NextRawPart()
		if err != nil {
			return nil, err
		}
		body, contentType = part, part.Header.Get("Content-Type")
	}
	if len(boundaries) == 0 {
		return nil, errors.New("the message has no parts")
	}
	return boundaries, nil
}
