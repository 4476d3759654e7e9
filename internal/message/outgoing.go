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
	"strconv"
	"strings"

	"rapport/internal/archive"
	"rapport/internal/durable"
	"rapport/mail"
)

// A Stored message waits in .outgoing under its name.
type Stored struct {
	Name string
	mail.Frozen
	shares []*loadedText // which are not read again as long as this is in use
}

// SHA256 is the SHA-256 of a message as it goes over the wire.
func (s Stored) SHA256() string {
	hash := sha256.New()
	for _, piece := range s.Pieces {
		hash.Write(piece) // never fails
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// A part is a piece of a message, and what it is.
type part struct {
	name       string // empty: the message's own
	attachment int    // from 1; 0: it is none
	at         int
	text       []byte
}

// parts are the message end to end.
func (s Stored) parts() (all []part) {
	named := map[mail.Span]part{}
	for i, name := range []string{"text", "html"}[:min(2, len(s.BodySpans))] {
		named[s.BodySpans[i]] = part{name: name}
	}
	for i, span := range s.AttachmentSpans {
		named[span] = part{name: strconv.Itoa(i + 1), attachment: i + 1}
	}
	at := 0
	for _, piece := range s.Pieces {
		p := named[mail.Span{At: at, Size: len(piece)}]
		p.at, p.text = at, piece
		all = append(all, p)
		at += len(piece)
	}
	return all
}

// storedFile is a message as it is on the disk: its head and whatever else is its own, without the texts
// that it shares with its neighbours.
type storedFile struct {
	Envelope, To, ID string
	Bytes, HTML      []byte
	HTMLFile         string       // that has the HTML, if it is shared too
	Enclosed, Bodies []mail.Span  // in the whole message
	Shared           []sharedText // in their order; of an older version attachments alone
}

// sharedText is one that belongs into the message's bytes, in a file beside it.
type sharedText struct {
	File     string
	At, Size int // in the whole message
}

// A Store is a directory that the messages of one report are written to. What all of them
// say and enclose is written once.
type Store struct {
	Dir   string
	texts map[string][]byte // by file
}

// minShared is the size of a text from which it has a file of its own.
const minShared = 4 << 10

// Write writes a message; what it shares is durable after Sync.
func (s *Store) Write(m Stored) error {
	f := storedFile{Envelope: m.Envelope, To: m.To, ID: m.ID, Enclosed: m.AttachmentSpans, Bodies: m.BodySpans}
	for _, p := range m.parts() {
		file, err := s.share(p.name, p.text)
		switch {
		case err != nil:
			return err
		case file == "":
			f.Bytes = append(f.Bytes, p.text...)
		default:
			f.Shared = append(f.Shared, sharedText{File: file, At: p.at, Size: len(p.text)})
		}
	}
	var err error
	if f.HTMLFile, err = s.share("page", m.HTML); err != nil {
		return err
	}
	if f.HTMLFile == "" {
		f.HTML = m.HTML
	}
	return s.put(m.Name+archive.MessageSuffix, f.encode)
}

// share writes a text once, and gives its file; none: it is the message's own. Who comes with another
// under the same name keeps its own.
func (s *Store) share(name string, text []byte) (file string, err error) {
	if name == "" || len(text) < minShared {
		return "", nil
	}
	file = name + archive.SharedSuffix
	if first, there := s.texts[file]; there {
		if !bytes.Equal(first, text) {
			file = ""
		}
		return file, nil
	}
	if s.texts == nil {
		s.texts = map[string][]byte{}
	}
	s.texts[file] = text
	return file, s.put(file, func() ([]byte, error) { return text, nil })
}

func (s *Store) put(name string, encode func() ([]byte, error)) error {
	data, err := encode()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.Dir, name), data, 0o600)
}

// Sync makes what the messages share durable, but for its names. What a power cut takes of their heads
// is made again of what the ledger keeps of each, and what is not that to the byte is not sent.
func (s *Store) Sync() error {
	var paths []string
	for file := range s.texts {
		paths = append(paths, filepath.Join(s.Dir, file))
	}
	return durable.SyncFiles(paths...)
}

func (f storedFile) encode() ([]byte, error) {
	var out bytes.Buffer
	err := gob.NewEncoder(&out).Encode(f)
	return out.Bytes(), err
}

// WriteAlone writes a message that shares nothing.
func WriteAlone(path string, m mail.Frozen) error {
	data, err := storedFile{Envelope: m.Envelope, To: m.To, ID: m.ID, Bytes: m.Bytes(), HTML: m.HTML, Enclosed: m.AttachmentSpans, Bodies: m.BodySpans}.encode()
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
	return read(key, nil, func(key string) (string, error) { return a.Fetch(ctx, key) })
}

// ReadVerified reads the message whose SHA-256 is sum, in hex. Where this machine has a copy alone
// that is not the one, the store is asked before it is judged. What others share with it is read once
// for as long as one of them is in use; texts may be nil.
func ReadVerified(ctx context.Context, a archive.Archive, texts *SharedTexts, key, sum string) (m Stored, err error) {
	for _, fetch := range []func(context.Context, string) (string, error){a.Fetch, a.FetchAgain} {
		m, err = read(key, texts, func(key string) (string, error) { return fetch(ctx, key) })
		if err == nil && m.SHA256() != sum {
			err = fmt.Errorf("%s: is not the message that was frozen", key)
		}
		if err == nil {
			break
		}
		texts.forget()
		if a.Objects == nil || errors.As(err, new(*archive.StoreError)) {
			break
		}
	}
	return m, err
}

func read(key string, texts *SharedTexts, fetch func(key string) (path string, err error)) (Stored, error) {
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
	shared := func(name string) ([]byte, error) {
		path, err := fetch(slashpath.Join(slashpath.Dir(filepath.ToSlash(key)), name))
		if err != nil {
			return nil, err
		}
		text, err := texts.read(path)
		if err != nil {
			return nil, err
		}
		s.shares = append(s.shares, text)
		return text.bytes, nil
	}
	s.Pieces, err = f.pieces(shared)
	if err == nil && f.HTMLFile != "" {
		s.HTML, err = shared(filepath.Base(f.HTMLFile))
	}
	if err != nil {
		return Stored{}, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// pieces are the message end to end: the shared texts are where they belong.
func (f storedFile) pieces(read func(name string) ([]byte, error)) (pieces [][]byte, err error) {
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
	return append(pieces, rest), nil
}
