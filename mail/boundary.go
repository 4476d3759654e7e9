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

// freezeBoundaries replaces go-mail's random multipart boundaries by ones made from
// the Message-ID and the level. They hold "=_", which neither quoted-printable nor
// base64 ever writes, so no content can look like one. go-mail's own SetBoundary
// would use one boundary at every level, and the attachments would be lost.
func freezeBoundaries(message []byte, id string) ([]byte, error) {
	parsed, err := mail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		return nil, err
	}
	boundaries, err := findBoundaries(parsed)
	if err != nil {
		return nil, err
	}
	for level, random := range boundaries {
		hash := sha256.Sum256(fmt.Appendf(nil, "%d %s", level, id))
		fixed := fmt.Sprintf("=_%d_%x", level+1, hash[:20])
		message = bytes.ReplaceAll(message, []byte("boundary="+random), []byte(`boundary="`+fixed+`"`))
		message = bytes.ReplaceAll(message, []byte("\r\n--"+random), []byte("\r\n--"+fixed))
	}
	return message, nil
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
