// Package dotstuff makes of a message what SMTP carries (RFC 5321, 4.5.2): lines that end in CRLF and
// nothing else, one dot more where a line begins with one. It takes the message in pieces, and copies
// only those in which something changes. It refuses to pass on a bare CR or LF, on which SMTP smuggling
// lives.
package dotstuff

import "bytes"

// A Stuffer takes the pieces of one message. The zero value stands at its beginning.
type Stuffer struct {
	inLine bool // something of a line was passed on, and not its end
	cr     bool // the last byte was a CR, which is not passed on yet
}

// Next is what is sent of the next piece.
func (s *Stuffer) Next(piece []byte) []byte {
	if len(piece) == 0 {
		return nil
	}
	if !s.cr && (s.inLine || piece[0] != '.') && isStuffed(piece) {
		s.inLine, s.cr = piece[len(piece)-1] != '\n', piece[len(piece)-1] == '\r'
		if s.cr {
			return piece[:len(piece)-1]
		}
		return piece
	}
	return s.stuff(piece)
}

// isStuffed tells whether all lines but the first one are as they are to be sent: each CR is followed by
// a LF, unless it is the last byte, each LF follows a CR, and no dot follows a LF.
func isStuffed(piece []byte) bool {
	for {
		end := bytes.IndexByte(piece, '\n')
		if end < 0 {
			at := bytes.IndexByte(piece, '\r')
			return at < 0 || at == len(piece)-1
		}
		if end < 1 || bytes.IndexByte(piece[:end], '\r') != end-1 || end+1 < len(piece) && piece[end+1] == '.' {
			return false
		}
		piece = piece[end+1:]
	}
}

func (s *Stuffer) stuff(piece []byte) []byte {
	out := make([]byte, 0, len(piece)+len(piece)/32+2)
	for _, c := range piece {
		if s.cr && c != '\n' { // which was bare
			out, s.inLine = append(out, "\r\n"...), false
		}
		s.cr = c == '\r'
		switch {
		case c == '\r':
		case c == '\n':
			out, s.inLine = append(out, "\r\n"...), false
		case c == '.' && !s.inLine:
			out, s.inLine = append(out, ".."...), true
		default:
			out, s.inLine = append(out, c), true
		}
	}
	return out
}

// End is what is sent after the last piece: the end of a line that has none.
func (s *Stuffer) End() []byte {
	if !s.inLine && !s.cr {
		return nil
	}
	*s = Stuffer{}
	return []byte("\r\n")
}
