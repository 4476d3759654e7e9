package message

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	slashpath "path"
	"path/filepath"
	"strings"

	"rapport/internal/archive"
	"rapport/internal/durable"
	"rapport/mail"
)

// A Stored message waits in .outgoing under its name.
type Stored struct {
	Name string
	mail.Frozen
}

// SHA256 is the SHA-256 of a message as it goes over the wire.
func (s Stored) SHA256() string {
	hash := sha256.Sum256(s.Bytes)
	return hex.EncodeToString(hash[:])
}

// storedFile is a message as it is on the disk: without the texts that it shares with its
// neighbours.
type storedFile struct {
	Envelope, To, ID string
	Bytes, HTML      []byte
	Enclosed, Bodies []mail.Span // in the whole message
	Shared           []sharedText
}

// sharedText is one that belongs into the message's bytes, in a file beside it.
type sharedText struct {
	File     string
	At, Size int // in the whole message
}

// A Store is a directory that the messages of one report are written to. What all of them
// enclose is written once.
type Store struct {
	Dir   string
	texts map[string][]byte // by file
	paths []string          // that are written, and not yet durable
}

// minShared is the size of a text from which it has a file of its own.
const minShared = 4 << 10

// Write writes a message; it is durable after sync.
func (s *Store) Write(m Stored) error {
	f := storedFile{Envelope: m.Envelope, To: m.To, ID: m.ID, HTML: m.HTML, Enclosed: m.AttachmentSpans, Bodies: m.BodySpans}
	rest := 0
	for i, e := range m.AttachmentSpans {
		if e.Size < minShared {
			continue
		}
		name := fmt.Sprintf("%d%s", i+1, archive.SharedSuffix)
		text := m.Bytes[e.At : e.At+e.Size]
		if err := s.share(name, text); err != nil {
			return err
		}
		if !bytes.Equal(s.texts[name], text) {
			continue
		}
		f.Bytes = append(f.Bytes, m.Bytes[rest:e.At]...)
		f.Shared = append(f.Shared, sharedText{File: name, At: e.At, Size: e.Size})
		rest = e.At + e.Size
	}
	f.Bytes = append(f.Bytes, m.Bytes[rest:]...)
	return s.put(m.Name+archive.MessageSuffix, f.encode)
}

// share writes a text once; who comes with another under the same name keeps its own.
func (s *Store) share(name string, text []byte) error {
	if _, there := s.texts[name]; there {
		return nil
	}
	if s.texts == nil {
		s.texts = map[string][]byte{}
	}
	s.texts[name] = text
	return s.put(name, func() ([]byte, error) { return text, nil })
}

func (s *Store) put(name string, encode func() ([]byte, error)) error {
	data, err := encode()
	if err != nil {
		return err
	}
	path := filepath.Join(s.Dir, name)
	s.paths = append(s.paths, path)
	return os.WriteFile(path, data, 0o600)
}

// Sync makes what was written durable, but for its names.
func (s *Store) Sync() error { return durable.SyncFiles(s.paths...) }

func (f storedFile) encode() ([]byte, error) {
	var out bytes.Buffer
	err := gob.NewEncoder(&out).Encode(f)
	return out.Bytes(), err
}

// WriteAlone writes a message that shares nothing.
func WriteAlone(path string, m mail.Frozen) error {
	data, err := storedFile{Envelope: m.Envelope, To: m.To, ID: m.ID, Bytes: m.Bytes, HTML: m.HTML, Enclosed: m.AttachmentSpans, Bodies: m.BodySpans}.encode()
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err == nil {
		err = durable.SyncFiles(path)
	}
	return err
}

// Read reads a message, and what it shares, from the archive.
func Read(ctx context.Context, a archive.Archive, key string) (Stored, error) {
	return read(key, func(key string) (string, error) { return a.Fetch(ctx, key) })
}

// ReadVerified reads the message whose SHA-256 is sum, in hex. Where this machine has a copy alone
// that is not the one, the store is asked before it is judged.
func ReadVerified(ctx context.Context, a archive.Archive, key, sum string) (m Stored, err error) {
	for _, fetch := range []func(context.Context, string) (string, error){a.Fetch, a.FetchAgain} {
		m, err = read(key, func(key string) (string, error) { return fetch(ctx, key) })
		if err == nil && m.SHA256() != sum {
			err = fmt.Errorf("%s: is not the message that was frozen", key)
		}
		if err == nil || a.Objects == nil || errors.As(err, new(*archive.StoreError)) {
			break
		}
	}
	return m, err
}

func read(key string, fetch func(key string) (path string, err error)) (Stored, error) {
	path, err := fetch(key)
	if err != nil {
		return Stored{}, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Stored{}, err
	}
	var f storedFile
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&f); err != nil {
		return Stored{}, fmt.Errorf("%s: %w", path, err)
	}
	s := Stored{Name: strings.TrimSuffix(filepath.Base(path), archive.MessageSuffix)}
	s.Frozen = mail.Frozen{Envelope: f.Envelope, To: f.To, ID: f.ID, HTML: f.HTML, AttachmentSpans: f.Enclosed, BodySpans: f.Bodies}
	if s.Bytes, err = f.whole(func(name string) ([]byte, error) {
		path, err := fetch(slashpath.Join(slashpath.Dir(filepath.ToSlash(key)), name))
		if err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	}); err != nil {
		return Stored{}, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// whole puts the shared texts back where they belong.
func (f storedFile) whole(read func(name string) ([]byte, error)) ([]byte, error) {
	var pieces [][]byte
	rest, at := f.Bytes, 0
	for _, t := range f.Shared {
		before := t.At - at
		if before < 0 || before > len(rest) || t.File != filepath.Base(t.File) {
			return nil, fmt.Errorf("what it shares in %q has no place in it", t.File)
		}
		text, err := read(t.File)
		if err != nil {
			return nil, err
		}
		if len(text) != t.Size {
			return nil, fmt.Errorf("%s has %d bytes, not %d", t.File, len(text), t.Size)
		}
		pieces = append(pieces, rest[:before], text)
		rest, at = rest[before:], t.At+t.Size
	}
	if pieces == nil {
		return f.Bytes, nil
	}
	return bytes.Join(append(pieces, rest), nil), nil
}
