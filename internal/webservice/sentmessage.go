package webservice

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	netmail "net/mail"
	"path/filepath"
	"strings"

	"rapport/internal/archive"
	"rapport/internal/calendar"
	"rapport/internal/engine"
	"rapport/internal/frozenmail"
	"rapport/internal/ledger"
	"rapport/internal/message"
	"rapport/internal/report"
	"rapport/reportconfig"
)

// Message is the message of a delivery as it went out, or would: the one that waits, the copy that is kept, else one
// that is composed of the same frozen parts. Same tells whether it is that to the byte.
func (s *shop) Message(ctx context.Context, d ledger.Delivery) (eml []byte, same bool, err error) {
	if d.File != "" {
		m, err := message.ReadVerified(ctx, s.Engine.Archive, nil, filepath.ToSlash(d.File), d.SHA256)
		if err == nil {
			return m.Bytes(), true, nil
		}
	}
	found, eml, err := frozenmail.Kept(ctx, s.Ledger.Ledger, s.Engine.Archive, &d)
	switch {
	case err == nil && found != nil:
		return eml, true, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, false, err
	}
	artifacts, err := s.Ledger.Artifacts(ctx, d.PeriodID)
	if err != nil {
		return nil, false, err
	}
	packed, err := s.Ledger.MessageContent(ctx, d.PeriodID)
	if err != nil || packed == nil {
		return nil, false, err
	}
	draft, err := message.UnpackDraft(packed)
	if err != nil {
		return nil, false, err
	}
	var files []archive.File
	for _, a := range artifacts {
		path, err := s.Engine.Archive.FetchVerified(ctx, filepath.ToSlash(a.Path), a.SHA256)
		if err != nil {
			return nil, false, err
		}
		files = append(files, archive.File{Path: path, ContentType: a.ContentType})
	}
	attached, err := draft.Attach(files, s.Engine.MaxMessage)
	if err != nil {
		return nil, false, err
	}
	mark := ""
	if d.Revision > 0 {
		mark = fmt.Sprintf("revision %d", d.Revision)
	}
	to, r := netmail.Address{Address: d.Recipient}, &reportconfig.Report{ID: d.Report}
	for _, one := range engine.CurrentReports(s.Engine) {
		if one.ID != d.Report {
			continue
		}
		r = &one
		for _, a := range one.Emails {
			if strings.EqualFold(a.Address, d.Recipient) {
				to.Name = a.Name
			}
		}
	}
	cycle := calendar.Cycle{Schedule: calendar.Schedule(d.Schedule), DayStarts: r.DayStarts}
	j := report.Job{Report: r, Name: d.Period, Period: cycle.Restored(d.Period, d.From, d.To, s.Config.Location), Edition: d.Edition, ArchiveID: d.ArchivedUnder}
	m, _, err := s.Engine.Composer.Freeze(draft, attached, j, to, strings.TrimSpace(mark+" "+d.Mark))
	return m.Bytes(), err == nil && m.SHA256() == d.SHA256, err
}
