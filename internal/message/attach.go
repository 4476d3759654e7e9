package message

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"rapport/internal/archive"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// attach reads the files that a message of at most max bytes has room for. A CSV that
// would be too large is packed, and its archive named in packed; what still does not fit is
// named in left.
func attach(files []archive.File, max int64, modified time.Time) (attachments []ourmail.Attachment, packed, left []string, err error) {
	room := max - BodyBytes
	for _, f := range files {
		a, err := readWithin(f, room, modified)
		if err != nil {
			return nil, nil, nil, err
		}
		if a.Data == nil {
			left = append(left, a.Name)
			continue
		}
		if a.ContentType == zipType {
			packed = append(packed, a.Name)
		}
		room -= encodedSize(int64(len(a.Data)))
		attachments = append(attachments, a.Encoded())
	}
	return attachments, packed, left, nil
}

// BodyBytes is room for the headers and both bodies of a message.
const BodyBytes = 128 << 10

const zipType = "application/zip"

// readWithin reads a file that, encoded, is no larger than room; nil data is one that is.
func readWithin(f archive.File, room int64, modified time.Time) (a ourmail.Attachment, err error) {
	info, err := os.Stat(f.Path)
	if err != nil {
		return a, err
	}
	a = ourmail.Attachment{Name: filepath.Base(f.Path), ContentType: f.ContentType}
	if encodedSize(info.Size()) <= room {
		a.Data, err = os.ReadFile(f.Path)
		return a, err
	}
	if f.ContentType != string(reportconfig.CSV) {
		return a, nil
	}
	data, err := zipped(f.Path, room, modified)
	if err != nil || data == nil {
		return a, err
	}
	return ourmail.Attachment{Name: strings.TrimSuffix(a.Name, ".csv") + ".zip", ContentType: zipType, Data: data}, nil
}

// zipped is an archive of the file, which everybody's computer opens, or nil when that,
// encoded, is larger than room.
func zipped(path string, room int64, modified time.Time) (_ []byte, err error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	var out limited
	out.left = max(room/78*76/4*3, 0) // the reverse of encodedSize, rounded down
	pack := zip.NewWriter(&out)
	w, err := pack.CreateHeader(&zip.FileHeader{Name: filepath.Base(path), Method: zip.Deflate, Modified: modified})
	if err == nil {
		_, err = io.Copy(w, in)
	}
	if err == nil {
		err = pack.Close()
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
