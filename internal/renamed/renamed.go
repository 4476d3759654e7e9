// Package renamed finds reports that a configuration has under another id than the ledger: they
// go on only if the file says so. It decides nothing, and takes no report for another.
package renamed

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"rapport/internal/ledger"
	"rapport/internal/report"
	"rapport/reportconfig"
	"slices"
	"strings"
)

// A Former is one that the ledger knows and the file has not.
type Former struct {
	ID         string
	schedules  []string
	filterHash string // of what it was made of last
}

// CameAndLeft are the reports that the ledger does not know, and those that the file has no more.
func CameAndLeft(ctx context.Context, l *ledger.Ledger, config *reportconfig.Config) (came []*reportconfig.Report, left []Former, err error) {
	rows, err := l.PlannedThrough(ctx, config.Account)
	path, err2 := filepath.Abs(config.Path)
	if err = errors.Join(err, err2); err != nil {
		return nil, nil, err
	}
	known, accounted := map[string]bool{}, map[string]bool{}
	for _, row := range rows {
		known[row.Report] = true
	}
	for i := range config.Reports {
		r := &config.Reports[i]
		if accounted[r.ID], accounted[r.Was] = true, true; r.Was == "" && !known[r.ID] {
			came = append(came, r)
		}
	}
	for _, row := range rows {
		if _, err := os.Stat(row.Config); accounted[row.Report] || row.Config != path && !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if n := len(left); n > 0 && left[n-1].ID == row.Report {
			left[n-1].schedules = append(left[n-1].schedules, row.Schedule)
			continue
		}
		made, err := l.Periods(ctx, ledger.Filter{Account: config.Account, Report: row.Report, State: string(ledger.Made), Limit: 1})
		if err != nil {
			return nil, nil, err
		}
		former := Former{ID: row.Report, schedules: []string{row.Schedule}}
		if len(made) > 0 {
			former.filterHash = made[0].FilterHash
		}
		left = append(left, former)
	}
	return came, left, nil
}

// Likeliest is the report that another one most likely was: of the same schedule, made of the same payments or called alike;
// where only one came and one left that of the same schedule.
func Likeliest(r *reportconfig.Report, left []Former, alone bool) (id string) {
	best := 0
	for _, p := range left {
		if !slices.Contains(p.schedules, string(r.Schedule)) {
			continue
		}
		likeness := 0
		if p.filterHash == report.FilterHash(r.Data) {
			likeness += 2
		}
		words := strings.Split(p.ID, "-")
		if slices.ContainsFunc(strings.Split(r.ID, "-"), func(w string) bool { return slices.Contains(words, w) }) {
			likeness++
		}
		if alone && len(left) == 1 {
			likeness++
		}
		if likeness > best {
			best, id = likeness, p.ID
		}
	}
	return id
}
