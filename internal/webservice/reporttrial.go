package webservice

import (
	"context"
	"errors"
	"log/slog"
	"net/mail"
	"os"
	"path/filepath"
	"strings"

	"rapport/internal/builder"
	"rapport/internal/calendar"
	"rapport/internal/preview"
	"rapport/internal/report"
	"rapport/internal/webpage"
	"rapport/reportconfig"
)

// mostTrials is how many trials of an account are made at once.
const mostTrials = 2

// shop is a configuration at work, as its pages use it.
type shop struct {
	Worker
	service *Service
	slots   chan struct{}
}

func (s *Service) shop(w Worker) *shop {
	return &shop{w, s, make(chan struct{}, mostTrials)}
}

// Try makes a period of a report to look at, in a directory of its own, and mails it to one
// address if there is one. It leaves no mark.
func (s *shop) Try(ctx context.Context, r reportconfig.Report, p calendar.Period, to *mail.Address) (t webpage.Trial, err error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return t, ctx.Err()
	}
	dir, err := os.MkdirTemp("", "rapport-trial-")
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	e := s.Engine
	b := *e.Builder
	b.History, b.LateEvents, b.Memory, b.Meter, b.Log = s.Ledger.Ledger, nil, nil, nil, slog.New(slog.DiscardHandler)
	var said []builder.Event
	maker := preview.Preview{
		Archive: dir, MaxMessage: e.MaxMessage, To: to, Builder: &b, Composer: e.Composer, Sender: e.Sender,
		Clock: s.service.Now, Log: b.Log, Emit: func(e builder.Event) { said = append(said, e) },
	}
	maker.All(ctx, []report.Job{{Report: &r, Period: p}}, func() {})
	for _, e := range said {
		switch {
		case e.Error != "":
			t.Error = strings.ReplaceAll(e.Error, dir, "")
		case e.Type == "delivery":
			t.Sent = true
		case e.Type == "file":
			if err := addFile(&t, e.Path); err != nil {
				return t, err
			}
		}
	}
	return t, nil
}

// mostShown bounds what is kept of a file that is only looked at, in bytes.
const mostShown = 8 << 20

// addFile reads a file of a trial; what is too large to be looked at is only told.
func addFile(t *webpage.Trial, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f := webpage.TrialFile{Name: filepath.Base(path), Size: info.Size()}
	if f.Size <= mostShown {
		if f.Data, err = os.ReadFile(path); err != nil {
			return err
		}
	}
	switch filepath.Ext(path) {
	case ".eml":
		if t.Message == nil { // each recipient has one, the same but for the name
			t.Message = f.Data
		}
	case ".html", ".txt":
	default:
		t.Files = append(t.Files, f)
	}
	return nil
}
