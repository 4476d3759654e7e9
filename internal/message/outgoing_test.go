package message

import (
	"bytes"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"testing"
	"time"

	"rapport/internal/archive"
	"rapport/internal/paymenttest"
	ourmail "rapport/mail"
)

// letters are messages of one report: the same files for everybody.
func letters(t *testing.T, n int) (all []Stored) {
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
		paymenttest.Must(t, err)
		all = append(all, Stored{Name: fmt.Sprint("message", i), Frozen: f})
	}
	return all
}

// TestASpoolGivesBackWhatItWasGiven, and holds what all messages say and enclose once.
func TestASpoolGivesBackWhatItWasGiven(t *testing.T) {
	box := &Store{Dir: t.TempDir()}
	all := letters(t, 5)
	for _, m := range all {
		paymenttest.Must(t, box.Write(m))
	}
	paymenttest.Must(t, box.Sync())
	size := int64(0)
	files, err := os.ReadDir(box.Dir)
	paymenttest.Must(t, err)
	for _, file := range files {
		info, err := file.Info()
		paymenttest.Must(t, err)
		size += info.Size()
	}
	if most := int64(len(all[0].Bytes()) + len(all[0].HTML) + 5*5_000); size > most || len(files) != 5+4 {
		t.Errorf("%d files, %d bytes", len(files), size)
	}
	for _, m := range all {
		got, err := Read(t.Context(), archive.Archive{Dir: box.Dir}, m.Name+archive.MessageSuffix)
		if err != nil || got.SHA256() != m.SHA256() || got.To != m.To || got.ID != m.ID || got.Name != m.Name || !bytes.Equal(got.HTML, m.HTML) {
			t.Errorf("%s: %v", m.Name, err)
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
		box := &Store{Dir: t.TempDir()}
		paymenttest.Must(t, box.Write(m))
		paymenttest.Must(t, spoil(filepath.Join(box.Dir, "1"+archive.SharedSuffix)))
		got, err := Read(t.Context(), archive.Archive{Dir: box.Dir}, m.Name+archive.MessageSuffix)
		if err == nil && got.SHA256() == m.SHA256() {
			t.Errorf("%s: taken for the message", name)
		}
	}
}

func TestASpoolThatLiesIsNoMessage(t *testing.T) {
	for _, shared := range []sharedText{
		{"1.shared", -1, 4}, {"1.shared", 5, 4}, {"../1.shared", 0, 4}, {"1.shared", 0, -1}, {"1.shared", 0, 1 << 62}, {"..", 0, 0}, {"", 0, 0},
	} {
		box := &Store{Dir: t.TempDir()}
		paymenttest.Must(t, os.WriteFile(filepath.Join(box.Dir, "1.shared"), []byte("four"), 0o600))
		paymenttest.Must(t, box.put("m"+archive.MessageSuffix, storedFile{Bytes: []byte("abc"), Shared: []sharedText{shared}}.encode))
		if got, err := Read(t.Context(), archive.Archive{Dir: box.Dir}, "m"+archive.MessageSuffix); err == nil {
			t.Errorf("%+v: %q", shared, got.Bytes())
		}
	}
}

// TestAMessageOfAnOlderVersionIsReadToTheByte: its head has the text and the HTML in it.
func TestAMessageOfAnOlderVersionIsReadToTheByte(t *testing.T) {
	const sum = "45cbac526c4058502b5c961a3ea89575ce1138abac5ebd6b4d85f6110d1b0e36"
	m, err := ReadVerified(t.Context(), archive.Archive{Dir: "testdata"}, nil, "older"+archive.MessageSuffix, sum)
	if err != nil || m.Size() != 13175 || len(m.HTML) != 6532 || m.To != "b@fjordfisk.no" || m.ID != "older@fjordfisk.no" || m.Name != "older" {
		t.Errorf("%d bytes to %s, %v", m.Size(), m.To, err)
	}
}
