package mailcopy_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"

	"rapport/internal/mailcopy"
)

// TestAMessageIsWholeAgainToTheByte, and one that is not what was frozen is not given.
func TestAMessageIsWholeAgainToTheByte(t *testing.T) {
	file := bytes.Repeat([]byte("UERG"), 2000)
	message := append([]byte("To: a@x.no\r\n\r\ntext for all\r\n--\r\n"), file...)
	message = append(message, "\r\n--"...)
	hash := sha256.Sum256(message)
	sum := hex.EncodeToString(hash[:])
	var cutter mailcopy.Cutter
	rest := append([]byte("To: a@x.no\r\n\r\n"), "\r\n--\r\n\r\n--"...)
	c, err := cutter.Cut("name", sum, rest, []mailcopy.Piece{{At: 14, Text: []byte("text for all")}, {At: 32, Text: file, File: "a.pdf"}})
	if err != nil {
		t.Fatal(err)
	}
	if size := len(c.Own) + len(c.Parts[0].Body); len(c.Parts) != 1 || size > 400 {
		t.Errorf("%d parts, %d bytes of %d: the file is kept twice", len(c.Parts), size, len(message))
	}
	text := file
	read := func(name string) ([]byte, error) {
		if name != "a.pdf" {
			return nil, errors.New(name)
		}
		return text, nil
	}
	whole, err := c.Whole(read)
	if err != nil || !bytes.Equal(whole, message) {
		t.Errorf("%d bytes of %d: %v", len(whole), len(message), err)
	}
	text = bytes.Replace(file, []byte("U"), []byte("V"), 1)
	if _, err := c.Whole(read); err == nil {
		t.Error("with another file it is another message")
	}
	text, c.Parts = file, nil
	if _, err := c.Whole(read); err == nil {
		t.Error("a part of it is gone")
	}
	if _, err := cutter.Cut("name", sum, rest, []mailcopy.Piece{{At: 14, Text: file}, {At: 32, Text: file}}); err == nil {
		t.Error("a piece begins within another")
	}
}
