// Package reportset is which reports a configuration has, at one moment and with what others
// have: those of its file, and those that were made over HTTP, which come and go while the
// program runs. It refuses to know how a report is made, and changes no set that somebody reads.
package reportset

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"rapport/reportconfig"
)

// A Set is the reports of a configuration. It never changes; another one takes its place.
type Set struct {
	list    []reportconfig.Report
	places  map[string]int    // in list, by id
	was     map[string]string // ids that reports had, and those that they have
	version string            // of those that were made over HTTP; "" before they were read
}

func newSet(file, more []reportconfig.Report, version string) *Set {
	s := &Set{list: file, places: map[string]int{}, was: map[string]string{}, version: version}
	if len(more) > 0 {
		s.list = append(file[:len(file):len(file)], more...)
	}
	for i := range s.list {
		s.places[s.list[i].ID] = i
		if was := s.list[i].Was; was != "" {
			s.was[was] = s.list[i].ID
		}
	}
	return s
}

// All are the reports, those of the file first. Nobody changes them.
func (s *Set) All() []reportconfig.Report { return s.list }

// Report is the one of an id, nil if there is none.
func (s *Set) Report(id string) *reportconfig.Report {
	if i, ok := s.places[id]; ok {
		return &s.list[i]
	}
	return nil
}

// Place is where among All the report of an id is.
func (s *Set) Place(id string) int { return s.places[id] }

// Current is the id of the report that had the id given, or that id.
func (s *Set) Current(id string) string {
	if now, ok := s.was[id]; ok {
		return now
	}
	return id
}

// Former are the ids that reports had.
func (s *Set) Former() []string { return slices.Sorted(maps.Keys(s.was)) }

// A Source is where the set is that holds now.
type Source struct {
	set  atomic.Pointer[Set]
	file []reportconfig.Report
	more func(ctx context.Context, known string) ([]reportconfig.Report, string, error)
}

// NewSource begins with the reports of a file. More gives those that were made over HTTP, and a
// version of them; where that is the known one, only that. Nil: there are none.
func NewSource(file []reportconfig.Report, more func(ctx context.Context, known string) ([]reportconfig.Report, string, error)) *Source {
	s := &Source{file: file, more: more}
	s.set.Store(newSet(file, nil, ""))
	return s
}

// Set is the one that holds now.
func (s *Source) Set() *Set { return s.set.Load() }

// Refresh takes the reports that were made over HTTP as they are now, and tells whether the set
// is another one. One goroutine at a time calls it.
func (s *Source) Refresh(ctx context.Context) (changed bool, err error) {
	if s.more == nil {
		return false, nil
	}
	known := s.Set().version
	more, version, err := s.more(ctx, known)
	if err != nil {
		return false, fmt.Errorf("reports made over HTTP: %w", err)
	}
	if version == known {
		return false, nil
	}
	s.set.Store(newSet(s.file, more, version))
	return true, nil
}
