package jsonscan

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"rapport/internal/text"
)

// ShapeError is JSON of another shape than was wanted: an object in place of an array
// is never an empty listing.
type ShapeError struct {
	Want, Got string // "an array", "an object"
	Message   string // what the source says of it; or empty
}

// Error implements [error].
func (e ShapeError) Error() string {
	said := fmt.Sprintf("is %s, not %s", e.Got, e.Want)
	if e.Message != "" {
		said += fmt.Sprintf("; it says %q", e.Message)
	}
	return said
}

// jsonError puts the JSON library's error into our words; its own differ from process to
// process. An early end becomes [io.ErrUnexpectedEOF], a reader's error stays as it is.
// The first depth steps of a path lead to the row and are left out.
func jsonError(err error, depth int) error {
	var syntax *jsontext.SyntacticError
	var semantic *json.SemanticError
	switch {
	case err == nil:
		return nil
	case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF):
		return cutShortError{}
	case errors.As(err, &syntax):
		return syntaxError(syntax, depth)
	case errors.As(err, &semantic):
		return fmt.Errorf("%s: %s is not what belongs there", fieldPath(semantic.JSONPointer, depth), KindName(semantic.JSONKind))
	}
	if inner := errors.Unwrap(err); inner != nil {
		return inner // the decoder's "read error: " around the reader's own words
	}
	return err
}

// cutShortError is a body or file that ends before its JSON does.
type cutShortError struct{}

func (cutShortError) Error() string { return "ends before its JSON is complete" }
func (cutShortError) Unwrap() error { return io.ErrUnexpectedEOF }

func syntaxError(err *jsontext.SyntacticError, depth int) error {
	if errors.Is(err.Err, jsontext.ErrDuplicateName) {
		return fmt.Errorf("%s: the name comes twice", fieldPath(err.JSONPointer, depth))
	}
	return fmt.Errorf("not JSON at byte %d: %s", err.ByteOffset, text.Truncate(strings.TrimPrefix(err.Err.Error(), "jsontext: "), 2*maxQuoted))
}

func isSyntax(err error) bool {
	var syntax *jsontext.SyntacticError
	return errors.As(err, &syntax)
}

// fieldPath writes a JSON pointer as a path, without its first depth steps:
// /3/events/2/amount is events[2].amount within its row.
func fieldPath(p jsontext.Pointer, depth int) string {
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
	return Quote(b.String())
}

// maxQuoted is how many runes of the source's text an error quotes.
const maxQuoted = 64

// Quote is a text of the source within an error: truncated, and quoted where it is not plain.
func Quote(s string) string { return text.Quoted(s, maxQuoted) }
