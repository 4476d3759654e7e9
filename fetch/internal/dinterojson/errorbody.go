package dinterojson

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// errorBody is the value of "error" in Dintero's {"error":{"message":…,"code":…}}.
type errorBody struct {
	Message scalar `json:"message"`
	Code    scalar `json:"code"`
}

const maxErrorBody = 64 << 10 // bytes that are read of it

// ErrorMessage is the message of an error body, with its code, on one line; empty
// where the body is anything else.
func ErrorMessage(body io.Reader) string {
	text, _ := io.ReadAll(io.LimitReader(body, maxErrorBody)) // cut off: the status alone will do
	var answer struct {
		Error errorBody `json:"error"`
	}
	if err := json.UnmarshalDecode(newDecoder(newTextReader(bytes.NewReader(text))), &answer); err != nil {
		return ""
	}
	return strings.Trim(oneLine(answer.Error.Message)+", "+oneLine(answer.Error.Code), ", ")
}

// oneLine is a text on one line, without what a terminal or log would obey.
func oneLine(v scalar) string {
	if v.kind != '"' && v.kind != '0' {
		return ""
	}
	return strings.Join(strings.FieldsFunc(v.written(), func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
}

// decodeErrorObject reads an object that came where another kind was wanted, and returns
// what it says as an error.
func decodeErrorObject(dec *jsontext.Decoder, want jsontext.Kind) error {
	var object struct {
		Error errorBody `json:"error"`
	}
	if err := json.UnmarshalDecode(dec, &object); errors.Is(err, io.ErrUnexpectedEOF) {
		return jsonError(err, 0)
	}
	return shapeError{want: kindName(want), got: "an object", message: object.Error.Message.text}
}

// decodeErrorMember reads the value of "error"; null says that there is none.
func decodeErrorMember(l *library) (string, error) {
	l.beginValue()
	if l.next() == '{' {
		var body errorBody
		err := json.UnmarshalDecode(l.dec, &body)
		return cmp.Or(body.Message.text, "error"), jsonError(err, 0)
	}
	var other scalar
	l.scalar(&other, new(textArena))
	if other.absent() {
		return "", jsonError(l.err, 0)
	}
	return cmp.Or(other.written(), "error"), jsonError(l.err, 0)
}
