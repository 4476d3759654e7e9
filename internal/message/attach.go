package message

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"

	"rapport/internal/archive"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// attach reads the files that a message of at most max bytes has room for. A CSV that
// would be too large is compressed; what still does not fit is named in left.
func attach(files []archive.File, max int64) (attachments []ourmail.Attachment, left []string, err error) {
	room := max - BodyBytes
	for _, f := range files {
		name, contentType, data, err := readWithin(f, room)
		if err != nil {
			return nil, nil, err
		}
		if data == nil {
			left = append(left, filepath.Base(f.Path))
			continue
		}
		room -= encodedSize(int64(len(data)))
		attachments = append(attachments, ourmail.Attachment{Name: name, ContentType: contentType, Data: data}.Encoded())
	}
	return attachments, left, nil
}

// BodyBytes is room for the headers and both bodies of a message.
const BodyBytes = 128 << 10

// readWithin reads a file that, encoded, is no larger than room; nil data is one that is.
func readWithin(f archive.File, room int64) (name, contentType string, data []byte, err error) {
	info, err := os.Stat(f.Path)
	if err != nil {
		return "", "", nil, err
	}
	name = filepath.Base(f.Path)
	if encodedSize(info.Size()) <= room {
		data, err = os.ReadFile(f.Path)
		return name, f.ContentType, data, err
	}
	if f.ContentType != string(reportconfig.CSV) {
		return name, "", nil, nil
	}
	data, err = compressed(f.Path, room)
	return name + ".gz", "application/gzip", data, err
}

// compressed is the file in gzip form, or nil when that, encoded, is larger than room.
func compressed(path string, room int64) (_ []byte, err error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	var out limited
	out.left = max(room/78*76/4*3, 0) // the reverse of encodedSize, rounded down
	zip := gzip.NewWriter(&out)
	_, err = io.Copy(zip, in)
	if err == nil {
		err = zip.Close()
	}
	if errors.Is(err, errTooLarge) {
		return nil, nil
	}
	return out.Bytes(), err
}

var errTooLarge = errors.New("too large")

// limited is a buffer that refuses to grow past what is left.
type limited struct {
	bytes.Buffer
	left int64
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, errTooLarge
	}
	return l.Buffer.Write(p)
}

// EncodedSize is how large files are in a message that carries them as they are; of a voucher
// it carries the PDF alone.
func EncodedSize(files []archive.File, voucher bool) (total int64) {
	for _, f := range files {
		if !voucher || f.ContentType == string(reportconfig.PDF) {
			total += encodedSize(f.Size)
		}
	}
	return total
}

// encodedSize is the size of n bytes in base64 with a line break after each 76 characters.
func encodedSize(n int64) int64 {
	encoded := (n + 2) / 3 * 4
	return encoded + encoded/76*2 + 2
}
