package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// TestReadinessWritesNothingAndTellsOfTheArchive: whoever asks often keeps nobody from writing.
func TestReadinessWritesNothingAndTellsOfTheArchive(t *testing.T) {
	p := &program{now: time.Now, getenv: getenv, stderr: &bytes.Buffer{}}
	s := newServer(p, nil, slog.New(slog.DiscardHandler))
	path := filepath.Join(t.TempDir(), "rapport.db")
	ledgers, err := s.ledgers.Acquire(t.Context(), []*reportconfig.Config{{Account: "T12345678", State: path}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.ledgers.Close()
	book := ledgers[0]
	s.workers = []worker{{config: &reportconfig.Config{Account: "T12345678"}, ledger: book}}
	raise := func(kind string) {
		t.Helper()
		if err := book.Raise(t.Context(), ledger.Alarm{Account: "T12345678", Kind: kind, Subject: "daily", Text: "daily: the error was: no space", Raised: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	raise(ledger.AlarmLate)
	commits := func() string {
		t.Helper()
		text, err := os.ReadFile(path + "-witness")
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	before := commits()
	for range 100 {
		if err := s.ready(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if after := commits(); after != before {
		t.Errorf("%s transactions were committed, before %s", after, before)
	}
	raise(ledger.AlarmArchive)
	if err := s.ready(context.Background()); err == nil || !strings.Contains(err.Error(), "archive: daily: the error was: no space") {
		t.Errorf("ready: %v", err)
	}
	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	if err := s.ready(context.Background()); err == nil || !strings.Contains(err.Error(), "moved, deleted or replaced") {
		t.Errorf("ready of a ledger that is gone: %v", err)
	}
}
