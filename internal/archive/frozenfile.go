package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"rapport/internal/durable"
)

// A File is one that is written: its bytes and rows, and the SHA-256 of the bytes in hex.
type File struct {
	Path, ContentType, SHA256 string
	Size, Rows                int64
}

// Write writes a file and says what is in it.
func Write(path, contentType string, write func(io.Writer) (rows int64, err error)) (File, error) {
	f := File{Path: path, ContentType: contentType}
	sum := summing{Hash: sha256.New()}
	err := durable.Create(path, func(w io.Writer) (err error) {
		f.Rows, err = write(io.MultiWriter(w, &sum))
		return err
	})
	f.Size, f.SHA256 = sum.size, hex.EncodeToString(sum.Sum(nil))
	return f, err
}

// summing is a hash that knows how much it was given.
type summing struct {
	hash.Hash
	size int64
}

func (s *summing) Write(p []byte) (int, error) {
	s.size += int64(len(p))
	return s.Hash.Write(p)
}

// ErrChanged is wrapped when a file is not the one that was made.
var ErrChanged = errors.New("was changed after it was made")

// Verify refuses a file that is not the one whose SHA-256 is sum, in hex.
func Verify(path, sum string) error {
	found, err := Sum(path)
	if err == nil && found != sum {
		err = fmt.Errorf("%s: %w", path, ErrChanged)
	}
	return err
}

// Sum is the SHA-256 of a file, in hex.
func Sum(path string) (sum string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return sumOf(f)
}

func sumOf(r io.Reader) (string, error) {
	hash := sha256.New()
	_, err := io.Copy(hash, r)
	return hex.EncodeToString(hash.Sum(nil)), err
}
