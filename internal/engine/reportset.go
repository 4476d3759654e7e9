package engine

import (
	"context"
	"fmt"

	"rapport/internal/ledger"
	"rapport/reportconfig"
)

// A reportSet is the reports of a configuration: those of its file, and those that were made
// over HTTP. It never changes; another one takes its place.
type reportSet struct {
	list    []reportconfig.Report
	places  map[string]int // in list, by id
	version string         // of those that were made over HTTP; "" before they were read
}

func newReportSet(file, more []reportconfig.Report, version string) *reportSet {
	s := &reportSet{list: file, places: map[string]int{}, version: version}
	if len(more) > 0 {
		s.list = append(file[:len(file):len(file)], more...)
	}
	for i := range s.list {
		s.places[s.list[i].ID] = i
	}
	return s
}

// report is the one of an id, nil if there is none.
func (s *reportSet) report(id string) *reportconfig.Report {
	if i, ok := s.places[id]; ok {
		return &s.list[i]
	}
	return nil
}

// refresh takes the reports that were made over HTTP as they are now.
func (e *Engine) refresh(ctx context.Context) error {
	if e.MoreReports == nil {
		return nil
	}
	known := e.set.Load().version
	more, version, err := e.MoreReports(ctx, known)
	if err != nil {
		return fmt.Errorf("reports made over HTTP: %w", err)
	}
	if version == known {
		return nil
	}
	set := newReportSet(e.Reports, more, version)
	e.set.Store(set)
	e.Builder.LateEvents.SetReports(set.list)
	return nil
}

// Poke has the engine look at the ledger soon: somebody in this process has changed what it is
// to do.
func (e *Engine) Poke() {
	e.activity.note()
	if e.RequestWake != nil {
		e.RequestWake()
	}
}

// skippedForGood tells whether a period that was skipped is not made though it is not too old.
func skippedForGood(row ledger.Period) bool { return row.Error == ledger.SkippedWhilePaused }
