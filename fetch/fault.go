package fetch

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// shapeError is JSON of another shape than agreed: an object in place of an array
// is never an empty listing.
type shapeError struct{ want, got, message string }

func (e shapeError) Error() string {
	text := fmt.Sprintf("is %s, not %s", e.got, e.want)
	if e.message != "" {
		text += fmt.Sprintf("; it says %q", cut(e.message, maxMessage))
	}
	return text
}

// jsonFault rewrites a decoder's error in our words; the decoder's own wording
// differs from process to process. An early end becomes [io.ErrUnexpectedEOF],
// and a reader's error stays as it is. The first depth steps of a path lead to the
// row and are left out.
func jsonFault(err error, depth int) error {
	var syntax *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case err == nil:
		return nil
	case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF):
		return cutShort{}
	case errors.As(err, &syntax):
		return syntaxFault(syntax, depth)
	case errors.As(err, &semantic):
		return fmt.Errorf("%s: %s is not what belongs there", field(semantic.JSONPointer, depth), kindName(semantic.JSONKind))
	}
	if inner := errors.Unwrap(err); inner != nil {
		return inner // the decoder's "read error: " around the reader's own words
	}
	return err
}

// cutShort is a body or file that ends before its JSON does.
type cutShort struct{}

func (cutShort) Error() string { return "ends before its JSON is complete" }
func (cutShort) Unwrap() error { return io.ErrUnexpectedEOF }

func syntaxFault(err *jsontext.SyntacticError, depth int) error {
	if errors.Is(err.Err, jsontext.ErrDuplicateName) {
		return fmt.Errorf("%s: the name comes twice", field(err.JSONPointer, depth))
	}
	return fmt.Errorf("not JSON at byte %d: %s", err.ByteOffset, cut(strings.TrimPrefix(err.Err.Error(), "jsontext: "), 2*maxShown))
}

func isSyntax(err error) bool {
	var syntax *jsontext.SyntacticError
	return errors.As(err, &syntax)
}

// field writes a JSON pointer as a path, without its first depth steps:
// /3/events/2/amount is events[2].amount within its row.
func field(p jsontext.Pointer, depth int) string {
	var b strings.Builder
	for token := range p.Tokens() {
		switch {
		case depth > 0:
			depth--
		case strings.Trim(token, "0123456789") == "" && token != "":
			b.WriteString("[" + token + "]")
		case b.Len() > 0:
			b.WriteString("." + token)
		default:
			b.WriteString(token)
		}
	}
	if b.Len() == 0 {
		return "the value"
	}
	return shown(b.String())
}

// about names the row that err is about.
func about(what, id string, err error) error {
	if id == "" {
		return fmt.Errorf("%s without id: %w", what, err)
	}
	return fmt.Errorf("%s %s: %w", what, shown(id), err)
}

// maxShown is how many runes of the source's text an error quotes.
const maxShown = 64

// shown is a text of the source within an error: cut, and quoted where it is not plain.
func shown(s string) string {
	short := cut(s, maxShown)
	if strings.ContainsFunc(short, func(r rune) bool { return r == '"' || !unicode.IsPrint(r) }) {
		return strconv.Quote(short)
	}
	return short
}

// cut shortens s to n runes.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}
