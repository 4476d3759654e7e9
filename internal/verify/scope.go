package verify

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"rapport/internal/ledger"
	"rapport/internal/series"
)

// A Scope is which series are looked at. The zero one is all of an account's.
type Scope struct {
	asked   []string          // ids; none: all that the configuration has
	reports []string          // of the configuration
	path    string            // of the configuration
	config  map[string]string // by report, the configuration that has it
	former  map[string]string // ids that reports had, and those that they have
}

// ErrUnknown is wrapped when nothing is known of a report that was asked for.
var ErrUnknown = errors.New("there is no such report")

// ScopeOf are the series of a configuration or, where some are asked for, those; the parts of a
// report go with it.
func ScopeOf(ctx context.Context, l *ledger.Ledger, account, path string, reports, asked []string) (s Scope, err error) {
	s = Scope{asked: asked, reports: reports, config: map[string]string{}}
	if s.path, err = filepath.Abs(path); err != nil {
		return s, err
	}
	through, err := l.PlannedThrough(ctx, account)
	if err != nil {
		return s, err
	}
	for _, t := range through {
		s.config[t.Report] = t.Config
	}
	if s.former, err = l.FormerReportIDs(ctx, account); err != nil {
		return s, err
	}
	for _, id := range asked {
		known := s.knows(id)
		if whole, _, part := strings.Cut(id, "."); part && !known && s.knows(whole) {
			if known, err = hasSeries(ctx, l, account, id); err != nil {
				return s, err
			}
		}
		if !known {
			return s, fmt.Errorf("--report %s: %w", id, ErrUnknown)
		}
	}
	return s, nil
}

// knows tells whether there is or was a report of an id.
func (s Scope) knows(id string) bool {
	return s.config[id] != "" || s.former[id] != "" || slices.Contains(s.reports, id)
}

// hasSeries tells whether something was made of a report.
func hasSeries(ctx context.Context, l *ledger.Ledger, account, id string) (has bool, err error) {
	err = l.Read(ctx, func(tx ledger.Tx) error {
		first, err := series.PageByTime(tx, account, id, series.Link{})
		has = len(first) > 0
		return err
	})
	return has, err
}

// has tells whether a series is looked at.
func (s Scope) has(id string) bool {
	whole, _, _ := strings.Cut(id, ".")
	if len(s.asked) > 0 {
		return slices.Contains(s.asked, id) || slices.Contains(s.asked, whole) || s.former[id] != "" && slices.Contains(s.asked, s.former[id])
	}
	return s.path == "" || slices.Contains(s.reports, id) || s.config[id] == "" || s.config[id] == s.path
}

// dirs are the directories that the archive may have of the configuration's reports. That of a part is in its report's.
func (s Scope) dirs() []string {
	if len(s.asked) == 0 {
		return s.reports
	}
	dirs := make([]string, len(s.asked))
	for i, id := range s.asked {
		dirs[i] = strings.Replace(id, ".", "/", 1)
	}
	return dirs
}
