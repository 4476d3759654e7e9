package dinterojson

import (
	"fmt"
	"io"

	"rapport/fetch/internal/jsonscan"
	"rapport/internal/text"
)

// bareArray says that a page is the array of rows itself, not an object that holds it.
const bareArray = ""

// decodePage reads the one JSON value of a page to its end: an array of rows, or an object
// that holds it under member. It is strict: duplicate names, bytes that are not UTF-8, a row
// that is not an object and anything after the value are errors. Members that no report
// prints are skipped unread. A value that ends early is an [io.ErrUnexpectedEOF].
func decodePage[R, T any](body io.Reader, member string, convert converter[R, T], each func(T) error) (next string, err error) {
	rows := newRows(convert)
	if page, ok := body.(*LimitedReader); ok {
		inner := each
		each = func(row T) error {
			page.keep(rows.Bytes())
			return inner(row)
		}
	}
	if member == bareArray {
		return "", rows.ScanArray(body, each)
	}
	d := jsonscan.NewDecoder(body)
	if next, err = decodeObject(d, member, rows, each); err != nil {
		return "", err
	}
	return next, d.End()
}

// decodeFile reads the rows of a file, each with a checker of its own block.
func decodeFile[R, T any](file io.Reader, convert converter[R, T], each func(T) error) error {
	return jsonscan.DecodeFile(file, func() *jsonscan.Rows[R, T] { return newRows(convert) }, each)
}

// decodeObject reads {"<member>": [rows], "starting_after": "…"}.
func decodeObject[R, T any](d *jsonscan.Decoder, member string, rows *jsonscan.Rows[R, T], each func(T) error) (next string, err error) {
	if err := d.Expect('{', "the answer"); err != nil {
		return "", err
	}
	found, errorMessage := false, ""
	var not jsonscan.Other // nothing: it is an object
	for more := d.Begin('{', &not); more && d.Member(); {
		switch d.Name() {
		case member:
			found = true
			err = rows.DecodeArray(d, member, each)
		case "starting_after":
			next, err = decodeCursor(d)
		case "last_evaluated_key":
			next, err = decodeEvaluatedKey(d)
		case "error":
			errorMessage, err = decodeErrorMember(d)
		default:
			err = d.SkipMember()
		}
		if err != nil {
			return "", err
		}
	}
	if err := d.Err(); err != nil {
		return "", err
	}
	switch {
	case errorMessage != "": // even beside rows: they may be a part of what was asked for
		return "", fmt.Errorf("the answer: %w", jsonscan.ShapeError{Want: "a list of " + member, Got: "an error", Message: text.Truncate(errorMessage, MaxMessage)})
	case !found:
		return "", fmt.Errorf("the answer: %w", jsonscan.ShapeError{Want: "a list of " + member, Got: "an object without one"})
	}
	return next, nil
}

func decodeCursor(d *jsonscan.Decoder) (string, error) {
	var cursor jsonscan.Scalar
	if d.Scalar(&cursor); d.Err() != nil {
		return "", d.Err()
	}
	if !cursor.Absent() && cursor.Kind != '"' {
		return "", fmt.Errorf("starting_after: %s is not a text", Quote(cursor.Written()))
	}
	if len(cursor.Text) > maxCursor {
		return "", fmt.Errorf("starting_after: is longer than %d bytes", maxCursor)
	}
	return cursor.Text, nil
}

const maxCursor = 4 << 10 // it becomes part of an address
