package mail_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"rapport/mail"
)

func TestOutboxKeepsMessageAndPage(t *testing.T) {
	outbox := mail.Outbox{Dir: filepath.Join(t.TempDir(), "deep", "outbox")}
	frozen := compose(t, daily())
	const name = "2026-11-19_oslo-daily_regnskap-fjordfisk-no_0a1b2c3d"
	path, err := outbox.Put(name, frozen)
	if err != nil {
		t.Fatal(err)
	}
	if path != filepath.Join(outbox.Dir, name+".eml") {
		t.Error(path)
	}
	for suffix, want := range map[string][]byte{".eml": frozen.Bytes(), ".html": frozen.HTML} {
		file := filepath.Join(outbox.Dir, name+suffix)
		got, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs, %v", suffix, err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", suffix, info.Mode(), err)
		}
	}
	if _, err := outbox.Put(name, frozen); err != nil {
		t.Errorf("the same message again: %v", err)
	}
	if entries, err := os.ReadDir(outbox.Dir); err != nil || len(entries) != 2 {
		t.Errorf("%d files, %v", len(entries), err)
	}
}

func TestOutboxTakesAMessageMadeAnew(t *testing.T) {
	outbox := mail.Outbox{Dir: t.TempDir()}
	frozen := compose(t, daily())
	for _, suffix := range []string{".eml", ".html"} {
		if err := os.WriteFile(filepath.Join(outbox.Dir, "a"+suffix), []byte("other"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path, err := outbox.Put("a", frozen)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != string(frozen.Bytes()) {
		t.Error("the message is not the new one")
	}
}

func TestOutboxCompletesWhatWasCutOff(t *testing.T) {
	outbox, frozen := mail.Outbox{Dir: t.TempDir()}, compose(t, daily())
	if err := os.WriteFile(filepath.Join(outbox.Dir, "a.html"), frozen.HTML, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := outbox.Put("a", frozen); err != nil {
		t.Error(err)
	}
}

func TestOutboxRefusesPathsAndReportsTheDisk(t *testing.T) {
	outbox, frozen := mail.Outbox{Dir: t.TempDir()}, compose(t, daily())
	for _, name := range []string{"", "../a", "a/b", ".a", "a\x00", "æ"} {
		_, err := outbox.Put(name, frozen)
		if e := verdictOf(t, err); e.Verdict != mail.Refused {
			t.Errorf("%q: %v", name, e)
		}
	}
	file := filepath.Join(outbox.Dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := mail.Outbox{Dir: file}.Put("a", frozen)
	if e := verdictOf(t, err); e.Verdict != mail.NotSent || !e.Relay {
		t.Errorf("a directory that is a file: %v", e)
	}
}
