package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"rapport/internal/durable"
)

// A File is one that is written: its bytes and rows, and the SHA-256 of the bytes in hex.
type File struct {
	Path, ContentType, Sha256 string
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
	f.Size, f.Sha256 = sum.size, hex.EncodeToString(sum.Sum(nil))
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
