package message

import (
	"errors"
	"io"
	"os"
	"sync"
	"weak"
)

// SharedTexts are those that messages share, as they were read from the disk. They are in memory once,
// and only as long as one of the messages is: no message is sent before the whole of it has been proven,
// so a text is worth no more for having been read before. The zero value is empty.
type SharedTexts struct {
	mu     sync.Mutex
	loaded map[string]weak.Pointer[loadedText] // by path
}

// A loadedText is what a file held when it was as info says.
type loadedText struct {
	info  os.FileInfo
	bytes []byte
}

// isOf tells whether the file is still the one that was read.
func (t *loadedText) isOf(path string) bool {
	info, err := os.Stat(path)
	return err == nil && os.SameFile(info, t.info) && info.Size() == t.info.Size() && info.ModTime().Equal(t.info.ModTime())
}

// read gives the text of a file; t may be nil.
func (t *SharedTexts) read(path string) (*loadedText, error) {
	if t == nil {
		return load(path)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if text := t.loaded[path].Value(); text != nil && text.isOf(path) {
		return text, nil
	}
	text, err := load(path)
	if err != nil {
		return nil, err
	}
	for path, pointer := range t.loaded {
		if pointer.Value() == nil {
			delete(t.loaded, path)
		}
	}
	if t.loaded == nil {
		t.loaded = map[string]weak.Pointer[loadedText]{}
	}
	t.loaded[path] = weak.Make(text)
	return text, nil
}

func load(path string) (_ *loadedText, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	t := new(loadedText)
	if t.info, err = f.Stat(); err != nil {
		return nil, err
	}
	t.bytes = make([]byte, t.info.Size())
	_, err = io.ReadFull(f, t.bytes)
	return t, err
}

// forget has all texts read anew: one of them may not be what was written.
func (t *SharedTexts) forget() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.loaded)
}
