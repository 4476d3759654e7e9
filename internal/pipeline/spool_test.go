package pipeline

import (
	"bytes"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"testing"
	"time"

	ourmail "rapport/mail"
)

// letters are messages of one report: the same files for everybody.
func letters(t *testing.T, n int) (all []spooled) {
	t.Helper()
	files := []ourmail.Attachment{
		{Name: "a.pdf", ContentType: "application/pdf", Data: bytes.Repeat([]byte("pdf"), 50_000)},
		{Name: "b.csv", ContentType: "text/csv", Data: bytes.Repeat([]byte("csv"), 40_000)},
		{Name: "c.csv", ContentType: "text/csv", Data: []byte("small")},
	}
	for i := range n {
		f, err := ourmail.Compose(ourmail.Message{
			From: mail.Address{Address: "a@fjordfisk.no"}, To: mail.Address{Address: fmt.Sprintf("r%d@fjordfisk.no", i)}, ID: fmt.Sprintf("%d@fjordfisk.no", i),
			Date: time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC), Content: ourmail.Content{Language: "no", Subject: "x"}, Attachments: files,
		})
		must(t, err)
		all = append(all, spooled{fmt.Sprint("message", i), f})
	}
	return all
}

// TestASpoolGivesBackWhatItWasGiven, and holds what all messages enclose once.
func TestASpoolGivesBackWhatItWasGiven(t *testing.T) {
	box := &spool{dir: t.TempDir()}
	all := letters(t, 5)
	for _, m := range all {
		must(t, box.write(m))
	}
	must(t, box.sync())
	size := int64(0)
	for _, path := range box.paths {
		info, err := os.Stat(path)
		must(t, err)
		size += info.Size()
	}
	if most := int64(len(all[0].Bytes) + 5*20_000); size > most || len(box.paths) != 5+2 {
		t.Errorf("%d files, %d bytes", len(box.paths), size)
	}
	for _, m := range all {
		got, err := readSpool(filepath.Join(box.dir, m.name+spoolSuffix))
		if err != nil || got.sum() != m.sum() || got.To != m.To || got.ID != m.ID || got.name != m.name || !bytes.Equal(got.HTML, m.HTML) {
			t.Errorf("%s: %v", m.name, err)
		}
	}
}

// TestASharedTextThatIsNotTheOneIsFoundOut, so that the message is composed again.
func TestASharedTextThatIsNotTheOneIsFoundOut(t *testing.T) {
	m := letters(t, 1)[0]
	for name, spoil := range map[string]func(path string) error{
		"gone":    os.Remove,
		"cut":     func(path string) error { return os.Truncate(path, 100) },
		"empty":   func(path string) error { return os.Truncate(path, 0) },
		"another": func(path string) error { return os.WriteFile(path, make([]byte, m.AttachmentSpans[0].Size), 0o600) },
	} {
		box := &spool{dir: t.TempDir()}
		must(t, box.write(m))
		must(t, spoil(filepath.Join(box.dir, "1"+sharedSuffix)))
		got, err := readSpool(filepath.Join(box.dir, m.name+spoolSuffix))
		if err == nil && got.sum() == m.sum() {
			t.Errorf("%s: taken for the message", name)
		}
	}
}

func TestASpoolThatLiesIsNoMessage(t *testing.T) {
	for _, shared := range []sharedText{
		{"1.shared", -1, 4}, {"1.shared", 5, 4}, {"../1.shared", 0, 4}, {"1.shared", 0, -1}, {"1.shared", 0, 1 << 62}, {"..", 0, 0}, {"", 0, 0},
	} {
		box := &spool{dir: t.TempDir()}
		must(t, os.WriteFile(filepath.Join(box.dir, "1.shared"), []byte("four"), 0o600))
		must(t, box.put("m"+spoolSuffix, spoolFile{Bytes: []byte("abc"), Shared: []sharedText{shared}}.encode))
		if got, err := readSpool(filepath.Join(box.dir, "m"+spoolSuffix)); err == nil {
			t.Errorf("%+v: %q", shared, got.Bytes)
		}
	}
}
