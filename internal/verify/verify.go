// Package verify shows whether the series of an account are whole and unaltered: it reads the
// digests in the ledger and every file in the archive, and tells each gap, overlap, missing,
// altered or foreign file and broken link. It changes nothing, and may run while reports are
// made. It refuses to call anything a fault that retention did.
//
// It cannot find what somebody did who holds ledger and archive, knows how digests are made and
// makes all of them anew: for that compare the digests that it shows with those that stand on
// reports which others have.
package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/series"
)

// A Job is what is to be verified.
type Job struct {
	Ledger   *ledger.Ledger
	Archive  string
	Account  string
	Location *time.Location
	Scope    Scope
	Workers  int                     // files that are read at once; 0: as many as make sense here
	Progress func(done, total int64) // reports looked at; nil: nobody asks
}

// A Kind says what is wrong.
type Kind string

// The kinds of faults.
const (
	Gap     Kind = "gap"     // between a report and the next
	Overlap Kind = "overlap" // of two reports
	Missing Kind = "missing" // a file, or what the ledger should have
	Altered Kind = "altered" // a file, or what the ledger says
	Foreign Kind = "foreign" // a file that no report has
	Broken  Kind = "broken"  // a digest that does not follow from the one before
	Order   Kind = "order"   // a report that stands at another place in its series than it had
)

// A Fault is one thing that is wrong.
type Fault struct {
	Kind                   Kind
	Report, Period, Number string // what is known of whose it is
	Path                   string // of a file, in the archive
	Text                   string
}

// A Series is one that was looked at.
type Series struct {
	Report        string
	Reports       int64 // that the ledger has
	From, To      time.Time
	First, Last   string // numbers
	Digest        string // of the newest
	Removed       int64  // reports whose files retention removed, those included that are forgotten
	Reconstructed int64  // whose digests are younger than they are
}

// A Summary is what was looked at.
type Summary struct {
	Reports, Files, Bytes, Removed, Faults int64
}

// A verification is a job at work.
type verification struct {
	Job
	found func(Fault) error
	shown func(Series) error
	sum   Summary
	total int64
	dirs  map[string]bool // of reports, in the archive
}

// Run looks at everything; found is called for each fault, and shown for each series, in an order
// that is always the same.
func (j Job) Run(ctx context.Context, shown func(Series) error, found func(Fault) error) (Summary, error) {
	v := &verification{Job: j, found: found, shown: shown, dirs: map[string]bool{}}
	if v.Location == nil {
		v.Location = time.UTC
	}
	for _, id := range j.Scope.dirs() {
		v.dirs[id] = true
	}
	err := v.run(ctx)
	if err != nil {
		err = fmt.Errorf("verify: %w", err)
	}
	return v.sum, err
}

func (v *verification) run(ctx context.Context) error {
	heads := map[string]series.Head{}
	var faults map[string]error
	err := v.Ledger.Read(ctx, func(tx ledger.Tx) error {
		clear(heads)
		all, wrong, err := series.Heads(tx, v.Account)
		faults = wrong
		for _, h := range all {
			heads[h.Series] = h
		}
		return err
	})
	if err != nil {
		return err
	}
	beheaded, err := v.withoutHead(ctx)
	if err != nil {
		return err
	}
	for _, name := range beheaded {
		if _, known := heads[name]; !known {
			heads[name] = series.Head{Account: v.Account, Series: name, Last: -1}
			faults[name] = fmt.Errorf("where it begins and ends is not in the ledger")
		}
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(heads)), func(name string) bool { return !v.Scope.has(name) })
	for _, name := range names {
		v.total += max(heads[name].Last-heads[name].Taken, 0)
	}
	for _, name := range names {
		if fault := faults[name]; fault != nil {
			if err := v.tell(Fault{Kind: Altered, Report: name, Text: "series: " + fault.Error()}); err != nil {
				return err
			}
		}
		if err := v.verifySeries(ctx, heads[name]); err != nil {
			return fmt.Errorf("series %s: %w", name, err)
		}
	}
	if err := v.withoutDigest(ctx); err != nil {
		return err
	}
	return v.foreign(ctx)
}

// tell tells a fault.
func (v *verification) tell(f Fault) error {
	v.sum.Faults++
	return v.found(f)
}

// of is a fault of a report.
func of(l series.Link, kind Kind, format string, args ...any) Fault {
	return Fault{Kind: kind, Report: l.Series, Period: l.Period(), Number: l.Number, Text: fmt.Sprintf(format, args...)}
}

func (v *verification) local(t time.Time) string {
	return t.In(v.Location).Format("2006-01-02 15:04")
}
