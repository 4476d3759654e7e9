package yamltree

import "unicode/utf8"

// position counts lines and columns as YAML does: from 1, in characters, a line ending wherever YAML ends one.
type position struct {
	line, column int
	afterCR      bool // an LF now belongs to the line break before it
}

func start() position { return position{line: 1, column: 1} }

// pass moves the position past text.
func (p *position) pass(text []byte) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch r {
		case '\n', '\r', '\u0085', '\u2028', '\u2029':
			if r != '\n' || !p.afterCR {
				p.line++
			}
			p.column = 1
		default:
			p.column++
		}
		p.afterCR = r == '\r'
		i += size
	}
}

// lineAndColumn is where the character at offset stands.
func lineAndColumn(data []byte, offset int) (line, column int) {
	p := start()
	p.pass(data[:min(offset, len(data))])
	return p.line, p.column
}
