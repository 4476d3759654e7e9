package message

import (
	"path/filepath"

	"rapport/internal/mailcopy"
)

// Copy is what the ledger keeps of a message of a SHA-256 that was just composed of what was
// attached. What goes along as it stands in the archive is not kept twice.
func (s Stored) Copy(sum string, p Attached) (*mailcopy.Copy, error) {
	var pieces []mailcopy.Piece
	for _, body := range s.BodySpans {
		pieces = append(pieces, mailcopy.Piece{At: body.At, Size: body.Size})
	}
	for i, span := range s.AttachmentSpans {
		piece := mailcopy.Piece{At: span.At, Size: span.Size}
		if p.Attachments[i].ContentType != zipType { // which holds a file that had no room
			piece.File = filepath.Base(p.Attachments[i].Name)
		}
		pieces = append(pieces, piece)
	}
	c, err := mailcopy.Cut(s.Name, sum, s.Bytes, pieces)
	return &c, err
}
