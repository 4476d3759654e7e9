package message

import (
	"path/filepath"

	"rapport/internal/mailcopy"
)

// Copy is what the ledger keeps of a message of a SHA-256 that was just composed of what was
// attached. What goes along as it stands in the archive is not kept twice.
func (s Stored) Copy(sum string, p Attached) (*mailcopy.Copy, error) {
	var rest []byte
	var pieces []mailcopy.Piece
	for _, part := range s.parts() {
		if part.name == "" {
			rest = append(rest, part.text...)
			continue
		}
		piece := mailcopy.Piece{At: part.at, Text: part.text}
		if i := part.attachment - 1; i >= 0 && p.Attachments[i].ContentType != zipType { // which holds a file that had no room
			piece.File = filepath.Base(p.Attachments[i].Name)
		}
		pieces = append(pieces, piece)
	}
	c, err := p.copies.Cut(s.Name, sum, rest, pieces)
	return &c, err
}
