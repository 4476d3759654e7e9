package dinterojson

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"rapport/fetch/internal/jsonscan"
	"rapport/internal/text"
	"strings"
	"unicode"
)

// MaxMessage is how many runes of a server's message an error repeats.
const MaxMessage = 200

// errorBody is the value of "error" in Dintero's {"error":{"message":…,"code":…}}.
type errorBody struct {
	Message jsonscan.Scalar `json:"message"`
	Code    jsonscan.Scalar `json:"code"`
}

const maxErrorBody = 64 << 10 // bytes that are read of it

// ErrorMessage is the message of an error body, with its code, on one line; empty
// where the body is anything else.
func ErrorMessage(body io.Reader) string {
	head, _ := io.ReadAll(io.LimitReader(body, maxErrorBody)) // cut off: the status alone will do
	var answer struct {
		Error errorBody `json:"error"`
	}
	if err := jsonscan.NewDecoder(bytes.NewReader(head)).Unmarshal(&answer); err != nil {
		return ""
	}
	return strings.Trim(oneLine(answer.Error.Message)+", "+oneLine(answer.Error.Code), ", ")
}

// oneLine is a text on one line, without what a terminal or log would obey.
func oneLine(v jsonscan.Scalar) string {
	if v.Kind != '"' && v.Kind != '0' {
		return ""
	}
	return strings.Join(strings.FieldsFunc(v.Written(), func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
}

// decodeErrorObject reads an object that came where a list was wanted, and returns what it
// says of an error.
func decodeErrorObject(d *jsonscan.Decoder) (message string, err error) {
	var object struct {
		Error errorBody `json:"error"`
	}
	if err := d.Unmarshal(&object); errors.Is(err, io.ErrUnexpectedEOF) {
		return "", err
	}
	return text.Truncate(object.Error.Message.Text, MaxMessage), nil
}

// decodeErrorMember reads the value of "error"; null says that there is none.
func decodeErrorMember(d *jsonscan.Decoder) (string, error) {
	d.BeginValue()
	if d.Next() == '{' {
		var body errorBody
		err := d.Unmarshal(&body)
		return cmp.Or(body.Message.Text, "error"), err
	}
	var other jsonscan.Scalar
	d.Scalar(&other)
	if other.Absent() {
		return "", d.Err()
	}
	return cmp.Or(other.Written(), "error"), d.Err()
}
