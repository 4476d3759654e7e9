// Package mailcopy keeps each message as it was frozen, so that it can be shown later to the
// byte. What several messages share is kept once, and a file that a message carries as it stands
// in the archive not at all. It sends nothing, and refuses to give a message of which a byte
// differs.
package mailcopy

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A Copy is a message, taken apart.
type Copy struct {
	Name   string // of its file
	SHA256 string // of the whole
	Own    []byte // what is this recipient's own, packed; nil: there is no copy
	Parts  []Part // that the messages of one report share
}

// A Part is a piece of a message, packed.
type Part struct {
	SHA256 string // of the piece
	Body   []byte
}

// A Piece is a part of a message that others have too. Of a File it is that one's text in base64.
type Piece struct {
	At   int // in the whole message
	Text []byte
	File string
}

// own is what Copy.Own holds.
type own struct {
	Rest   []byte // what lies between the pieces
	Pieces []Place
}

// A Place is where a piece stands in the whole message, and which.
type Place struct {
	At, Size     int
	File, SHA256 string // one of the two
}

// A Cutter takes apart the messages of one report, and packs what they share once. The zero value is
// ready; one goroutine at a time may use it.
type Cutter struct {
	zip    *gzip.Writer
	shared []sharedPiece
}

// A sharedPiece is a part that was packed already.
type sharedPiece struct {
	text []byte
	Part
}

// Cut takes a message, whose SHA-256 is sum, apart: into pieces, which are in order, and rest, which
// lies between them.
func (c *Cutter) Cut(name, sum string, rest []byte, pieces []Piece) (_ Copy, err error) {
	kept, o, end := Copy{Name: name, SHA256: sum}, own{Rest: rest}, 0
	for _, p := range pieces {
		if p.At < end {
			return Copy{}, fmt.Errorf("copy of %s: a piece from %d has no place in it", name, p.At)
		}
		end = p.At + len(p.Text)
		if p.File != "" {
			o.Pieces = append(o.Pieces, Place{At: p.At, Size: len(p.Text), File: p.File})
			continue
		}
		part, err := c.part(p.Text)
		if err != nil {
			return Copy{}, err
		}
		kept.Parts = append(kept.Parts, part)
		o.Pieces = append(o.Pieces, Place{At: p.At, Size: len(p.Text), SHA256: part.SHA256})
	}
	text, err := json.Marshal(o)
	if err == nil {
		kept.Own, err = c.pack(text)
	}
	return kept, err
}

func (c *Cutter) part(text []byte) (p Part, err error) {
	for _, known := range c.shared {
		if bytes.Equal(known.text, text) {
			return known.Part, nil
		}
	}
	sum := sha256.Sum256(text)
	p.SHA256 = hex.EncodeToString(sum[:])
	if p.Body, err = c.pack(text); err == nil {
		c.shared = append(c.shared, sharedPiece{text, p})
	}
	return p, err
}

// own is what is this recipient's own.
func (c Copy) own() (o own, err error) {
	text, err := unpack(c.Own)
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		err = fmt.Errorf("copy of %s: %w", c.Name, err)
	}
	return o, err
}

// Places are where the pieces stand: text, HTML, and each attachment.
func (c Copy) Places() ([]Place, error) {
	o, err := c.own()
	return o.Pieces, err
}

// Whole puts the message together again. File gives the text in base64 of a file of the report.
func (c Copy) Whole(file func(name string) ([]byte, error)) ([]byte, error) {
	o, err := c.own()
	if err != nil {
		return nil, err
	}
	var whole bytes.Buffer
	for _, p := range o.Pieces {
		before := p.At - whole.Len()
		if before < 0 || before > len(o.Rest) {
			return nil, fmt.Errorf("copy of %s: a piece from %d has no place in it", c.Name, p.At)
		}
		whole.Write(o.Rest[:before])
		o.Rest = o.Rest[before:]
		piece, err := c.piece(p, file)
		if err != nil {
			return nil, fmt.Errorf("copy of %s: %w", c.Name, err)
		}
		whole.Write(piece)
	}
	whole.Write(o.Rest)
	if sum := sha256.Sum256(whole.Bytes()); hex.EncodeToString(sum[:]) != c.SHA256 {
		return nil, fmt.Errorf("copy of %s: is not the message that was frozen", c.Name)
	}
	return whole.Bytes(), nil
}

func (c Copy) piece(p Place, file func(name string) ([]byte, error)) ([]byte, error) {
	if p.File != "" {
		return file(p.File)
	}
	for _, part := range c.Parts {
		if part.SHA256 == p.SHA256 {
			return unpack(part.Body)
		}
	}
	return nil, errors.New("a part of it is gone")
}

// pack compresses with the one writer: to make another takes longer than to pack a message with it.
func (c *Cutter) pack(text []byte) (packed []byte, err error) {
	var out bytes.Buffer
	if c.zip == nil {
		if c.zip, err = gzip.NewWriterLevel(&out, gzip.BestSpeed); err != nil {
			return nil, err
		}
	}
	c.zip.Reset(&out)
	_, err = c.zip.Write(text)
	if err == nil {
		err = c.zip.Close()
	}
	return out.Bytes(), err
}

func unpack(packed []byte) ([]byte, error) {
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(zip)
}
