package fetch

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// bare says that an answer is the array itself, not an object that holds it.
const bare = ""

// rowConverter checks a raw row and makes it public.
type rowConverter[R, T any] func(*checker, *R) (T, error)

// decodeEach reads the one JSON value of r to its end: an array of rows, or an
// object that holds it under key. Each row is given to each as soon as it is read;
// next is the object's starting_after. It is strict: duplicate names, bytes that
// are not UTF-8, a row that is not an object and anything after the value are
// errors. Members that no report prints are skipped unread. A value that ends
// early is an [io.ErrUnexpectedEOF].
func decodeEach[R, T any](r io.Reader, key string, convert rowConverter[R, T], each func(T) error) (next string, err error) {
	rows := rowDecoder[R, T]{convert: convert}
	if key == bare {
		return "", decodeBare(r, &rows, each)
	}
	dec := newDecoder(newTextReader(r))
	if next, err = decodeObject(dec, key, &rows, each); err != nil {
		return "", err
	}
	return next, decodeEnd(dec, 0)
}

func newDecoder(r io.Reader) *jsontext.Decoder {
	// The option is for \ud83d without its other half; raw bytes are checked by textReader.
	return jsontext.NewDecoder(r, jsontext.AllowInvalidUTF8(true))
}

// decodeArray reads the rest of an array of rows; the next is its n-th.
func decodeArray[R, T any](dec *jsontext.Decoder, n int, rows *rowDecoder[R, T], each func(T) error) error {
	for ; dec.PeekKind() != ']'; n++ {
		at := rows.base + nextOffset(dec)
		row, err := rows.decode(dec)
		if err == nil {
			err = each(row)
		}
		if err != nil {
			return inElement(n, at, err)
		}
	}
	_, err := dec.ReadToken()
	return rows.jsonFault(err, 0)
}

// inElement tells err of the element of an array that begins at a byte.
func inElement(n int, at int64, err error) error {
	return fmt.Errorf("element %d (byte %d): %w", n, at, err)
}

// decodeObject reads {"<key>": [rows], "starting_after": "…"}.
func decodeObject[R, T any](dec *jsontext.Decoder, key string, rows *rowDecoder[R, T], each func(T) error) (next string, err error) {
	if err := open(dec, '{', "the answer"); err != nil {
		return "", err
	}
	found, refusal := false, ""
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return "", jsonFault(err, 0)
		}
		switch name.String() {
		case key:
			found = true
			if err = open(dec, '[', key); err == nil {
				err = decodeArray(dec, 1, rows, each)
			}
		case "starting_after":
			next, err = decodeCursor(dec)
		case "error":
			refusal, err = decodeRefusal(dec)
		default:
			err = jsonFault(dec.SkipValue(), 0)
		}
		if err != nil {
			return "", err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return "", jsonFault(err, 0)
	}
	switch {
	case refusal != "": // even beside rows: they may be a part of what was asked for
		return "", fmt.Errorf("the answer: %w", shapeError{want: "a list of " + key, got: "an error", message: refusal})
	case !found:
		return "", fmt.Errorf("the answer: %w", shapeError{want: "a list of " + key, got: "an object without one"})
	}
	return next, nil
}

// open reads the delimiter that must come next.
func open(dec *jsontext.Decoder, want jsontext.Kind, what string) error {
	if err := expect(dec, want, what); err != nil {
		return err
	}
	_, err := dec.ReadToken()
	return jsonFault(err, 0)
}

// expect makes sure that a value of the kind comes next, without reading it.
func expect(dec *jsontext.Decoder, want jsontext.Kind, what string) error {
	switch got := dec.PeekKind(); got {
	case want:
		return nil
	case 0, '}', ']':
		at := bytes.TrimLeft(dec.UnreadBuffer(), " \t\r\n")
		if _, err := dec.ReadToken(); len(at) == 0 || at[0] != '<' {
			return jsonFault(err, 0)
		}
		return fmt.Errorf("%s: %w", what, shapeError{want: kindName(want), got: "HTML or XML"})
	case '{':
		return fmt.Errorf("%s: %w", what, disguise(dec, want))
	default:
		return fmt.Errorf("%s: %w", what, shapeError{want: kindName(want), got: kindName(got)})
	}
}

// disguise reads an object that came in place of an array, for its error message.
func disguise(dec *jsontext.Decoder, want jsontext.Kind) error {
	var object struct {
		Error errorBody `json:"error"`
	}
	if err := json.UnmarshalDecode(dec, &object); errors.Is(err, io.ErrUnexpectedEOF) {
		return jsonFault(err, 0)
	}
	return shapeError{want: kindName(want), got: "an object", message: object.Error.Message.text}
}

// errorBody is Dintero's {"error":{"message":…,"code":…}}.
type errorBody struct {
	Message leaf `json:"message"`
	Code    leaf `json:"code"`
}

// decodeRefusal reads the value of "error"; null refuses nothing.
func decodeRefusal(dec *jsontext.Decoder) (string, error) {
	if dec.PeekKind() == '{' {
		var body errorBody
		err := json.UnmarshalDecode(dec, &body)
		return cmp.Or(body.Message.text, "error"), jsonFault(err, 0)
	}
	var other leaf
	err := other.UnmarshalJSONFrom(dec)
	if other.absent() {
		return "", jsonFault(err, 0)
	}
	return cmp.Or(other.written(), "error"), jsonFault(err, 0)
}

func decodeCursor(dec *jsontext.Decoder) (string, error) {
	var cursor leaf
	if err := cursor.UnmarshalJSONFrom(dec); err != nil {
		return "", jsonFault(err, 0)
	}
	if !cursor.absent() && cursor.kind != '"' {
		return "", fmt.Errorf("starting_after: %s is not a text", shown(cursor.written()))
	}
	return cursor.text, nil
}

// decodeEnd makes sure that nothing follows. What dec reads began at the byte base.
func decodeEnd(dec *jsontext.Decoder, base int64) error {
	dec.PeekKind()
	at := base + nextOffset(dec)
	switch _, err := dec.ReadToken(); {
	case err == io.EOF:
		return nil
	case err == nil || isSyntax(err):
		return fmt.Errorf("something follows the end of the JSON value at byte %d", at)
	default:
		return jsonFault(err, 0)
	}
}

// nextOffset is the byte at which the next value begins.
func nextOffset(dec *jsontext.Decoder) int64 {
	at := dec.InputOffset()
	for _, c := range dec.UnreadBuffer() {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != ',' {
			break
		}
		at++
	}
	return at
}
